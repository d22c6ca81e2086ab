"""A visit made elsewhere and taken in leaves the store as one that was made here."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from app.context import Context
from app.crawl_runs import Crawl, Outcome
from nation.offices import Country, offices
from pipelines.brought import BundleError, unpacked
from replica.server import Replica
from storage.runs.runs import start_run
from tests.fleet.offices_at_hand import crawled, elsewhere, installed, installed_at, rows

# What may differ: ids, instants, and the name of the archive's place.
SAME = {
    "notices": "SELECT site, column, key, url, title, body_text, body_html, content_hash, complete,"
    " published_on, day_on, read_attempts, duplicate_of IS NULL, place FROM notices ORDER BY key",
    "checks": "SELECT r.site, k.column, verdict, k.reason, rows, total, pages, new, revised,"
    " newest_on, covered_from, joined, known, taken, refusals, page_rows, r.state, r.requests,"
    " r.notices FROM checks k JOIN runs r ON r.id = k.run_id ORDER BY k.column, k.id",
    "saved_pages": "SELECT kind, site, column, url, status, sha256, asked, content_hash,"
    " file IS NOT NULL, copy <> '', notice_id IS NOT NULL FROM saved_pages ORDER BY url, id",
    "listed_rows": "SELECT site, column, position, key, url, title, day FROM listed_rows"
    " ORDER BY site, column, position",
    "gaps": "SELECT site, column, from_on, to_on FROM gaps ORDER BY column",
}


def taken_in(context: Context, site: str, run_id: int, bundle: Path) -> Outcome:
    crawl = Crawl(site, bundle=str(bundle))
    supervisor = context.supervisor()
    return asyncio.run(supervisor.queue.make(crawl, lambda event: None, run_id))


def visited_elsewhere(context: Context, site: str, folder: Path) -> Outcome:
    with context.store() as db:
        run_id = start_run(db, site, now=context.config.clock(), pid=None)
    text, reason = elsewhere(context, site, run_id, folder)
    assert not reason, (folder / "log").read_text(encoding="utf-8")
    bundle = folder / "bundle.json"
    assert bundle.read_bytes() == text
    return taken_in(context, site, run_id, bundle)


def rounds(country: Country, here: Context, away: Context, folder: Path) -> None:
    for turn in range(3):
        country.turn = turn
        crawled(here, Crawl("o3"))
        outcome = visited_elsewhere(away, "o3", folder / f"visit{turn}")
        assert outcome.state == "finished"


def test_a_visit_made_elsewhere_leaves_what_one_made_here_leaves(tmp_path: Path) -> None:
    with offices() as country:
        here = installed(tmp_path / "here", country.origin, 4)
        away = installed(tmp_path / "away", country.origin, 4)
        rounds(country, here, away, tmp_path / "elsewhere")
        before = country.requests
        text, _ = elsewhere(away, "o3", 1, tmp_path / "again" / "visit")

    for table, sql in SAME.items():
        assert rows(away, sql) == rows(here, sql), table
    assert rows(away, "SELECT count(*) FROM notices") == [(9,)]
    unchanged = unpacked(text)
    assert not unchanged.items
    assert len(unchanged.seen) == 9
    # Two lists and robots.txt; nothing that is known was asked for.
    assert country.requests - before <= 5


@pytest.fixture(scope="module")
def brought_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Context, Path]:
    """A store that took in a visit to o3, and the bundle; the store is for copying."""
    folder = tmp_path_factory.mktemp("once")
    with offices() as country:
        away = installed(folder / "away", country.origin, 4)
        visited_elsewhere(away, "o3", folder / "visit")
    return away, folder / "visit" / "bundle.json"


@pytest.fixture
def brought(brought_once: tuple[Context, Path], tmp_path: Path) -> tuple[Context, Path]:
    """The same in folders of its own."""
    first, bundle = brought_once
    away = installed(tmp_path / "away", first.config.upstream, 4)
    shutil.copytree(first.config.data, away.config.data, dirs_exist_ok=True)
    return away, Path(shutil.copy(bundle, tmp_path))


def test_taking_in_again_changes_nothing(brought: tuple[Context, Path]) -> None:
    away, bundle = brought
    before = {table: rows(away, sql) for table, sql in SAME.items() if table == "notices"}
    outcome = taken_in(away, "o3", 1, bundle)
    assert outcome.reason == ""
    assert rows(away, "SELECT count(*), count(DISTINCT url) FROM notices") == [(8, 8)]
    again = [row[:11] for row in rows(away, SAME["notices"])]
    assert again == [row[:11] for row in before["notices"]]


def test_a_bundle_of_another_site_is_not_taken_in(brought: tuple[Context, Path]) -> None:
    away, bundle = brought
    with away.store() as db:
        run_id = start_run(db, "o1", now=away.config.clock(), pid=None)
    taken_in(away, "o1", run_id, bundle)
    assert rows(away, "SELECT DISTINCT site FROM notices") == [("o3",)]


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b'{"site": 3, "run_id": 1, "reason": ""}'])
def test_what_is_no_bundle_is_said(text: bytes) -> None:
    with pytest.raises(BundleError, match="no bundle"):
        unpacked(text)


FILES = (
    "SELECT n.key, a.position, a.url, a.name, a.type, a.bytes, a.sha256, a.path, a.text, a.note,"
    " a.extent, a.gist FROM attachments a JOIN notices n ON n.id = a.notice_id"
    " ORDER BY n.site, n.key, a.position"
)
SITES = ("tj_kxjs", "wechat")


def test_files_feeds_and_data_come_back_too(tmp_path: Path, replica: Replica) -> None:
    here = installed_at(tmp_path / "here", replica.origin)
    away = installed_at(tmp_path / "away", replica.origin)
    for site in SITES:
        crawled(here, Crawl(site))
        visited_elsewhere(away, site, tmp_path / "elsewhere" / site)

    tables = SAME | {"attachments": FILES, "rows": "SELECT count(*) FROM attachment_rows"}
    for table, sql in tables.items():
        assert sorted(map(repr, rows(away, sql))) == sorted(map(repr, rows(here, sql))), table
    kept = [path for (path,) in rows(away, "SELECT path FROM attachments WHERE path <> ''")]
    assert len(kept) > 5
    assert all((away.config.data / path).is_file() for path in kept)
