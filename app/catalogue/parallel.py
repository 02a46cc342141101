"""The languages of one text, held side by side: same ids, same order, same keys."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.catalogue.model import LANGS, Lang, Question, Words
from app.catalogue.prose import Prose
from app.catalogue.questions import Quiz, Written

Tell = Callable[[Path, int, str], None]

SAME = ("type", "level", "objective", "misconception", "case", "answer", "tolerance")


def check_prose(tell: Tell, folder: Path, proses: Mapping[Lang, Prose]) -> None:
    """Tells where the languages of a module are out of step."""
    if len(proses) < 2:
        return
    base, *others = proses
    first = proses[base]
    for lang in others:
        path, other = folder / f"module.{lang}.md", proses[lang]
        ids, other_ids = [s.id for s in first.sections], [s.id for s in other.sections]
        if ids != other_ids:
            n = next(
                (
                    n
                    for n, pair in enumerate(zip(ids, other_ids, strict=False))
                    if pair[0] != pair[1]
                ),
                -1,
            )
            line = other.sections[n].line if other.sections else 1
            tell(path, line, f"sections are {other_ids}, in {base} {ids}: same ids, same order")
        if set(first.objectives) != set(other.objectives):
            odd = sorted(set(first.objectives) ^ set(other.objectives))
            tell(path, 1, f"objectives differ from {base}: {', '.join(odd)}")
        if first.minutes != other.minutes:
            tell(path, 1, f"minutes is {other.minutes}, in {base} {first.minutes}: make them equal")
        if {u.name for u in first.uses if u.kind == "figure"} != {
            u.name for u in other.uses if u.kind == "figure"
        }:
            tell(path, 1, f"shows other drawings than {base}: show the same")


def check_quiz(tell: Tell, folder: Path, name: str, quizzes: Mapping[Lang, Quiz]) -> None:
    """Tells where the languages of a quiz are out of step."""
    if len(quizzes) < 2:
        return
    base, *others = quizzes
    first = quizzes[base]
    for lang in others:
        path, other = folder / f"{name}.{lang}.md", quizzes[lang]
        ids, other_ids = [q.id for q in first.written], [q.id for q in other.written]
        if ids != other_ids:
            odd = sorted(set(ids) ^ set(other_ids))
            said = f"not in both: {', '.join(odd)}" if odd else "another order"
            tell(path, 1, f"questions differ from {base} ({said}): same ids, same order")
            continue
        for here, there in zip(other.written, first.written, strict=True):
            _check_pair(tell, path, base, here, there)


def _check_pair(tell: Tell, path: Path, base: str, here: Written, there: Written) -> None:
    for name in SAME:
        if here.attributes.get(name) != there.attributes.get(name):
            tell(path, here.line, f"{name} differs from {base}: make them equal")
    if len(here.lines) != len(there.lines):
        said = f"{len(here.lines)} options, in {base} {len(there.lines)}"
        tell(path, here.line, f"{said}: same number, same order")
        return
    for a, b in zip(here.lines, there.lines, strict=True):
        if a.right != b.right:
            tell(path, a.line, f"the key differs from {base}: same options, same order")
        if a.misconception != b.misconception:
            tell(path, a.line, f"misconception differs from {base}: make them equal")


def check_goals(
    tell: Tell,
    folder: Path,
    name: str,
    quizzes: Mapping[Lang, Quiz],
    objectives: set[str],
    misconceptions: set[str],
) -> None:
    """Tells of objectives, misconceptions and cases that a quiz names and that do not exist."""
    for lang, quiz in quizzes.items():
        path = folder / f"{name}.{lang}.md"
        cases = {q.id for q in quiz.written if q.type == "case"}
        for question in quiz.written:
            objective = question.attributes.get("objective")
            if objective and objective not in objectives:
                tell(
                    path, question.line, f"unknown objective {objective!r}: use one of the module's"
                )
            case = question.attributes.get("case")
            if case and case not in cases:
                tell(
                    path, question.line, f"unknown case {case!r}: write ## … {{#{case} type=case}}"
                )
            named = [(question.line, question.attributes.get("misconception"))]
            named += [(line.line, line.misconception) for line in question.lines]
            for number, misconception in named:
                if misconception and misconception not in misconceptions:
                    tell(path, number, f"unknown misconception {misconception!r}: see course.yaml")


def stem(question: Question) -> str:
    """What makes two questions the same: their words, without case and spaces."""
    lang = next(lang for lang in LANGS if lang in question.text)
    text = question.text[lang] + (question.title[lang] if not question.text[lang] else "")
    return "".join(c for c in text.lower() if c.isalnum())


def filled(question: Question, fill: Callable[[Words], Words]) -> Question:
    """The question with every text in every language, by `fill` where one is lacking."""
    options = tuple(
        replace(
            option,
            text=fill(option.text),
            feedback=fill(option.feedback),
            pair=fill(option.pair) if option.pair is not None else None,
        )
        for option in question.options
    )
    return replace(
        question,
        title=fill(question.title),
        options=options,
        takeaway=fill(question.takeaway),
        case_text=fill(question.case_text) if question.case_text else None,
        columns=(fill(question.columns[0]), fill(question.columns[1]))
        if question.columns
        else None,
        unit=fill(question.unit) if question.unit else None,
    )
