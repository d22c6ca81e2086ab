"""Sums over the lines of a page, so that any box can be asked for its share in no time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from crawlers.reading.line_kinds import Kind, is_link_row
from crawlers.reading.outline import Line


class LineSums:
    """How much stands in the lines from `first` up to `last`: weights, characters, links…"""

    def __init__(
        self, lines: Sequence[Line], kinds: Sequence[Kind], weights: Sequence[float]
    ) -> None:
        self._worth = [0.0, *accumulate([one if one > 0.0 else 0.0 for one in weights])]
        self._characters = _sums([len(line.text) for line in lines])
        self._linked = _sums([line.linked for line in lines])
        self._links = _sums([line.links for line in lines])
        self._files = _sums([line.files for line in lines])
        self._rows = _sums([line.linked >= 6 and is_link_row(line) for line in lines])
        self._texts = _sums([kind == "text" for kind in kinds])
        self._feet = _sums([kind == "foot" for kind in kinds])

    def worth(self, first: int, last: int) -> float:
        """What the lines say: their weights, where these are not negative."""
        return self._worth[last] - self._worth[first]

    def characters(self, first: int, last: int) -> int:
        """Characters printed."""
        return self._characters[last] - self._characters[first]

    def linked(self, first: int, last: int) -> int:
        """Characters in links to pages."""
        return self._linked[last] - self._linked[first]

    def links(self, first: int, last: int) -> int:
        """Links of any kind."""
        return self._links[last] - self._links[first]

    def files(self, first: int, last: int) -> int:
        """Characters in links to files."""
        return self._files[last] - self._files[first]

    def rows(self, first: int, last: int) -> int:
        """Lines that are rows of a list of pages."""
        return self._rows[last] - self._rows[first]

    def texts(self, first: int, last: int) -> int:
        """Lines written in sentences."""
        return self._texts[last] - self._texts[first]

    def feet(self, first: int, last: int) -> int:
        """Lines that stand at the foot of a page."""
        return self._feet[last] - self._feet[first]


def _sums(numbers: Iterable[int]) -> list[int]:
    return [0, *accumulate(numbers)]
