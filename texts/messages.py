"""Messages for operators in their language: Chinese, or English for developers.

The code says each message in one language, `messages.toml` has it in the other; what the code
fills in is recognised and carried over. So a message is translated where it meets a person (the
command's last line, `doctor`, an alarm), and whoever raises an error needs no catalogue. A message
that nobody translated is said as it is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]

_CATALOGUE = Path(__file__).with_name("messages.toml")
_OF_LINES = re.compile(r"; (?=line \d+: )")
"""Between the faults of several lines of a file."""
_COLON = re.compile(": |：")
_COLONS: dict[Language, str] = {"zh": "：", "en": ": "}
_STOPS: dict[Language, str] = {"zh": "；", "en": "; "}
_PLACE = re.compile(r"\{([1-9])\}")
LONGEST = 600
"""Characters of a line that are looked at: what somebody typed stands in it, of any length."""
_MOST_COLONS = 12
"""Places that a message stands behind: every tail meets every message, and more were typed."""


def in_language(message: str, language: Language) -> str:
    """The message as people of this language read it, line by line."""
    return "\n".join(_line(line, language) for line in message.split("\n"))


@lru_cache(maxsize=4096)
def _line(line: str, language: Language) -> str:
    """What stands at its places is translated too: it is shorter, so this ends."""
    if len(line) > LONGEST:
        return line
    for pattern, words in _known(language):
        if match := pattern.fullmatch(line):
            return _filled(words, match, language)
    return _parts(line, language)


def _filled(words: str, match: re.Match[str], language: Language) -> str:
    return _PLACE.sub(lambda place: _line(match[f"_{place[1]}"], language), words)


def _parts(line: str, language: Language) -> str:
    """A message behind a place (`zhengxun.toml: smtp.port: …`), or several in a row."""
    several = _OF_LINES.split(line)
    if len(several) > 1:
        return _STOPS[language].join(_line(one, language) for one in several)
    several = line.split("、") if language == "en" else [line]
    if len(several) > 1:
        said_all = [_line(one, language) for one in several]
        return line if said_all == several else ", ".join(said_all)
    colons = list(_COLON.finditer(line))
    for colon in colons if len(colons) <= _MOST_COLONS else ():
        tail = line[colon.end() :]
        said = _line(tail, language)
        if said != tail:
            return _COLON.sub(_COLONS[language], line[: colon.end()]) + said
    return line


@cache
def _known(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """(what matches the message as the code says it, how it is said), the longest first."""
    try:
        tables = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        # An error is said in the wrong language rather than not at all; a test reads the catalogue.
        return []
    pairs = tables.get(language, {}).items()
    fixed = sorted(pairs, key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return [(_pattern(message), words) for message, words in fixed]


def _pattern(message: str) -> re.Pattern[str]:
    parts = _PLACE.split(message)
    text = "".join(
        f"(?P<_{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile(text)
