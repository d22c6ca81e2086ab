"""Decode a page, also when it lies about its encoding.

Facts used: GB18030 Chinese is practically never valid UTF-8, while UTF-8 Chinese read as GB18030
gives wrong characters without an error; so UTF-8 is tested first and by its own rules.
gb2312 and gbk are always read as gb18030, their superset (w3lib does the same for declared ones).
A byte order mark outweighs whatever is declared, as in browsers; UTF-16 without one shows by the
zero bytes of its markup, which no other encoding of a web page has.
"""

from __future__ import annotations

from scrapy.http import TextResponse
from w3lib.encoding import resolve_encoding

_CHINESE = ("utf-8", "gb18030")
_WESTERN = {"cp1252", "iso8859-1", "latin-1", "ascii"}  # any bytes are valid in it: no proof
_ASCII = bytes(range(0x80))
_TOLERATED = 0.05  # a cut or mixed page has a few broken characters, a wrong charset very many
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 4_096  # bytes looked through for zero bytes
_ENOUGH = 8  # fewer bytes than this beyond ASCII prove nothing ("联通" in GBK is valid UTF-8)


def detect(body: bytes, declared: str = "") -> str:
    """The encoding `body` is really in; `declared` decides where the bytes do not."""
    wide = _by_mark(body) or _by_zeros(body[:_SAMPLE])
    if wide:
        return wide
    stated = resolve_encoding(declared) if declared else None
    if stated and stated.startswith(("utf-16", "utf-32")):
        stated = "utf-8"  # a page in it has zero bytes or a mark
    if len(body.translate(None, _ASCII)) < _ENOUGH:
        return stated or "utf-8"
    if stated and stated not in {*_CHINESE, *_WESTERN} and _damage(body, stated) == 0:
        return stated
    for encoding in _CHINESE:
        if _damage(body, encoding) <= _TOLERATED:
            return encoding
    return stated or "utf-8"


def readable(response: TextResponse) -> TextResponse:
    """The same response, decoded with the encoding it is really in."""
    real = detect(response.body, response.encoding or "")
    if real == (response.encoding or "").lower():
        return response
    return response.replace(encoding=real)


def _by_mark(body: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if body.startswith(mark)), "")


def _by_zeros(sample: bytes) -> str:
    """UTF-16 by its zero bytes: those of ASCII markup stand all on the same side."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 8 < len(sample) or min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _damage(body: bytes, encoding: str) -> float:
    """The share of characters beyond ASCII that could not be decoded, 0 to 1."""
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        text = body.decode(encoding, errors="replace")
    else:
        return 0.0  # nearly every page, and far the fastest way to know
    beyond = len(text) - len(text.encode("ascii", errors="ignore"))
    return text.count("\ufffd") / beyond if beyond else 0.0
