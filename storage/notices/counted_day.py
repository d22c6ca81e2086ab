"""The day a notice counts from: the page's own, where it can be right.

Everything that asks "when" of a notice (issues, windows, the newest of a column, the search for
copies) asks for this day, `notices.day_on`; `published_on` stays what the page says.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

# China has had no summer time since 1991.
CHINA = timezone(timedelta(hours=8))
# A page put up on the eve is dated the next day; a clock of ours may be behind.
AHEAD = timedelta(days=1)
# A page may print another day than its row: of signing, of an earlier edition. Not so far off.
ASTRAY = timedelta(days=60)


def counted_on(
    published_on: date | None,
    first_seen_at: datetime,
    *,
    near_on: date | None = None,
    is_on_top: bool = False,
) -> date:
    """The day a notice first seen at an instant (zoned) counts from.

    Not the printed day where there is none, where it lies ahead of the first sight, or far from
    the day its neighbours in the list stand at (`near_on`, told where they deny its own): then
    that of the neighbours; or, as without any, the day (China) of the first sight for what stood
    above all that was known.
    """
    seen_on = first_seen_at.astimezone(CHINA).date()
    if (
        published_on is not None
        and published_on <= seen_on + AHEAD
        and (near_on is None or abs(published_on - near_on) <= ASTRAY)
    ):
        return published_on
    return seen_on if near_on is None or is_on_top else min(near_on, seen_on)
