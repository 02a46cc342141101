"""Drawings: shapes in an SVG, words beside it, colours from the theme by class.

What may stand in a drawing is listed here; everything else is refused, so that a drawing
can be part of a page under a strict policy.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.etree import ElementTree

import yaml

from app.catalogue.markdown import Slip
from app.catalogue.model import LANGS, Lang

LARGEST = 5_120  # bytes: a drawing is part of the page that it stands in
WIDTH = "360"
ELEMENTS = {"svg", "g", "rect", "circle", "ellipse", "line", "polyline", "polygon"} | {
    "path",
    "text",
    "tspan",
}
GEOMETRY = {"viewBox", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy"}
ATTRIBUTES = (
    GEOMETRY
    | {"width", "height", "d", "points", "transform", "pathLength"}
    | {
        "class",
        "text-anchor",
        "dominant-baseline",
        "fill",
        "aria-hidden",
    }
)
SHAPES = {"line", "thin", "dash", "box", "soft", "solid", "accent", "good", "warn", "bad", "info"}
CLASSES = SHAPES | {"arrow", "small", "big", "strong", "quiet", "on-solid"}
_SVG = "{http://www.w3.org/2000/svg}"
_WORD = re.compile(r"\{([\w-]+)\}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in every language, as HTML to stand in a page, and what is wrong with it."""

    html: Mapping[Lang, str]
    svg_slips: tuple[Slip, ...]
    words_slips: tuple[Slip, ...]


def read_figure(name: str, svg: str, words: str) -> Figure:
    """The drawing from its two files. Nothing is raised: faults are in the slips."""
    data, words_slips = _read_words(words)
    root, svg_slips = _read_svg(svg)
    if root is None:
        return Figure(dict.fromkeys(LANGS, ""), tuple(svg_slips), tuple(words_slips))
    used = {m for text in root.itertext() for m in _WORD.findall(text)}
    known = set(data.get("words") or {})
    svg_slips += [
        Slip(_find(svg, f"{{{word}}}"), f"word {{{word}}} is not in the words file: add it")
        for word in sorted(used - known)
    ]
    words_slips += [
        Slip(_find(words, f"{word}:"), f"word {word!r} is not in the drawing: take it out")
        for word in sorted(known - used)
    ]
    html = {lang: _html(name, root, data, lang) for lang in LANGS}
    return Figure(html, tuple(svg_slips), tuple(words_slips))


def _read_words(text: str) -> tuple[dict[str, Any], list[Slip]]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return {}, [Slip(mark.line + 1 if mark else 1, "this is no YAML: see the authors' guide")]
    if not isinstance(data, dict):
        return {}, [Slip(1, "write title, description and words")]
    slips = []
    found = data.get("words")
    words: dict[str, Any] = found if isinstance(found, dict) else {}
    entries = {"title": data.get("title"), "description": data.get("description"), **words}
    for key, entry in entries.items():
        for lang in LANGS:
            said = entry.get(lang) if isinstance(entry, dict) else None
            if not isinstance(said, str | int | float) or not str(said).strip():
                line = _find(text, f"{key}:")
                slips.append(Slip(line, f"{key!r} lacks its {lang} text: add {lang}:"))
    return {**data, "words": words}, slips


def _read_svg(text: str) -> tuple[ElementTree.Element | None, list[Slip]]:
    if re.search(r"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet", text, re.I):
        return None, [Slip(1, "no DOCTYPE, entity or stylesheet in a drawing: take it out")]
    slips = []
    if len(text.encode()) > LARGEST:
        slips.append(Slip(1, f"a drawing has {LARGEST} bytes at most: leave something out"))
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  (entities are refused above)
    except ElementTree.ParseError as error:
        return None, [Slip(error.position[0], f"this is no XML: {error}")]
    box = root.get("viewBox", "").split()
    if root.tag != f"{_SVG}svg" or len(box) != 4 or box[:3] != ["0", "0", WIDTH]:
        slips.append(Slip(1, f'begin with <svg xmlns="{_SVG[1:-1]}" viewBox="0 0 {WIDTH} …">'))
    slips += [Slip(_find(text, found), message) for found, message in _forbidden(root)]
    return root, slips


def _forbidden(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        tag = str(element.tag).removeprefix(_SVG)
        if tag not in ELEMENTS:
            yield f"<{tag}", f"<{tag}> is not for drawings: use {', '.join(sorted(ELEMENTS))}"
        for key, value in element.attrib.items():
            if key not in ATTRIBUTES or (key == "fill" and value != "none"):
                yield f"{key.rpartition('}')[2]}=", f"{key}={value!r}: colours come from classes"
        for name in element.get("class", "").split():
            if name not in CLASSES:
                yield f'"{name}', f"unknown class {name!r}: use {', '.join(sorted(CLASSES))}"
        said = [element.text or "", *(child.tail or "" for child in element)]
        for part in said:
            rest = _WORD.sub("", part).strip()
            if any(c.isalpha() for c in rest):
                yield rest, f"visible text {rest!r}: write {{key}} and put it in the words file"


def _find(text: str, part: str) -> int:
    place = text.find(part)
    return text.count("\n", 0, place) + 1 if place >= 0 else 1


def _html(name: str, root: ElementTree.Element, data: Mapping[str, Any], lang: Lang) -> str:
    words = {
        key: str(entry.get(lang) or entry.get(LANGS[0]) or "")
        for key, entry in data.get("words", {}).items()
        if isinstance(entry, dict)
    }
    title, about = (_said(data.get(key), lang) for key in ("title", "description"))
    ids = f"fig-{name}-title", f"fig-{name}-about"
    inside = "".join(_element(child, words) for child in root)
    return (
        f'<svg class="figure" viewBox="{escape(root.get("viewBox", ""))}" role="img" '
        f'aria-labelledby="{ids[0]} {ids[1]}"><title id="{ids[0]}">{escape(title)}</title>'
        f'<desc id="{ids[1]}">{escape(about)}</desc>{inside}</svg>'
    )


def _said(entry: Any, lang: Lang) -> str:
    return str(entry.get(lang) or "") if isinstance(entry, dict) else ""


def _element(element: ElementTree.Element, words: Mapping[str, str]) -> str:
    tag = str(element.tag).removeprefix(_SVG)
    attributes = "".join(f' {k}="{escape(v)}"' for k, v in element.attrib.items())
    text = _WORD.sub(lambda m: words.get(m[1], ""), (element.text or "").strip())
    lines = text.split("\n")
    if tag == "text" and len(lines) > 1:
        x = escape(element.get("x", "0"))
        inside = "".join(
            f'<tspan x="{x}"' + (' dy="1.2em"' if n else "") + f">{escape(line)}</tspan>"
            for n, line in enumerate(lines)
        )
    else:
        inside = escape(text)
    inside += "".join(
        _element(c, words)
        + escape(_WORD.sub(lambda m: words.get(m[1], ""), (c.tail or "").strip()))
        for c in element
    )
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"
