"""What can go wrong below the rules. Each is answered by a page of its own."""


class DatabaseError(Exception):
    """Nothing was written; the same request may be sent again."""


class Busy(DatabaseError):
    """The database did not answer in time."""


class StorageFull(DatabaseError):
    """The disk is full: reading goes on, writing is refused until there is space."""


class WritesStopped(DatabaseError):
    """The disk refused to confirm a write. Nothing is written until a restart.

    What a failed fsync left on the disk is unknown, and a second try would report success
    without having written: so there is none.
    """
