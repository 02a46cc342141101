"""Protection of every answer and every unsafe request: headers, and where a form came from.

A field box on plain HTTP gets no `Sec-Fetch-Site` from browsers, so `Origin` against `Host`
decides and the other is extra. No token stands in forms: pages stay alike for everybody and
forms that waited for a signal stay valid.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def comes_from_us(headers: dict[bytes, bytes], public_host: str) -> bool:
    """Whether an unsafe request was made by a page of ours."""
    if headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        return False
    source = headers.get(b"origin") or headers.get(b"referer")
    if not source:
        return False
    host = urlsplit(source.decode("latin-1")).netloc
    return bool(host) and host in {headers.get(b"host", b"").decode("latin-1"), public_host}


class Protection:
    """The outermost layer. `refuse` answers a request that came from elsewhere."""

    def __init__(
        self,
        app: ASGIApp,
        public_url: str,
        refuse: Callable[[Scope, Receive, Send], Awaitable[None]],
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._host = urlsplit(public_url).netloc
        self._headers = HEADERS + ([HTTPS_ONLY] if public_url.startswith("https://") else [])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = self._headers

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        if scope["method"] not in SAFE and not self._from_us(scope):
            await self._refuse(scope, receive, protected)
            return
        await self._app(scope, receive, protected)

    def _from_us(self, scope: Scope) -> bool:
        found: dict[bytes, Any] = dict(scope["headers"])
        return comes_from_us(found, self._host)
