"""The catalogue of watched sites, as of the last start."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.values import from_instant, marks, select

_PLACES = "SELECT id, section, grp FROM sites"
# What the catalogue says, in the order of `_site_values` and `_column_values`.
_SITES = (
    "SELECT id, name, platform, section, grp, crawl, enabled FROM sites"
    " WHERE removed_at IS NULL ORDER BY position"
)
_COLUMNS = (
    "SELECT c.site, c.name, c.url, c.min_rows, c.max_quiet_days, c.enabled, c.seen, c.inferred"
    " FROM columns c JOIN sites s ON s.id = c.site"
    " WHERE c.removed_at IS NULL ORDER BY s.position, c.position"
)


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column (栏目) of a site: fewer than `min_rows` listed is broken, more than
    `max_quiet_days` days without a new notice is worth saying. `seen`: when and where its address
    was seen; `inferred`: nobody saw it."""

    site: str
    name: str
    url: str
    min_rows: int = 1
    max_quiet_days: int = 30
    enabled: bool = True
    seen: str = ""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site; `crawl` is a cron expression in Asia/Shanghai."""

    id: str
    name: str
    platform: str
    section: str
    grp: str
    crawl: str = ""
    enabled: bool = True
    columns: tuple[ColumnRow, ...] = ()


def sync_catalogue(db: Database, sites: Sequence[SiteRow], now: datetime) -> None:
    """Make the catalogue this one, in this order. What is no longer in it is marked removed.

    A site that is filed elsewhere now takes along the notices that stand where it stood; a column
    with a place of its own keeps its notices there, and issues stay as they went out.
    """
    seen = from_instant(now)
    with transaction(db):
        _file_anew(db, sites)
        db.execute("UPDATE sites SET removed_at = coalesce(removed_at, ?)", [seen])
        db.execute("UPDATE columns SET removed_at = coalesce(removed_at, ?)", [seen])
        for position, site in enumerate(sites):
            _save_site(db, site, position, seen)
            for place, column in enumerate(site.columns):
                _save_column(db, column, place, seen)


def is_catalogue(db: Database, sites: Sequence[SiteRow]) -> bool:
    """Whether the store holds this very catalogue: then there is nothing to write, and who only
    reads waits for no writer."""
    columns = (column for site in sites for column in site.columns)
    return [tuple(row.values()) for row in select(db, _SITES)] == [
        _site_values(site) for site in sites
    ] and [tuple(row.values()) for row in select(db, _COLUMNS)] == [
        _column_values(column) for column in columns
    ]


def site_names(db: Database, sites: Collection[str]) -> dict[str, str]:
    """Chinese names of these sites, as far as the catalogue ever held them."""
    rows = select(db, f"SELECT id, name FROM sites WHERE id IN ({marks(sites)})", list(sites))  # noqa: S608 - marks
    return {row["id"]: row["name"] for row in rows}


def _file_anew(db: Database, sites: Sequence[SiteRow]) -> None:
    stood = {row["id"]: (row["section"], row["grp"]) for row in select(db, _PLACES)}
    for site in sites:
        before, place = stood.get(site.id), (site.section, site.grp)
        if before is not None and before != place:
            db.execute(
                "UPDATE notices SET section = ?, grp = ?"
                " WHERE site = ? AND section = ? AND grp = ?",
                [*place, site.id, *before],
            )


def _save_site(db: Database, site: SiteRow, position: int, seen: str) -> None:
    db.execute(
        "INSERT INTO sites"
        " (id, name, platform, section, grp, crawl, enabled, position, synced_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, platform = excluded.platform,"
        " section = excluded.section, grp = excluded.grp, crawl = excluded.crawl,"
        " enabled = excluded.enabled, position = excluded.position,"
        " synced_at = excluded.synced_at, removed_at = NULL",
        [*_site_values(site), position, seen],
    )


def _save_column(db: Database, column: ColumnRow, position: int, seen: str) -> None:
    db.execute(
        "INSERT INTO columns"
        " (site, name, url, min_rows, max_quiet_days, enabled, seen, inferred, position, synced_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (site, name) DO UPDATE SET url = excluded.url,"
        " min_rows = excluded.min_rows, max_quiet_days = excluded.max_quiet_days,"
        " enabled = excluded.enabled, seen = excluded.seen, inferred = excluded.inferred,"
        " position = excluded.position, synced_at = excluded.synced_at, removed_at = NULL",
        [*_column_values(column), position, seen],
    )


def _site_values(site: SiteRow) -> tuple[object, ...]:
    return (
        site.id,
        site.name,
        site.platform,
        site.section,
        site.grp,
        site.crawl,
        int(site.enabled),
    )


def _column_values(column: ColumnRow) -> tuple[object, ...]:
    return (
        column.site,
        column.name,
        column.url,
        column.min_rows,
        column.max_quiet_days,
        int(column.enabled),
        column.seen,
        int(column.inferred),
    )
