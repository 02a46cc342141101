"""Attempts of a visitor: packed into their cookie, and into the record when they sign up."""

from collections.abc import Callable
from typing import Any

from app.assessment.attempts import Answer, Attempt
from app.catalogue.model import Catalogue
from app.database import Transaction
from app.learning.record import Record
from app.learning.visit import Visit, sections_of, unpack


def attempt_in(visit: Visit, quiz: str) -> Attempt | None:
    """The visitor's last attempt at this quiz, or None."""
    packed = visit.attempts.get(quiz)
    return _unpack(quiz, packed) if packed else None


def with_attempt(visit: Visit, attempt: Attempt) -> Visit:
    """The visit with this attempt as it is now."""
    before = attempt_in(visit, attempt.quiz)
    is_news = not (before and before.id == attempt.id and before.submitted)
    return visit.with_attempt(attempt.quiz, _pack(attempt), attempt.share if is_news else None)


class Visits:
    """What sign-up needs to know of a visitor's cookie."""

    def __init__(self, record: Record, catalogue: Callable[[], Catalogue]) -> None:
        self._record = record
        self._catalogue = catalogue

    def summary(self, cookie: str) -> tuple[int, int] | None:
        """How many sections were read and quizzes tried on this device, or None for nothing."""
        visit = unpack(cookie)
        if visit.empty:
            return None
        return sum(len(s) for s in visit.read.values()), len(visit.results)

    def keep(self, tx: Transaction, person: str, cookie: str) -> None:
        """Takes what a visitor did into the record of the person that they became.

        The witness is the phone: it was kept there, out of our sight.
        """
        visit = unpack(cookie)
        for course in self._catalogue().courses.values():
            for module in course.modules:
                ids = (s.id for s in module.sections)
                for section in sections_of(visit, module.key, ids):
                    place = f"{module.key}#{section}"
                    self._record.append(tx, person, "section.read", place, witness="phone")
        for quiz in visit.attempts:
            if attempt := attempt_in(visit, quiz):
                self._keep_attempt(tx, person, attempt)

    def _keep_attempt(self, tx: Transaction, person: str, attempt: Attempt) -> None:
        append = self._record.append
        begun = {
            "attempt": attempt.id,
            "seed": attempt.seed,
            "layout": attempt.layout,
            "questions": attempt.questions,
        }
        append(tx, person, "quiz.started", attempt.quiz, data=begun, witness="phone")
        for key, version in attempt.questions:
            if answer := attempt.answers.get(key):
                said = {"attempt": attempt.id, "given": answer.given, "share": answer.share}
                append(
                    tx, person, "quiz.answered", key, version=version, data=said, witness="phone"
                )
        if attempt.submitted:
            closed = {"attempt": attempt.id, "share": attempt.share}
            append(tx, person, "quiz.submitted", attempt.quiz, data=closed, witness="phone")


def _pack(attempt: Attempt) -> list[Any]:
    return [
        attempt.id,
        attempt.seed,
        attempt.layout,
        [[_bare(key), version] for key, version in attempt.questions],
        {_bare(key): [a.given, a.share] for key, a in attempt.answers.items()},
        {_bare(key): typed for key, typed in attempt.drafts.items()},
        attempt.share,
    ]


def _unpack(quiz: str, packed: Any) -> Attempt:
    id_, seed, layout, asked, answers, drafts, share = packed
    return Attempt(
        id_,
        quiz,
        seed,
        layout,
        tuple((f"{quiz}#{bare}", version) for bare, version in asked),
        {f"{quiz}#{bare}": Answer(given, earned) for bare, (given, earned) in answers.items()},
        {f"{quiz}#{bare}": typed for bare, typed in drafts.items()},
        share,
    )


def _bare(key: str) -> str:
    return key.partition("#")[2]
