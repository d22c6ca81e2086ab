"""What goes over the broker: signed JSON with a body, compressed, and no larger than allowed.

The broker is trusted with nothing: whoever can write into it can hold a message back, and no more.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass
from typing import Any

from errors import ZhengxunError

MAC_BYTES = 32
LENGTH_BYTES = 4
LEAST_KEY = 16


class EnvelopeError(ZhengxunError):
    """It is not from one of ours, or too large."""


@dataclass(frozen=True, slots=True)
class Message:
    """`said` is JSON (with `kind`), `body` bytes that need not be read to understand it."""

    said: dict[str, Any]
    body: bytes = b""

    @property
    def kind(self) -> str:
        """What it is about."""
        return str(self.said.get("kind", ""))

    def text(self, name: str) -> str:
        """A field that is text; '' when it is missing or none."""
        value = self.said.get(name, "")
        return value if isinstance(value, str) else ""


def name_of(key: str) -> str:
    """What the installations that share this key are called in the broker; tells nothing of it."""
    return hmac.new(key.encode(), b"name", hashlib.sha256).hexdigest()[:12]


def sealed(key: str, message: Message) -> bytes:
    """To be sent."""
    said = json.dumps(message.said, ensure_ascii=False).encode()
    packed = zlib.compress(len(said).to_bytes(LENGTH_BYTES, "big") + said + message.body, level=6)
    return _mac(key, packed) + packed


def opened(key: str, data: bytes, *, most: int) -> Message:
    """What was sent; `most` bytes unpacked. Reads nothing unsigned. Raises EnvelopeError."""
    mac, packed = data[:MAC_BYTES], data[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, packed)):
        raise EnvelopeError("a message without our signature")
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(packed, most)
        if not reader.eof:
            raise EnvelopeError(f"a message of more than {most} bytes")
        end = LENGTH_BYTES + int.from_bytes(plain[:LENGTH_BYTES], "big")
        said = json.loads(plain[LENGTH_BYTES:end])
    except (zlib.error, ValueError) as error:
        raise EnvelopeError(f"a message that is none: {error}") from error
    if not isinstance(said, dict):
        raise EnvelopeError("a message that is none")
    return Message(said, plain[end:])


def _mac(key: str, packed: bytes) -> bytes:
    return hmac.new(key.encode(), packed, hashlib.sha256).digest()
