"""What verbs print: in the operator's language, and the words of others harmless."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table

from config import ui_language
from digest.safe_text import clean_text
from texts.messages import in_language


class Terminal(Console):
    """Prints lines and tables, which the verbs write in Chinese, in English where that is set."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As Console prints, in the operator's language."""
        if ui_language() == "en":
            objects = tuple(_in_english(one) for one in objects)
        super().print(*objects, **options)


def _in_english(one: Any) -> Any:
    if isinstance(one, str):
        return in_language(one, "en")
    if isinstance(one, Group):
        return Group(*(_in_english(part) for part in one.renderables))
    if isinstance(one, Table):
        one.title = _in_english(one.title)
        for column in one.columns:
            column.header = _in_english(column.header)
            column._cells = [_in_english(cell) for cell in column.cells]
    return one


def printed(words: str) -> str:
    """The words as they may be printed: no control characters, no direction overrides, no markup.

    `[/x]` in a title is two brackets, ESC and C1 sequences are gone, and what was written right to
    left cannot turn the line around. Line ends stay.
    """
    return escape(clean_text(words))
