"""Every way to fail ends in a page in the reader's language that says what to do next."""

import json
import logging
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.accounts.guest import Guest, SignInNeeded, stranger
from app.database import Busy, DatabaseError, StorageFull, WritesStopped
from app.refusal import Invalid, NotAllowed, NotFound, Refused
from app.web.forms import BodyRefused
from app.web.messages import MESSAGES, N_

LOG = logging.getLogger("mwalimu")
RETRY_AFTER = 10  # seconds

TITLES = {
    400: N_("This request cannot be read"),
    403: N_("Not allowed"),
    404: N_("Page not found"),
    405: N_("Not possible this way"),
    408: N_("Too slow"),
    413: N_("Too large"),
    415: N_("Not a form"),
    422: N_("Something needs another look"),
    429: N_("Too many tries"),
    500: N_("Something went wrong here"),
    503: N_("Busy at the moment"),
    507: N_("No space left"),
}
ADVICE = {
    400: N_("Go back and try again."),
    403: N_("This form came from another site, or this is not open to you. Open the page here."),
    404: MESSAGES["not-found"],
    405: N_("Open this page by its link."),
    408: MESSAGES["body-too-slow"],
    413: MESSAGES["body-too-large"],
    415: MESSAGES["body-not-a-form"],
    422: MESSAGES["invalid"],
    429: N_("Wait a little, then try again."),
    500: N_(
        "It is our fault and it has been noted under number %(number)s. Nothing you sent is "
        "shown as done unless it was. Try again."
    ),
    503: N_("Nothing was changed. Wait ten seconds, then send it again."),
    507: N_("Nothing was changed: the machine has no space left. Reading goes on."),
}
SECRET_FIELDS = ("secret", "pin", "code", "again", "old")


def install(app: FastAPI) -> None:
    """Gives the application an answer to every error."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(DatabaseError, _database)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _unexpected)


async def refuse_stranger(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers an unsafe request that no page of ours made."""
    await error_page(Request(scope, receive), 403)(scope, receive, send)


def error_page(
    request: Request, status: int, advice: str = "", values: Mapping[str, Any] | None = None
) -> Response:
    """The page for a status. What was typed is offered to be sent again, secrets apart."""
    guest = stranger(request)
    context = {
        "status": status,
        "title": TITLES.get(status, TITLES[400]),
        "advice": advice or ADVICE.get(status, ADVICE[400]),
        "values": dict(values or {}),
        "again": _typed(request) if status in {408, 429, 500, 503, 507} else [],
    }
    if guest.swaps:
        response = guest.part("web/_failure.html", context, status=status)
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML"
    else:
        response = guest.page("web/error.html", context, status=status)
    if status in {429, 503}:
        response.headers["retry-after"] = str(RETRY_AFTER)
    return response


def _typed(request: Request) -> list[tuple[str, str]]:
    form = getattr(request.state, "form", None)
    if request.method != "POST" or form is None:
        return []
    return [
        (name, value)
        for name, values in form.items()
        if not name.startswith(SECRET_FIELDS)
        for value in values
    ]


async def _sign_in(request: Request, _: Exception) -> Response:
    guest: Guest = stranger(request)
    path = request.scope["path"] if request.method == "GET" else f"/{guest.lang}/"
    return guest.go(f"/{guest.lang}/sign-in?next={quote(path)}")


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    status = {NotFound: 404, NotAllowed: 403, Invalid: 422}.get(type(error), 400)
    if isinstance(error, BodyRefused):
        status = error.status
    advice = "" if error.key in {"not-found", "invalid"} else MESSAGES[error.key]
    return error_page(request, status, advice, error.values)


async def _database(request: Request, error: Exception) -> Response:
    LOG.error(json.dumps({"event": "database", "kind": type(error).__name__}))
    if isinstance(error, StorageFull):
        return error_page(request, 507)
    if isinstance(error, Busy | WritesStopped):
        return error_page(request, 503)
    return error_page(request, 500)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    response = error_page(request, error.status_code)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _unreadable(request: Request, error: Exception) -> Response:
    where = error.errors()[0]["loc"][0] if isinstance(error, RequestValidationError) else ""
    return error_page(request, 404 if where == "path" else 422)


async def _unexpected(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(3).upper()
    LOG.error(json.dumps({"event": "error", "number": number}), exc_info=error)
    return error_page(request, 500, values={"number": number})
