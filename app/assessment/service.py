"""Attempts of somebody signed in: read from the views, changed through the record."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select

from app.assessment import models
from app.assessment.attempts import Answer, Attempt, Layout, Typed, begin, give, pending, submit
from app.assessment.marking import Given
from app.catalogue.model import Module, Question
from app.database import Change, Query, Reader, Transaction
from app.database.statements import table_of
from app.learning.models import Answer as AnswerRow
from app.learning.models import Attempt as AttemptRow
from app.learning.record import Record, Witness

_ATTEMPT = table_of(AttemptRow)
_ANSWER = table_of(AnswerRow)
_DRAFT = table_of(models.Draft)
_VERSION = table_of(models.QuestionVersion)

Questions = Mapping[str, Question]
"""Questions by version, old ones too."""


def _attempt(
    id_: str, quiz: str, seed: str, layout: Any, questions: str, share: float | None
) -> Attempt:
    pairs = tuple((str(key), str(version)) for key, version in json.loads(questions))
    return Attempt(id_, quiz, seed, layout, pairs, share=share)


_LATEST = Query(
    select(*(_ATTEMPT.c[n] for n in ("id", "quiz", "seed", "layout", "questions", "share")))
    .where(
        _ATTEMPT.c.person == bindparam("who"),
        _ATTEMPT.c.quiz == bindparam("of"),
        _ATTEMPT.c.started_at.is_not(None),
    )
    .order_by(_ATTEMPT.c.started_at.desc(), _ATTEMPT.c.id.desc())
    .limit(1),
    _attempt,
)
_ANSWERS = Query(
    select(_ANSWER.c.question, _ANSWER.c.given, _ANSWER.c.share).where(
        _ANSWER.c.person == bindparam("who"), _ANSWER.c.attempt == bindparam("in_attempt")
    ),
    lambda question, given, share: (str(question), Answer(json.loads(given), share)),
)
_DRAFTS = Query(
    select(_DRAFT.c.question, _DRAFT.c.given).where(_DRAFT.c.attempt == bindparam("in_attempt")),
    lambda question, given: (str(question), json.loads(given)),
)
_KEEP_DRAFT = Change(
    lambda insert: (new := insert(_DRAFT)).on_conflict_do_update(
        index_elements=["attempt", "question"],
        set_={"given": new.excluded.given, "changed_at": new.excluded.changed_at},
    )
)
_DROP_DRAFTS = Change(delete(_DRAFT).where(_DRAFT.c.attempt == bindparam("in_attempt")))
_KEEP_VERSION = Change(
    lambda insert: insert(_VERSION).on_conflict_do_nothing(index_elements=["version"])
)
_OLD = Query(select(_VERSION.c.body).where(_VERSION.c.version == bindparam("of_version")), str)


def latest_attempt(reader: Reader, person: str, quiz: str) -> Attempt | None:
    """The last attempt that was begun, with its answers and drafts, or None."""
    found = reader.one(_LATEST, who=person, of=quiz)
    if found is None:
        return None
    answers = dict(reader.all(_ANSWERS, who=person, in_attempt=found.id))
    drafts = dict(reader.all(_DRAFTS, in_attempt=_draft_key(person, found.id)))
    asked = {key.partition("#")[2]: key for key, _ in found.questions}
    return Attempt(
        found.id,
        found.quiz,
        found.seed,
        found.layout,
        found.questions,
        {asked[n]: answer for n, answer in answers.items() if n in asked},
        {asked[n]: given for n, given in drafts.items() if n in asked},
        found.share,
    )


def start(
    tx: Transaction, record: Record, person: str, module: Module, attempt_id: str, layout: Layout
) -> Attempt:
    """Begins a go, or returns the one that is open: a form sent twice starts one.

    `attempt_id` is the UUID that the form was made with.
    """
    open_one = latest_attempt(tx, person, module.quiz_key)
    if open_one and (not open_one.submitted or open_one.id == attempt_id):
        return open_one
    attempt = begin(attempt_id, module.quiz_key, attempt_id, layout, module.quiz)
    data: dict[str, Any] = {
        "attempt": attempt.id,
        "seed": attempt.seed,
        "layout": layout,
        "questions": attempt.questions,
    }
    record.append(tx, person, "quiz.started", module.quiz_key, data=data)
    return attempt


def answer(
    tx: Transaction,
    record: Record,
    person: str,
    attempt: Attempt,
    given: Mapping[str, Given],
    questions: Questions,
    *,
    witness: Witness = "centre",
) -> Attempt:
    """Records these answers, and the result once none is missing; the attempt as it is then.

    `given` is by question key. What is answered already stays as it was first answered.
    Raises `marking.UnusableAnswer`, and then nothing is recorded.
    """
    versions = dict(attempt.questions)
    for key in [k for k in pending(attempt) if k in given]:
        attempt = give(attempt, questions[versions[key]], given[key])
        earned = attempt.answers[key]
        data: dict[str, Any] = {"attempt": attempt.id, "given": earned.given, "share": earned.share}
        record.append(
            tx, person, "quiz.answered", key, version=versions[key], data=data, witness=witness
        )
    if not attempt.submitted and not pending(attempt):
        attempt = submit(attempt)
        data = {"attempt": attempt.id, "share": attempt.share}
        record.append(tx, person, "quiz.submitted", attempt.quiz, data=data, witness=witness)
        tx.run(_DROP_DRAFTS, in_attempt=_draft_key(person, attempt.id))
    return attempt


def keep_drafts(
    tx: Transaction, person: str, attempt: Attempt, drafts: Mapping[str, Typed], now: int
) -> None:
    """Keeps what is ticked and not yet sent, for this attempt's open questions."""
    for key in [k for k in pending(attempt) if k in drafts]:
        tx.run(
            _KEEP_DRAFT,
            attempt=_draft_key(person, attempt.id),
            question=key.partition("#")[2],
            given=json.dumps(drafts[key], separators=(",", ":")),
            changed_at=now,
        )


def _draft_key(person: str, attempt: str) -> str:
    """Attempt ids come from forms: with the person's own in front nobody reaches another's."""
    return f"{person}/{attempt}"


def keep_versions(tx: Transaction, bodies: Iterable[tuple[str, str, str]]) -> None:
    """Keeps questions (version, key, JSON) as they are now, for answers that come later."""
    tx.run_all(
        _KEEP_VERSION, [{"version": v, "question": q, "body": body} for v, q, body in bodies]
    )


def old_question(reader: Reader, version: str, read: Callable[[str], Question]) -> Question | None:
    """A question as it once was, or None. `read` makes it from its JSON."""
    body = reader.one(_OLD, of_version=version)
    return read(body) if body else None
