"""SQLite: the packaged library where there is one, one writing connection, readers that only read.

Two libraries on one file in one process break each other's locks, so every connection,
Alembic's too, is made from `driver` here.
"""

import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from app.database.errors import Busy, DatabaseError, StorageFull, WritesStopped
from app.database.statements import Reader, Transaction

try:
    driver: Any = importlib.import_module("pysqlite3.dbapi2")
except ImportError:
    driver = importlib.import_module("sqlite3")

WAIT_FOR_LOCK = 5_000  # milliseconds: longer than any honest writer, shorter than patience
_FULL, _BUSY, _LOCKED, _IOERR, _READONLY, _CORRUPT = 13, 5, 6, 10, 8, 11


def library_is_safe() -> bool:
    """Whether the library has the fix of the WAL-reset bug (sqlite.org/wal.html)."""
    version: tuple[int, ...] = driver.sqlite_version_info
    return (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )


def meaning(error: Exception) -> DatabaseError | None:
    """What an error of the driver means, or None where it is no trouble of the database."""
    if isinstance(error, driver.IntegrityError) or not isinstance(error, driver.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None) or 0
    if code & 0xFF == _FULL:
        return StorageFull(str(error))
    if code & 0xFF in (_IOERR, _READONLY, _CORRUPT):
        return WritesStopped(str(error))
    return Busy(str(error))


class SqliteConnection:
    """The writing connection."""

    def __init__(self, path: Path) -> None:
        self._raw: Any = driver.connect(
            str(path), isolation_level=None, check_same_thread=False, cached_statements=256
        )
        for pragma in (
            f"busy_timeout={WAIT_FOR_LOCK}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "trusted_schema=OFF",
            "secure_delete=ON",
            "journal_size_limit=67108864",
        ):
            self._raw.execute(f"PRAGMA {pragma}")
        self._transaction = Transaction(self._raw.cursor(), "sqlite")

    def begin(self) -> Transaction:
        """Opens a transaction that may write."""
        self._raw.execute("BEGIN IMMEDIATE")
        return self._transaction

    def commit(self) -> None:
        """Returns when the disk has confirmed."""
        self._raw.execute("COMMIT")

    def rollback(self) -> None:
        """Takes the transaction back; a full disk may already have done so."""
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")

    def meaning(self, error: Exception) -> DatabaseError | None:
        """See `meaning` of this module."""
        return meaning(error)

    def close(self) -> None:
        """Checkpoints and closes."""
        self._raw.close()


def open_reader(path: Path) -> Reader:
    """A connection that cannot write and never checkpoints."""
    raw: Any = driver.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    raw.execute(f"PRAGMA busy_timeout={WAIT_FOR_LOCK}")
    raw.execute("PRAGMA query_only=ON")
    raw.execute("PRAGMA trusted_schema=OFF")
    return Reader(raw.cursor(), "sqlite")


class FileInUse(Exception):
    """Another process writes to this database."""


@contextlib.contextmanager
def sole_use(path: Path) -> Iterator[None]:
    """Holds the lock file beside the database; raises `FileInUse` where another holds it."""
    with path.with_name(path.name + ".lock").open("a+") as file:
        try:
            _lock(file)
        except OSError as error:
            raise FileInUse(str(path)) from error
        yield


def _lock(file: IO[str]) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
