"""What a fact changes: the folds from the record to the views.

Each fold is commutative and idempotent over the set of facts: a union, a best, or the
first or last by the key (recorded_at, id). `happened_at` is a device's claim and decides
nothing. So the views are the same whatever order the facts arrived in, and
`mwalimu rebuild` derives them again to the same bytes.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, and_, bindparam, or_, select

from app.database import Change, Query, Transaction
from app.database.statements import table_of
from app.learning import models

if TYPE_CHECKING:
    from app.learning.record import Fact

READ = table_of(models.SectionRead)
PLACE = table_of(models.LastPlace)
ATTEMPT = table_of(models.Attempt)
ANSWER = table_of(models.Answer)
RESULT = table_of(models.QuizResult)

VIEWS: tuple[Table, ...] = (READ, PLACE, ATTEMPT, ANSWER, RESULT)


class FoldError(ValueError):
    """A fact says something that no view understands."""


def _first(table: Table, insert: Any, at: str = "at", by: str = "fact", names: Any = None) -> Any:
    """Insert, or replace what a later fact decided. `at` and `by` name the key's columns."""
    return _decided(table, insert, at, by, names, earlier=True)


def _last(table: Table, insert: Any) -> Any:
    """Insert, or replace what an earlier fact decided."""
    return _decided(table, insert, "at", "fact", None, earlier=False)


def _decided(
    table: Table, insert: Any, at: str, by: str, names: Sequence[str] | None, *, earlier: bool
) -> Any:
    names = names or [c.name for c in table.columns]
    new = insert(table).values({name: bindparam(name) for name in names})
    old_at, old_by = table.c[at], table.c[by]
    new_at, new_by = new.excluded[at], new.excluded[by]
    wins = new_at < old_at if earlier else new_at > old_at
    tie = new_by < old_by if earlier else new_by > old_by
    return _upsert(table, new, names, or_(old_at.is_(None), wins, and_(new_at == old_at, tie)))


def _upsert(table: Table, new: Any, names: Sequence[str], where: Any = None) -> Any:
    keys = [c.name for c in table.primary_key.columns]
    values = {name: new.excluded[name] for name in names if name not in keys}
    return new.on_conflict_do_update(index_elements=keys, set_=values, where=where)


_STARTED = ("person", "quiz", "id", "seed", "layout", "questions", "started_at", "started_by")
_SUBMITTED_COLUMNS = ("person", "quiz", "id", "share", "submitted_at", "submitted_by")

_READ_FIRST = Change(lambda insert: _first(READ, insert))
_PLACE_LAST = Change(lambda insert: _last(PLACE, insert))
_ANSWER_FIRST = Change(lambda insert: _first(ANSWER, insert))
_START_FIRST = Change(lambda insert: _first(ATTEMPT, insert, "started_at", "started_by", _STARTED))
_SUBMIT_FIRST = Change(
    lambda insert: _first(ATTEMPT, insert, "submitted_at", "submitted_by", _SUBMITTED_COLUMNS)
)
_RESULT = Change(lambda insert: _upsert(RESULT, insert(RESULT), [c.name for c in RESULT.columns]))
_SUBMITTED = Query(
    select(ATTEMPT.c.id, ATTEMPT.c.share)
    .where(
        ATTEMPT.c.person == bindparam("who"),
        ATTEMPT.c.quiz == bindparam("of"),
        ATTEMPT.c.submitted_at.is_not(None),
    )
    .order_by(ATTEMPT.c.submitted_at, ATTEMPT.c.submitted_by),
    lambda attempt, share: (str(attempt), float(share)),
)


def fold(tx: Transaction, fact: "Fact") -> None:
    """Brings every view up to date with one fact. Raises `FoldError` for nonsense."""
    step = _FOLDS.get(fact.kind)
    if step is None:
        raise FoldError(f"unknown kind {fact.kind!r}")
    try:
        step(tx, fact, json.loads(fact.data))
    except (KeyError, TypeError, ValueError) as error:
        raise FoldError(f"{fact.kind}: {error!r}") from error


def _section_read(tx: Transaction, fact: "Fact", _: dict[str, Any]) -> None:
    module, section = _parts(fact.object)
    at = fact.recorded_at
    tx.run(_READ_FIRST, person=fact.person, module=module, section=section, at=at, fact=fact.id)
    _stopped(tx, fact, fact.object)


def _quiz_started(tx: Transaction, fact: "Fact", data: dict[str, Any]) -> None:
    tx.run(
        _START_FIRST,
        person=fact.person,
        quiz=fact.object,
        id=_text(data["attempt"]),
        seed=_text(data["seed"]),
        layout=_text(data["layout"]),
        questions=json.dumps(_pairs(data["questions"]), separators=(",", ":")),
        started_at=fact.recorded_at,
        started_by=fact.id,
    )
    _stopped(tx, fact, fact.object)


def _quiz_answered(tx: Transaction, fact: "Fact", data: dict[str, Any]) -> None:
    _, question = _parts(fact.object)
    tx.run(
        _ANSWER_FIRST,
        person=fact.person,
        attempt=_text(data["attempt"]),
        question=question,
        version=fact.content_version,
        given=json.dumps(data["given"], separators=(",", ":"), ensure_ascii=False),
        share=_share(data["share"]),
        at=fact.recorded_at,
        fact=fact.id,
    )


def _quiz_submitted(tx: Transaction, fact: "Fact", data: dict[str, Any]) -> None:
    tx.run(
        _SUBMIT_FIRST,
        person=fact.person,
        quiz=fact.object,
        id=_text(data["attempt"]),
        share=_share(data["share"]),
        submitted_at=fact.recorded_at,
        submitted_by=fact.id,
    )
    tries = tx.all(_SUBMITTED, who=fact.person, of=fact.object)
    shares = [share for _, share in tries]
    tx.run(
        _RESULT,
        person=fact.person,
        quiz=fact.object,
        attempts=len(tries),
        best=max(shares),
        first=shares[0],
        last=shares[-1],
        last_attempt=tries[-1][0],
    )
    _stopped(tx, fact, fact.object)


def _stopped(tx: Transaction, fact: "Fact", place: str) -> None:
    tx.run(_PLACE_LAST, person=fact.person, object=place, at=fact.recorded_at, fact=fact.id)


def _parts(name: str) -> tuple[str, str]:
    whole, mark, part = name.partition("#")
    if not mark or not whole or not part:
        raise FoldError(f"{name!r} is no place in a course")
    return whole, part


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise FoldError(f"{value!r} is no text")
    return value


def _pairs(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, list):
        raise FoldError(f"{value!r} is no list of questions")
    return [(_text(key), _text(version)) for key, version in value]


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise FoldError(f"{value!r} is no share")
    return float(value)


_FOLDS: dict[str, Callable[[Transaction, "Fact", dict[str, Any]], None]] = {
    "section.read": _section_read,
    "quiz.started": _quiz_started,
    "quiz.answered": _quiz_answered,
    "quiz.submitted": _quiz_submitted,
}
