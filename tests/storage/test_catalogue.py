"""The catalogue in the store follows the one of the last start."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from storage.runs.catalogue import ColumnRow, sync_catalogue
from tests.storage.samples import at, page, saved, site

MONDAY, TUESDAY = at("2021-02-01 02:00"), at("2021-02-02 02:00")


def sites(db: Database) -> list[tuple[Any, ...]]:
    return db.execute("SELECT id, name, removed_at FROM sites ORDER BY position, id").fetchall()


def test_holds_what_the_catalogue_says(db: Database) -> None:
    column = ColumnRow("cde", "新闻中心", "https://www.cde.org.cn/", 5, 14, enabled=False)
    row = site("cde", platform="cde", crawl="15 8,13 * * mon-fri", columns=(column,))

    sync_catalogue(db, [row], MONDAY)

    assert db.execute(
        "SELECT id, name, platform, section, grp, crawl, enabled FROM sites"
    ).fetchall() == [("cde", "网站cde", "cde", "pharma", "国家级", "15 8,13 * * mon-fri", 1)]
    assert db.execute(
        "SELECT site, name, url, min_rows, max_quiet_days, enabled FROM columns"
    ).fetchall() == [("cde", "新闻中心", "https://www.cde.org.cn/", 5, 14, 0)]


def test_what_left_the_catalogue_is_marked_and_kept(db: Database) -> None:
    sync_catalogue(db, [site("cde", "甲", "乙"), site("miit", "丙")], MONDAY)
    sync_catalogue(db, [site("cde", "乙", name="新名称")], TUESDAY)

    removed = "2021-02-02T02:00:00+00:00"
    assert sites(db) == [("cde", "新名称", None), ("miit", "网站miit", removed)]
    columns = db.execute("SELECT name, removed_at FROM columns ORDER BY name").fetchall()
    assert sorted(columns) == sorted([("甲", removed), ("乙", None), ("丙", removed)])


def test_what_stays_away_keeps_the_day_it_left(db: Database) -> None:
    sync_catalogue(db, [site("cde")], MONDAY)
    sync_catalogue(db, [], MONDAY)
    sync_catalogue(db, [], TUESDAY)

    assert sites(db) == [("cde", "网站cde", "2021-02-01T02:00:00+00:00")]


def test_what_comes_back_is_no_longer_marked(db: Database) -> None:
    for rows in ([site("cde", "甲")], [], [site("cde", "甲")]):
        sync_catalogue(db, rows, MONDAY)

    assert sites(db) == [("cde", "网站cde", None)]
    assert db.execute("SELECT removed_at FROM columns").fetchall() == [(None,)]


def test_a_site_that_is_filed_elsewhere_takes_its_notices_along(db: Database) -> None:
    sync_catalogue(db, [site("cde", section="projekts", grp="国家"), site("miit")], MONDAY)
    own = page("own", section="ip", grp="资讯")
    for notice in (page("a", section="projekts", grp="国家"), own):
        saved(db, notice)
    saved(db, page("b", site="miit", section="projekts", grp="国家"))
    sync_catalogue(db, [site("cde", section="projects", grp="国家级"), site("miit")], TUESDAY)
    rows = db.execute("SELECT key, section, grp FROM notices ORDER BY key").fetchall()
    assert rows == [
        ("a", "projects", "国家级"),
        ("b", "projekts", "国家"),
        ("own", "ip", "资讯"),
    ]
