"""Static files: named by their hash, compressed once, kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

import brotli

_KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in the codings that it is sent in."""

    address: str
    kind: str
    plain: bytes
    gzipped: bytes
    brotlied: bytes


class Assets:
    """Every file of the static folder, by name."""

    def __init__(self, folder: Path) -> None:
        self._by_name = {
            path.relative_to(folder).as_posix(): _load(folder, path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in {".js", ".css", ".svg", ".png", ".ico", ".txt"}
        }
        self._by_address = {asset.address: asset for asset in self._by_name.values()}

    def address(self, name: str) -> str:
        """Where a page finds this file. Raises `KeyError` for one that is not there."""
        return self._by_name[name].address

    def at(self, address: str) -> Asset | None:
        """The file behind an address, or None."""
        return self._by_address.get(address)


def _load(folder: Path, path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:10]
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    return Asset(
        address=f"/static/{digest}/{path.relative_to(folder).as_posix()}",
        kind=kind,
        plain=body,
        gzipped=gzip.compress(body, 9, mtime=0),
        brotlied=brotli.compress(body, quality=9),
    )
