"""PostgreSQL: the same statements over psycopg; group commit works alike."""

from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from app.database.errors import Busy, DatabaseError, StorageFull
from app.database.statements import Transaction

LONGEST_QUESTION = "5s"  # a statement that takes longer is a fault, not a load


def meaning(error: Exception) -> DatabaseError | None:
    """What an error of the driver means, or None where it is no trouble of the database."""
    if isinstance(error, psycopg.errors.DiskFull):
        return StorageFull(str(error))
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return Busy(str(error))
    if isinstance(error, psycopg.errors.InFailedSqlTransaction):
        return Busy(str(error))
    return None


class PostgresqlConnection:
    """The writing connection of this process; others may write beside it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._raw: psycopg.Connection[Any] | None = None

    def begin(self) -> Transaction:
        """Opens a transaction, on a new connection where the last one was lost."""
        if self._raw is None or self._raw.closed:
            self._raw = psycopg.connect(self._address, autocommit=False, connect_timeout=5)
        return Transaction(self._raw.cursor(), "postgresql")

    def commit(self) -> None:
        """Returns when the server has confirmed."""
        if self._raw is not None:
            self._raw.commit()

    def rollback(self) -> None:
        """Takes the transaction back."""
        if self._raw is not None and not self._raw.closed:
            self._raw.rollback()

    def meaning(self, error: Exception) -> DatabaseError | None:
        """See `meaning` of this module."""
        return meaning(error)

    def close(self) -> None:
        """Closes the connection."""
        if self._raw is not None:
            self._raw.close()


def open_pool(address: str) -> ConnectionPool[psycopg.Connection[Any]]:
    """Connections for reading; the pool heals itself after a restart of the server."""
    return ConnectionPool(
        address,
        min_size=1,
        max_size=8,
        timeout=5,
        check=ConnectionPool.check_connection,
        kwargs={
            "autocommit": True,
            "options": f"-c statement_timeout={LONGEST_QUESTION} "
            "-c default_transaction_read_only=on",
        },
    )
