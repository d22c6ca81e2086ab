"""The file name of a Content-Disposition header, in whatever way a server wrote it.

RFC 5987 (filename*=UTF-8''…), RFC 2047, quoted or bare, percent-encoded, raw UTF-8 or raw GBK
bytes, anywhere among the parameters. Nothing but the last part of a path is a name.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from urllib.parse import unquote_to_bytes

from texts.file_names import cut_file_name

_LONGEST = 4000
_PARAMETER = re.compile(
    rb"(?:^|[;\s])filename(\*?)(?:\*[0-9]{1,2}\*?)?[ \t]{0,9}=[ \t]{0,9}"
    rb'(?:"((?:[^"\\]|\\.){0,1500})"?|([^;"]{1,1500}+))',
    re.IGNORECASE | re.DOTALL,
)
_EXTENDED = re.compile(rb"([A-Za-z0-9_.:-]{1,40})'[A-Za-z0-9-]{0,20}'(.{0,1500})$", re.DOTALL)
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def file_name(header: bytes) -> str:
    """The name a server gives its answer, readable; empty when it gives none."""
    names = {bool(match[1]): match for match in _PARAMETER.finditer(header[:_LONGEST])}
    for extended in (True, False):
        if extended in names:
            name = _clean(_decoded(_value(names[extended])))
            if name:
                return name
    return ""


def _value(match: re.Match[bytes]) -> bytes:
    quoted = match[2]
    if quoted is None:
        return (match[3] or b"").strip(b" \t'\"")
    # Browsers of old write a path here: a backslash before a letter escapes nothing.
    return re.sub(rb'\\(["\\])', rb"\1", quoted).strip(b" \t'\"")


def _decoded(value: bytes) -> str:
    extended = _EXTENDED.match(value)
    charset = extended[1].decode("ascii") if extended else ""
    raw = extended[2] if extended else value
    if _PERCENT.search(raw):
        raw = unquote_to_bytes(raw)
    if raw.startswith(b"=?"):
        return _of_words(raw)
    for encoding in (charset, "utf-8", "gb18030"):
        try:
            return raw.decode(encoding or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", errors="replace")


def _of_words(raw: bytes) -> str:
    """=?UTF-8?B?…?= and =?GBK?Q?…?=."""
    text = raw.decode("latin-1")
    try:
        parts = decode_header(text)
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "utf-8", errors="replace")
            for part, charset in parts
        )
    except (HeaderParseError, LookupError, ValueError):
        return text


def _clean(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    return cut_file_name(_UNSAFE.sub("", last).strip(" .\"'"))
