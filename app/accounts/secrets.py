"""PINs, passphrases, tokens: how they are chosen, hashed and compared.

argon2id with OWASP's 19 MiB, 2 passes, 1 lane: sixty people who sign in at once wait half
a second instead of four, and the machine keeps its memory. A six-digit PIN does not survive
a stolen database by hashing alone, so a pepper that is not in the database goes in first.
"""

import asyncio
import hashlib
import hmac
import itertools
import os
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST_PIN = 6
SHORTEST_PASSPHRASE = 12
LONGEST_SECRET = 200
_SLIP_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nobody misreads these by lamplight
_SLIP_GROUPS, _SLIP_GROUP = 5, 4


class WeakSecret(ValueError):
    """A PIN or passphrase that would be guessed. `args[0]` is a message key."""


class Secrets:
    """The pepper and the gate: as many hashes at a time as there are cores.

    Unbounded, sixty sign-ins would hold a gigabyte and starve every reader.
    """

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._hash = PasswordHash(
            (Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),)
        )
        self._gate = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="argon2")
        self._nobody = self.hash_now(secrets.token_hex(16))

    def keyed(self, purpose: str, text: str) -> str:
        """A hash that nobody without the pepper can make or test (32 hex digits)."""
        said = f"{purpose}\x1f{text}".encode()
        return hmac.new(self._pepper, said, hashlib.sha256).hexdigest()[:32]

    def hash_now(self, secret: str) -> str:
        """The hash to store. Takes some 20 ms of one core."""
        return self._hash.hash(self._peppered(secret))

    async def hash(self, secret: str) -> str:
        """The same behind the gate."""
        return await asyncio.get_running_loop().run_in_executor(self._gate, self.hash_now, secret)

    async def matches(self, secret: str, stored: str | None) -> bool:
        """Whether the secret is the stored one. For nobody (None) it takes as long and is false."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._gate, self._matches, secret, stored)

    def _matches(self, secret: str, stored: str | None) -> bool:
        right = self._hash.verify(self._peppered(secret), stored or self._nobody)
        return right and stored is not None

    def _peppered(self, secret: str) -> str:
        said = unicodedata.normalize("NFKC", secret).encode()
        return hmac.new(self._pepper, b"secret\x1f" + said, hashlib.sha256).hexdigest()


def load_pepper(path: Path) -> bytes:
    """The key in this file; makes the file, readable by its owner only, where it is missing."""
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        pepper = secrets.token_bytes(32)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(pepper.hex())
            file.flush()
            os.fsync(file.fileno())
        return pepper


def check_secret(secret: str, *, staff: bool = False) -> None:
    """Raises `WeakSecret` for a PIN or passphrase that is short or among the first guesses.

    Digits alone are a PIN of at least six; anything else is a passphrase of at least twelve
    characters. Staff have a passphrase.
    """
    if len(secret) > LONGEST_SECRET or "\0" in secret:
        raise WeakSecret("secret-too-long")
    if secret.isascii() and secret.isdigit():
        if staff:
            raise WeakSecret("staff-need-passphrase")
        if len(secret) < SHORTEST_PIN:
            raise WeakSecret("pin-too-short")
        if _is_common(secret):
            raise WeakSecret("pin-too-easy")
    elif len(secret) < SHORTEST_PASSPHRASE:
        raise WeakSecret("passphrase-too-short")
    elif len(set(secret)) < 5:
        raise WeakSecret("passphrase-too-easy")


def _is_common(pin: str) -> bool:
    """What is tried first: repeats, steps, keypad paths and their mirror, and dates."""
    size = len(pin)
    repeated = any(size % n == 0 and pin == pin[:n] * (size // n) for n in range(1, size // 2 + 1))
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    keypad = ("147258369", "741852963", "159357", "753951", "789456123", "258013", "147896325")
    paths = any(pin in path or pin[::-1] in path for path in keypad)
    pairs = pin == "".join(c * 2 for c in pin[::2]) and len(set(pin)) <= size // 2
    mirrored = pin == pin[::-1]
    return repeated or len(steps) == 1 or paths or pairs or mirrored or _is_date(pin)


def _is_date(pin: str) -> bool:
    if len(pin) == 6:
        readings = [(pin[4:], pin[2:4], pin[:2]), (pin[:2], pin[2:4], pin[4:])]
        readings = [(century + y, m, d) for y, m, d in readings for century in ("19", "20")]
    elif len(pin) == 8:
        readings = [(pin[4:], pin[2:4], pin[:2]), (pin[:4], pin[4:6], pin[6:])]
    else:
        return False
    return any(_exists(int(y), int(m), int(d)) for y, m, d in readings)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return 1900 <= date(year, month, day).year <= 2099
    except ValueError:
        return False


def new_token() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: a stolen database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_slip_code() -> str:
    """The code of a recovery slip: 20 letters in groups, 98 random bits."""
    groups = (
        "".join(secrets.choice(_SLIP_LETTERS) for _ in range(_SLIP_GROUP))
        for _ in range(_SLIP_GROUPS)
    )
    return "-".join(groups)


def read_slip_code(typed: str) -> str:
    """A slip's code as it was given out, however it was typed."""
    return "".join(c for c in typed.upper() if c.isalnum())


def slip_hash(code: str) -> str:
    """What is stored of a slip's code: 98 bits need no slow hash."""
    return hashlib.sha256(read_slip_code(code).encode()).hexdigest()
