"""The registers of people. Personal data lives here and nowhere else.

Times are milliseconds since 1970, UTC. Ids of people are UUIDv4: they tell nothing.
"""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class Person(SQLModel, table=True):
    """Somebody who signs in. Everything but the name and the secret may be missing.

    `secret` is an argon2 hash, `recovery` a hash of the slip's code. `secret_changed_at`
    ends older sessions. `version` counts edits of the profile.
    """

    __table_args__ = {"sqlite_strict": True}

    id: str = Field(primary_key=True)
    name: str
    sign_in_name: str = Field(unique=True)
    secret: str
    recovery: str
    must_change_secret: int = 0
    stakeholder_group: str | None = None
    country: str | None = None
    province: str | None = None
    territory: str | None = None
    gender: str | None = None
    language: str
    created_at: int = Field(sa_type=BigInteger)
    secret_changed_at: int = Field(sa_type=BigInteger)
    version: int = 1


class Grant(SQLModel, table=True):
    """A role given to somebody: secretariat (everywhere), focal point or assessor (a country)."""

    __tablename__ = "role_grant"
    __table_args__ = {"sqlite_strict": True}

    id: str = Field(primary_key=True)
    person: str = Field(foreign_key="person.id", index=True)
    role: str
    country: str | None = None
    granted_at: int = Field(sa_type=BigInteger)
    granted_by: str | None = None
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class Session(SQLModel, table=True):
    """A signed-in browser. The token is stored hashed; a shared phone's session is short."""

    __table_args__ = {"sqlite_strict": True}

    token: str = Field(primary_key=True)
    person: str = Field(foreign_key="person.id", index=True)
    own_device: int
    started_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger, index=True)


class KnownDevice(SQLModel, table=True):
    """A browser on which this person once signed in: a stranger's guesses do not slow it down."""

    __table_args__ = {"sqlite_strict": True}

    device: str = Field(primary_key=True)
    person: str = Field(primary_key=True, foreign_key="person.id")
    seen_at: int = Field(sa_type=BigInteger)


class SignInAttempt(SQLModel, table=True):
    """A try to sign in, sign up or recover. Subjects are keyed hashes: no address is stored.

    `lane` is a name as seen from one device or from anywhere; `secret` groups tries of one
    PIN over many names.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = {"sqlite_strict": True}

    id: str = Field(primary_key=True)
    kind: str
    lane: str = Field(index=True)
    address: str = Field(index=True)
    secret: str = Field(index=True)
    failed: int
    at: int = Field(sa_type=BigInteger, index=True)


class Invitation(SQLModel, table=True):
    """The first-start link: its opener becomes the secretariat's first member. Used once."""

    __table_args__ = {"sqlite_strict": True}

    token: str = Field(primary_key=True)
    ends_at: int = Field(sa_type=BigInteger)
