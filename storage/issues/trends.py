"""How much each watched site published, week by week: what the small chart of an issue shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlite_utils import Database

from storage.models import SourceTrend
from storage.values import from_instant, select, to_date

_BY_WEEK = """
SELECT site, CAST(julianday(:to_on) - julianday(day_on) AS INTEGER) / 7 AS age, count(*) AS pages
FROM notices WHERE day_on BETWEEN :from_on AND :to_on AND first_seen_at <= :instant
GROUP BY site, age
"""
# What a reading proved to be whole; before it nobody looked, whatever old page a list showed.
_LOOKED = "SELECT site, min(covered_from) AS day FROM checks GROUP BY site"
# The oldest day of each column by the index, so that a store of a million rows answers at once.
_SITES = """
SELECT s.id, s.name, min((
    SELECT min(n.day_on) FROM notices n WHERE n.site = c.site AND n.column = c.name
)) AS oldest
FROM sites s LEFT JOIN columns c ON c.site = s.id
WHERE s.enabled AND s.removed_at IS NULL
GROUP BY s.id ORDER BY s.position, s.id
"""


def notices_by_week(
    db: Database, *, to_on: date, instant: datetime, weeks: int = 8
) -> list[SourceTrend]:
    """Pages each watched site published in the `weeks` weeks that end on `to_on`, as known at
    `instant`; in the order of the catalogue, the oldest week first.

    A week before the first look-back, or one that it only reached into, is None, not 0: nobody
    looked. Where no reading says how far it looked, the oldest page of the site tells.
    """
    from_on = to_on - timedelta(days=7 * weeks - 1)
    days = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    rows = select(db, _BY_WEEK, days | {"instant": from_instant(instant)})
    pages = {(row["site"], row["age"]): row["pages"] for row in rows}
    ends = [(age, to_on - timedelta(days=7 * age)) for age in reversed(range(weeks))]
    looked = {row["site"]: to_date(row["day"]) for row in select(db, _LOOKED)}
    found = []
    for row in select(db, _SITES):
        began = looked.get(row["id"])
        # The day from which a week's last day must be: a whole week in the one case.
        since = began + timedelta(days=6) if began else to_date(row["oldest"]) or to_on
        counts = tuple(
            pages.get((row["id"], age), 0) if end >= since else None for age, end in ends
        )
        found.append(SourceTrend(row["id"], row["name"], counts))
    return found
