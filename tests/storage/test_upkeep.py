"""What the night finds out about the store."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import open_database
from storage.operation.upkeep import (
    checkpoint,
    log_file,
    store_bytes,
    tidy_pages,
    tidy_unfinished,
)
from tests.storage.samples import page, saved


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "zhengxun.db"


def written(db: Database, count: int = 20) -> None:
    for number in range(count):
        saved(db, page(str(number), body_text="药" * 20_000))


def test_an_idle_log_is_emptied_and_counted_while_it_is_there(path: Path) -> None:
    with closing(open_database(path)) as db:
        written(db)
        log = log_file(path).stat().st_size
        assert log > 0
        assert store_bytes(path) == path.stat().st_size + log
        assert checkpoint(db)
        assert log_file(path).stat().st_size == 0


def test_a_query_left_open_is_noticed(path: Path) -> None:
    with closing(open_database(path)) as db:
        written(db)
        db.execute("PRAGMA busy_timeout=50")
        with closing(open_database(path, read_only=True)) as notebook:
            half_read = notebook.execute("SELECT * FROM notices")
            half_read.fetchone()
            written(db)
            assert not checkpoint(db)
            half_read.close()
        assert checkpoint(db)


def test_a_store_that_is_not_there_takes_nothing(path: Path) -> None:
    assert store_bytes(path) == 0


def kept_page(folder: Path, name: str, size: int, age: int) -> Path:
    page_folder = folder / name
    page_folder.mkdir(parents=True)
    for part in ("response_body", "sealed"):
        (page_folder / part).write_bytes(bytes(size // 2))
        os.utime(page_folder / part, (1_000_000 - age, 1_000_000 - age))
    return page_folder


def test_the_newest_kept_pages_of_each_site_stay(tmp_path: Path) -> None:
    old = kept_page(tmp_path, "office/0a/0a1", 400, 30)
    newer = kept_page(tmp_path, "office/0b/0b1", 400, 20)
    newest = kept_page(tmp_path, "office/0b/0b2", 400, 10)
    other = kept_page(tmp_path, "modest/0a/0a1", 400, 90)
    assert tidy_pages(tmp_path, most=1000) == 1
    assert [page_folder.exists() for page_folder in (old, newer, newest, other)] == [
        *(False, True, True, True)
    ]
    assert tidy_pages(tmp_path / "none", most=1000) == 0


def test_what_a_killed_process_had_begun_to_write_goes_a_day_later(tmp_path: Path) -> None:
    now = datetime(2021, 2, 5, 19, tzinfo=UTC)
    begun = [f"files/ab/{'0f' * 8}.part", "issues/2021-W05/.digest.docx.4711.00ff00ff"]
    whole = ["files/ab/report.part.pdf", "issues/2021-W05/digest.docx", "files/.keep"]
    for name in (*begun, *whole):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
        written_at = (now - timedelta(hours=23)).timestamp()
        os.utime(tmp_path / name, (written_at, written_at))
    folders = [tmp_path / "files", tmp_path / "issues", tmp_path / "site"]
    assert not tidy_unfinished(folders, now)
    gone = tidy_unfinished(folders, now + timedelta(hours=2))
    assert sorted(gone) == sorted(tmp_path / name for name in begun)
    assert all((tmp_path / name).exists() for name in whole)
