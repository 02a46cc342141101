"""Questions: from Markdown in one language, joined over languages, and to JSON and back.

A question's version is a hash of its type, key and texts in every language: what was shown
is what is marked, whatever is edited afterwards.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from markdown_it.token import Token

from app.catalogue.markdown import Slip, attributes, tokens_of
from app.catalogue.model import Lang, Level, Option, Question, QuestionType
from app.catalogue.prose import Use, uses_of
from app.catalogue.render import html_of, inline_html

_KEYS = {"id", "type", "level", "objective", "misconception", "case", "answer", "tolerance", "unit"}


@dataclass(slots=True)
class Line:
    """An option, an item or a pair as written in one language."""

    text: str
    source: str
    line: int
    right: bool = False
    feedback: str = ""
    misconception: str | None = None
    pair: str | None = None


@dataclass(slots=True)
class Written:
    """A question, or a case, as written in one language."""

    attributes: dict[str, str]
    title: str
    line: int
    text: str = ""
    source: str = ""
    lines: list[Line] = field(default_factory=list)
    takeaway: str = ""
    columns: tuple[str, str] | None = None

    @property
    def id(self) -> str:
        """Its id, or '' where it lacks one."""
        return self.attributes.get("id", "")

    @property
    def type(self) -> str:
        """Its type as written."""
        return self.attributes.get("type", "")


@dataclass(frozen=True, slots=True)
class Quiz:
    """A file of questions in one language, and what is wrong in it."""

    written: tuple[Written, ...]
    uses: tuple[Use, ...]
    slips: tuple[Slip, ...]


def read_quiz(text: str, lang: Lang) -> Quiz:
    """The questions of `quiz.fr.md` or its like. Nothing is raised: faults are in `slips`."""
    tokens, env, slips = tokens_of(text)
    body = [t for t in tokens if t.type != "front_matter"]
    starts = [n for n, t in enumerate(body) if t.type == "heading_open" and t.tag == "h2"]
    if not starts:
        slips.append(Slip(1, "no question: write ## Title {#id type=single …}"))
    elif starts[0]:
        slips.append(Slip(1, "text before the first question: move it below a ##"))
    written = []
    for start, stop in zip(starts, [*starts[1:], len(body)], strict=True):
        question = _read_one(body[start:stop], env, lang, text.splitlines())
        written.append(question)
        slips += check_written(question)
    ids = [q.id for q in written]
    slips += [
        Slip(q.line, f"id {q.id!r} stands twice: change one")
        for n, q in enumerate(written)
        if q.id in ids[:n]
    ]
    return Quiz(tuple(written), tuple(uses_of(body)), tuple(slips))


def _read_one(tokens: Sequence[Token], env: Any, lang: Lang, lines: list[str]) -> Written:
    found, other = attributes(tokens[1].meta.get("attributes", ""))
    found.update({f"?{part}": "" for part in other})
    start = (tokens[0].map or [0])[0]
    question = Written(found, tokens[1].content.strip(), start + 1)
    stem: list[Token] = []
    for block in _blocks(tokens[3:]):
        kind = block[0].type
        if kind == "blockquote_open":
            question.takeaway = html_of(block[1:-1], env, lang)
        elif kind == "table_open" and question.type == "match":
            _read_pairs(question, block, lang)
        elif kind in ("bullet_list_open", "ordered_list_open") and _is_answers(question, block):
            question.lines = [_read_line(item, env, lang) for item in _items(block)]
        else:
            stem += block
    question.text = html_of(stem, env, lang)
    stop = next((t.map[1] for t in reversed(tokens) if t.map), start)
    question.source = "\n".join(line.rstrip() for line in lines[start:stop]).strip()
    return question


def _blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def _is_answers(question: Written, block: Sequence[Token]) -> bool:
    if question.type == "order":
        return block[0].type == "ordered_list_open"
    if question.type == "number":
        return block[0].type == "bullet_list_open"
    return any(t.type == "inline" and t.content[:4] in ("[x] ", "[ ] ", "[X] ") for t in block)


def _items(block: Sequence[Token]) -> Iterator[list[Token]]:
    for part in _blocks(block[1:-1]):
        yield part[1:-1]


def _read_line(item: Sequence[Token], env: Any, lang: Lang) -> Line:
    inline = next((t for t in item if t.type == "inline"), None)
    if inline is None:
        return Line("", "", (item[0].map or [0])[0] + 1 if item else 1)
    source = inline.content
    marked = source[:4].lower() in ("[x] ", "[ ] ")
    right = source[:4].lower() == "[x] "
    text = inline_html(inline, lang)
    found, other = attributes(inline.meta.get("attributes", ""))
    line = Line(
        text=text[4:] if marked else text,
        source=source[4:] if marked else source,
        line=(inline.map or [0])[0] + 1,
        right=right,
        misconception=found.get("misconception"),
    )
    if other or set(found) - {"misconception"}:
        line.misconception = "?" + " ".join([*other, *found])
    for block in _blocks(item):
        if block[0].type == "blockquote_open":
            line.feedback = html_of(block[1:-1], env, lang)
    return line


def _read_pairs(question: Written, block: Sequence[Token], lang: Lang) -> None:
    rows: list[list[Token]] = []
    for token in block:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(token)
    cells = [[inline_html(cell, lang).strip() for cell in row] for row in rows]
    if cells and len(cells[0]) == 2:
        question.columns = (cells[0][0], cells[0][1])
    for row, tokens in zip(cells[1:], rows[1:], strict=True):
        line = (tokens[0].map or [0])[0] + 1
        left, right = ([*row, "", ""])[:2]
        source = f"{tokens[0].content} | {tokens[-1].content}"
        question.lines.append(Line(left, source, line, right=bool(left), pair=right))


def check_written(q: Written) -> Iterator[Slip]:
    """What is wrong in one question by itself."""
    unknown = sorted(set(q.attributes) - _KEYS)
    if unknown:
        yield Slip(q.line, f"unknown attribute {unknown[0].lstrip('?')!r}: take it out")
    if not q.id:
        yield Slip(q.line, "a question needs an id: ## Title {#id type=… level=… objective=…}")
    if q.type == "case":
        if not q.text:
            yield Slip(q.line, "a case needs its text below the heading")
        return
    if q.type not in get_args(QuestionType):
        yield Slip(q.line, f"type {q.type!r}: use {', '.join(get_args(QuestionType))} or case")
        return
    if q.attributes.get("level") not in get_args(Level):
        yield Slip(q.line, f"level is missing or unknown: use {', '.join(get_args(Level))}")
    if not q.attributes.get("objective"):
        yield Slip(q.line, "objective is missing: name one of the module's")
    if not q.text and not q.attributes.get("case"):
        yield Slip(q.line, "the question has no text below its heading")
    if not q.takeaway:
        yield Slip(q.line, "no closing > …: write what to retain, with the source")
    yield from _check_key(q)


def _check_key(q: Written) -> Iterator[Slip]:
    right = sum(line.right for line in q.lines)
    if q.type == "number":
        yield from _check_number(q)
        return
    if len(q.lines) < 2:
        yield Slip(q.line, f"a {q.type} question needs two or more lines to choose from")
        return
    if q.type == "single" and right != 1:
        yield Slip(q.line, f"a single question has one [x], this one has {right}")
    if q.type == "multiple" and right == 0:
        yield Slip(q.line, "a multiple question has at least one [x]")
    if q.type == "match":
        if right < 2 or q.columns is None or any(not line.pair for line in q.lines):
            yield Slip(q.line, "a match question is a table of two columns with two rows or more")
        return
    for line in q.lines:
        if not line.text.strip():
            yield Slip(line.line, "this option is empty")
        if not line.feedback and q.type != "order":
            yield Slip(line.line, "this option has no feedback: write > … under it, indented")


def _check_number(q: Written) -> Iterator[Slip]:
    for name in ("answer", "tolerance"):
        try:
            value = Decimal(q.attributes.get(name, "0" if name == "tolerance" else ""))
            if not value.is_finite() or (name == "tolerance" and value < 0):
                raise InvalidOperation
        except InvalidOperation:
            yield Slip(q.line, f"{name} is missing or no number: write {name}=12.5")
    for line in q.lines:
        try:
            float(line.source)
        except ValueError:
            yield Slip(line.line, f"{line.source!r} is no number: write it with a point")
        if not line.feedback:
            yield Slip(line.line, "this value has no feedback: write > … under it, indented")


def join(
    place: str, written: Mapping[Lang, Written], case: Mapping[Lang, Written] | None
) -> Question:
    """One question from what is written in each language; `place` is the quiz's key."""
    first = next(iter(written.values()))
    given = first.attributes
    count = min(len(w.lines) for w in written.values())
    options = tuple(
        Option(
            text={lang: w.lines[n].text for lang, w in written.items()},
            feedback={lang: w.lines[n].feedback for lang, w in written.items()},
            right=first.lines[n].right,
            misconception=first.lines[n].misconception,
            pair={lang: w.lines[n].pair or "" for lang, w in written.items()}
            if first.type == "match"
            else None,
        )
        for n in range(count)
    )
    columns = [(w.columns or ("", "")) for w in written.values()]
    langs = list(written)
    said = [f"{lang}\x1f{w.source}" for lang, w in written.items()]
    said += [f"{lang}\x1f{w.source}" for lang, w in (case or {}).items()]
    return Question(
        key=f"{place}#{first.id}",
        id=first.id,
        type=first.type,  # type: ignore[arg-type]
        level=given.get("level", ""),  # type: ignore[arg-type]
        objective=given.get("objective", ""),
        misconception=given.get("misconception"),
        title={lang: w.title for lang, w in written.items()},
        text={lang: w.text for lang, w in written.items()},
        options=options,
        takeaway={lang: w.takeaway for lang, w in written.items()},
        version=hashlib.sha256("\x1e".join([place, *said]).encode()).hexdigest()[:16],
        case=given.get("case"),
        case_text={lang: w.text for lang, w in case.items()} if case else None,
        columns=(
            {lang: columns[n][0] for n, lang in enumerate(langs)},
            {lang: columns[n][1] for n, lang in enumerate(langs)},
        )
        if first.type == "match"
        else None,
        answer=given.get("answer"),
        tolerance=given.get("tolerance"),
        unit={lang: w.attributes.get("unit", "") for lang, w in written.items()}
        if given.get("unit")
        else None,
    )


def to_json(question: Question) -> str:
    """The whole question as text, to be kept."""
    return json.dumps(asdict(question), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Question:
    """The question that `to_json` wrote. Raises `ValueError` or `TypeError` for anything else."""
    data = json.loads(text)
    options = tuple(Option(**option) for option in data.pop("options"))
    columns = data.pop("columns")
    return Question(**data, options=options, columns=tuple(columns) if columns else None)
