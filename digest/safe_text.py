"""Text and links from pages, made harmless for headers, titles, XML and terminals."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Bidirectional controls and invisible characters can make a title read as something else
# (Unicode TR36 §2.5); tags and private-use marks print as nothing or as a box.
_HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff"
)
_INVISIBLE = re.compile(f"[{_HIDDEN}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACE_RUN = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean_line(text: str) -> str:
    """One line: no control characters, no direction overrides, single spaces."""
    visible = _INVISIBLE.sub("", text)
    # Line ends become spaces before other control characters vanish, so words stay apart.
    return _CONTROL.sub("", _SPACE_RUN.sub(" ", visible)).strip()


def clean_text(text: str) -> str:
    """Several lines: as `clean_line`, with line ends kept and no more than one blank line."""
    unified = re.sub(r"\r\n?|\u2028|\u2029|\x85", "\n", text)
    visible = _CONTROL.sub("", _INVISIBLE.sub("", unified))
    lines = (line.rstrip() for line in visible.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def strip_hidden(markup: str) -> str:
    """Markup without characters that XML forbids or that hide text; its spacing is kept."""
    return _CONTROL.sub("", _INVISIBLE.sub("", markup))


def safe_link(url: str) -> str:
    """The URL if a reader may click on it (http, https), else an empty string."""
    text = clean_line(url)
    if " " in text:
        text = text.replace(" ", "%20")
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.netloc else ""


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at the end of a sentence or clause when one is near."""
    line = clean_line(text)
    if len(line) <= limit:
        return line
    head = line[: max(limit - 1, 1)]
    for marks in ("。！？；", "，、："):
        cut = max(head.rfind(mark) for mark in marks)
        if cut >= limit * 0.6:
            stop = head[: cut + 1]
            return stop if marks[0] == "。" else stop[:-1] + "…"
    return head + "…"
