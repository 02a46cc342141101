"""Opening the database and the two ways into it: `read` and `write`."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

from app.database import sqlite
from app.database.errors import Busy
from app.database.statements import Reader, Transaction
from app.database.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """The record, the views and the registers.

    `read` runs on SQLite in the event loop, since a question takes microseconds and a
    thread would cost more; on PostgreSQL it waits in a thread.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = sqlite_path(url)
        self.dialect = "sqlite" if self.path else "postgresql"
        self._held = contextlib.ExitStack()
        self._reader: Reader | None = None
        self._pool: Any = None
        if self.path:
            self._held.enter_context(sqlite.sole_use(self.path))
            path = self.path
            self._writer = Writer(lambda: sqlite.SqliteConnection(path))
            self._reader = sqlite.open_reader(path)
        else:
            from app.database import postgresql

            self._meaning = postgresql.meaning
            self._writer = Writer(lambda: postgresql.PostgresqlConnection(url))
            self._pool = postgresql.open_pool(url)

    async def read(
        self, work: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `work(reader, …)` returns. Raises `Busy` where the database does not answer."""
        if self._reader is None:
            return await asyncio.to_thread(lambda: self.read_now(work, *args, **kwargs))
        return self.read_now(work, *args, **kwargs)

    def read_now(
        self, work: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for a caller without an event loop."""
        if self._reader is not None:
            try:
                return work(self._reader, *args, **kwargs)
            except sqlite.driver.OperationalError as error:
                raise Busy(str(error)) from error
        try:
            with self._pool.connection() as connection:
                return work(Reader(connection.cursor(), "postgresql"), *args, **kwargs)
        except Exception as error:
            if trouble := self._meaning(error):
                raise trouble from error
            raise

    async def write(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `work(transaction, …)` returns, after its commit. All or nothing.

        Raises what `work` raises, or `Busy`, `StorageFull`, `WritesStopped`. `work` may run
        twice: it changes nothing but the database.
        """
        return await self._writer.write(lambda transaction: work(transaction, *args, **kwargs))

    def write_now(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for a caller without an event loop."""
        return self._writer.write_now(lambda transaction: work(transaction, *args, **kwargs))

    def close(self) -> None:
        """Finishes what is queued; lets the file go."""
        self._writer.close()
        if self._pool is not None:
            self._pool.close()
        self._held.close()


def sqlite_path(url: str) -> Path | None:
    """The file of a `sqlite:///…` address, or None for another database."""
    if not url.startswith("sqlite:///"):
        return None
    return Path(unquote(urlsplit(url).path[1:])).absolute()


@contextlib.contextmanager
def open_database(url: str) -> Iterator[Database]:
    """The database at this address, upgraded first where that is due, closed at the end."""
    from app.database.upgrade import upgrade

    upgrade(url)
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
