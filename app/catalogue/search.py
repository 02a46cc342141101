"""Search over sections and terms, in memory: SQLite's full-text index, accents folded."""

import threading
from dataclasses import dataclass
from typing import Literal

from app.catalogue.model import LANGS, Catalogue, Lang
from app.database.sqlite import driver

LONGEST_QUERY = 200  # characters that count
MOST_WORDS = 12
_OPEN, _CLOSE = "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `passage` is text in pieces, each with whether it matches."""

    kind: Literal["section", "term"]
    title: str
    within: str
    address: str
    passage: tuple[tuple[str, bool], ...]


class SearchIndex:
    """An index of one catalogue. Any text is a safe query; the last word may be unfinished."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._lock = threading.Lock()
        self._index = driver.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE entry USING fts5(title, body, within UNINDEXED, "
            "kind UNINDEXED, address UNINDEXED, lang UNINDEXED, "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        self._index.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", _rows(catalogue))

    def search(self, query: str, lang: Lang, limit: int = 20) -> list[Hit]:
        """The best hits in one language, sections and terms together; none for no words."""
        words = "".join(c if c.isalnum() else " " for c in query[:LONGEST_QUERY]).split()
        if not words:
            return []
        wanted = " ".join(f'"{word}"' for word in words[:MOST_WORDS]) + " *"
        with self._lock:
            rows = self._index.execute(
                "SELECT kind, title, within, address, "
                "snippet(entry, 1, ?, ?, '…', 28) FROM entry "
                "WHERE entry MATCH ? AND lang = ? ORDER BY bm25(entry, 4.0, 1.0), rowid LIMIT ?",
                (_OPEN, _CLOSE, wanted, lang, limit),
            ).fetchall()
        return [
            Hit(kind, title, within, to, _pieces(text)) for kind, title, within, to, text in rows
        ]


def _rows(catalogue: Catalogue) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for lang in LANGS:
        for course in catalogue.courses.values():
            for module in course.modules:
                for section in module.sections:
                    address = f"/{lang}/courses/{module.key}#{section.id}"
                    title, body = section.title[lang], section.plain[lang]
                    rows.append((title, body, module.title[lang], "section", address, lang))
        for term in catalogue.glossary.values():
            title = " ".join(filter(None, (term.term[lang], term.acronym[lang])))
            address = f"/{lang}/glossary#{term.id}"
            rows.append((title, term.definition[lang], "", "term", address, lang))
    return rows


def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    pieces = []
    for part in text.split(_OPEN):
        matched, closed, rest = part.partition(_CLOSE)
        pieces += [(matched, True), (rest, False)] if closed else [(matched, False)]
    return tuple((piece, hit) for piece, hit in pieces if piece)
