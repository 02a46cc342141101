"""Whoever makes a request: a visitor, or somebody signed in, and the answer they get.

A route calls `enter` first: it finds the session and asks whether the route opens.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.accounts import sessions
from app.accounts.permissions import may_enter
from app.accounts.sessions import OWN_DEVICE, SignedIn
from app.catalogue.model import LANGS, Lang
from app.house import House

YEAR = 365 * 24 * 3600  # seconds: for choices that hold no secret
PRIVATE = "no-store"
REVALIDATE = "private, no-cache"
THEMES = ("auto", "light", "dark")


class SignInNeeded(Exception):
    """The route opens only for somebody signed in."""


@dataclass(slots=True)
class Guest:
    """A request with the person behind it. `now` is milliseconds since 1970, UTC."""

    request: Request
    house: House
    lang: Lang
    now: int
    signed_in: SignedIn | None = None
    _cookies: list[tuple[str, str, int | None]] = field(default_factory=list)

    @property
    def person(self) -> str:
        """The id of the person signed in. Raises `SignInNeeded`."""
        if self.signed_in is None:
            raise SignInNeeded
        return self.signed_in.person

    @property
    def token(self) -> str | None:
        """The session cookie as it came."""
        return self.request.cookies.get(self._name("s"))

    @property
    def theme(self) -> str:
        """light, dark, or auto for the device's own."""
        theme = self.request.cookies.get("theme", "auto")
        return theme if theme in THEMES else "auto"

    @property
    def swaps(self) -> bool:
        """Whether htmx asks, for a part of the page."""
        return "hx-request" in self.request.headers

    def kept(self, name: str) -> str:
        """What we once kept in this browser under a name, or '' where it is not by us."""
        value, _, mark = self.request.cookies.get(name, "").rpartition("~")
        return value if value and compare_digest(mark, self._mark(name, value)) else ""

    def keep(self, name: str, value: str, seconds: int = YEAR) -> None:
        """Keeps a value in this browser, signed; '' takes it away."""
        signed = f"{value}~{self._mark(name, value)}" if value else ""
        self._cookies.append((name, signed, seconds if value else 0))

    def keep_plain(self, name: str, value: str) -> None:
        """Keeps a choice that needs no signature, like the language."""
        self._cookies.append((name, value, YEAR))

    def open_session(self, token: str, *, own_device: bool) -> None:
        """Gives the browser its session; on a shared phone it goes when the browser closes."""
        self._cookies.append((self._name("s"), token, OWN_DEVICE // 1000 if own_device else None))

    def close_session(self) -> None:
        """Takes the session from the browser."""
        self._cookies.append((self._name("s"), "", 0))

    def page(
        self,
        template: str,
        context: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        key: Hashable = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A whole page. With a `key`, which names all that it shows beside language and address,
        its content is kept for whoever is in the same state."""
        pages = self.house.pages
        url = self.request.scope["path"], self.request.scope["query_string"].decode("latin-1")
        who = self.signed_in is not None
        content = pages.content(
            self.lang,
            template,
            {**(context or {}), **self._layout(url)},
            None if key is None else (url, who, self.theme, key),
        )
        tail = self._tail().encode()
        response = Response(status_code=status, media_type="text/html")
        accepted = self.request.headers.get("accept-encoding", "")
        if not who and key is not None:
            response.headers["etag"] = f'W/"{content.etag}"'
            if self.request.headers.get("if-none-match") == response.headers["etag"]:
                response.status_code = 304
                return self._finish(response, REVALIDATE)
            if "br" in accepted:
                response.headers["content-encoding"] = "br"
                response.body = pages.brotlied(content, tail)
                return self._finish(response, REVALIDATE, headers)
        if "gzip" in accepted:
            response.headers["content-encoding"] = "gzip"
            response.body = content.gzipped(tail)
        else:
            response.body = content.plain(tail)
        return self._finish(response, PRIVATE if who or key is None else REVALIDATE, headers)

    def part(self, template: str, context: Mapping[str, Any], *, status: int = 200) -> Response:
        """A part of a page, for htmx to put in its place."""
        html = self.house.pages.render(self.lang, template, {**context, **self._layout(("", ""))})
        return self._finish(Response(html, status, media_type="text/html"), PRIVATE)

    def go(self, address: str) -> Response:
        """Sends the browser on to an address of ours, after a form."""
        if self.swaps:
            response = Response(status_code=204, headers={"HX-Redirect": address})
        else:
            response = RedirectResponse(address, 303)
        return self._finish(response, PRIVATE)

    def finish(self, response: Response) -> Response:
        """Any other answer, with the cookies that were set meanwhile."""
        return self._finish(response, PRIVATE)

    def _layout(self, url: tuple[str, str]) -> dict[str, Any]:
        path, query = url
        other: Lang = "en" if self.lang == "fr" else "fr"
        elsewhere = f"/{other}{path[3:]}" + (f"?{query}" if query else "")
        return {
            "signed_in": self.signed_in is not None,
            "theme": self.theme,
            "other": other,
            "elsewhere": elsewhere,
            "here": path,
        }

    def _tail(self) -> str:
        name = escape(self.signed_in.name) if self.signed_in else ""
        return f'<p class="who">{name}</p></body></html>' if name else "</body></html>"

    def _finish(
        self, response: Response, caching: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        response.headers["cache-control"] = caching
        response.headers["vary"] = "Cookie, Accept-Encoding, HX-Request"
        if response.body:
            response.headers["content-length"] = str(len(response.body))
        for name, value in (headers or {}).items():
            response.headers[name] = value
        if self.request.cookies.get("lang") != self.lang:
            self.keep_plain("lang", self.lang)
        for name, value, seconds in self._cookies:
            response.set_cookie(
                name,
                value,
                max_age=seconds,
                path="/",
                secure=self.house.settings.secure,
                httponly=True,
                samesite="lax",
            )
        return response

    def _name(self, short: str) -> str:
        return f"__Host-{short}" if self.house.settings.secure else short

    def _mark(self, name: str, value: str) -> str:
        return self.house.secrets.keyed(f"cookie {name}", value)


async def enter(request: Request, lang: Lang) -> Guest:
    """The guest behind this request. Raises `SignInNeeded` where the route does not open."""
    guest = stranger(request, lang)
    if token := guest.token:
        database = guest.house.database
        guest.signed_in = await database.read(sessions.find, token, guest.now)
        if guest.signed_in and sessions.due(guest.signed_in, guest.now):
            await database.write(sessions.touch, guest.signed_in, guest.now)
    if not may_enter(request.scope["route"].name, signed_in=guest.signed_in is not None):
        raise SignInNeeded
    return guest


def stranger(request: Request, lang: Lang | None = None) -> Guest:
    """A guest whose session nobody looked up: for pages that must work without a database."""
    house: House = request.app.state.house
    named = request.scope["path"][1:3]
    chosen: Lang = lang or (named if named in LANGS else "fr")
    return Guest(request, house, chosen, house.clock())


def safe_next(address: str, lang: Lang) -> str:
    """Where to go after signing in: a path of ours, or home for anything else."""
    parts = urlsplit(address)
    ours = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
        and address.isprintable()
        and "\\" not in address
        and "%2f%2f" not in address.lower()
        and "%5c" not in address.lower()
    )
    return quote(address, safe="/?=&#%.-_~:") if ours else f"/{lang}/"
