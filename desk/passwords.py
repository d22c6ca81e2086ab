"""Passwords of the desk: argon2id over a keyed hash, so that the store alone gives nothing away."""

from __future__ import annotations

import hashlib
import hmac
import threading
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
# RFC 9106, second choice: 64 MiB, 3 passes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# Verified where there is nobody, so that an unknown address takes as long as a known one: the hash
# of a password that was thrown away. Made at each start it would keep the first visitor waiting.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$YSJ4kpAU3waYRgUz7TQ4kQ"
    "$UNywpr+iZWtwe9M4Q6hfMkXBD/v14TCNOGMWmXgtYIE"
)
# However many try at once, the memory of one hash is taken.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Passwords:
    """Hashes and verifies with a key of the data folder that is not in the store."""

    key: bytes

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with _ONE_AT_A_TIME:
            return _HASHER.hash(self._keyed(password))

    def fits(self, kept: str, password: str) -> bool:
        """Whether the password is the one that was kept; the same work when none was."""
        with _ONE_AT_A_TIME:
            try:
                return _HASHER.verify(kept or NOBODY, self._keyed(password)) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def _keyed(self, password: str) -> str:
        name = b"zhengxun desk password\n"
        return hmac.new(self.key, name + password.encode(), hashlib.sha256).hexdigest()


def problem_of(password: str, address: str) -> str:
    """What is wrong with a new password, in Chinese; '' when it will do."""
    if len(password) < SHORTEST:
        return f"口令至少 {SHORTEST} 个字符。"
    if len(password) > LONGEST:
        return f"口令至多 {LONGEST} 个字符。"
    local = address.partition("@")[0].casefold()
    if len(set(password)) < 5 or local in password.casefold():
        return "口令太容易猜到：不要重复字符，也不要含邮箱名。"
    return ""
