"""SQLite's STRICT tables know few type names: this teaches SQLAlchemy to use them."""

from typing import Any

from sqlalchemy import BigInteger, Float, String
from sqlalchemy.ext.compiler import compiles


@compiles(String, "sqlite")
def _text(*_: Any, **__: Any) -> str:
    return "TEXT"


@compiles(BigInteger, "sqlite")
def _integer(*_: Any, **__: Any) -> str:
    return "INTEGER"


@compiles(Float, "sqlite")
def _real(*_: Any, **__: Any) -> str:
    return "REAL"
