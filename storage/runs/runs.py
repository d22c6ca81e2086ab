"""Crawls, and how each column answered in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Check, Coverage, Gap, RunState, Verdict
from storage.runs.gaps import open_gaps
from storage.values import (
    from_date,
    from_instant,
    from_json,
    select,
    select_one,
    to_date,
    to_instant,
    to_instant_or_none,
)
from texts.folding import clean

# The last check of every enabled column, the last good one, and the first bad one after it, in
# the order in which they were written: a clock that was wrong for a day stamped some of them.
_COVERAGE = """
WITH seen AS NOT MATERIALIZED (SELECT * FROM checks WHERE :now IS NULL OR checked_at <= :now),
listed AS (
    SELECT c.site, s.name AS site_name, c.name AS column, c.url, c.inferred,
           s.position AS site_position, c.position AS column_position,
           (SELECT k.id FROM seen k WHERE k.site = c.site AND k.column = c.name
            ORDER BY k.id DESC LIMIT 1) AS last_id,
           (SELECT k.id FROM seen k WHERE k.site = c.site AND k.column = c.name
            AND k.verdict IN ('ok', 'quiet', 'degraded')
            ORDER BY k.id DESC LIMIT 1) AS good_id
    FROM columns c JOIN sites s ON s.id = c.site
    WHERE s.enabled AND c.enabled AND s.removed_at IS NULL AND c.removed_at IS NULL
)
SELECT l.site, l.site_name, l.column, l.url,
       k.checked_at AS last_checked_at, g.checked_at AS last_good_at,
       coalesce(k.rows, 0) AS rows, coalesce(k.new, 0) AS new,
       coalesce(k.newest_on, g.newest_on) AS newest_on, k.verdict,
       coalesce(k.reason, '') AS reason, l.inferred AND g.id IS NULL AS unconfirmed,
       CASE WHEN k.verdict IN ('blocked', 'broken', 'unreachable') THEN
           (SELECT min(b.checked_at) FROM seen b WHERE b.site = l.site AND b.column = l.column
            AND (g.id IS NULL OR b.id > g.id)) END AS bad_since
