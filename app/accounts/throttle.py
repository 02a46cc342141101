"""Slowing down guesses without locking anybody out.

A name is tried in lanes: a browser where that person once signed in has its own, so that a
stranger's guesses never delay the owner. A whole class behind one hotspot shares an address,
so addresses are counted generously. Unknown names are counted like known ones.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, select

from app.accounts import models
from app.database import Change, Query, Reader, Transaction
from app.database.statements import table_of

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE
FREE_TRIES = 5  # fingers slip
LONGEST_WAIT = 15 * _MINUTE
MOST_FAILURES, FAILURES_COUNTED = 100, 30 * _DAY  # a million PINs, a hundred tries: 1 in 10,000
WINDOW = 10 * _MINUTE
MOST_BY_ADDRESS = {"sign-in": 300, "sign-up": 60, "recover": 60, "invitation": 20}
SAME_SECRET_NAMES = 20  # one PIN tried on so many names is somebody fishing

_TRY = table_of(models.SignInAttempt)

_NOTE = Change(lambda insert: insert(_TRY))
_FORGET = Change(delete(_TRY).where(_TRY.c.at < bindparam("before")))
_CLEAR = Change(delete(_TRY).where(_TRY.c.lane == bindparam("of_lane"), _TRY.c.failed == 1))
_FAILURES = Query(
    select(func.count(), func.coalesce(func.max(_TRY.c.at), 0)).where(
        _TRY.c.lane == bindparam("of_lane"), _TRY.c.failed == 1, _TRY.c.at > bindparam("since")
    ),
    lambda count, last: (int(count), int(last)),
)
_BY_ADDRESS = Query(
    select(func.count(), func.coalesce(func.min(_TRY.c.at), 0)).where(
        _TRY.c.address == bindparam("of_address"),
        _TRY.c.kind == bindparam("of_kind"),
        _TRY.c.at > bindparam("since"),
    ),
    lambda count, first: (int(count), int(first)),
)
_SAME_SECRET = Query(
    select(func.count(func.distinct(_TRY.c.lane))).where(
        _TRY.c.secret == bindparam("of_secret"), _TRY.c.failed == 1, _TRY.c.at > bindparam("since")
    ),
    int,
)


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt, by keyed hashes: `lane` the name from here, `secret` what was typed."""

    kind: str
    lane: str
    address: str
    secret: str


class TooManyTries(Exception):
    """Wait so many seconds; `recovery` where only the slip helps now."""

    def __init__(self, seconds: int, *, recovery: bool = False) -> None:
        super().__init__(seconds)
        self.seconds = max(seconds, 1)
        self.recovery = recovery


def check(reader: Reader, attempt: Try, now: int) -> None:
    """Raises `TooManyTries` where this attempt has to wait."""
    tried, first = reader.one(
        _BY_ADDRESS, of_address=attempt.address, of_kind=attempt.kind, since=now - WINDOW
    ) or (0, 0)
    if tried >= MOST_BY_ADDRESS[attempt.kind]:
        raise TooManyTries((first + WINDOW - now) // 1000 + 1)
    failures, last = reader.one(_FAILURES, of_lane=attempt.lane, since=now - FAILURES_COUNTED) or (
        0,
        0,
    )
    if failures >= MOST_FAILURES:
        raise TooManyTries((last + FAILURES_COUNTED - now) // 1000, recovery=True)
    wait = waiting_time(failures)
    if last + wait > now:
        raise TooManyTries((last + wait - now) // 1000 + 1)
    names = reader.one(_SAME_SECRET, of_secret=attempt.secret, since=now - WINDOW) or 0
    if names > SAME_SECRET_NAMES:
        raise TooManyTries(WINDOW // 1000)


def waiting_time(failures: int) -> int:
    """Milliseconds to wait after so many failures: five are free, then 2 s, doubling to 15 min."""
    if failures < FREE_TRIES:
        return 0
    return int(min(2_000 * 2 ** min(failures - FREE_TRIES, 20), LONGEST_WAIT))


def note(tx: Transaction, attempt: Try, *, failed: bool, now: int) -> None:
    """Keeps the attempt; a success clears the lane's failures."""
    tx.run(_FORGET, before=now - FAILURES_COUNTED)
    if not failed:
        tx.run(_CLEAR, of_lane=attempt.lane)
    tx.run(
        _NOTE,
        id=str(uuid.uuid4()),
        kind=attempt.kind,
        lane=attempt.lane,
        address=attempt.address,
        secret=attempt.secret,
        failed=int(failed),
        at=now,
    )
