"""Words of others on a terminal: the one way in which titles, reasons, addresses are printed."""

from __future__ import annotations

from rich.markup import escape

from digest.safe_text import clean_text


def printed(words: str) -> str:
    """The words as they may be printed: no control characters, no direction overrides, no markup.

    `[/x]` in a title is two brackets, ESC and C1 sequences are gone, and what was written right to
    left cannot turn the line around. Line ends stay.
    """
    return escape(clean_text(words))
