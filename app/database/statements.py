"""Statements that SQLAlchemy writes once for each database and the driver runs as they are.

A page costs what its few statements cost: building and compiling them again at each
request would cost more than running them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ClauseElement, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlmodel import SQLModel

R = TypeVar("R")

DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": psycopg_dialect()}  # type: ignore[no-untyped-call]
_INSERTS: dict[str, Callable[[Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements that name columns as `t.c.name`."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]

    def bind(self, values: Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
        merged = {**self.constants, **values} if self.constants else values
        return merged if self.order is None else [merged[name] for name in self.order]


def _compile(clause: ClauseElement, dialect: str) -> _Compiled:
    compiled = clause.compile(dialect=DIALECTS[dialect])
    order = getattr(compiled, "positiontup", None)
    constants = {k: v for k, v in (compiled.params or {}).items() if v is not None}
    return _Compiled(str(compiled), tuple(order) if order is not None else None, constants)


class Query(Generic[R]):
    """A select whose rows become values by `make(*columns)`."""

    def __init__(self, select: Select[*tuple[Any, ...]], make: Callable[..., R]) -> None:
        self.make = make
        self._select = select
        self._compiled: dict[str, _Compiled] = {}

    def compiled(self, dialect: str) -> _Compiled:
        """The statement as this database's driver runs it."""
        if dialect not in self._compiled:
            self._compiled[dialect] = _compile(self._select, dialect)
        return self._compiled[dialect]


class Change:
    """An insert, update or delete.

    `build` is the statement, or a function that makes it from the database's own `insert`
    (which knows `on_conflict_do_nothing` and `on_conflict_do_update`).
    """

    def __init__(self, build: ClauseElement | Callable[[Callable[[Table], Any]], Any]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def compiled(self, dialect: str) -> _Compiled:
        """The statement as this database's driver runs it."""
        if dialect not in self._compiled:
            build = self._build
            clause = build if isinstance(build, ClauseElement) else build(_INSERTS[dialect])
            self._compiled[dialect] = _compile(clause, dialect)
        return self._compiled[dialect]


class Cursor(Protocol):
    """What both drivers' cursors have."""

    @property
    def rowcount(self) -> int: ...

    def execute(self, sql: Any, params: Any = ...) -> Any: ...
    def executemany(self, sql: Any, params: Any) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


class Reader:
    """Asks questions of the database, as of one moment each."""

    def __init__(self, cursor: Cursor, dialect: str) -> None:
        self._cursor = cursor
        self.dialect = dialect

    def all(self, query: Query[R], /, **values: Any) -> list[R]:
        """Every row, in the order that the query says."""
        statement = query.compiled(self.dialect)
        self._cursor.execute(statement.sql, statement.bind(values))
        make = query.make
        return [make(*row) for row in self._cursor.fetchall()]

    def one(self, query: Query[R], /, **values: Any) -> R | None:
        """The first row, or None."""
        statement = query.compiled(self.dialect)
        self._cursor.execute(statement.sql, statement.bind(values))
        row = self._cursor.fetchone()
        return None if row is None else query.make(*row)


class Transaction(Reader):
    """Asks and changes; what it changed is there for all, or not at all."""

    def run(self, change: Change, /, **values: Any) -> int:
        """Runs the change; the number of rows that it touched."""
        statement = change.compiled(self.dialect)
        self._cursor.execute(statement.sql, statement.bind(values))
        return self._cursor.rowcount

    def run_all(self, change: Change, rows: Iterable[Mapping[str, Any]]) -> None:
        """Runs the change once for each row."""
        statement = change.compiled(self.dialect)
        self._cursor.executemany(statement.sql, [statement.bind(row) for row in rows])

    def savepoint(self) -> None:
        """Marks a place to return to."""
        self._cursor.execute("SAVEPOINT inner_step")

    def keep(self) -> None:
        """Keeps what was done since the savepoint."""
        self._cursor.execute("RELEASE SAVEPOINT inner_step")

    def undo(self) -> None:
        """Takes back what was done since the savepoint."""
        self._cursor.execute("ROLLBACK TO SAVEPOINT inner_step")
        self._cursor.execute("RELEASE SAVEPOINT inner_step")
