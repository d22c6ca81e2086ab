"""Decode a page, also when it lies about its encoding.

Facts used: GB18030 Chinese is practically never valid UTF-8, while UTF-8 Chinese read as GB18030
gives wrong characters without an error; so UTF-8 is tested first and by its own rules.
gb2312 and gbk are always read as gb18030, their superset (w3lib does the same for declared ones).
"""

from __future__ import annotations

from scrapy.http import TextResponse
from w3lib.encoding import resolve_encoding

_CHINESE = ("utf-8", "gb18030")
_WESTERN = {"cp1252", "iso8859-1", "latin-1", "ascii"}  # any bytes are valid in it: no proof
_ASCII = bytes(range(0x80))
_TOLERATED = 0.05  # a cut or mixed page has a few broken characters, a wrong charset very many
_ENOUGH = 8  # fewer bytes than this beyond ASCII prove nothing ("联通" in GBK is valid UTF-8)


def detect(body: bytes, declared: str = "") -> str:
    """The encoding `body` is really in; `declared` decides where the bytes do not."""
    stated = resolve_encoding(declared) if declared else None
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
