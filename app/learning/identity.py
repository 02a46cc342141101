"""Ids of facts: UUIDv7 (RFC 9562, section 5.7), made wherever the fact is made."""

import secrets
import time
import uuid


def new_id(at: int | None = None) -> str:
    """A UUIDv7 for a moment in milliseconds since 1970, UTC (now unless told)."""
    moment = time.time_ns() // 1_000_000 if at is None else max(at, 0)
    value = (moment & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | 0b10 << 62
    value |= secrets.randbits(12) << 64 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Whether the text is a UUID as we write them."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
