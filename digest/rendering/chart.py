"""The small chart of an issue: what each source published in the last eight weeks, a row each.

Names and numbers are text beside the bars, so the pictures hold no letter and need no font.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import png

from digest.models.issue import Digest
from digest.safe_text import clean_line
from storage.models import SourceTrend

# Units of the picture; pages show one as a CSS pixel, the PNG has two pixels for it.
HEIGHT = 24
_BAR, _GAP, _DOT = 12, 5, 2
_SCALE = 2
# Mid-tones with a contrast above 3 on white and on the dark schemes' grounds (WCAG 1.4.11).
PAST, NOW, UNKNOWN = (79, 134, 198), (199, 112, 0), (128, 138, 150)
_INKS = {"past": PAST, "now": NOW, "unknown": UNKNOWN}
_CLEAR = (255, 255, 255, 0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `kind` is past, now or unknown (a week nobody watched).

    `fill` is for programs that do not style what is inside a drawing.
    """

    x: int
    y: int
    width: int
    height: int
    kind: str

    @property
    def fill(self) -> str:
        return "#{:02x}{:02x}{:02x}".format(*_INKS[self.kind])


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One source: its name, this week's number, the mean of the weeks before, and all as words."""

    site: str
    name: str
    now: str
    usual: str
    words: str
    bars: tuple[Bar, ...]

    @property
    def width(self) -> int:
        return len(self.bars) * (_BAR + _GAP) - _GAP

    @property
    def cid(self) -> str:
        """Content-ID of the picture in a mail, without the angle brackets."""
        return f"trend-{self.site}@zhengxun"


def chart_rows(digest: Digest) -> list[ChartRow]:
    """The sources that published anything in these weeks, in the order of the catalogue."""
    return [_row(item) for item in digest.trend if any(item.counts)]


def chart_png(row: ChartRow) -> bytes:
    """The bars of a row on a transparent ground, without any text."""
    return _png(row.bars, row.width)


def _row(item: SourceTrend) -> ChartRow:
    earlier = [count for count in item.counts[:-1] if count is not None]
    return ChartRow(
        site=item.site,
        name=clean_line(item.site_name) or item.site,
        now=_said(item.counts[-1]),
        usual=f"{sum(earlier) / len(earlier):.1f}" if earlier else "—",
        words="近八周：" + "、".join(map(_said, item.counts)),
        bars=tuple(_bars(item.counts)),
    )


def _said(count: int | None) -> str:
    return "—" if count is None else str(count)


def _bars(counts: tuple[int | None, ...]) -> Iterator[Bar]:
    # Each source has its own scale: a busy one would flatten all others.
    most = max(count or 0 for count in counts) or 1
    for place, count in enumerate(counts):
        high = max(round((count or 0) / most * HEIGHT), _DOT)
        kind = "now" if place == len(counts) - 1 else "past"
        if count is None:
            kind = "unknown"
        yield Bar(place * (_BAR + _GAP), HEIGHT - high, _BAR, high, kind)


@lru_cache(maxsize=64)
def _png(bars: tuple[Bar, ...], width: int) -> bytes:
    inks = {kind: place for place, kind in enumerate(_INKS, start=1)}
    tops = sorted({0, HEIGHT, *(bar.y for bar in bars)})
    lines: list[bytes] = []
    for top, below in pairwise(tops):
        line = bytearray(width * _SCALE)
        for bar in bars:
            if bar.y <= top:
                left, right = bar.x * _SCALE, (bar.x + bar.width) * _SCALE
                line[left:right] = bytes([inks[bar.kind]]) * (right - left)
        lines += [bytes(line)] * ((below - top) * _SCALE)
    made = io.BytesIO()
    palette = [_CLEAR, *_INKS.values()]
    png.Writer(width * _SCALE, HEIGHT * _SCALE, palette=palette, bitdepth=2).write(made, lines)
    return made.getvalue()
