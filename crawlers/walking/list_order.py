"""In which order a list stands, and which of its days its neighbours confirm. Pure.

Lists are newest first, oldest first, or neither; a typing mistake in one row, or an old notice
kept on top, must not decide for the others.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import Literal

Order = Literal["down", "up", "mixed", "none"]

ORDERLY = 0.75
"""Share of the rows that must run one way for a list to be in that order."""
FAR = timedelta(days=180)
"""A row that breaks the order by more than this is a slip of the pen, not a late listing."""
AHEAD = timedelta(days=1)
"""A page may be dated for tomorrow; a later day is none to count by."""
_NEIGHBOURS = 3
_MANY = 8  # rows among which one may stand out of order
# Longer pages are judged by their first rows: the work grows faster than their number.
_MOST = 400


@dataclass(frozen=True, slots=True)
class Standing:
    """What one row's day is worth.

    `day` is None when it has none that can be believed. `pinned`: marked so, or kept above rows
    that are newer. `near` is the day its neighbours stand at, where they contradict it.
    """

    day: date | None
    pinned: bool = False
    near: date | None = None


def direction(days: Sequence[date]) -> Order:
    """Which way most of the days run. Equal days fit both ways; down is what lists usually do."""
    if not days:
        return "none"
    days = days[:_MOST]
    falling = len(_falling(days)) / len(days)
    rising = len(_falling([date.max - (day - date.min) for day in days])) / len(days)
    if rising > falling and rising >= ORDERLY:
        return "up"
    return "down" if falling >= ORDERLY else "mixed"


def disorder(days: Sequence[date]) -> timedelta:
    """By how much a row further down a list may be newer than its oldest one, as far as its rows
    show: none in a list that runs down. One row put up late among many is no disorder, and
    neither is a slip of the pen."""
    spared = 1 if len(days) >= _MANY else 0
    lowest: list[date] = []
    most = timedelta()
    for day in days:
        if len(lowest) > spared and timedelta() < day - lowest[spared] <= FAR:
            most = max(most, day - lowest[spared])
        insort(lowest, day)
        del lowest[2:]
    return most


def standings(
    days: Sequence[date | None], marked: Sequence[bool], today: date
) -> tuple[list[Standing], Order]:
    """The standing of each row of a page, in its order, and the order of the rows in the flow.

    `marked`: 置顶 and the like; such a row may carry any day that is not in the future.
    """
    flow = [
        place
        for place, (day, pin) in enumerate(zip(days, marked, strict=True))
        if day is not None and not pin and day <= today + AHEAD
    ]
    known = [day for place in flow if (day := days[place]) is not None]
    led = _leaders(known)
    order = direction(known[led:])
    kept = _kept(known[led:], order)
    sound = [place for index, place in enumerate(flow[led:]) if index in kept]
    above = set(flow[:led])
    found = [
        _standing(place, day, days, sound, pinned=marked[place] or place in above, today=today)
        for place, day in enumerate(days)
    ]
    return found, order


def _standing(
    place: int,
    day: date | None,
    days: Sequence[date | None],
    sound: Sequence[int],
    *,
    pinned: bool,
    today: date,
) -> Standing:
    near = _near(place, days, sound)
    if day is None:
        return Standing(None, pinned, near)
    if day > today + AHEAD:
        return Standing(None, pinned, near or today)
    if place in sound or near is None or abs(day - near) <= FAR or _has_company(place, day, days):
        return Standing(day, pinned, near if pinned and near and abs(day - near) > FAR else None)
    # A row kept on top has its own right day as a rule; its neighbours are told all the same.
    return Standing(day if pinned else None, pinned, near)


def _has_company(place: int, day: date, days: Sequence[date | None]) -> bool:
    """Whether a row beside it stands at about the same day: two slips seldom agree."""
    beside = (days[index] for index in (place - 1, place + 1) if 0 <= index < len(days))
    return any(other is not None and abs(other - day) <= FAR for other in beside)


def _near(place: int, days: Sequence[date | None], sound: Sequence[int]) -> date | None:
    """The middle day of the sound rows around a place."""
    at = bisect_right(sound, place)
    around = [*sound[max(0, at - _NEIGHBOURS) : at], *sound[at : at + _NEIGHBOURS]]
    found = [day for index in around if index != place and (day := days[index]) is not None]
    return median_low(found) if found else None


def _leaders(days: Sequence[date]) -> int:
    """How many rows at the head are kept above newer ones: without them the rest runs down."""
    if direction(days) in {"up", "none"}:
        return 0
    most = min(len(days) - 3, 2 * len(days) // 3)
    for led in range(most + 1):
        rest = days[led:]
        newest = max(rest)
        if all(day < newest for day in days[:led]) and _runs_down(rest):
            return led
    return 0


def _runs_down(days: Sequence[date]) -> bool:
    """Whether a rest that begins with its newest days runs down."""
    return direction(days) == "down" and days[0] >= median_low(days)


def _kept(days: Sequence[date], order: Order) -> set[int]:
    """The rows that run with the order; without one, those near the middle of all."""
    if order == "down":
        return set(_falling(days[:_MOST])) | set(range(_MOST, len(days)))
    if order == "up":
        mirrored = [date.max - (day - date.min) for day in days[:_MOST]]
        return set(_falling(mirrored)) | set(range(_MOST, len(days)))
    if not days:
        return set()
    middle = median_low(days)
    return {index for index, day in enumerate(days) if abs(day - middle) <= FAR}


def _falling(days: Sequence[date]) -> list[int]:
    """The places of a longest run of days none of which is later than the one before."""
    tails: list[int] = []  # negated ordinals of the runs' last days, rising
    ends: list[int] = []
    before: list[int] = []
    for place, day in enumerate(days):
        value = -day.toordinal()
        at = bisect_right(tails, value)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(value)
            ends.append(place)
        else:
            tails[at] = value
            ends[at] = place
    found: list[int] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]
