"""Joining, signing in and out, recovering, and one's own page."""

import uuid
from typing import Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts import service, sessions, throttle
from app.accounts.guest import THEMES, Guest, enter, safe_next
from app.accounts.permissions import Role, roles_of
from app.accounts.places import GENDERS, countries, stakeholder_groups
from app.accounts.secrets import WeakSecret, check_secret, new_slip_code, new_token
from app.accounts.throttle import TooManyTries, Try
from app.catalogue.model import Lang
from app.database import Reader, Transaction
from app.refusal import Invalid, NotFound
from app.web.forms import Form, described, read_form

router = APIRouter(tags=["accounts"])

MOST_REMEMBERED = 12  # names on the sign-in page of a shared phone
_PROFILE = {
    "name": "The name to be called by",
    "stakeholder_group": "A group's code, or empty",
    "place": "The code of a territory, province or country, or empty",
    "gender": "woman, man, other, unsaid or empty",
}
_SECRETS = {"secret": "A PIN or passphrase", "secret_again": "The same again"}


def _choices(guest: Guest) -> dict[str, Any]:
    return {
        "groups": [(code, names[guest.lang]) for code, names in stakeholder_groups().items()],
        "countries": list(countries().values()),
        "genders": GENDERS,
    }


@router.get("/{lang}/sign-up")
async def sign_up_form(request: Request, lang: Lang, next: str = "") -> Response:  # noqa: A002
    """The form to join."""
    guest = await enter(request, lang)
    return _sign_up_page(guest, Form({"next": [safe_next(next, lang)]}), {}, fresh=True)


@router.post(
    "/{lang}/sign-up",
    openapi_extra=described(id="A UUID", stem="A sign-in name", **_PROFILE, **_SECRETS),
)
async def sign_up(request: Request, lang: Lang) -> Response:
    """Joins, signs in, and shows the recovery slip once."""
    guest = await enter(request, lang)
    return await _join(guest, await read_form(request), "")


@router.get("/{lang}/welcome/{token}")
async def welcome_form(request: Request, lang: Lang, token: str) -> Response:
    """The first-start link: the form of the secretariat's first member."""
    guest = await enter(request, lang)
    if not await guest.house.database.read(service.is_invited, token, guest.now):
        raise NotFound("invitation-over")
    return _sign_up_page(guest, Form({}), {}, fresh=True, invitation=token)


@router.post(
    "/{lang}/welcome/{token}", openapi_extra=described(id="A UUID", **_PROFILE, **_SECRETS)
)
async def welcome(request: Request, lang: Lang, token: str) -> Response:
    """Joins as the secretariat's first member."""
    guest = await enter(request, lang)
    if not await guest.house.database.read(service.is_invited, token, guest.now):
        raise NotFound("invitation-over")
    return await _join(guest, await read_form(request), token)


async def _join(guest: Guest, form: Form, invitation: str) -> Response:
    wrong: dict[str, str] = {}
    profile = None
    try:
        profile = _profile(form, guest.lang)
    except Invalid as error:
        wrong |= error.fields
    wrong |= _check_new_secret(form, staff=bool(invitation))
    attempt = _try(guest, "sign-up", form.text("stem") or form.text("name"), "")
    wait = await _wait(guest, attempt)
    if wrong or wait or profile is None:
        return _sign_up_page(guest, form, wrong, invitation=invitation, wait=wait)
    person = _uuid(form.text("id"))
    slip, token = new_slip_code(), new_token()
    secret = await guest.house.secrets.hash(form.text("secret"))
    stem = service.stem_of(form.text("stem") or profile.name)
    cookie = guest.kept("visit") if form.ticked("keep_visit") else ""
    own = form.ticked("own_device")

    def join(tx: Transaction) -> tuple[str, str] | None:
        if invitation:
            service.use_invitation(tx, invitation, guest.now)
        named = service.sign_up(tx, person, profile, stem, secret, slip, guest.now)
        if named is None:
            return None
        throttle.note(tx, attempt, failed=False, now=guest.now)
        if invitation:
            service.grant(tx, person, Role.SECRETARIAT, None, None, guest.now)
        if cookie:
            guest.house.visits.keep(tx, person, cookie)
        _remember_lane(tx, guest, person, token)
        opened = sessions.start(tx, person, own_device=own, now=guest.now, old=guest.token)
        return named, opened

    joined = await guest.house.database.write(join)
    if joined is None:
        return _sign_in_page(guest, Form({}), {"": "form-taken"}, status=409)
    named, opened = joined
    guest.signed_in = await guest.house.database.read(sessions.find, opened, guest.now)
    guest.open_session(opened, own_device=own)
    guest.keep("visit", "")
    guest.keep("device", token)
    context = {
        "sign_in_name": named,
        "slip": slip,
        "next": safe_next(form.text("next"), guest.lang),
    }
    return guest.page("accounts/slip.html", context)


