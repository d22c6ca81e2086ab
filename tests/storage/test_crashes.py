"""Killed processes and full disks: nothing half stored, nothing lost, one clear line."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import StorageError, open_database
from storage.notices.notices import save_notice
from storage.search.search import search
from tests.storage.samples import NOW, page
from tests.storage.test_database import _make_older as make_older

pytestmark = pytest.mark.usefixtures("made_by_migrations")

ROOT = Path(__file__).parents[2]
SMALL = 2 * 1024 * 1024
LARGE = 64 * 1024 * 1024
TEXT = "药品注册管理办法" * 500

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def kill(path: Path, times: int, seed: int) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.crash_loop", str(path), str(times), str(seed)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_fork
def test_a_killed_writer_leaves_a_sound_store(path: Path) -> None:
    assert re.fullmatch(r"30 kills, \d+ notices\n", kill(path, 30, 1))


@needs_fork
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_hundred_killed_writers_leave_a_sound_store(path: Path) -> None:
    notices = re.fullmatch(r"200 kills, (\d+) notices\n", kill(path, 200, 2))
    assert notices is not None
    assert int(notices[1]) > 200


def fill(db: Database) -> int:
    """Save notices until the store refuses; how many it holds."""
    for number in range(10_000):
        try:
            save_notice(db, page(f"k{number}", body_text=TEXT), now=NOW, run_id=None)
        except StorageError as error:
            assert str(error).endswith("the disk is full; make room")  # noqa: PT017
            return number
    raise AssertionError("the disk never became full")


def test_a_store_that_cannot_grow_says_so_and_keeps_what_it_has(path: Path, db: Database) -> None:
    db.execute("PRAGMA max_page_count = 400").fetchone()

    count = fill(db)

    assert count > 0
    assert db.table("notices").count == count
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(search(db, "药品注册", limit=1000)) == count
    db.execute("PRAGMA max_page_count = 4000").fetchone()
    save_notice(db, page("later", body_text=TEXT), now=NOW, run_id=None)
    assert db.table("notices").count == count + 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two MiB, if this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount(folder, f"size={SMALL}"):
        pytest.skip("this user cannot mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - wherever it is


def mount(folder: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_on_a_full_disk_nothing_is_lost_and_room_is_enough_to_go_on(small_disk: Path) -> None:
    path = small_disk / "zhengxun.db"
    with closing(open_database(path)) as db:
        count = fill(db)
        assert count > 0
    with closing(open_database(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.table("notices").count == count
        assert mount(small_disk, f"remount,size={LARGE}")
        for number in range(count, count + 20):
            save_notice(db, page(f"k{number}", body_text=TEXT), now=NOW, run_id=None)
        assert len(search(db, "药品注册", limit=1000)) == count + 20


@pytest.mark.parametrize("spare", [0, 40, 400, 800])
def test_a_disk_that_fills_while_migrating_costs_nothing(
    small_disk: Path, path: Path, spare: int
) -> None:
    """`spare` KiB are free: too little for SQLite itself, for the copy, or for the new schema."""
    make_older(path, notices=100)
    older = small_disk / "zhengxun.db"
    shutil.copy(path, older)
    free = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(b"x" * max(0, free - spare * 1024))
    try:
        open_database(older).close()
    except StorageError as error:
        assert "the disk is full; make room" in str(error)  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert spare > 400
    (small_disk / "ballast").unlink()

    with closing(open_database(older)) as db:
        assert db.table("notices").count == 100
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    (copy,) = small_disk.glob("zhengxun-before-*")
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT count(*) FROM notices").fetchone() == (100,)
    assert list(small_disk.glob("*.partial*")) == []
