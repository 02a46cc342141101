"""Where the record and the registers are kept: one writer, many readers, two databases.

SQLite in one file by default, PostgreSQL by address; the same statements run on both.
"""

from app.database.engine import Database, open_database
from app.database.errors import Busy, DatabaseError, StorageFull, WritesStopped
from app.database.statements import Change, Query, Reader, Transaction

__all__ = [
    "Busy",
    "Change",
    "Database",
    "DatabaseError",
    "Query",
    "Reader",
    "StorageFull",
    "Transaction",
    "WritesStopped",
    "open_database",
]
