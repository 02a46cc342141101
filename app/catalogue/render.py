"""From tokens to HTML: terms, links between modules, boxes, tables, sources, drawings.

Drawings are left as marks and put in afterwards, so that a text can be kept rendered while
a drawing changes.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from app.catalogue.markdown import BOXES, parser
from app.catalogue.model import Lang

BOX_TITLES: Mapping[str, Mapping[Lang, str]] = {
    "key": {"fr": "À retenir", "en": "Remember"},
    "example": {"fr": "Exemple", "en": "Example"},
    "mistake": {"fr": "Erreur fréquente", "en": "Common mistake"},
    "try": {"fr": "À essayer dans votre travail", "en": "Try it in your own work"},
    "note": {"fr": "Note", "en": "Note"},
}
TABLE: Mapping[Lang, str] = {"fr": "Tableau", "en": "Table"}
BACK: Mapping[Lang, str] = {"fr": "Retour au texte", "en": "Back to the text"}
FIGURE = "\x00figure:{name}\x00{caption}\x00"

Tokens = Sequence[Token]


class CourseHtml(RendererHTML):
    """The HTML of a course text in one language, which stands in `env['lang']`."""

    def link_open(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        target = str(tokens[n].attrGet("href"))
        kind, _, rest = target.partition(":")
        lang = env["lang"]
        if kind == "term":
            name = escapeHtml(rest)
            return f'<a class="term" href="/{lang}/glossary#{name}" data-term="{name}">'
        if kind == "module":
            return f'<a href="/{lang}/courses/{escapeHtml(rest)}">'
        return f'<a href="{escapeHtml(target)}" rel="noopener noreferrer">'

    def image(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        name = str(tokens[n].attrGet("src")).removeprefix("figure:")
        return FIGURE.format(name=name, caption=escapeHtml(tokens[n].content))

    def table_open(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        env["tables"] = env.get("tables", 0) + 1
        label = f"{TABLE[env['lang']]} {env['tables']}"
        return f'<div class="table" role="region" tabindex="0" aria-label="{label}"><table>'

    def table_close(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        return "</table></div>"

    def th_open(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        return f'<th scope="col"{_align(tokens[n])}>'

    def td_open(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        return f"<td{_align(tokens[n])}>"

    def footnote_ref(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        number = tokens[n].meta["id"] + 1
        again = tokens[n].meta.get("subId", 0)
        name = f"ref-{number}" + (f"-{again}" if again else "")
        return (
            f'<sup><a id="{name}" href="#note-{number}" aria-label="Source {number}">'
            f"{number}</a></sup>"
        )

    def footnote_block_open(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        return "<ol>"

    def footnote_block_close(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        return "</ol>"

    def footnote_open(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        return f'<li id="note-{tokens[n].meta["id"] + 1}">'

    def footnote_close(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        return "</li>"

    def footnote_anchor(self, tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        if tokens[n].meta.get("subId", 0):
            return ""
        number = tokens[n].meta["id"] + 1
        return f' <a href="#ref-{number}" aria-label="{BACK[env["lang"]]} {number}">↩</a>'


def _align(token: Token) -> str:
    return ' class="number"' if "right" in str(token.attrGet("style") or "") else ""


def _box(box: str) -> Any:
    def open_or_close(tokens: Tokens, n: int, options: OptionsDict, env: Any) -> str:
        if tokens[n].nesting < 0:
            return "</aside>"
        said = tokens[n].info.strip().removeprefix(box).strip()
        title = escapeHtml(said or BOX_TITLES[box][env["lang"]])
        kind = escapeHtml(BOX_TITLES[box][env["lang"]])
        label = f'<span class="box-kind">{kind}</span> ' if said else ""
        return f'<aside class="box-note {box}"><p class="box-title">{label}{title}</p>'

    return open_or_close


@cache
def _renderer() -> CourseHtml:
    renderer = CourseHtml(parser())
    for box in BOXES:
        renderer.rules[f"container_{box}_open"] = _box(box)
        renderer.rules[f"container_{box}_close"] = _box(box)
    return renderer


def html_of(tokens: Tokens, env: MutableMapping[str, Any], lang: Lang) -> str:
    """The HTML of these tokens, drawings as marks."""
    env["lang"] = lang
    html: str = _renderer().render(_unwrapped(tokens), parser().options, env)
    return html.replace("<p>\x00", "\x00").replace("\x00</p>", "\x00").strip()


def _unwrapped(tokens: Tokens) -> list[Token]:
    return [token for token in tokens if token.type != "front_matter"]


def inline_html(token: Token, lang: Lang) -> str:
    """The HTML of one line."""
    return _renderer().renderInline(token.children or [], parser().options, {"lang": lang})


def with_figures(html: str, drawings: Mapping[str, str]) -> str:
    """The HTML with its drawings put in; one that is unknown is left out."""
    parts = html.split("\x00")
    for n in range(1, len(parts) - 1):
        if parts[n].startswith("figure:"):
            drawing = drawings.get(parts[n].removeprefix("figure:"), "")
            parts[n] = f"<figure>{drawing}<figcaption>{parts[n + 1]}</figcaption></figure>"
            parts[n + 1] = ""
    return "".join(parts)
