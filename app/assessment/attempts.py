"""One go at a quiz as plain values: what is shown in which order, what is given, what it earns.

The same rules serve somebody signed in, whose attempt is folded from the record, and a
visitor, whose attempt travels in a cookie of theirs.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from app.assessment.marking import Given, lefts, share
from app.catalogue.model import Question

Layout: TypeAlias = Literal["one", "all"]
"""One question at a time, or all on a page, as the learner chose."""

Typed: TypeAlias = Mapping[str, list[str]]
"""What a form's fields of one question hold, by the end of the field's name: not yet an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that counts, with the share (0..1) that it earned."""

    given: Given
    share: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One go. `questions` are (key, version) in the order shown; answers and drafts by key."""

    id: str
    quiz: str
    seed: str
    layout: Layout
    questions: tuple[tuple[str, str], ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    drafts: Mapping[str, Typed] = field(default_factory=dict)
    share: float | None = None

    @property
    def submitted(self) -> bool:
        """Whether it is over."""
        return self.share is not None

    @property
    def next(self) -> int | None:
        """The place (from 0) of the first question without an answer, or None."""
        return next(
            (n for n, (key, _) in enumerate(self.questions) if key not in self.answers), None
        )


def shuffled(count: int, seed: str) -> list[int]:
    """0..count-1 in an order that the seed decides, the same on every machine and version."""
    return sorted(range(count), key=lambda n: hashlib.sha256(f"{seed}\x1f{n}".encode()).digest())


def begin(
    id_: str, quiz: str, seed: str, layout: Layout, questions: tuple[Question, ...]
) -> Attempt:
    """A new go at these questions, in an order of its own; questions of a case stay together."""
    groups: dict[str, list[Question]] = {}
    for question in questions:
        groups.setdefault(question.case or question.key, []).append(question)
    blocks = list(groups.values())
    order = [q for n in shuffled(len(blocks), seed) for q in blocks[n]]
    return Attempt(id_, quiz, seed, layout, tuple((q.key, q.version) for q in order))


def shown_order(attempt: Attempt, question: Question) -> list[int]:
    """The options in the order in which this attempt shows them.

    For `order` questions never the right order: it would be given away.
    """
    count = len(question.options)
    order = shuffled(count, f"{attempt.seed}\x1f{question.key}")
    if question.type == "order" and order == list(range(count)):
        order.reverse()
    return order


def shown_pairs(attempt: Attempt, question: Question) -> list[int]:
    """The right sides of a match question, one option for each different text, as shown."""
    seen: dict[str, int] = {}
    for n, option in enumerate(question.options):
        if option.pair:
            seen.setdefault("\x1f".join(option.pair.values()), n)
    kept = list(seen.values())
    return [kept[n] for n in shuffled(len(kept), f"{attempt.seed}\x1fpairs\x1f{question.key}")]


def give(attempt: Attempt, question: Question, given: Given) -> Attempt:
    """The attempt with this answer; the first one counts, since feedback follows it.

    Raises `marking.UnusableAnswer`.
    """
    if question.key in attempt.answers:
        return attempt
    earned = Answer(given, share(question, given))
    drafts = {key: value for key, value in attempt.drafts.items() if key != question.key}
    return replace(attempt, answers={**attempt.answers, question.key: earned}, drafts=drafts)


def submit(attempt: Attempt) -> Attempt:
    """The attempt closed: the mean of the shares, where no answer earns 0."""
    earned = [
        attempt.answers[key].share if key in attempt.answers else 0.0
        for key, _ in attempt.questions
    ]
    return replace(attempt, share=sum(earned) / len(earned), drafts={})


def pending(attempt: Attempt) -> list[str]:
    """Keys of the questions that have no answer yet."""
    return [key for key, _ in attempt.questions if key not in attempt.answers]


def left_sides(attempt: Attempt, question: Question) -> list[int]:
    """The left sides of a match question, in the order shown."""
    own = lefts(question)
    return [own[n] for n in shuffled(len(own), f"{attempt.seed}\x1f{question.key}")]
