"""The challenge in front of CDE, after 瑞数: a 202 page whose script computes a cookie and reloads.

The arithmetic is our own; the shape (202, ~25 KB, `$_ts`, the meta id, the two FSSBB cookies, 400
for a wrong answer) is the real one's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from enum import Enum

from replica.exchange import Answer, Ask
from replica.page_templates import fill

SESSION = "FSSBBIl1UgzbN7N80S"
TOKEN = "FSSBBIl1UgzbN7N80T"  # noqa: S105 - the name of a cookie
META_ID = "9DhefwqGPrzGxEp9hPaoag"
SCRIPT_PATH = "/4QbVtADbnLVIc/hH3HhKvSdRTN.a670748.js"
TEN_YEARS = "Expires=Sun, 20 Nov 2036 08:00:00 GMT"
MODULUS = 1_000_000_007
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Visitor(Enum):
    """What the cookies of a request say about it."""

    UNKNOWN = "unknown"
    WARMED_UP = "warmed up"
    SOLVED = "solved"
    WRONG = "wrong"


class Challenge:
    """Issues the cookies and checks them; nothing is kept, the cookies carry a keyed hash."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def judge(self, ask: Ask) -> Visitor:
        """Whether the visitor came by the home page, ran the script, or answered it wrongly."""
        session, token = ask.cookies.get(SESSION, ""), ask.cookies.get(TOKEN, "")
        if not session or not token:
            return Visitor.UNKNOWN
        answer, dot, nonce = token.partition(".")
        if dot:
            genuine = hmac.compare_digest(nonce[8:], self._sign(session + nonce[:8]))
            right = solve(nonce, self._material(nonce))
            return Visitor.SOLVED if genuine and answer == right else Visitor.WRONG
        if hmac.compare_digest(token, self._home_token(session)):
            return Visitor.WARMED_UP
        return Visitor.UNKNOWN

    def page(self, ask: Ask) -> Answer:
        """The 202 page; a visitor keeps the session it has."""
        session = ask.cookies.get(SESSION) or secrets.token_urlsafe(48)
        nonce = secrets.token_hex(4)
        nonce += self._sign(session + nonce)
        text = fill(
            "cde_challenge", nonce=nonce, material=self._material(nonce), script=SCRIPT_PATH
        )
        return Answer(
            status=202,
            body=text.encode(),
            content_type="text/html; charset=utf-8",
            headers=self._cookies(session, secrets.token_urlsafe(40).replace(".", "x")),
        )

    def home_cookies(self, ask: Ask) -> list[tuple[str, str]]:
        """The Set-Cookie headers of the home page: the warm-up."""
        session = ask.cookies.get(SESSION) or secrets.token_urlsafe(48)
        if self.judge(ask) in {Visitor.SOLVED, Visitor.WARMED_UP}:
            return []
        return self._cookies(session, self._home_token(session))

    def _cookies(self, session: str, token: str) -> list[tuple[str, str]]:
        return [
            ("Set-Cookie", f"{SESSION}={session}; Path=/; {TEN_YEARS}; HttpOnly"),
            ("Set-Cookie", f"{TOKEN}={token}; Path=/; {TEN_YEARS}"),
            ("Cache-Control", "no-store"),
        ]

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:24]

    def _home_token(self, session: str) -> str:
        return "5" + self._sign("home" + session)

    def _material(self, nonce: str) -> str:
        """About 23 KB of text that depends on the nonce: what the script reads from `$_ts.cd`."""
        seed = self._secret + nonce.encode()
        blocks = (hashlib.sha512(seed + bytes([n])).digest() * 4 for n in range(68))
        return base64.b64encode(b"".join(blocks)).decode()


def solve(nonce: str, material: str) -> str:
    """What the script must compute (the same loop stands in `script_text`)."""
    value = 7
    for index, char in enumerate(nonce):
        other = material[(value + index) % len(material)]
        value = (value * 33 + ord(char) * ord(other)) % MODULUS
    digits = ""
    while value:
        value, rest = divmod(value, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def script_text() -> str:
    """The external script of the challenge page."""
    return fill("cde_challenge_js", token=TOKEN, meta_id=META_ID, modulus=MODULUS)
