"""What a WeChat page says in its scripts: in every form that its generations and views use.

`var ct = "1612173600"`, `window.ct = '…'`, `create_time: JsDecode('2021-02-03 10:08')`,
`ori_create_time: '1612318080' * 1`, `d.nick_name = (xml ? getXmlValue('nick_name.DATA') : '…')`,
`"nick_name":"…"`: a name, `:` or `=`, and an expression of
which the first literal that is not empty counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_LONGEST_VALUE = 4_000
_LONGEST_CONTENT = 1_000_000
_MOST_PLACES = 12  # places of one name that are looked at: a page of one name must end
_MOST_LITERALS = 6  # `"" || "" || "5"`
# Runs between escapes are possessive: a quote that is never closed costs one look an escape.
_LITERAL = re.compile(r"""'([^'\\\n]*+(?:\\.[^'\\\n]*+)*)'|"([^"\\\n]*+(?:\\.[^"\\\n]*+)*)\"""")
_BETWEEN = re.compile(r"[^'\"\n;,}{]*+")
_XML_NAME = re.compile(r"getXmlValue\s*\(\s*$")
_NUMBER = re.compile(r"\s*(\d{1,20})\b")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SPOKEN = {"n": "\n", "r": "\n", "t": " ", "b": "", "f": ""}


def script_value(text: str, *names: str) -> str:
    """The first value given to any of `names`, in the order of the names; decoded, one line."""
    for name in names:
        for value in script_values(text, name):
            line = " ".join(unescape(value).split())
            if line:
                return line
    return ""


def script_values(text: str, name: str, longest: int = _LONGEST_VALUE) -> Iterator[str]:
    r"""Every value given to `name`, escapes (`\x26` `\n` `\'`) undone, line breaks kept."""
    place = re.compile(rf"(?<![\w$.-]){name}[\"']?\s{{0,9}}[:=](?![=])|\.{name}\s{{0,9}}=(?![=])")
    for count, match in enumerate(place.finditer(text)):
        if count == _MOST_PLACES:
            return
        value = _first_literal(text[match.end() : match.end() + longest])
        if value:
            yield value


def script_content(text: str, *names: str) -> str:
    """The longest value of `names`: a text, whose line breaks are kept."""
    found = (value for name in names for value in script_values(text, name, _LONGEST_CONTENT))
    return max(found, key=len, default="")


def undo_escapes(literal: str) -> str:
    """A JavaScript literal as the string it means."""
    return _ESCAPE.sub(_meant, literal)


def _meant(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return chr(int(code, 16)) if not 0xD800 <= int(code, 16) < 0xE000 else ""
    return _SPOKEN.get(match[3], match[3])


def _first_literal(rest: str) -> str:
    number = _NUMBER.match(rest)
    if number:
        return number[1]
    place = 0
    for _ in range(_MOST_LITERALS):
        between = _BETWEEN.match(rest, place)
        if between is None:
            return ""
        literal = _LITERAL.match(rest, between.end())
        if literal is None:
            return ""
        value = undo_escapes(literal[1] or literal[2] or "")
        place = literal.end()
        if value.strip() and not _XML_NAME.search(between[0]):
            return value
    return ""
