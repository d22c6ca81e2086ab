"""Text in whatever encoding Chinese mail programs and servers write, whatever they call it."""

from __future__ import annotations

import binascii
import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

# GB 18030 holds GBK, which holds GB 2312; mail programs call all three by each name, and others.
_GB = "gb18030"
_GB_NAMES = re.compile(
    r"(?:x-|cs)?(?:gb|cn-gb|cp-?936|ms-?936|ansi-?936|windows-?936|euc-?cn|iso-ir-58|chinese)"
)
_BIG5_NAMES = re.compile(r"(?:x-|cs|cn-)?big-?5|cp-?950|ms-?950|windows-?950")
_LATIN_NAMES = re.compile(r"iso-?8859-?1|latin-?1|(?:cp|windows)-?1252")
# Pairs of bytes as in GB 2312, and nothing else that is not ASCII.
_PAIRS = re.compile(rb"[\x00-\x7f]*+(?:[\xa1-\xfe]{2}[\x00-\x7f]*+)+")
# Names that say that whoever wrote them did not know.
_UNKNOWN = frozenset({"", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "default"})
_MOST_WORDS = 200


def decoded(content: bytes, charset: str = "") -> str:
    """Text of these bytes: as the UTF-8 that they are, or as `charset` says, or as GB 18030.

    Never raises: what fits nothing becomes U+FFFD.
    """
    text = _as_chinese_utf8(content)
    if text is not None:
        return text
    for name in (*_meant(charset.strip().strip("\"'").casefold(), content), "utf-8", _GB):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return content.decode(_GB, "replace")


def decoded_header(raw: str) -> str:
    """A header with its encoded words read, on one line; as it stands when they cannot be."""
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, binascii.Error, ValueError):
        return " ".join(raw.split())
    text = "".join(
        piece if isinstance(piece, str) else decoded(piece, charset or "")
        for piece, charset in pieces[:_MOST_WORDS]
    )
    return " ".join(text.split())


def _as_chinese_utf8(content: bytes) -> str | None:
    """Chinese in UTF-8, perhaps cut in its last sign, whatever it is called: three bytes a sign
    look like no other encoding's text."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return None
    return text if any("\u3000" <= sign <= "\u9fff" for sign in text) else None


def _meant(named: str, content: bytes) -> list[str]:
    """The codecs that a name means in Chinese mail, the likeliest first."""
    if _GB_NAMES.match(named):
        return [_GB]
    if _BIG5_NAMES.match(named):
        return ["cp950", "big5hkscs"]
    if _LATIN_NAMES.match(named) and _PAIRS.fullmatch(content):
        return [_GB]
    return [] if named in _UNKNOWN else [named]
