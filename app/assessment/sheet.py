"""What a learner sees of a question, and what their form means.

Nothing here tells the key before the answer: a shown question holds texts in the order of
this attempt, and feedback only once it is answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import NumberFormatError, format_decimal, parse_decimal

from app.assessment.attempts import Attempt, Typed, left_sides, shown_order, shown_pairs
from app.assessment.marking import LONGEST_NUMBER, Given, UnusableAnswer, lefts
from app.catalogue.model import Lang, Option, Question

Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a question. After the answer: `right`, `chosen`, `feedback`; None before."""

    field: str
    value: str
    html: str
    picked: str
    right: bool | None = None
    chosen: bool = False
    feedback: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as a template needs it. `number` counts from 1; `share` is 0..1."""

    number: int
    total: int
    id: str
    field: str
    type: str
    title: str
    text: str
    case_text: str
    columns: tuple[str, str] | None
    choices: tuple[Choice, ...]
    pairs: tuple[tuple[str, str], ...]
    unit: str
    typed: str
    error: str
    answered: bool
    share: float = 0.0
    right_answer: str = ""
    takeaway: str = ""


def field_of(question: Question) -> str:
    """What the form calls this question."""
    return f"q.{question.id}"


def typed_in(question: Question, form: Form) -> Typed:
    """The form's fields of this question, empty ones left out."""
    name = field_of(question)
    found = {}
    for key, values in form.items():
        kept = [v[:LONGEST_NUMBER] for v in values if v.strip()]
        if kept and (key == name or key.startswith(name + ".")):
            found[key[len(name) :]] = kept[: len(question.options) + 1]
    return found


def given_in(attempt: Attempt, question: Question, typed: Typed, lang: Lang) -> Given:
    """The answer that these fields mean. Raises `UnusableAnswer` where they mean none."""
    if not typed:
        raise UnusableAnswer("answer-missing")
    match question.type:
        case "number":
            return _number(typed.get("", [""])[0], lang)
        case "order":
            return _in_order(shown_order(attempt, question), typed)
        case "match":
            return _matched(attempt, question, typed)
        case _:
            order = shown_order(attempt, question)
            return sorted(_at(order, value) for value in typed.get("", []))


def _in_order(shown: list[int], typed: Typed) -> list[int]:
    placed: dict[int, int] = {}
    for n, option in enumerate(shown):
        values = typed.get(f".{n}")
        if not values:
            raise UnusableAnswer("answer-incomplete")
        place = _at(list(range(1, len(shown) + 1)), values[0], start=1)
        if place in placed:
            raise UnusableAnswer("answer-twice")
        placed[place] = option
    return [placed[place] for place in sorted(placed)]


def _matched(attempt: Attempt, question: Question, typed: Typed) -> list[int]:
    pairs = shown_pairs(attempt, question)
    chosen = {}
    for n, option in enumerate(left_sides(attempt, question)):
        values = typed.get(f".{n}")
        if not values:
            raise UnusableAnswer("answer-incomplete")
        chosen[option] = _at(pairs, values[0])
    return [chosen[option] for option in lefts(question)]


def _at(items: list[int], value: str, start: int = 0) -> int:
    if not (value.isascii() and value.isdigit()) or not 0 <= int(value) - start < len(items):
        raise UnusableAnswer("answer-unusable")
    return items[int(value) - start]


def _number(text: str, lang: Lang) -> str:
    """A number as people write it: `1 234,5` in French, `1,234.5` in English."""
    compact = "".join(text.split()).replace("\u202f", "").replace("\u00a0", "")
    if lang == "fr" and "," not in compact:
        compact = compact.replace(".", ",", 1)
    try:
        return str(parse_decimal(compact, locale=lang, strict=True))
    except (NumberFormatError, ValueError):
        raise UnusableAnswer("answer-not-a-number") from None


