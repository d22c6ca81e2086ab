"""How a redesigned list is cut into pages, how one finds the next, what lies past the end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import Literal

# What a page after the first answers: as it should, or one of the ways in which lists end early.
Beyond = Literal["pages", "404", "empty", "same", "error200", "last"]


@dataclass
class Paging:
    """None and "" mean: as the site had it.

    `size`: rows a page. `scheme` is the form of the address of a page ({0}: its number, {1}: one
    less), `pattern` reads it, and `offset` makes a number that counts from 1 of what it reads.
    `look`: how the pager is printed (see `drift.pagers`). `beyond`: what page 2 and later answer.
    `past_end`: what the page after the last answers. `total_off`: added to every count that is
    printed.
    """

    size: int | None = None
    scheme: str = ""
    pattern: re.Pattern[str] | None = None
    offset: int = 0
    look: str = ""
    beyond: Beyond = "pages"
    past_end: Beyond = "404"
    total_off: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether anything of the pager differs."""
        return self.size is not None or bool(self.scheme) or bool(self.look)

    def pages(self, count: int, usual: int) -> int:
        """How many pages a list of `count` rows has."""
        return max(1, ceil(count / (self.size or usual)))
