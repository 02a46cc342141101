"""How a rule says no: a key that the edge translates, never a sentence built where the rule is."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """The base of every no. `key` names the message, `values` fill its gaps."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class NotFound(Refused):
    """There is no such thing, or it is not this person's to see."""

    def __init__(self, key: str = "not-found", **values: Any) -> None:
        super().__init__(key, **values)


class NotAllowed(Refused):
    """The person may not do this."""

    def __init__(self, key: str = "not-allowed", **values: Any) -> None:
        super().__init__(key, **values)


class Invalid(Refused):
    """What was entered cannot be taken: a message key for each field, '' for the whole form."""

    def __init__(self, fields: Mapping[str, str], **values: Any) -> None:
        super().__init__("invalid", **values)
        self.fields = dict(fields)
