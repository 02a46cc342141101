"""Markdown as courses use it: tokens with their lines, attributes in braces, nothing raw.

The format is docs/en/course-authors.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

BOXES = ("key", "example", "mistake", "try", "note")
DEEPEST = 50  # levels of nesting: deeper is an attack or a slip
LARGEST = 1_000_000  # bytes of one file
SCHEMES = ("https:", "mailto:", "term:", "module:", "figure:")

_ATTRIBUTES = re.compile(r"[ \t]*\{((?:[^{}\"]|\"[^\"]*\")*)\}[ \t]*$")
_ATTRIBUTE = re.compile(r'#([\w-]+)|([\w-]+)=(?:"([^"]*)"|([^\s"]+))|(\S+)')


@dataclass(frozen=True, slots=True)
class Slip:
    """Something wrong on a line (from 1) of the file at hand."""

    line: int
    message: str


@cache
def parser() -> MarkdownIt:
    """The parser that all course files share."""
    md = MarkdownIt("commonmark", {"html": True, "maxNesting": DEEPEST + 10}).enable("table")
    md.use(front_matter_plugin).use(deflist_plugin).use(footnote_plugin, inline=False)
    for box in BOXES:
        md.use(container_plugin, name=box)
    md.core.ruler.after("block", "attributes", _take_attributes)
    return md


def _take_attributes(state: StateCore) -> None:
    """Moves `{#id key=value}` from the end of headings and list items into the token's meta."""
    before: Token | None = None
    in_items = 0
    for token in state.tokens:
        in_items += (token.type == "list_item_open") - (token.type == "list_item_close")
        headed = before is not None and before.type == "heading_open"
        if token.type == "inline" and (headed or in_items):
            found = _ATTRIBUTES.search(token.content)
            if found:
                token.content = token.content[: found.start()]
                token.meta["attributes"] = found[1]
        before = token


def attributes(text: str) -> tuple[dict[str, str], list[str]]:
    """`#id` (as `id`) and `key=value` in braces, and whatever else stands there."""
    found: dict[str, str] = {}
    other: list[str] = []
    for m in _ATTRIBUTE.finditer(text):
        if m[1]:
            found["id"] = m[1]
        elif m[2]:
            found[m[2]] = m[3] if m[3] is not None else m[4]
        else:
            other.append(m[5])
    return found, other


def tokens_of(text: str) -> tuple[list[Token], MutableMapping[str, Any], list[Slip]]:
    """The tokens of a file, the environment that renders them, and what no course may hold."""
    env: dict[str, Any] = {}
    tokens = parser().parse(text, env)
    return tokens, env, list(_forbidden(tokens, text))


def _forbidden(tokens: Sequence[Token], text: str) -> Iterator[Slip]:
    line = 1
    for token in _flat(tokens):
        line = token.map[0] + 1 if token.map else line
        if token.level > DEEPEST:
            yield Slip(line, f"nested deeper than {DEEPEST} levels: flatten it")
            return
        if token.type in ("html_block", "html_inline"):
            yield Slip(line, f"raw HTML {token.content.strip()[:40]!r}: use Markdown instead")
        if token.type == "heading_open" and token.tag not in ("h2", "h3"):
            yield Slip(line, "only ## and ### headings: the title stands in the front matter")
        target = str(token.attrGet("href") or token.attrGet("src") or "")
        if token.type in ("link_open", "image") and not target.startswith(SCHEMES):
            yield Slip(line, f"link to {target!r}: use https:, term: or module:")
    for number, content in enumerate(text.splitlines(), 1):
        if re.match(r":::+[ \t]*\w", content):
            kind = content.lstrip(":").split()[0]
            if kind not in BOXES:
                yield Slip(number, f"unknown box {kind!r}: use one of {', '.join(BOXES)}")


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        for child in token.children or ():
            if token.map and not child.map:
                child.map = token.map
            yield child


def front_matter(tokens: Sequence[Token]) -> tuple[Mapping[str, Any], list[Slip]]:
    """The YAML at the head of a file."""
    if not tokens or tokens[0].type != "front_matter":
        return {}, [Slip(1, "no front matter: begin with --- and title, summary, minutes")]
    try:
        data = yaml.safe_load(tokens[0].content)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        return {}, [Slip(line, f"front matter is no YAML: {getattr(error, 'problem', error)}")]
    if not isinstance(data, dict):
        return {}, [Slip(1, "front matter is no mapping: write key: value")]
    return data, []


def plain_text(tokens: Sequence[Token]) -> str:
    """The words alone, for search."""
    parts = []
    for token in tokens:
        if token.type == "inline":
            parts.append("".join(_words(token)))
    return " ".join(part for part in parts if part)


def _words(token: Token) -> Iterator[str]:
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type == "image":
            yield child.content
