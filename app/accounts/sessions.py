"""Sessions: who is signed in on this browser. Stored hashed, ended on the server."""

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, update

from app.accounts import models
from app.accounts.secrets import new_token, token_hash
from app.database import Change, Query, Reader, Transaction
from app.database.statements import table_of

_MINUTE = 60_000
OWN_DEVICE = 30 * 24 * 60 * _MINUTE  # a phone marked as one's own
SHARED_DEVICE = 120 * _MINUTE  # a phone that others use too
STAFF_IDLE, STAFF_LONGEST = 30 * _MINUTE, 12 * 60 * _MINUTE
_SEEN_EVERY = 5 * _MINUTE  # how exact "idle" is: a write at each page would cost a commit

_SESSION = table_of(models.Session)
_PERSON = table_of(models.Person)
_GRANT = table_of(models.Grant)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request, as far as every page needs to know."""

    session: str
    person: str
    name: str
    started_at: int
    seen_at: int
    must_change_secret: int


_FIND = Query(
    select(
        _SESSION.c.token,
        _SESSION.c.person,
        _PERSON.c.name,
        _SESSION.c.started_at,
        _SESSION.c.seen_at,
        _PERSON.c.must_change_secret,
    ).where(
        _SESSION.c.token == bindparam("hashed"),
        _SESSION.c.ends_at > bindparam("now"),
        _PERSON.c.id == _SESSION.c.person,
    ),
    SignedIn,
)
_START = Change(lambda insert: insert(_SESSION))
_END = Change(delete(_SESSION).where(_SESSION.c.token == bindparam("hashed")))
_END_ALL = Change(delete(_SESSION).where(_SESSION.c.person == bindparam("who")))
_END_ONE = Change(
    delete(_SESSION).where(
        _SESSION.c.token == bindparam("hashed"), _SESSION.c.person == bindparam("who")
    )
)
_FORGET = Change(delete(_SESSION).where(_SESSION.c.ends_at <= bindparam("now")))
_SEEN = Change(
    update(_SESSION)
    .where(_SESSION.c.token == bindparam("hashed"))
    .values(seen_at=bindparam("seen"), ends_at=bindparam("until"))
)
_STAFF = Query(
    select(_GRANT.c.id)
    .where(_GRANT.c.person == bindparam("who"), _GRANT.c.ended_at.is_(None))
    .limit(1),
    str,
)
_LIST = Query(
    select(_SESSION.c.token, _SESSION.c.own_device, _SESSION.c.started_at, _SESSION.c.seen_at)
    .where(_SESSION.c.person == bindparam("who"), _SESSION.c.ends_at > bindparam("now"))
    .order_by(_SESSION.c.seen_at.desc()),
    lambda token, own, started, seen: (str(token), bool(own), int(started), int(seen)),
)


def find(reader: Reader, token: str, now: int) -> SignedIn | None:
    """Whose session this cookie is, unless it has ended."""
    return reader.one(_FIND, hashed=token_hash(token), now=now)


def start(tx: Transaction, person: str, *, own_device: bool, now: int, old: str | None) -> str:
    """Opens a session and ends the one that this browser had; the new cookie's token."""
    if old:
        tx.run(_END, hashed=token_hash(old))
    token = new_token()
    tx.run(_FORGET, now=now)
    tx.run(
        _START,
        token=token_hash(token),
        person=person,
        own_device=int(own_device),
        started_at=now,
        seen_at=now,
        ends_at=now + _length(tx, person, own_device),
    )
    return token


def _length(reader: Reader, person: str, own_device: bool) -> int:
    if reader.one(_STAFF, who=person):
        return STAFF_IDLE
    return OWN_DEVICE if own_device else SHARED_DEVICE


def due(signed_in: SignedIn, now: int) -> bool:
    """Whether `touch` has something to write."""
    return now - signed_in.seen_at >= _SEEN_EVERY


def touch(tx: Transaction, signed_in: SignedIn, now: int) -> None:
    """Notes that the session is used, so that it does not end while somebody works."""
    own = any(
        own
        for token, own, _, _ in tx.all(_LIST, who=signed_in.person, now=now)
        if token == signed_in.session
    )
    until = now + _length(tx, signed_in.person, own)
    if tx.one(_STAFF, who=signed_in.person):
        until = min(until, signed_in.started_at + STAFF_LONGEST)
    tx.run(_SEEN, hashed=signed_in.session, seen=now, until=until)


def end(tx: Transaction, token: str) -> None:
    """Ends the session of this cookie."""
    tx.run(_END, hashed=token_hash(token))


def end_all(tx: Transaction, person: str) -> None:
    """Ends every session of a person: after a new PIN, a new role, a lost phone."""
    tx.run(_END_ALL, who=person)


def end_of_person(tx: Transaction, person: str, session: str) -> None:
    """Ends one session of this person, by its stored hash, or all of them for ''."""
    if session:
        tx.run(_END_ONE, hashed=session, who=person)
    else:
        end_all(tx, person)


def of_person(reader: Reader, person: str, now: int) -> list[tuple[str, bool, int, int]]:
    """Open sessions: hashed token, own device, started and last seen."""
    return reader.all(_LIST, who=person, now=now)