def _profile(form: Form, lang: Lang) -> service.Profile:
    return service.profile_of(
        form.text("name"),
        form.text("stakeholder_group"),
        form.text("place"),
        form.text("gender"),
        lang,
    )


def _check_new_secret(form: Form, *, staff: bool) -> dict[str, str]:
    secret = form.text("secret")
    if not secret:
        return {"secret": "pin-missing"}
    try:
        check_secret(secret, staff=staff)
    except WeakSecret as error:
        return {"secret": str(error.args[0])}
    if secret != form.text("secret_again"):
        return {"secret_again": "pins-differ"}
    return {}


def _uuid(text: str) -> str:
    try:
        given = uuid.UUID(text)
    except ValueError:
        return str(uuid.uuid4())
    return str(given) if given.version == 4 else str(uuid.uuid4())


def _sign_up_page(
    guest: Guest,
    form: Form,
    wrong: dict[str, str],
    *,
    fresh: bool = False,
    invitation: str = "",
    wait: TooManyTries | None = None,
) -> Response:
    context = {
        "form": form,
        "wrong": wrong,
        "wait": wait,
        "id": _uuid(form.text("id")),
        "invitation": invitation,
        "visit": guest.house.visits.summary(guest.kept("visit")) if not invitation else None,
        "fresh": fresh,
        **_choices(guest),
    }
    status = 200 if fresh else 429 if wait else 422
    return guest.page("accounts/sign_up.html", context, status=status)


def _try(guest: Guest, kind: str, name: str, secret: str) -> Try:
    """The attempt by keyed hashes. A browser that this name knows has a lane of its own."""
    keyed = guest.house.secrets.keyed
    address = guest.request.client.host if guest.request.client else ""
    named = service.sign_in_name_of(name)
    lane = f"{kind} {named}"
    device = guest.kept("device")
    if device and guest.house.database.read_now(_knows, named, device):
        lane += f" {device}"
    return Try(
        kind,
        keyed("lane", lane),
        keyed("address", address),
        keyed("guess", secret) if secret else "",
    )


def _knows(reader: Reader, named: str, device: str) -> bool:
    lock = service.lock_of(reader, named)
    return lock is not None and service.device_is_known(reader, device, lock.id)


async def _wait(guest: Guest, attempt: Try) -> TooManyTries | None:
    try:
        await guest.house.database.read(throttle.check, attempt, guest.now)
    except TooManyTries as error:
        return error
    return None


def _remember_lane(tx: Transaction, guest: Guest, person: str, token: str) -> None:
    service.remember_device(tx, guest.kept("device") or token, person, guest.now)


@router.get("/{lang}/sign-in")
async def sign_in_form(
    request: Request,
    lang: Lang,
    next: str = "",  # noqa: A002
    name: str = "",
) -> Response:
    """The form to sign in, with the people of this device where they wished it."""
    guest = await enter(request, lang)
    fields = {"next": [safe_next(next, lang)], "name": [name[: service.LONGEST_NAME]]}
    return _sign_in_page(guest, Form(fields), {}, status=200)


@router.post(
    "/{lang}/sign-in",
    openapi_extra=described(name="Sign-in name", secret="PIN or passphrase", next="A path"),  # noqa: S106
)
async def sign_in(request: Request, lang: Lang) -> Response:
    """Signs in; the same answer, in the same time, whether or not the name exists."""
    guest = await enter(request, lang)
    form = await read_form(request)
    name, secret = form.text("name"), form.text("secret")[:200]
    attempt = _try(guest, "sign-in", name, secret)
    if wait := await _wait(guest, attempt):
        return _sign_in_page(guest, form, {}, status=429, wait=wait)
    house = guest.house
    lock = await house.database.read(service.lock_of, name)
    right = await house.secrets.matches(secret, lock.secret if lock else None)
    own, token = form.ticked("own_device"), new_token()
    if not (right and lock):
        await house.database.write(throttle.note, attempt, failed=True, now=guest.now)
        return _sign_in_page(guest, form, {"": "wrong-name-or-secret"}, status=422)

    def open_session(tx: Transaction) -> str:
        throttle.note(tx, attempt, failed=False, now=guest.now)
        _remember_lane(tx, guest, lock.id, token)
        return sessions.start(tx, lock.id, own_device=own, now=guest.now, old=guest.token)

    opened = await house.database.write(open_session)
    guest.open_session(opened, own_device=own)
    if not guest.kept("device"):
        guest.keep("device", token)
    return guest.go(safe_next(form.text("next"), lang))


