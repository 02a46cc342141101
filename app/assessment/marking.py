"""Marking: the share of full marks that an answer earns, 0..1.

Partial credit (docs/en/course-authors.md tells authors the same):

- single: the right option, all or nothing.
- multiple: right ticks minus wrong ticks, over the number of right options, never below 0.
  Ticking everything earns nothing that guessing would not.
- order: how much better than chance the order is: pairs in the right order minus pairs in
  the wrong one, over all pairs, never below 0 (Kendall's tau, cut at zero).
- match: the share of left sides that have their own right side.
- number: within the tolerance, all or nothing.

Only the full key earns 1, and putting one thing right never lowers the share.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import TypeAlias

from app.catalogue.model import Question

Given: TypeAlias = list[int] | str
"""An answer. single, multiple: options ticked, by place in the file. order: options in the
order given. match: for each left side the option whose right side was chosen, -1 for none.
number: the number, with a point."""

LONGEST_NUMBER = 30


class UnusableAnswer(ValueError):
    """What came is no answer to this question. `args[0]` is a message key."""


def share(question: Question, given: Given) -> float:
    """Share of full marks, 0..1. Raises `UnusableAnswer`."""
    if question.type == "number":
        return float(_is_close(question, _number(given)))
    chosen = _places(question, given)
    match question.type:
        case "single":
            return float(question.options[chosen[0]].right)
        case "multiple":
            return _multiple(question, chosen)
        case "order":
            return _order(chosen)
        case _:
            return _match(question, chosen)


def full(question: Question) -> Given:
    """The key, as an answer that earns 1."""
    match question.type:
        case "number":
            return question.answer or ""
        case "order":
            return list(range(len(question.options)))
        case "match":
            return lefts(question)
        case _:
            return [n for n, option in enumerate(question.options) if option.right]


def lefts(question: Question) -> list[int]:
    """The options of a match question that have a left side."""
    return [n for n, option in enumerate(question.options) if any(option.text.values())]


def _multiple(question: Question, ticked: Sequence[int]) -> float:
    right = sum(option.right for option in question.options)
    gained = sum(1 if question.options[n].right else -1 for n in ticked)
    return max(gained, 0) / right


def _order(given: Sequence[int]) -> float:
    pairs = list(combinations(given, 2))
    return max(sum(1 if a < b else -1 for a, b in pairs), 0) / len(pairs)


def _match(question: Question, given: Sequence[int]) -> float:
    own = lefts(question)
    # Two options may share a right side: then either is right, so texts are compared.
    pairs = [option.pair for option in question.options]
    hits = sum(n >= 0 and pairs[n] == pairs[left] for left, n in zip(own, given, strict=True))
    return hits / len(own)


def _places(question: Question, given: Given) -> list[int]:
    """The answer as places of options, in the form that the type asks for."""
    if not isinstance(given, list) or not all(type(n) is int for n in given):
        raise UnusableAnswer("answer-unusable")
    known = range(-1 if question.type == "match" else 0, len(question.options))
    if not all(n in known for n in given):
        raise UnusableAnswer("answer-unusable")
    if question.type == "match":
        if len(given) != len(lefts(question)):
            raise UnusableAnswer("answer-incomplete")
        if all(n < 0 for n in given):
            raise UnusableAnswer("answer-missing")
        return given
    if not given:
        raise UnusableAnswer("answer-missing")
    if len(set(given)) != len(given) or (question.type == "single" and len(given) != 1):
        raise UnusableAnswer("answer-twice")
    if question.type == "order" and len(given) != len(question.options):
        raise UnusableAnswer("answer-incomplete")
    return given


def _number(given: Given) -> Decimal:
    if not isinstance(given, str) or len(given) > LONGEST_NUMBER:
        raise UnusableAnswer("answer-not-a-number")
    if not given.strip():
        raise UnusableAnswer("answer-missing")
    try:
        number = Decimal(given)
    except InvalidOperation:
        raise UnusableAnswer("answer-not-a-number") from None
    if not number.is_finite():
        raise UnusableAnswer("answer-not-a-number")
    return number


def _is_close(question: Question, number: Decimal) -> bool:
    return abs(number - Decimal(question.answer or "0")) <= Decimal(question.tolerance or "0")
