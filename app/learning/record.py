"""The record: facts are appended once and folded into the views in the same transaction.

A fact that arrives twice, late or out of order changes nothing that it should not
(design, section 1). Inserting comes first and comparing second: two writers that check
before they insert would both believe that they were first.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import bindparam, func, select

from app.database import Change, Query, Transaction
from app.database.statements import table_of
from app.learning import models
from app.learning.identity import new_id
from app.learning.views import FoldError, fold

Witness: TypeAlias = Literal["centre", "box", "phone", "paper"]
Kind: TypeAlias = Literal["section.read", "quiz.started", "quiz.answered", "quiz.submitted"]

LONGEST_DATA = 2048  # bytes: long text lies outside the fact, so that it can be erased


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a person did. Times in milliseconds since 1970, UTC."""

    id: str
    person: str
    kind: str
    object: str
    content_version: str
    data: str
    happened_at: int
    recorded_at: int
    node: str
    epoch: str
    seq: int
    cohort: str | None
    witness: str
    digest: str


_FACT = table_of(models.Fact)
_NODE = table_of(models.Node)
_QUARANTINE = table_of(models.Quarantined)

_INSERT = Change(lambda insert: insert(_FACT).on_conflict_do_nothing(index_elements=["id"]))
_DIGEST = Query(select(_FACT.c.digest).where(_FACT.c.id == bindparam("fact")), str)
_LAST_SEQ = Query(
    select(func.coalesce(func.max(_FACT.c.seq), 0)).where(
        _FACT.c.node == bindparam("at_node"), _FACT.c.epoch == bindparam("at_epoch")
    ),
    int,
)
_SET_ASIDE = Change(lambda insert: insert(_QUARANTINE).on_conflict_do_nothing())
_NEW_EPOCH = Change(lambda insert: insert(_NODE))
_LAST_EPOCH = Query(
    select(_NODE.c.node, _NODE.c.epoch).order_by(_NODE.c.made_at.desc(), _NODE.c.epoch).limit(1),
    lambda node, epoch: (str(node), str(epoch)),
)


def digest_of(fact: Fact) -> str:
    """Hash of what the maker said; what the receiving node adds is left out."""
    said = [fact.id, fact.person, fact.kind, fact.object, fact.content_version, fact.data]
    said += [str(fact.happened_at), fact.cohort or "", fact.witness]
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


class TooLong(ValueError):
    """A fact's data does not fit: its text belongs outside the record."""


class Record:
    """Appends to the record in the name of this node.

    `clock` gives milliseconds since 1970, UTC. Numbers continue where the epoch stopped; a
    PostgreSQL database may be written by several servers, so there each start is an epoch.
    """

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._node = ""
        self._epoch = ""

    def open(self, tx: Transaction) -> None:
        """Finds this node's name, or makes one, with an epoch to number facts in."""
        known = tx.one(_LAST_EPOCH)
        if known and tx.dialect == "sqlite":
            self._node, self._epoch = known
            return
        self._node = known[0] if known else new_id()
        self._epoch = new_id()
        tx.run(_NEW_EPOCH, epoch=self._epoch, node=self._node, made_at=self._clock())

    def append(
        self,
        tx: Transaction,
        person: str,
        kind: Kind,
        on: str,
        *,
        version: str = "",
        data: Mapping[str, Any] | None = None,
        fact_id: str | None = None,
        witness: Witness = "centre",
        happened_at: int | None = None,
    ) -> Fact:
        """Appends what `person` did to the object `on` and brings the views up to date.

        With a `fact_id` that is there already, nothing happens. Raises `TooLong`.
        """
        now = self._clock()
        text = json.dumps(data or {}, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
        if len(text.encode()) > LONGEST_DATA:
            raise TooLong(kind)
        fact = Fact(
            id=fact_id or new_id(now),
            person=person,
            kind=kind,
            object=on,
            content_version=version,
            data=text,
            happened_at=now if happened_at is None else happened_at,
            recorded_at=now,
            node=self._node,
            epoch=self._epoch,
            seq=self._next(tx),
            cohort=None,
            witness=witness,
            digest="",
        )
        fact = Fact(**{**_columns(fact), "digest": digest_of(fact)})
        if _insert(tx, fact, now):
            fold(tx, fact)
        return fact

    def _next(self, tx: Transaction) -> int:
        return (tx.one(_LAST_SEQ, at_node=self._node, at_epoch=self._epoch) or 0) + 1


def accept(tx: Transaction, facts: Iterable[Fact], now: int) -> int:
    """Takes facts that another node made, in any order, each any number of times.

    One that contradicts an earlier one of the same id, or that no view can fold, is set
    aside with its reason, and the others go on. Returns how many were new.
    """
    new = 0
    for fact in facts:
        tx.savepoint()
        try:
            if _insert(tx, fact, now):
                fold(tx, fact)
                new += 1
        except FoldError as error:
            tx.undo()
            _set_aside(tx, fact, str(error), now)
        else:
            tx.keep()
    return new


def _insert(tx: Transaction, fact: Fact, now: int) -> bool:
    if tx.run(_INSERT, **_columns(fact)):
        return True
    if tx.one(_DIGEST, fact=fact.id) != fact.digest:
        _set_aside(tx, fact, "another fact has this id", now)
    return False


def _set_aside(tx: Transaction, fact: Fact, reason: str, now: int) -> None:
    body = json.dumps(asdict(fact), ensure_ascii=False, sort_keys=True)
    tx.run(_SET_ASIDE, id=fact.id, digest=fact.digest, body=body, reason=reason, at=now)


def _columns(fact: Fact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in Fact.__slots__}