def _sign_in_page(
    guest: Guest,
    form: Form,
    wrong: dict[str, str],
    *,
    status: int,
    wait: TooManyTries | None = None,
) -> Response:
    people = guest.kept("people").split("|") if guest.kept("people") else []
    context = {"form": form, "wrong": wrong, "wait": wait, "people": people}
    return guest.page("accounts/sign_in.html", context, status=status)


@router.post("/{lang}/sign-out", openapi_extra=described())
async def sign_out(request: Request, lang: Lang) -> Response:
    """Ends this session."""
    guest = await enter(request, lang)
    await _end_session(guest)
    return guest.go(f"/{lang}/sign-in")


@router.post("/{lang}/leave", openapi_extra=described())
async def leave(request: Request, lang: Lang) -> Response:
    """Quick exit: ends the session and leaves a page that tells nothing."""
    guest = await enter(request, lang)
    await _end_session(guest)
    return guest.go(f"/{lang}/calendar")


async def _end_session(guest: Guest) -> None:
    if guest.token:
        await guest.house.database.write(sessions.end, guest.token)
        guest.close_session()


@router.get("/{lang}/recover")
async def recover_form(request: Request, lang: Lang) -> Response:
    """The form for somebody who forgot their PIN and has their slip."""
    guest = await enter(request, lang)
    context = {"form": Form({}), "wrong": {}, "wait": None}
    return guest.page("accounts/recover.html", context)


@router.post(
    "/{lang}/recover",
    openapi_extra=described(name="Sign-in name", code="The slip's code", **_SECRETS),
)
async def recover(request: Request, lang: Lang) -> Response:
    """Sets a new PIN with the slip, which is used up: a new one is shown."""
    guest = await enter(request, lang)
    form = await read_form(request)
    attempt = _try(guest, "recover", form.text("name"), form.text("code"))
    wrong = _check_new_secret(form, staff=False)
    wait = await _wait(guest, attempt)
    person = None
    if not wrong and not wait:
        read = guest.house.database.read
        person = await read(service.slip_opens, form.text("name"), form.text("code"))
        if person is None:
            await guest.house.database.write(throttle.note, attempt, failed=True, now=guest.now)
            wrong = {"": "wrong-slip"}
        else:
            wrong = await _check_staff(guest, person, form)
    if wrong or wait or person is None:
        context = {"form": form, "wrong": wrong, "wait": wait}
        return guest.page("accounts/recover.html", context, status=429 if wait else 422)
    secret = await guest.house.secrets.hash(form.text("secret"))
    slip = new_slip_code()

    def renew(tx: Transaction) -> None:
        service.set_secret(tx, person, secret, guest.now)
        service.set_slip(tx, person, slip)
        throttle.note(tx, attempt, failed=False, now=guest.now)

    await guest.house.database.write(renew)
    guest.close_session()
    context = {"sign_in_name": form.text("name"), "slip": slip, "next": f"/{lang}/sign-in"}
    return guest.page("accounts/slip.html", context)


async def _check_staff(guest: Guest, person: str, form: Form) -> dict[str, str]:
    staff = bool(await guest.house.database.read(roles_of, person))
    return _check_new_secret(form, staff=staff)


@router.get("/{lang}/me")
async def me(request: Request, lang: Lang, saved: str = "") -> Response:
    """One's own page: details, PIN, slip, devices."""
    guest = await enter(request, lang)
    return await _me_page(guest, saved=saved)


async def _me_page(
    guest: Guest,
    *,
    form: Form | None = None,
    wrong: dict[str, str] | None = None,
    saved: str = "",
    status: int = 200,
) -> Response:
    read = guest.house.database.read
    context = {
        "account": await read(service.account, guest.person),
        "sessions": await read(sessions.of_person, guest.person, guest.now),
        "this_session": guest.signed_in.session if guest.signed_in else "",
        "form": form,
        "wrong": wrong or {},
        "saved": saved,
        "remembered": guest.kept("people").split("|") if guest.kept("people") else [],
        **_choices(guest),
    }
    return guest.page("accounts/me.html", context, status=status)


@router.post(
    "/{lang}/me/profile", openapi_extra=described(version="The version that was read", **_PROFILE)
)
async def edit_profile(request: Request, lang: Lang) -> Response:
    """Saves one's own details."""
    guest = await enter(request, lang)
    form = await read_form(request)
    version = form.text("version")
    try:
        profile = _profile(form, lang)
        seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
        await guest.house.database.write(service.edit, guest.person, profile, seen)
    except Invalid as error:
        return await _me_page(guest, form=form, wrong=error.fields, status=422)
    return guest.go(f"/{lang}/me?saved=profile")


