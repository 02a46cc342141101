"""Rendering: one template, one body, compressed as the browser can read it.

A page is its content followed by a tail, which holds the only words that depend on who
reads: their name. So the content of a page that depends on little (a module and which of
its sections are ticked) is rendered and compressed once for everybody in that state; the
tail is added to the compressed stream as it is.
"""

import hashlib
import struct
import zlib
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.catalogue.model import LANGS, Lang
from app.web.assets import Assets
from app.web.words import Words

KEPT_PAGES = 512  # some 12 KB each
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_STORED = struct.Struct("<BHH")
_TRAILER = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Content:
    """A page without its tail: a deflate stream that can go on, with its checksum."""

    packed: bytes
    checksum: int
    size: int
    etag: str

    @classmethod
    def of(cls, html: str, level: int) -> "Content":
        """Compresses a page once. `level` is zlib's, 1..9."""
        body = html.encode()
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        packed = packer.compress(body) + packer.flush(zlib.Z_SYNC_FLUSH)
        digest = hashlib.sha256(body).hexdigest()[:20]
        return cls(packed, zlib.crc32(body), len(body), digest)

    def plain(self, tail: bytes) -> bytes:
        """The whole page, uncompressed."""
        return zlib.decompressobj(-15).decompress(self.packed) + tail

    def gzipped(self, tail: bytes) -> bytes:
        """The whole page as gzip: the kept stream, the tail as a stored block, the sums."""
        length = len(tail)
        return b"".join(
            (
                _GZIP_HEADER,
                self.packed,
                _STORED.pack(1, length, length ^ 0xFFFF),
                tail,
                _TRAILER.pack(zlib.crc32(tail, self.checksum), self.size + length),
            )
        )


class Pages:
    """Every template in every language, and the contents kept from earlier requests."""

    def __init__(self, templates: Path, words: Mapping[Lang, Words], assets: Assets) -> None:
        self.words = words
        self._environments = {lang: _environment(templates, words[lang], assets) for lang in LANGS}
        self._kept: OrderedDict[Hashable, Content] = OrderedDict()
        self._kept_brotli: OrderedDict[Hashable, bytes] = OrderedDict()

    def render(self, lang: Lang, template: str, context: Mapping[str, Any]) -> str:
        """A template's text."""
        return self._environments[lang].get_template(template).render(context)

    def content(
        self, lang: Lang, template: str, context: Mapping[str, Any], key: Hashable = None
    ) -> Content:
        """A page without its tail. With a `key`, which must name all that the page shows, it is
        kept for the next request."""
        if key is None:
            return Content.of(self.render(lang, template, context), 5)
        place = (lang, template, key)
        kept = self._kept.get(place)
        if kept is None:
            kept = Content.of(self.render(lang, template, context), 9)
            _keep(self._kept, place, kept)
        return kept

    def brotlied(self, content: Content, tail: bytes) -> bytes:
        """The whole page as brotli, kept: only for pages that many visitors share."""
        place = (content.etag, tail)
        kept = self._kept_brotli.get(place)
        if kept is None:
            kept = brotli.compress(content.plain(tail), mode=brotli.MODE_TEXT, quality=9)
            _keep(self._kept_brotli, place, kept)
        return kept

    def forget(self) -> None:
        """Drops what is kept: a course has changed."""
        self._kept.clear()
        self._kept_brotli.clear()


def _keep(store: OrderedDict[Hashable, Any], place: Hashable, value: Any) -> None:
    store[place] = value
    if len(store) > KEPT_PAGES:
        store.popitem(last=False)


def _environment(templates: Path, words: Words, assets: Assets) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.texts.gettext, words.texts.ngettext, newstyle=True
    )
    environment.filters["day"] = words.day
    environment.filters["minute"] = words.minute
    environment.filters["number"] = words.number
    environment.filters["percent"] = words.percent
    environment.globals["asset"] = assets.address
    environment.globals["lang"] = words.lang
    return environment
