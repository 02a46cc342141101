"""Reading what a browser sends: bounded in size, in number and in time."""

import asyncio
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from app.refusal import Refused

LARGEST_BODY = 1_000_000  # bytes; nothing that is typed comes near
MOST_FIELDS = 200
LONGEST_WAIT = 30  # seconds for a whole body: a page of text on 2G takes five
FORM = "application/x-www-form-urlencoded"


class BodyRefused(Refused):
    """The body is too large, too slow, or no form."""

    def __init__(self, key: str, status: int) -> None:
        super().__init__(key)
        self.status = status


class Form(Mapping[str, list[str]]):
    """The fields of a form, each with its values; a field that is missing is empty."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> list[str]:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def text(self, name: str) -> str:
        """The first value of a field, or ''."""
        values = self._fields.get(name)
        return values[0] if values else ""

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.text(name))


async def read_form(request: Request) -> Form:
    """The form in the body. Raises `BodyRefused`.

    It is also kept in the request's state, so that an error page can offer to send it again.
    """
    kind = request.headers.get("content-type", FORM).split(";")[0].strip().lower()
    if kind != FORM:
        raise BodyRefused("body-not-a-form", 415)
    try:
        body = await asyncio.wait_for(_body(request), LONGEST_WAIT)
    except (TimeoutError, ClientDisconnect):
        raise BodyRefused("body-too-slow", 408) from None
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise BodyRefused("body-not-a-form", 400) from None
    for name, value in pairs:
        fields.setdefault(name, []).append(value.replace("\0", "\ufffd"))
    form = Form(fields)
    request.state.form = form
    return form


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise BodyRefused("body-too-large", 413)
        parts.append(part)
    return b"".join(parts)


def described(**fields: str) -> dict[str, object]:
    """A form for the OpenAPI document: the name of each field and what it holds."""
    properties = {name: {"type": "string", "description": text} for name, text in fields.items()}
    schema = {"type": "object", "properties": properties}
    return {"requestBody": {"content": {FORM: {"schema": schema}}}}
