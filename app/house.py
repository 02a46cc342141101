"""What every request needs, made once at start."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.accounts.secrets import Secrets
from app.catalogue.model import Catalogue, Lang
from app.catalogue.search import SearchIndex
from app.database import Database, Transaction
from app.learning.record import Record
from app.settings import Settings
from app.web.assets import Assets
from app.web.pages import Pages
from app.web.words import Words

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC."""


def wall_clock() -> int:
    """The machine's own clock."""
    return time.time_ns() // 1_000_000


class KeepsVisits(Protocol):
    """Takes what a visitor did into the record; sign-up knows no more of learning than this."""

    def summary(self, cookie: str) -> tuple[int, int] | None: ...
    def keep(self, tx: Transaction, person: str, cookie: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Library:
    """The courses as they are now, and the index to search them."""

    catalogue: Catalogue
    index: SearchIndex


@dataclass(slots=True)
class House:
    """The parts of the running program."""

    settings: Settings
    database: Database
    record: Record
    library: Callable[[], Library]
    words: Mapping[Lang, Words]
    pages: Pages
    assets: Assets
    secrets: Secrets
    visits: KeepsVisits
    clock: Clock

    @property
    def catalogue(self) -> Catalogue:
        """The courses as they are now."""
        return self.library().catalogue
