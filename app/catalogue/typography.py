"""How French and English are set: what is wrong, and what has only one right answer.

French: narrow no-break space (U+202F) before `; ! ? %`, no-break space (U+00A0) before `:`
and inside « », typographic apostrophe, digits grouped by U+202F. English: curly quotes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from app.catalogue.model import Lang

NARROW, NBSP = "\u202f", "\u00a0"
_SPACES = f"{NARROW}{NBSP}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace text[start:end] by `by`; `why` says what was wrong."""

    start: int
    end: int
    by: str
    why: str


_ROUNDS = 4  # one edit can uncover another: quotes first, then the spaces inside them

# What is syntax and not prose: code, attributes, link targets, addresses, footnote labels,
# containers, definition markers, table rules, comments.
_SYNTAX = re.compile(
    r"```.*?```|`[^`\n]*`|\{[#\w][^{}\n]*\}|\]\([^)\s]*\)|https?://\S+|\[\^[^\]\s]*\]:?"
    r"|^:::+[ \t]*\w*|^:[ \t]|^\|?[ \t:|-]+\|?[ \t]*$|^[ \t]*[-*][ \t]\[[ xX]\]",
    re.M | re.S,
)


def _apostrophes(text: str) -> Iterator[Edit]:
    for m in re.finditer("'", text):
        yield Edit(m.start(), m.end(), "’", "straight apostrophe: write ’")


def _french_quotes(text: str) -> Iterator[Edit]:
    for m in re.finditer('"', text):
        opens = m.start() == 0 or text[m.start() - 1] in " \n\t([—–*" + _SPACES
        by = f"«{NBSP}" if opens else f"{NBSP}»"
        yield Edit(m.start(), m.end(), by, "straight quote: write « … »")


def _english_quotes(text: str) -> Iterator[Edit]:
    for m in re.finditer('"', text):
        opens = m.start() == 0 or text[m.start() - 1] in " \n\t([—–*"
        yield Edit(m.start(), m.end(), "“" if opens else "”", "straight quote: write “ … ”")


_BEFORE_HIGH = re.compile(rf"(?<=[^\s{_SPACES}(\[!?;:%|>*_])( ?)([;!?%])(?![\w/=])")
_BEFORE_COLON = re.compile(
    rf"(?<=[^\s{_SPACES}:|>\d])( ?)(:)(?=[\s*_]|$)|(?<=\d)( ?)(:)(?=[ *_]|$)"
)
_OPENING = re.compile(rf"«( ?)(?=[^\s{_SPACES}])")
_CLOSING = re.compile(rf"(?<=[^\s{_SPACES}])( ?)»")
_GROUPS = re.compile(rf"(?<![\d.,{NARROW}])\d{{1,3}}(?:[ {NBSP}]\d{{3}})+(?!\d)")


def _french_spaces(text: str) -> Iterator[Edit]:
    for m in _BEFORE_HIGH.finditer(text):
        yield Edit(m.start(1), m.end(1), NARROW, f"narrow no-break space missing before {m[2]}")
    for m in _BEFORE_COLON.finditer(text):
        group = 1 if m[2] else 3
        yield Edit(m.start(group), m.end(group), NBSP, "no-break space missing before :")
    for m in _OPENING.finditer(text):
        yield Edit(m.start(1), m.end(1), NBSP, "no-break space missing after «")
    for m in _CLOSING.finditer(text):
        yield Edit(m.start(1), m.end(1), NBSP, "no-break space missing before »")
    for m in _GROUPS.finditer(text):
        by = re.sub(rf"[ {NBSP}]", NARROW, m[0])
        yield Edit(m.start(), m.end(), by, "narrow no-break space missing between thousands")


_RULES = {
    "fr": (_apostrophes, _french_quotes, _french_spaces),
    "en": (_apostrophes, _english_quotes),
}


def prose_edits(text: str, lang: Lang) -> list[Edit]:
    """What is wrong in a Markdown text without front matter, in order, none overlapping."""
    # Syntax keeps its place and becomes something that no rule looks at.
    masked = _SYNTAX.sub(lambda m: re.sub(r"[^\n]", "\u2060", m[0]), text)
    found = sorted((e for rule in _RULES[lang] for e in rule(masked)), key=lambda e: e.start)
    kept: list[Edit] = []
    for edit in found:
        if not kept or edit.start > kept[-1].end or (edit.start == kept[-1].end != kept[-1].start):
            kept.append(edit)
    return kept


def yaml_edits(text: str, lang: Lang | None) -> list[Edit]:
    """What is wrong in the texts of a YAML file. Without a `lang`, texts stand under `fr` or
    `en` keys, at any depth. Broken YAML has no edits: it has faults of its own."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return []
    return sorted(_node_edits(text, root, lang), key=lambda e: e.start) if root else []


def _node_edits(text: str, node: yaml.Node, lang: Lang | None) -> Iterator[Edit]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner: Lang | None = key.value if key.value in ("fr", "en") else lang
            yield from _node_edits(text, value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _node_edits(text, value, lang)
    elif isinstance(node, yaml.ScalarNode) and lang and node.tag.endswith(":str"):
        quoted = node.style in {'"', "'"}
        start, end = node.start_mark.index + quoted, node.end_mark.index - quoted
        for edit in prose_edits(text[start:end], lang):
            yield Edit(start + edit.start, start + edit.end, edit.by, edit.why)


def file_edits(name: str, text: str) -> list[Edit]:
    """What is wrong in a course file; its language is in its name, `module.fr.md`."""
    if name.endswith(".yaml"):
        return yaml_edits(text, None)
    lang: Lang = "fr" if name.endswith(".fr.md") else "en"
    front = re.match(r"---\n(.*?)^---\n", text, re.S | re.M)
    if not front:
        return prose_edits(text, lang)
    start, end = front.start(1), front.end()
    head = yaml_edits(front[1], lang)
    moved = [Edit(start + e.start, start + e.end, e.by, e.why) for e in head]
    body = prose_edits(text[end:], lang)
    return moved + [Edit(end + e.start, end + e.end, e.by, e.why) for e in body]


def apply(text: str, edits: list[Edit]) -> str:
    """The text with these edits made."""
    for edit in reversed(edits):
        text = text[: edit.start] + edit.by + text[edit.end :]
    return text


def mend(name: str, text: str) -> str:
    """The text of a course file with all that has one right answer put right."""
    for _ in range(_ROUNDS):
        edits = file_edits(name, text)
        if not edits:
            break
        text = apply(text, edits)
    return text
