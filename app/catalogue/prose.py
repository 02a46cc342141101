"""A module's text in one language: its front matter, its sections, its sources."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from app.catalogue.markdown import Slip, attributes, front_matter, plain_text, tokens_of
from app.catalogue.model import Lang
from app.catalogue.render import html_of

SHORTEST, LONGEST = 5, 90  # minutes to read one module


@dataclass(frozen=True, slots=True)
class Use:
    """A term, module or figure that a text refers to, with its line."""

    kind: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class ProseSection:
    """One section as written in one language."""

    id: str
    title: str
    html: str
    plain: str
    line: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A text in one language, and what is wrong in it."""

    title: str
    summary: str
    minutes: int
    objectives: Mapping[str, str]
    sections: tuple[ProseSection, ...]
    sources: str
    uses: tuple[Use, ...]
    slips: tuple[Slip, ...]


def read_prose(text: str, lang: Lang) -> Prose:
    """The text of `module.fr.md` or its like. Nothing is raised: faults are in `slips`."""
    tokens, env, slips = tokens_of(text)
    head, more = front_matter(tokens)
    slips += more
    if not more:
        slips += _check_head(head)
    sections, more = _sections(tokens, env, lang)
    slips += more
    slips += _footnotes(text, env)
    block = next((n for n, t in enumerate(tokens) if t.type == "footnote_block_open"), None)
    sources = html_of(tokens[block:], env, lang) if block is not None else ""
    objectives = head.get("objectives")
    return Prose(
        title=str(head.get("title", "")),
        summary=str(head.get("summary", "")),
        minutes=head["minutes"] if isinstance(head.get("minutes"), int) else 0,
        objectives={str(k): str(v) for k, v in objectives.items()}
        if isinstance(objectives, dict)
        else {},
        sections=tuple(sections),
        sources=sources,
        uses=tuple(uses_of(tokens)),
        slips=tuple(slips),
    )


def _check_head(head: Mapping[str, Any]) -> Iterator[Slip]:
    for name in ("title", "summary"):
        if not isinstance(head.get(name), str) or not head[name].strip():
            yield Slip(1, f"front matter lacks {name}: add it")
    minutes = head.get("minutes")
    if not isinstance(minutes, int) or not SHORTEST <= minutes <= LONGEST:
        yield Slip(1, f"front matter lacks minutes between {SHORTEST} and {LONGEST}")
    objectives = head.get("objectives")
    if not isinstance(objectives, dict) or not objectives:
        yield Slip(1, "front matter lacks objectives: write id: what the reader will be able to do")
    for name in set(head) - {"title", "summary", "minutes", "objectives"}:
        yield Slip(1, f"front matter has an unknown key {name!r}: take it out")


def _sections(
    tokens: Sequence[Token], env: Any, lang: Lang
) -> tuple[list[ProseSection], list[Slip]]:
    end = next((n for n, t in enumerate(tokens) if t.type == "footnote_block_open"), len(tokens))
    starts = [n for n, t in enumerate(tokens[:end]) if t.type == "heading_open" and t.tag == "h2"]
    slips = []
    before = [t for t in tokens[: starts[0] if starts else end] if t.type != "front_matter"]
    if before:
        slips.append(Slip(_line(before[0]), "text before the first section: move it below a ##"))
    if not starts:
        slips.append(Slip(1, "no section: write ## Title {#id}"))
    sections = []
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        title, line = tokens[start + 1], _line(tokens[start])
        found, other = attributes(title.meta.get("attributes", ""))
        if "id" not in found or len(found) > 1 or other:
            slips.append(Slip(line, "a section needs an id and nothing more: ## Title {#id}"))
        body = tokens[start + 3 : stop]
        if not body:
            slips.append(Slip(line, "this section is empty"))
        name = found.get("id", f"line-{line}")
        html = html_of(body, env, lang)
        sections.append(ProseSection(name, title.content.strip(), html, plain_text(body), line))
    ids = [s.id for s in sections]
    slips += [
        Slip(s.line, f"section id {s.id!r} stands twice: change one")
        for n, s in enumerate(sections)
        if s.id in ids[:n]
    ]
    return sections, slips


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _footnotes(text: str, env: Any) -> Iterator[Slip]:
    """Labels that are used and not defined, or defined and not used."""
    defined = {label.removeprefix(":") for label in env.get("footnotes", {}).get("refs", {})}
    used: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        for m in re.finditer(r"\[\^([^\]\s]+)\](?!:)", line):
            used.add(m[1])
            if m[1] not in defined:
                yield Slip(number, f"source [^{m[1]}] is not defined: add [^{m[1]}]: … at the end")
    for number, line in enumerate(text.splitlines(), 1):
        definition = re.match(r"\[\^([^\]\s]+)\]:", line)
        if definition and definition[1] not in used:
            yield Slip(number, f"source [^{definition[1]}] is not used: cite it or take it out")


def uses_of(tokens: Sequence[Token]) -> Iterator[Use]:
    """The terms, modules and figures that these tokens refer to."""
    line = 1
    for token in tokens:
        line = _line(token) if token.map else line
        for child in token.children or ():
            target = str(child.attrGet("href") or child.attrGet("src") or "")
            kind, _, name = target.partition(":")
            if kind in ("term", "module", "figure") and child.type in ("link_open", "image"):
                yield Use(kind, name, line)