def show(
    attempt: Attempt,
    question: Question,
    lang: Lang,
    *,
    typed: Typed | None = None,
    error: str = "",
) -> Shown:
    """The question as this attempt shows it, with its feedback once it is answered."""
    typed = typed if typed is not None else attempt.drafts.get(question.key, {})
    number = [key for key, _ in attempt.questions].index(question.key) + 1
    answer = attempt.answers.get(question.key)
    given = answer.given if answer else None
    extra: dict[str, Any] = {}
    if answer:
        extra = {
            "share": answer.share,
            "takeaway": question.takeaway[lang],
            "right_answer": _right_answer(question, lang),
        }
    return Shown(
        number=number,
        total=len(attempt.questions),
        id=question.id,
        field=field_of(question),
        type=question.type,
        title=question.title[lang],
        text=question.text[lang],
        case_text=question.case_text[lang] if question.case_text else "",
        columns=(question.columns[0][lang], question.columns[1][lang])
        if question.columns
        else None,
        choices=_choices(attempt, question, lang, typed, given),
        pairs=_pairs(attempt, question, lang) if question.type == "match" else (),
        unit=question.unit[lang] if question.unit else "",
        typed=_typed_number(question, typed, given, lang),
        error=error,
        answered=answer is not None,
        **extra,
    )


def _typed_number(question: Question, typed: Typed, given: Given | None, lang: Lang) -> str:
    if question.type == "number" and isinstance(given, str):
        return local_number(given, lang)
    return "".join(typed.get("", [])[:1]) if question.type == "number" else ""


def local_number(text: str, lang: Lang) -> str:
    """A number with a point as the reader writes it."""
    return format_decimal(text, format="#,##0.######", locale=lang)


def _right_answer(question: Question, lang: Lang) -> str:
    return local_number(question.answer, lang) if question.answer else ""


def _pairs(attempt: Attempt, question: Question, lang: Lang) -> tuple[tuple[str, str], ...]:
    shown = shown_pairs(attempt, question)
    return tuple((str(n), _pair(question.options[o], lang)) for n, o in enumerate(shown))


def _pair(option: Option, lang: Lang) -> str:
    return option.pair[lang] if option.pair else ""


def _choices(
    attempt: Attempt, question: Question, lang: Lang, typed: Typed, given: Given | None
) -> tuple[Choice, ...]:
    if question.type == "number":
        return _number_feedback(question, lang, given)
    if question.type == "match":
        return _match_choices(attempt, question, lang, typed, given)
    order = shown_order(attempt, question)
    if question.type == "order" and isinstance(given, list):
        order = list(range(len(question.options)))
    return tuple(_choice(question, lang, n, option, typed, given) for n, option in enumerate(order))


def _choice(
    question: Question, lang: Lang, n: int, place: int, typed: Typed, given: Given | None
) -> Choice:
    option = question.options[place]
    name = field_of(question)
    if question.type == "order":
        picked = "".join(typed.get(f".{n}", [])[:1])
        line = Choice(f"{name}.{n}", "", option.text[lang], picked)
        if not isinstance(given, list):
            return line
        put = given.index(place)
        return Choice(
            line.field, "", line.html, "", put == place, True, option.feedback[lang], str(put + 1)
        )
    picked = "yes" if str(n) in typed.get("", []) else ""
    if not isinstance(given, list):
        return Choice(name, str(n), option.text[lang], picked)
    chosen = place in given
    return Choice(name, str(n), option.text[lang], "", option.right, chosen, option.feedback[lang])


def _match_choices(
    attempt: Attempt, question: Question, lang: Lang, typed: Typed, given: Given | None
) -> tuple[Choice, ...]:
    lines = []
    own = lefts(question)
    for n, place in enumerate(left_sides(attempt, question)):
        option = question.options[place]
        name = f"{field_of(question)}.{n}"
        if not isinstance(given, list):
            lines.append(Choice(name, "", option.text[lang], "".join(typed.get(f".{n}", [])[:1])))
            continue
        chosen = given[own.index(place)]
        yours = _pair(question.options[chosen], lang) if chosen >= 0 else ""
        right = _pair(option, lang)
        lines.append(Choice(name, right, option.text[lang], "", yours == right, True, "", yours))
    return tuple(lines)


def _number_feedback(question: Question, lang: Lang, given: Given | None) -> tuple[Choice, ...]:
    """Feedback to a typical wrong number, where that is what was given."""
    if not isinstance(given, str):
        return ()
    return tuple(
        Choice(field_of(question), "", "", "", False, True, option.feedback[lang])
        for option in question.options
        if option.text[lang] and float(option.text[lang]) == float(given)
    )
