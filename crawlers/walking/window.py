"""Which rows of a list are asked for."""

from __future__ import annotations

from crawlers.walking.column_walk import ColumnWalk, Met

PAGE_CAP = 50
# A notice may be listed weeks after its date. Pages are read back to the edge of the window only,
# but an unknown row on a page that is read anyway is taken up to this age.
LATE_DAYS = 60
LONGEST_LOOK_BACK = 366
"""Days that a list is read back at most, however long nobody could read it."""


def refusal(met: Met, walk: ColumnWalk) -> str:
    """Why a row is not asked for (Chinese), or "".

    One that stands above or between rows known before is new to the list, whatever day it carries;
    one whose day its neighbours contradict is asked for its own.
    """
    day = met.standing.day
    if day is None or day >= walk.taken_since:
        return ""
    is_slip = met.standing.near is not None and not met.row.pinned and not walk.past.is_first
    if not met.is_known and (is_slip or met.place in {"above", "between"}):
        return ""
    return f"早于 {walk.taken_since}"