FROM listed l LEFT JOIN checks k ON k.id = l.last_id LEFT JOIN checks g ON g.id = l.good_id
ORDER BY l.site_position, l.column_position
"""

_CHECK_KEY = ("run_id", "site", "column")
_CHECK_SAYS = (
    *("checked_at", "verdict", "reason", "rows", "total", "pages", "new", "revised", "newest_on"),
    *("evidence", "covered_from", "joined", "known", "taken", "refused", "refusals", "page_rows"),
)
_SAVE_CHECK = (
    f"INSERT INTO checks ({', '.join(_CHECK_KEY + _CHECK_SAYS)})"  # noqa: S608 - names of ours
    f" VALUES ({', '.join(':' + name for name in _CHECK_KEY + _CHECK_SAYS)})"
    f" ON CONFLICT ({', '.join(_CHECK_KEY)}) DO UPDATE SET"
    f" {', '.join(f'{name} = excluded.{name}' for name in _CHECK_SAYS)}"
)


def start_run(db: Database, site: str, *, now: datetime, pid: int | None) -> int:
    """Record that a crawl of a site began, in process `pid`; its id."""
    with transaction(db):
        cursor = db.execute(
            "INSERT INTO runs (site, started_at, state, pid) VALUES (?, ?, 'running', ?)",
            [site, from_instant(now), pid],
        )
        return int(cursor.lastrowid or 0)


def finish_run(
    db: Database,
    run_id: int,
    *,
    now: datetime,
    state: RunState,
    reason: str = "",
    requests: int = 0,
    notices: int = 0,
    taken: int = 0,
) -> None:
    """Record how a crawl ended. The first word stands: a run that ended stays as it ended.

    `taken`: bytes of new pages of notices and of files.
    """
    with transaction(db):
        db.execute(
            "UPDATE runs SET finished_at = ?, state = ?, reason = ?, requests = ?, notices = ?,"
            " bytes = ? WHERE id = ? AND state = 'running'",
            [from_instant(now), state, clean(reason), requests, notices, taken, run_id],
        )


def bytes_since(db: Database, site: str, since: datetime) -> int:
    """What the crawls of a site that began since then took, in bytes (`finish_run`)."""
    row = select_one(
        db,
        "SELECT coalesce(sum(bytes), 0) AS bytes FROM runs WHERE site = ? AND started_at >= ?",
        [site, from_instant(since)],
    )
    return int(row["bytes"]) if row else 0


def save_check(db: Database, check: Check) -> None:
    """Record how a column answered; a second word about the same run replaces the first."""
    values = {
        "run_id": check.run_id,
        "site": check.site,
        "column": check.column,
        "checked_at": from_instant(check.checked_at),
        "verdict": check.verdict,
        "reason": clean(check.reason),
        "rows": check.rows,
        "total": check.total,
        "pages": check.pages,
        "new": check.new,
        "revised": check.revised,
        "newest_on": from_date(check.newest_on),
        "evidence": clean(check.evidence),
        "covered_from": from_date(check.covered_from),
        "joined": check.joined,
        "known": check.known,
        "taken": check.taken,
        "refused": check.refused,
        "refusals": from_json(dict(check.refusals)),
        "page_rows": from_json(list(check.page_rows)),
    }
    with transaction(db):
        db.execute(_SAVE_CHECK, values)


def latest_coverage(db: Database, now: datetime | None = None) -> list[Coverage]:
    """The state of every enabled column as of `now`, in the order of the catalogue.

    None: by the last word about each, whatever a wrong clock wrote on it.
    `last_good_at` is the last check that read the list (ok, quiet, degraded); `bad_since` the
    first check of the present outage, None when there is none; `gaps` are those open at `now`.
    """
    gaps: dict[tuple[str, str], list[Gap]] = {}
    for gap in open_gaps(db, now=now):
        gaps.setdefault((gap.site, gap.column), []).append(gap)
    return [
        Coverage(
            site=row["site"],
            site_name=row["site_name"],
            column=row["column"],
            url=row["url"],
            last_checked_at=to_instant_or_none(row["last_checked_at"]),
            last_good_at=to_instant_or_none(row["last_good_at"]),
            rows=row["rows"],
            new=row["new"],
            newest_on=to_date(row["newest_on"]),
            verdict=row["verdict"],
            reason=row["reason"],
            bad_since=to_instant_or_none(row["bad_since"]),
            gaps=tuple(gaps.get((row["site"], row["column"]), ())),
            is_unconfirmed=bool(row["unconfirmed"]),
        )
        for row in select(db, _COVERAGE, {"now": None if now is None else from_instant(now)})
    ]


def days_unread(db: Database, site: str, now: datetime) -> dict[str, int]:
    """Enabled column -> whole days since its list was last read; without columns never read."""
    rows = select(
        db,
        "SELECT c.name, max(k.checked_at) AS at FROM columns c"
        " JOIN checks k ON k.site = c.site AND k.column = c.name"
        " WHERE c.site = ? AND c.enabled AND c.removed_at IS NULL AND k.checked_at <= ?"
        " AND (k.verdict IN ('ok', 'quiet') OR (k.verdict = 'degraded' AND k.pages > 0))"
        " GROUP BY c.name",
        [site, from_instant(now)],
    )
    return {row["name"]: (now - to_instant(row["at"])).days for row in rows}


def outages_between(
    db: Database, since: datetime, until: datetime
) -> dict[tuple[str, str], tuple[datetime, Verdict]]:
    """(site, column) -> its first bad check after `since`, and the verdict.

    A crawl that ended with the daemon says nothing about the site and does not count.
    """
    rows = select(
        db,
        "SELECT site, column, min(checked_at) AS at, verdict FROM checks"
        " WHERE checked_at > ? AND checked_at <= ?"
        " AND verdict IN ('blocked', 'broken', 'unreachable')"
        " AND reason NOT LIKE '%：程序停止' AND reason NOT LIKE '%：程序或电源中断'"
        " GROUP BY site, column",
        [from_instant(since), from_instant(until)],
    )
    return {(row["site"], row["column"]): (to_instant(row["at"]), row["verdict"]) for row in rows}


def columns_without_check(db: Database, run_id: int) -> list[str]:
    """Names of the enabled columns of the run's site that the run said nothing about."""
    rows = select(
        db,
        "SELECT c.name FROM runs r JOIN columns c ON c.site = r.site"
        " WHERE r.id = ? AND c.enabled AND c.removed_at IS NULL AND NOT EXISTS ("
        "   SELECT 1 FROM checks k WHERE k.run_id = r.id AND k.site = c.site"
        "   AND k.column = c.name)"
        " ORDER BY c.position",
        [run_id],
    )
    return [row["name"] for row in rows]


def unfinished_runs(db: Database) -> list[tuple[int, str, int | None]]:
    """(run id, site, process id) of crawls not recorded as ended."""
    rows = select(db, "SELECT id, site, pid FROM runs WHERE state = 'running' ORDER BY id")
    return [(row["id"], row["site"], row["pid"]) for row in rows]


def is_unfinished(db: Database, run_id: int) -> bool:
    """Whether a crawl is not recorded as ended."""
    return bool(select_one(db, "SELECT 1 FROM runs WHERE id = ? AND state = 'running'", [run_id]))


def last_success(db: Database, site: str) -> datetime | None:
    """When the last finished crawl of the site ended."""
    row = select_one(
        db,
        "SELECT max(finished_at) AS at FROM runs WHERE site = ? AND state = 'finished'",
        [site],
    )
    return to_instant_or_none(row["at"]) if row else None


def last_ended(db: Database) -> datetime | None:
    """When the last crawl of all ended, however it did."""
    row = select_one(db, "SELECT max(finished_at) AS at FROM runs")
    return to_instant_or_none(row["at"]) if row else None


def first_run_at(db: Database) -> datetime | None:
    """When the first crawl of all began: before it, nothing could be known."""
    row = select_one(db, "SELECT min(started_at) AS at FROM runs")
    return to_instant_or_none(row["at"]) if row else None


def is_untouched(db: Database) -> bool:
    """Whether nothing was ever crawled or put in by hand: there is nothing to make an issue of."""
    found = select(db, "SELECT 1 FROM runs UNION ALL SELECT 1 FROM notices LIMIT 1")
    return not found


def newest_published(db: Database, site: str, column: str) -> date | None:
    """The newest believed date printed on a stored page of the column."""
    row = select_one(
        db,
        "SELECT max(day_on) AS day FROM notices WHERE site = ? AND column = ?"
        " AND day_on = published_on",
        [site, column],
    )
    return to_date(row["day"]) if row else None
