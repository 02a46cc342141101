"""Bringing the tables to the form that this version needs.

A SQLite file is never changed in place: a copy is migrated, checked, and takes the old
one's name in one step, so that a cut at any moment leaves the old file or the new one.
"""

import contextlib
import os
from pathlib import Path
from typing import Any

from app.database import sqlite
from app.database.engine import sqlite_path

MIGRATIONS = Path(__file__).parent / "migrations"


def latest() -> str:
    """The revision that this version of the program needs."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def upgrade(url: str, revision: str | None = None) -> bool:
    """Brings the database to `revision` (the latest unless told); whether it had to change.

    Raises `sqlite.FileInUse` where another process writes to the file.
    """
    target = revision or latest()
    path = sqlite_path(url)
    if path is None:
        return _upgrade_postgresql(url, target)
    if _sqlite_revision(path) == target:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite.sole_use(path):
        _migrate_a_copy(path, target)
    return True


def _sqlite_revision(path: Path) -> str | None:
    if not path.exists():
        return None
    with contextlib.closing(sqlite.driver.connect(str(path))) as raw:
        try:
            row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite.driver.OperationalError:
            return None
        return str(row[0]) if row else None


def _migrate_a_copy(path: Path, target: str) -> None:
    copy = path.with_name(path.name + ".upgrade")
    for leftover in path.parent.glob(copy.name + "*"):
        leftover.unlink()
    with contextlib.closing(sqlite.driver.connect(str(copy))) as raw:
        if path.exists():
            with contextlib.closing(sqlite.driver.connect(str(path))) as old:
                old.backup(raw)
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("PRAGMA journal_mode=DELETE")
    run_alembic(f"sqlite:///{copy}", target)
    with contextlib.closing(sqlite.driver.connect(str(copy))) as raw:
        answer = raw.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise RuntimeError(f"the migrated copy is not sound ({answer}); the database is unchanged")
    _sync(copy)
    copy.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _upgrade_postgresql(url: str, target: str) -> bool:
    import psycopg

    with psycopg.connect(url) as raw:
        found = raw.execute("SELECT to_regclass('alembic_version')").fetchone()
        if found and found[0]:
            row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
            if row and row[0] == target:
                return False
    run_alembic(url, target)
    return True


def run_alembic(url: str, target: str) -> None:
    """Migrates forward or back to `target` ('base' for nothing at all)."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    back = target == "base" or target < (_revision_of(url) or "")
    (command.downgrade if back else command.upgrade)(config, target)


def _revision_of(url: str) -> str | None:
    from alembic.runtime.migration import MigrationContext

    with engine_for(url).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def engine_for(url: str) -> Any:
    """An SQLAlchemy engine for migrations: same driver, no pool."""
    from sqlalchemy import NullPool, create_engine

    import app.database.strict  # noqa: F401  (teaches SQLAlchemy its type names)

    if sqlite_path(url):
        return create_engine(url, module=sqlite.driver, poolclass=NullPool)
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool
    )
