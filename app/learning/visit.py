"""What a visitor did on this device: kept in their own cookie, nowhere on the server.

When they sign up it can become part of their record. The cookie is signed by the edge, so
that nobody writes themselves a result. It holds sections ticked, results, and the last
attempts as `assessment.visits` packs them.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

KEPT_ATTEMPTS = 2  # what fits a cookie beside the ticks
LONGEST = 3_600  # characters: browsers stop at 4,096 with the name and attributes


@dataclass(frozen=True, slots=True)
class Result:
    """What was reached in a quiz: tries, best and last share (0..1)."""

    attempts: int
    best: float
    last: float


@dataclass(frozen=True, slots=True)
class Visit:
    """Sections read by module, results and packed attempts by quiz, and where it stopped."""

    read: Mapping[str, frozenset[str]] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    attempts: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.read and not self.attempts

    def with_section(self, module: str, section: str) -> "Visit":
        """The visit with one more section read."""
        sections = self.read.get(module, frozenset()) | {short(section)}
        return replace(self, read={**self.read, module: sections}, place=f"{module}#{section}")

    def with_attempt(self, quiz: str, packed: Any, reached: float | None) -> "Visit":
        """The visit with this attempt as it is now; `reached` (0..1) when it was just submitted."""
        others = [(key, value) for key, value in self.attempts.items() if key != quiz]
        results = dict(self.results)
        if reached is not None:
            old = results.get(quiz, Result(0, 0.0, 0.0))
            results[quiz] = Result(old.attempts + 1, max(old.best, reached), reached)
        attempts = {**dict(others[-(KEPT_ATTEMPTS - 1) :]), quiz: packed}
        return replace(self, attempts=attempts, results=results, place=quiz)


def short(section: str) -> str:
    """A section's id in four letters: whole ids of a hundred sections would not fit."""
    return base64.urlsafe_b64encode(hashlib.sha256(section.encode()).digest()[:3]).decode()


def sections_of(visit: Visit, module: str, sections: Iterable[str]) -> list[str]:
    """Which of these sections of a module the visitor has read."""
    ticked = visit.read.get(module, frozenset())
    return [section for section in sections if short(section) in ticked]


def pack(visit: Visit) -> str:
    """The visit as text for a cookie; the oldest attempt goes where it would be too long."""
    data = {
        "r": {module: "".join(sorted(s)) for module, s in visit.read.items()},
        "q": {quiz: [r.attempts, r.best, r.last] for quiz, r in visit.results.items()},
        "a": dict(visit.attempts),
        "p": visit.place,
    }
    packed = zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode()
    if len(text) > LONGEST and visit.attempts:
        return pack(replace(visit, attempts=dict(list(visit.attempts.items())[1:])))
    return text


def unpack(text: str) -> Visit:
    """The visit behind a cookie whose signature is right; an empty one for anything else."""
    try:
        data = json.loads(zlib.decompress(base64.urlsafe_b64decode(text)))
        return Visit(
            {m: frozenset(s[n : n + 4] for n in range(0, len(s), 4)) for m, s in data["r"].items()},
            {quiz: Result(*entry) for quiz, entry in data["q"].items()},
            data["a"],
            data["p"],
        )
    except (zlib.error, KeyError, TypeError, ValueError):
        return Visit()
