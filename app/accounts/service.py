"""Rules of joining, signing in and keeping one's own details. Hashes are made by the caller,
outside the transaction: twenty milliseconds of argon2 would hold up every other writer."""

import secrets
import unicodedata
import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, select, update

from app.accounts import models
from app.accounts.permissions import REGIONAL, Role
from app.accounts.places import GENDERS, Place, countries, place_of, stakeholder_groups
from app.accounts.secrets import slip_hash, token_hash
from app.accounts.sessions import end_all
from app.database import Change, Query, Reader, Transaction
from app.database.statements import table_of
from app.refusal import Invalid, NotFound

LONGEST_NAME = 80
LONGEST_STEM = 24
INVITATION_LASTS = 30 * 60_000  # milliseconds: time to open a link that stands on one's screen

_PERSON = table_of(models.Person)
_GRANT = table_of(models.Grant)
_INVITATION = table_of(models.Invitation)
_DEVICE = table_of(models.KnownDevice)


@dataclass(frozen=True, slots=True)
class Profile:
    """What people may say of themselves, and need not."""

    name: str
    stakeholder_group: str | None
    place: Place
    gender: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the owner sees it."""

    id: str
    name: str
    sign_in_name: str
    stakeholder_group: str | None
    country: str | None
    province: str | None
    territory: str | None
    gender: str | None
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class Lock:
    """What opens an account."""

    id: str
    secret: str
    recovery: str
    must_change_secret: int


_ADD = Change(lambda insert: insert(_PERSON).on_conflict_do_nothing())
_TAKEN = Query(select(_PERSON.c.id).where(_PERSON.c.sign_in_name == bindparam("named")), str)
_LOCK = Query(
    select(_PERSON.c.id, _PERSON.c.secret, _PERSON.c.recovery, _PERSON.c.must_change_secret).where(
        _PERSON.c.sign_in_name == bindparam("named")
    ),
    Lock,
)
_OWN_LOCK = Query(
    select(_PERSON.c.id, _PERSON.c.secret, _PERSON.c.recovery, _PERSON.c.must_change_secret).where(
        _PERSON.c.id == bindparam("who")
    ),
    Lock,
)
_ACCOUNT = Query(
    select(*(_PERSON.c[name] for name in Account.__slots__)).where(
        _PERSON.c.id == bindparam("who")
    ),
    Account,
)
_EDIT = Change(
    update(_PERSON)
    .where(_PERSON.c.id == bindparam("who"), _PERSON.c.version == bindparam("seen"))
    .values(
        name=bindparam("new_name"),
        stakeholder_group=bindparam("new_group"),
        country=bindparam("new_country"),
        province=bindparam("new_province"),
        territory=bindparam("new_territory"),
        gender=bindparam("new_gender"),
        language=bindparam("new_language"),
        version=_PERSON.c.version + 1,
    )
)
_SET_SECRET = Change(
    update(_PERSON)
    .where(_PERSON.c.id == bindparam("who"))
    .values(
        secret=bindparam("new_secret"),
        must_change_secret=bindparam("must_change"),
        secret_changed_at=bindparam("now"),
    )
)
_SET_SLIP = Change(
    update(_PERSON).where(_PERSON.c.id == bindparam("who")).values(recovery=bindparam("slip"))
)
_GIVE = Change(lambda insert: insert(_GRANT))
_MEMBERS = Query(
    select(func.count())
    .select_from(_GRANT)
    .where(_GRANT.c.role == Role.SECRETARIAT.value, _GRANT.c.ended_at.is_(None)),
    int,
)
_DROP_INVITATIONS = Change(delete(_INVITATION))
_INVITE = Change(lambda insert: insert(_INVITATION))
_INVITED = Query(
    select(_INVITATION.c.token).where(
        _INVITATION.c.token == bindparam("hashed"), _INVITATION.c.ends_at > bindparam("now")
    ),
    str,
)
_KNOWN = Query(
    select(_DEVICE.c.device).where(
        _DEVICE.c.device == bindparam("hashed"), _DEVICE.c.person == bindparam("who")
    ),
    str,
)
_REMEMBER = Change(
    lambda insert: (new := insert(_DEVICE)).on_conflict_do_update(
        index_elements=["device", "person"], set_={"seen_at": new.excluded.seen_at}
    )
)


def clean_name(typed: str) -> str:
    """A name to be called by, 1 to 80 characters. Raises `Invalid`.

    Marks that turn or hide text are refused: on a roster they would make one name look
    like another.
    """
    name = unicodedata.normalize("NFC", " ".join(typed.split()))
    if not name:
        raise Invalid({"name": "name-missing"})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": "name-too-long"})
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in name):
        raise Invalid({"name": "name-has-marks"})
    return name


def stem_of(typed: str) -> str:
    """The part of a sign-in name that its owner chooses: plain letters, digits and dots."""
    plain = unicodedata.normalize("NFKD", typed.lower()).encode("ascii", "ignore").decode()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    stem = ".".join(words)[:LONGEST_STEM].strip(".")
    return stem.rstrip("0123456789.") or "mwanafunzi"  # 'learner', for names in other scripts


def sign_in_name_of(typed: str) -> str:
    """A sign-in name as it is looked up, however it was typed."""
    return unicodedata.normalize("NFKC", typed).strip().lower()[:LONGEST_NAME]


def profile_of(name: str, group: str, place: str, gender: str, language: str) -> Profile:
    """The profile behind a form's fields. Raises `Invalid` with every field that is wrong."""
    wrong: dict[str, str] = {}
    try:
        name = clean_name(name)
    except Invalid as error:
        wrong |= error.fields
    if group and group not in stakeholder_groups():
        wrong["stakeholder_group"] = "unknown-choice"
    if gender and gender not in GENDERS:
        wrong["gender"] = "unknown-choice"
    where = Place(None, None, None)
    try:
        where = place_of(place)
    except KeyError:
        wrong["place"] = "unknown-choice"
    if wrong:
        raise Invalid(wrong)
    return Profile(name, group or None, where, gender or None, language)


