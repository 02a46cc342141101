"""The record (facts, appended once) and the views that are folded from it.

Times are milliseconds since 1970, UTC. A `fact` column in a view names the fact that
decided the row, so that ties break the same way everywhere.
"""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Node(SQLModel, table=True):
    """This machine's own name in the record, and the epoch in which it numbers facts."""

    __table_args__ = {"sqlite_strict": True}

    epoch: str = Field(primary_key=True)
    node: str
    made_at: int = Field(sa_type=BigInteger)


class Fact(SQLModel, table=True):
    """What somebody did, once. Never changed, never deleted; names nobody but by `person`.

    `id` is a UUIDv7 made where it happened; `object` what it was done to, `content_version`
    which text of it; `data` JSON up to 2 KB; `happened_at` what the device claimed;
    `recorded_at` when a trusted node first took it; `witness` who vouches for it (centre,
    box, phone, paper); `digest` a hash of all that the maker said.
    """

    __table_args__ = (
        Index("ix_fact_numbering", "node", "epoch", "seq"),
        {"sqlite_strict": True},
    )

    id: str = Field(primary_key=True)
    person: str
    kind: str
    object: str
    content_version: str
    data: str
    happened_at: int = Field(sa_type=BigInteger)
    recorded_at: int = Field(sa_type=BigInteger)
    node: str
    epoch: str
    seq: int = Field(sa_type=BigInteger)
    cohort: str | None = None
    witness: str
    digest: str


class Quarantined(SQLModel, table=True):
    """A fact that could not be taken as it is: kept with the reason, for a human to look at."""

    __tablename__ = "quarantined_fact"
    __table_args__ = {"sqlite_strict": True}

    id: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    body: str
    reason: str
    at: int = Field(sa_type=BigInteger)


class SectionRead(SQLModel, table=True):
    """View: a section that a person has read; the earliest fact counts."""

    __tablename__ = "view_section_read"
    __table_args__ = {"sqlite_strict": True}

    person: str = Field(primary_key=True)
    module: str = Field(primary_key=True)
    section: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    fact: str


class LastPlace(SQLModel, table=True):
    """View: where a person stopped; the latest fact counts."""

    __tablename__ = "view_last_place"
    __table_args__ = {"sqlite_strict": True}

    person: str = Field(primary_key=True)
    object: str
    at: int = Field(sa_type=BigInteger)
    fact: str


class Attempt(SQLModel, table=True):
    """View: one go at a quiz, started and perhaps submitted.

    `questions` is JSON, the keys and versions in the order shown; `seed` orders the options.
    `share` is 0..1. What is not yet known, because its fact has not arrived, is null.
    """

    __tablename__ = "view_attempt"
    __table_args__ = {"sqlite_strict": True}

    person: str = Field(primary_key=True)
    quiz: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    seed: str | None = None
    layout: str | None = None
    questions: str | None = None
    started_at: int | None = Field(default=None, sa_type=BigInteger)
    started_by: str | None = None
    share: float | None = None
    submitted_at: int | None = Field(default=None, sa_type=BigInteger)
    submitted_by: str | None = None


class Answer(SQLModel, table=True):
    """View: the answer that counts for a question of an attempt: the first one."""

    __tablename__ = "view_answer"
    __table_args__ = {"sqlite_strict": True}

    person: str = Field(primary_key=True)
    attempt: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    version: str
    given: str
    share: float
    at: int = Field(sa_type=BigInteger)
    fact: str


class QuizResult(SQLModel, table=True):
    """View: what a person reached in a quiz: tries, best, first and last share (0..1)."""

    __tablename__ = "view_quiz_result"
    __table_args__ = {"sqlite_strict": True}

    person: str = Field(primary_key=True)
    quiz: str = Field(primary_key=True)
    attempts: int
    best: float
    first: float
    last: float
    last_attempt: str
