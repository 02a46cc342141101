"""Deriving the views again from the record, to the same bytes or to say where they differ."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from app.database import Change, Database, Query, Reader, Transaction, open_database
from app.database.statements import table_of
from app.learning import models
from app.learning.record import Fact
from app.learning.views import VIEWS, fold

_FACT = table_of(models.Fact)
_BATCH = 5_000  # facts in memory at a time
_NEXT = Query(
    select(*(_FACT.c[name] for name in Fact.__slots__))
    .where(_FACT.c.id > bindparam("after"))
    .order_by(_FACT.c.id)
    .limit(_BATCH),
    Fact,
)
_COUNT = Query(select(func.count()).select_from(_FACT), int)
_EMPTY = {table.name: Change(delete(table)) for table in VIEWS}


def _row(*columns: Any) -> tuple[Any, ...]:
    return columns


_ROWS = {table.name: Query(select(*table.columns), _row) for table in VIEWS}


def count(reader: Reader) -> int:
    """How many facts the record holds."""
    return reader.one(_COUNT) or 0


def batches(reader: Reader) -> Iterator[list[Fact]]:
    """Every fact, by id, a few thousand at a time."""
    after = ""
    while batch := reader.all(_NEXT, after=after):
        yield batch
        after = batch[-1].id


def rebuild(tx: Transaction, told: Callable[[int], None] = lambda _: None) -> None:
    """Empties every view and folds the whole record again, in one transaction.

    `told` hears how many facts are folded so far.
    """
    for change in _EMPTY.values():
        tx.run(change)
    folded = 0
    for batch in batches(tx):
        for fact in batch:
            fold(tx, fact)
        folded += len(batch)
        told(folded)


def differences(database: Database) -> dict[str, int]:
    """How many rows of each view are not what the record says; empty where all agree.

    The record is folded again into an empty database beside this one, which stays as it is.
    """
    with (
        TemporaryDirectory() as folder,
        open_database(f"sqlite:///{Path(folder) / 'views.db'}") as scratch,
    ):
        database.read_now(_copy, scratch)
        found = {}
        for name, query in _ROWS.items():
            now = set(database.read_now(Reader.all, query))
            again = set(scratch.read_now(Reader.all, query))
            if now != again:
                found[name] = len(now ^ again)
        return found


def _copy(reader: Reader, scratch: Database) -> None:
    for batch in batches(reader):
        scratch.write_now(_fold_all, batch)


def _fold_all(tx: Transaction, facts: list[Fact]) -> None:
    for fact in facts:
        fold(tx, fact)
