"""Copies whose writer was killed go, and nothing else does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.abandoned import remove_abandoned
from storage.database import older_copies, open_database
from storage.operation.backup import backup

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
HOUR = 3600.0


def left(path: Path, hours: float) -> Path:
    """A file that was last written to so long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    then = time.time() - hours * HOUR
    os.utime(path, (then, then))
    return path


@pytest.fixture
def gone() -> int:
    """The id of a process that is over."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_a_backup_clears_what_killed_ones_left(path: Path, tmp_path: Path, gone: int) -> None:
    target = tmp_path / "backups"
    dead = [
        left(target / "zhengxun-20210131T010000Z.partial", 2),
        left(target / "zhengxun-20210131T010000Z.partial-journal", 2),
        left(tmp_path / f"zhengxun-before-m009_search_index.db.{gone}.partial", 0.1),
        left(tmp_path / f"zhengxun-before-m009_search_index.db.{gone}.partial-journal", 0.1),
    ]
    kept = [
        left(target / "zhengxun-20210205T085900Z.partial", 0),  # another one is writing it
        left(target / "zhengxun-20210131T010000Z.db", 100),
        left(target / "my.partial", 100),
        left(tmp_path / f"zhengxun-before-m009_search_index.db.{os.getppid()}.partial", 2),
        left(tmp_path / "zhengxun-before-m009_search_index.db", 1000),
        left(tmp_path / "zhengxun.db.1.partial", 1000),
    ]
    with closing(open_database(path)) as db:
        backup(db, target, NOW)
    assert [file for file in dead if file.exists()] == []
    assert [file for file in kept if not file.exists()] == []


def test_an_id_that_another_process_has_now_protects_for_a_day(path: Path) -> None:
    names = older_copies(path)
    file = left(path.with_name(f"zhengxun-before-m1.db.{os.getppid()}.partial"), 2)
    assert remove_abandoned(path.parent, names) == []
    assert remove_abandoned(path.parent, names, time.time() + 23 * HOUR) == [file]


def test_what_another_container_writes_is_left_alone(path: Path, gone: int) -> None:
    file = left(path.with_name(f"zhengxun-before-m1.db.{gone}.partial"), 0)
    assert remove_abandoned(path.parent, older_copies(path)) == []
    assert file.exists()


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    assert remove_abandoned(tmp_path / "none", older_copies(tmp_path / "zhengxun.db")) == []