@router.post("/{lang}/me/secret", openapi_extra=described(old="The present one", **_SECRETS))
async def change_secret(request: Request, lang: Lang) -> Response:
    """Sets a new PIN, ends every session and opens a new one here."""
    guest = await enter(request, lang)
    form = await read_form(request)
    house, person = guest.house, guest.person
    staff = bool(await house.database.read(roles_of, person))
    wrong = _check_new_secret(form, staff=staff)
    if not wrong and not await _knows_secret(guest, form.text("old")):
        wrong = {"old": "wrong-secret"}
    if wrong:
        return await _me_page(guest, wrong=wrong, status=422)
    secret = await house.secrets.hash(form.text("secret"))

    def change(tx: Transaction) -> str:
        service.set_secret(tx, person, secret, guest.now)
        return sessions.start(tx, person, own_device=False, now=guest.now, old=guest.token)

    guest.open_session(await house.database.write(change), own_device=False)
    return guest.go(f"/{lang}/me?saved=secret")


async def _knows_secret(guest: Guest, secret: str) -> bool:
    """Whether this is the person's own PIN; guesses are counted like those at the door."""
    house = guest.house
    attempt = _try(guest, "sign-in", guest.person, secret)
    if await _wait(guest, attempt):
        return False
    lock = await house.database.read(service.own_lock, guest.person)
    right = await house.secrets.matches(secret[:200], lock.secret if lock else None)
    await house.database.write(throttle.note, attempt, failed=not right, now=guest.now)
    return right


@router.post("/{lang}/me/slip", openapi_extra=described(old="The present PIN"))
async def new_slip(request: Request, lang: Lang) -> Response:
    """Shows a new recovery slip; the old one opens nothing any more."""
    guest = await enter(request, lang)
    form = await read_form(request)
    if not await _knows_secret(guest, form.text("old")):
        return await _me_page(guest, wrong={"slip": "wrong-secret"}, status=422)
    slip = new_slip_code()
    await guest.house.database.write(service.set_slip, guest.person, slip)
    account = await guest.house.database.read(service.account, guest.person)
    context = {"sign_in_name": account.sign_in_name, "slip": slip, "next": f"/{lang}/me"}
    return guest.page("accounts/slip.html", context)


@router.post("/{lang}/me/sessions", openapi_extra=described(session="A session, or empty for all"))
async def end_session(request: Request, lang: Lang) -> Response:
    """Ends one of one's own sessions, or all of them."""
    guest = await enter(request, lang)
    chosen = (await read_form(request)).text("session")
    await guest.house.database.write(sessions.end_of_person, guest.person, chosen)
    return guest.go(f"/{lang}/me?saved=sessions")


@router.post("/{lang}/me/device", openapi_extra=described(remember="yes or empty"))
async def remember_device(request: Request, lang: Lang) -> Response:
    """Shows one's sign-in name on this device's sign-in page, or no longer."""
    guest = await enter(request, lang)
    wanted = (await read_form(request)).ticked("remember")
    account = await guest.house.database.read(service.account, guest.person)
    names = [n for n in guest.kept("people").split("|") if n and n != account.sign_in_name]
    if wanted:
        names = [account.sign_in_name, *names][:MOST_REMEMBERED]
    guest.keep("people", "|".join(names))
    return guest.go(f"/{lang}/me?saved=device")


@router.post("/{lang}/people/forget", openapi_extra=described(name="A sign-in name"))
async def forget_device(request: Request, lang: Lang) -> Response:
    """Takes a name from this device's sign-in page."""
    guest = await enter(request, lang)
    name = (await read_form(request)).text("name")
    guest.keep("people", "|".join(n for n in guest.kept("people").split("|") if n != name))
    return guest.go(f"/{lang}/sign-in")


@router.post("/{lang}/theme", openapi_extra=described(theme="auto, light or dark", next="A path"))
async def set_theme(request: Request, lang: Lang) -> Response:
    """Light, dark, or as the device says."""
    guest = await enter(request, lang)
    form = await read_form(request)
    theme = form.text("theme")
    guest.keep_plain("theme", theme if theme in THEMES else "auto")
    return guest.go(safe_next(form.text("next"), lang))


@router.get("/{lang}/calendar")
async def calendar(
    request: Request, lang: Lang, month: int = Query(0, ge=-600, le=600)
) -> Response:
    """This month: the harmless page that a quick exit leaves."""
    guest = await enter(request, lang)
    return guest.page("accounts/calendar.html", guest.house.words[lang].month(guest.now, month))
