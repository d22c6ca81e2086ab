"""What goes over the broker is ours, or nobody reads it."""

from __future__ import annotations

import zlib

import pytest

from app.fleet.envelope import EnvelopeError, Message, name_of, opened, sealed

KEY = "sixteen characters and more"
MOST = 10_000


def test_what_was_sealed_is_opened() -> None:
    message = Message({"kind": "claim", "key": "k", "site": "某局"}, b"\x00body")
    assert opened(KEY, sealed(KEY, message), most=MOST) == message


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:40],
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data + b"x",
        lambda data: sealed("another key of sixteen", Message({"kind": "claim"})),
        lambda data: b'{"kind": "claim"}',
    ],
)
def test_what_is_not_ours_is_refused(spoil: object) -> None:
    data = sealed(KEY, Message({"kind": "bundle"}, b"body"))
    with pytest.raises(EnvelopeError, match="signature"):
        opened(KEY, spoil(data), most=MOST)  # type: ignore[operator] # a function of bytes


def test_no_more_is_unpacked_than_allowed() -> None:
    data = sealed(KEY, Message({"kind": "bundle"}, b"\x00" * 50_000_000))
    assert len(data) < 100_000
    with pytest.raises(EnvelopeError, match="more than 10000 bytes"):
        opened(KEY, data, most=MOST)


@pytest.mark.parametrize("plain", [b"", b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x01{", b"\xff" * 9])
def test_signed_nonsense_is_said_to_be_none(plain: bytes) -> None:
    import hashlib
    import hmac

    packed = zlib.compress(plain)
    mac = hmac.new(KEY.encode(), packed, hashlib.sha256).digest()
    with pytest.raises(EnvelopeError, match="is none"):
        opened(KEY, mac + packed, most=MOST)


def test_the_name_in_the_broker_tells_nothing_of_the_key() -> None:
    assert name_of(KEY) == name_of(KEY) != name_of(KEY + "x")
    assert len(name_of(KEY)) == 12
