"""Pages signed by an earlier version are signed again, and their copies are found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.dedupe import settle
from pipelines.matching.similarity import ALGORITHM, BANDS, bands_of
from pipelines.update_signatures import update_recent_signatures, update_signatures
from storage.database import open_database, transaction
from storage.matching.text_signatures import keep_signature, list_stale
from storage.models import Notice
from storage.notices.notices import get_notice, save_notice

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
TODAY = date(2021, 2, 5)
TITLE = "关于支持人才创新创业联盟的若干措施"
TEXT = (
    f"{TITLE}\n根据市人才工作领导小组部署要求，加快培育人才创新创业联盟，提出以下措施。"
    "支持联盟牵头单位申报重大科技专项，对获得立项的给予配套资助。"
    "支持联盟成员共建研发平台，纳入本市平台管理，绩效评价优良的给予奖励。"
    "支持联盟引进海外高层次人才，开辟绿色通道，协调解决落户、就医和子女入学。"
)


def notice(key: str, **over: object) -> Notice:
    values = {
        "site": f"site_{key}",
        "column": "通知公告",
        "key": key,
        "url": f"https://{key}.example.cn/1.html",
        "title": TITLE,
        "section": "projects",
        "grp": "天津市",
        "published_on": TODAY,
        "body_text": TEXT,
        "content_hash": key,
    }
    return Notice(**(values | over))  # type: ignore[arg-type] # test data


def store(db: Database, item: Notice) -> int:
    with transaction(db):
        saved = save_notice(db, item, now=NOW, run_id=None)
        settle(db, get_notice(db, saved.id), NOW)
    return saved.id


def age(db: Database, notice_id: int, day: date = TODAY) -> None:
    """Make the signature one of an earlier version, with bands of its own."""
    keep_signature(db, notice_id, algorithm="older-1", day=day, bands=range(BANDS))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(tmp_path / "zhengxun.db")) as opened:
        yield opened


def signed_by(db: Database) -> dict[int, str]:
    return dict(db.execute("SELECT notice_id, algorithm FROM signatures").fetchall())


def bands_in(db: Database, notice_id: int) -> set[int]:
    rows = db.execute("SELECT hash FROM bands WHERE notice_id = ?", [notice_id]).fetchall()
    return {row[0] for row in rows}


def test_a_copy_of_a_page_signed_by_an_earlier_version_is_found_after_signing_again(
    db: Database,
) -> None:
    original = store(db, notice("a"))
    age(db, original)
    copy = store(db, notice("b", title=f"市科技局{TITLE}"))
    # Apples and pears: without a common band nothing says they may be copies.
    assert get_notice(db, copy).duplicate_of is None

    assert update_recent_signatures(db, NOW) == 1

    assert get_notice(db, copy).duplicate_of == original
    assert signed_by(db) == {original: ALGORITHM, copy: ALGORITHM}
    assert bands_in(db, original) == set(bands_of(TEXT))


def test_signing_again_twice_does_nothing(db: Database) -> None:
    age(db, store(db, notice("a")))

    assert [update_signatures(db, NOW), update_signatures(db, NOW)] == [1, 0]


def test_a_crawl_signs_what_its_pages_are_compared_with_and_leaves_the_rest_to_the_night(
    db: Database,
) -> None:
    near, far = TODAY - timedelta(days=30), TODAY - timedelta(days=31)
    for key, day in (("near", near), ("far", far)):
        age(db, store(db, notice(key, published_on=day, title=f"{TITLE}{key}")), day)

    assert update_recent_signatures(db, NOW) == 1
    assert list_stale(db, ALGORITHM) == [2]
    assert update_signatures(db, NOW) == 1
    assert list_stale(db, ALGORITHM) == []


def test_a_night_signs_so_many_the_newest_first(db: Database) -> None:
    for number in range(5):
        day = TODAY - timedelta(days=40 * number)
        age(db, store(db, notice(f"k{number}", published_on=day, title=f"{TITLE}{number}")), day)

    assert update_signatures(db, NOW, most=3) == 3

    assert list_stale(db, ALGORITHM) == [4, 5]


def test_a_page_that_is_incomplete_by_now_loses_its_signature(db: Database) -> None:
    notice_id = store(db, notice("a"))
    age(db, notice_id)
    db.execute("UPDATE notices SET complete = 0")

    assert update_signatures(db, NOW) == 1

    assert signed_by(db) == {}
    assert bands_in(db, notice_id) == set()


def test_a_page_of_a_store_from_before_signatures_waits_for_its_own(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    with closing(open_database(path)) as db:
        one, two = store(db, notice("a")), store(db, replace(notice("b"), body_text="短"))
        db.execute("DELETE FROM signatures")
        db.execute("DELETE FROM bands")
        _undo_m009(db)

    with closing(open_database(path)) as db:
        assert set(list_stale(db, ALGORITHM)) == {one, two}
        # The day is that of the page: a crawl signs it before it stores anything.
        assert update_recent_signatures(db, NOW) == 2
        assert signed_by(db) == {one: ALGORITHM}


def _undo_m009(db: Database) -> None:
    """As if m009 had not been applied yet."""
    for name in ("notices_fts_insert", "notices_fts_delete", "notices_fts_update"):
        db.execute(f"DROP TRIGGER {name}")
    db.execute("DROP TABLE search_queue")
    db.execute("DROP INDEX signatures_by_algorithm")
    db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm009_search_index'")
    db.conn.commit()