def sign_up(
    tx: Transaction, person: str, profile: Profile, stem: str, secret: str, slip: str, now: int
) -> str | None:
    """Adds the person; the sign-in name given, or None where this form was taken before.

    `person` is the UUIDv4 that the form was made with: a form sent twice makes one account.
    Every name gets a number, taken or not, so that no answer tells which names exist.
    """
    for digits in (3, 3, 3, 4, 4, 6):
        number = secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1)
        chosen = f"{stem}.{number}"
        if tx.one(_TAKEN, named=chosen) is None:
            break
    added = tx.run(
        _ADD,
        id=person,
        name=profile.name,
        sign_in_name=chosen,
        secret=secret,
        recovery=slip_hash(slip),
        must_change_secret=0,
        stakeholder_group=profile.stakeholder_group,
        country=profile.place.country,
        province=profile.place.province,
        territory=profile.place.territory,
        gender=profile.gender,
        language=profile.language,
        created_at=now,
        secret_changed_at=now,
        version=1,
    )
    return chosen if added else None


def lock_of(reader: Reader, sign_in_name: str) -> Lock | None:
    """What opens the account of this name, or None."""
    return reader.one(_LOCK, named=sign_in_name_of(sign_in_name))


def own_lock(reader: Reader, person: str) -> Lock | None:
    """What opens a person's own account."""
    return reader.one(_OWN_LOCK, who=person)


def account(reader: Reader, person: str) -> Account:
    """A person's own details. Raises `NotFound`."""
    found = reader.one(_ACCOUNT, who=person)
    if found is None:
        raise NotFound
    return found


def edit(tx: Transaction, person: str, profile: Profile, version: int) -> None:
    """Changes a profile as read at `version`. Raises `Invalid` where it has changed since."""
    changed = tx.run(
        _EDIT,
        who=person,
        seen=version,
        new_name=profile.name,
        new_group=profile.stakeholder_group,
        new_country=profile.place.country,
        new_province=profile.place.province,
        new_territory=profile.place.territory,
        new_gender=profile.gender,
        new_language=profile.language,
    )
    if not changed:
        raise Invalid({"": "changed-meanwhile"})


def set_secret(
    tx: Transaction, person: str, secret: str, now: int, *, must_change: bool = False
) -> None:
    """Sets a new PIN or passphrase and ends every session."""
    tx.run(_SET_SECRET, who=person, new_secret=secret, must_change=int(must_change), now=now)
    end_all(tx, person)


def set_slip(tx: Transaction, person: str, slip: str) -> None:
    """Replaces the recovery slip: the old one opens nothing any more."""
    tx.run(_SET_SLIP, who=person, slip=slip_hash(slip))


def slip_opens(reader: Reader, sign_in_name: str, slip: str) -> str | None:
    """The person whom this name and slip belong to, or None."""
    lock = lock_of(reader, sign_in_name)
    right = secrets.compare_digest(lock.recovery if lock else "", slip_hash(slip))
    return lock.id if lock and right else None


def grant(
    tx: Transaction, person: str, role: Role, country: str | None, by: str | None, now: int
) -> None:
    """Gives a role. Raises `Invalid` where its scope is wrong."""
    if (role in REGIONAL) != (country is None) or (country and country not in countries()):
        raise Invalid({"country": "role-needs-country"})
    tx.run(
        _GIVE,
        id=str(uuid.uuid4()),
        person=person,
        role=role.value,
        country=country,
        granted_at=now,
        granted_by=by,
        ended_at=None,
    )
    end_all(tx, person)


def invite_first_member(tx: Transaction, token: str, now: int) -> bool:
    """Opens the first-start link, while the secretariat has no member; whether it did."""
    if tx.one(_MEMBERS):
        return False
    tx.run(_DROP_INVITATIONS)
    tx.run(_INVITE, token=token_hash(token), ends_at=now + INVITATION_LASTS)
    return True


def is_invited(reader: Reader, token: str, now: int) -> bool:
    """Whether this first-start link still opens."""
    return reader.one(_INVITED, hashed=token_hash(token), now=now) is not None and not reader.one(
        _MEMBERS
    )


def use_invitation(tx: Transaction, token: str, now: int) -> None:
    """Uses up the first-start link. Raises `NotFound` where it is used or too old."""
    if not is_invited(tx, token, now):
        raise NotFound("invitation-over")
    tx.run(_DROP_INVITATIONS)


def device_is_known(reader: Reader, device: str, person: str) -> bool:
    """Whether this person once signed in on this browser."""
    return reader.one(_KNOWN, hashed=token_hash(device), who=person) is not None


def remember_device(tx: Transaction, device: str, person: str, now: int) -> None:
    """Gives this person a lane of their own on this browser."""
    tx.run(_REMEMBER, device=token_hash(device), person=person, seen_at=now)
