"""Who may do what, asked in one place: this person, this address, this country.

Every route of the application has a line in `ROUTES`; a test fails on a route without one.
"""

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import bindparam, select

from app.accounts import models
from app.database import Query, Reader
from app.database.statements import table_of

_GRANT = table_of(models.Grant)


class Need(Enum):
    """What a route asks of whoever calls it."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"


class Role(Enum):
    """What can be granted. Trainers are not granted: they hold a certificate."""

    ASSESSOR = "assessor"
    FOCAL_POINT = "focal-point"
    SECRETARIAT = "secretariat"


REGIONAL = frozenset({Role.SECRETARIAT})

ROUTES: dict[str, Need] = {
    "choose_language": Need.ANYONE,
    "home": Need.ANYONE,
    "courses": Need.ANYONE,
    "course": Need.ANYONE,
    "module": Need.ANYONE,
    "mark_read": Need.ANYONE,
    "print_module": Need.ANYONE,
    "quiz": Need.ANYONE,
    "start_quiz": Need.ANYONE,
    "answer_quiz": Need.ANYONE,
    "keep_draft": Need.ANYONE,
    "glossary": Need.ANYONE,
    "term": Need.ANYONE,
    "search": Need.ANYONE,
    "sign_up_form": Need.ANYONE,
    "sign_up": Need.ANYONE,
    "sign_in_form": Need.ANYONE,
    "sign_in": Need.ANYONE,
    "sign_out": Need.ANYONE,
    "leave": Need.ANYONE,
    "calendar": Need.ANYONE,
    "recover_form": Need.ANYONE,
    "recover": Need.ANYONE,
    "welcome_form": Need.ANYONE,
    "welcome": Need.ANYONE,
    "set_theme": Need.ANYONE,
    "forget_device": Need.ANYONE,
    "me": Need.SIGNED_IN,
    "edit_profile": Need.SIGNED_IN,
    "change_secret": Need.SIGNED_IN,
    "new_slip": Need.SIGNED_IN,
    "end_session": Need.SIGNED_IN,
    "remember_device": Need.SIGNED_IN,
    "static_file": Need.ANYONE,
    "health": Need.ANYONE,
}


@dataclass(frozen=True, slots=True)
class Granted:
    """A role in force, in a country or (None) the whole region."""

    role: Role
    country: str | None


_GRANTS = Query(
    select(_GRANT.c.role, _GRANT.c.country).where(
        _GRANT.c.person == bindparam("who"), _GRANT.c.ended_at.is_(None)
    ),
    lambda role, country: Granted(Role(role), country),
)


def roles_of(reader: Reader, person: str) -> list[Granted]:
    """The roles that this person holds today."""
    return reader.all(_GRANTS, who=person)


def may_enter(route: str, *, signed_in: bool) -> bool:
    """Whether this route opens for somebody signed in, or for a visitor."""
    return signed_in or ROUTES[route] is Need.ANYONE
