"""Copies of the store, and the way back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import StorageError, open_database, transaction
from storage.operation.backup import backup, list_backups, restore
from tests.storage.samples import NOW, page, saved


def titles(path: Path) -> list[str]:
    with closing(open_database(path)) as db:
        return [row["title"] for row in db.table("notices").rows]


def test_a_copy_is_one_whole_file_named_by_its_instant(db: Database, tmp_path: Path) -> None:
    saved(db, page(title="甲"))

    copy = backup(db, tmp_path / "new" / "backups", NOW)

    assert copy == tmp_path / "new" / "backups" / "zhengxun-20210205T090000Z.db"
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT title FROM notices").fetchall() == [("甲",)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_copy_is_made_while_another_process_writes(
    db: Database, path: Path, tmp_path: Path
) -> None:
    saved(db, page(title="甲"))
    with closing(open_database(path)) as writer, transaction(writer):
        saved(writer, page("n2", title="乙"))
        copy = backup(db, tmp_path / "b", NOW)

    assert titles(copy) == ["甲"]


def test_only_the_newest_copies_are_kept_and_nothing_else_is_touched(
    db: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    (folder / "zhengxun-20200101T000000Z.db.txt").touch()
    (folder / "notes.db").touch()

    copies = [backup(db, folder, NOW + timedelta(days=day), keep=2) for day in range(4)]

    assert list_backups(folder) == [copies[3], copies[2]]
    assert (folder / "notes.db").exists()
    assert (folder / "zhengxun-20200101T000000Z.db.txt").exists()


def test_keeping_none_is_refused(db: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="keep at least 1"):
        backup(db, tmp_path / "b", NOW, keep=0)


def test_a_folder_that_cannot_be_made_is_one_clear_line(db: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="cannot write"):
        backup(db, tmp_path / "file", NOW)


def test_a_copy_takes_the_place_of_the_store_which_is_kept_aside(path: Path) -> None:
    with closing(open_database(path)) as db:
        saved(db, page(title="甲"))
        copy = backup(db, path.parent / "b", NOW)
        saved(db, page("n2", title="乙"))

    aside = restore(copy, path, NOW)

    assert titles(path) == ["甲"]
    assert aside is not None
    assert titles(aside) == ["甲", "乙"]


def test_a_copy_is_restored_where_nothing_is(db: Database, tmp_path: Path) -> None:
    saved(db, page(title="甲"))
    copy = backup(db, tmp_path / "b", NOW)

    assert restore(copy, tmp_path / "elsewhere.db", NOW) is None
    assert titles(tmp_path / "elsewhere.db") == ["甲"]


def test_a_copy_takes_the_place_of_a_damaged_store(db: Database, tmp_path: Path) -> None:
    saved(db, page(title="甲"))
    copy = backup(db, tmp_path / "b", NOW)
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"not a database" * 999)

    aside = restore(copy, damaged, NOW)

    assert titles(damaged) == ["甲"]
    assert aside is not None
    assert aside.read_bytes() == b"not a database" * 999


def test_there_is_a_store_at_every_moment_of_a_restoration(
    db: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(db, page(title="甲"))
    copy = backup(db, path.parent / "b", NOW)
    saved(db, page("n2", title="乙"))
    db.close()
    inner = Path.replace

    def observed(self: Path, target: Path) -> Path:
        assert path.exists(), "a daemon that starts now would begin an empty store"
        moved = inner(self, target)
        assert path.exists()
        return moved

    monkeypatch.setattr(Path, "replace", observed)
    for _ in range(3):  # within one second: what is replaced keeps a name of its own
        assert restore(copy, path, NOW) is not None
    assert titles(path) == ["甲"]
    kept = sorted(path.parent.glob(f"{path.stem}-replaced-*.db"))
    assert [titles(one) for one in kept] == [["甲"], ["甲"], ["甲", "乙"]]


def test_restoring_over_a_store_in_use_is_refused(db: Database, path: Path) -> None:
    saved(db, page(title="甲"))
    copy = backup(db, path.parent / "b", NOW)
    saved(db, page("n2", title="乙"))

    with pytest.raises(StorageError, match="in use; stop the daemon"):
        restore(copy, path, NOW)

    assert titles(path) == ["甲", "乙"]


def test_a_copy_that_is_missing_damaged_or_foreign_is_refused(path: Path, tmp_path: Path) -> None:
    open_database(path).close()
    before = path.read_bytes()
    damaged, foreign = tmp_path / "damaged.db", tmp_path / "foreign.db"
    damaged.write_bytes(b"not a database" * 999)
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE songs (id INTEGER)")

    for source, words in (
        (tmp_path / "gone.db", "does not exist"),
        (damaged, "damaged or not a database"),
        (foreign, "not a zhengxun database"),
    ):
        with pytest.raises(StorageError, match=words):
            restore(source, path, NOW)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.glob("*restoring*")] == []


def test_a_copy_with_a_broken_page_is_refused(db: Database, tmp_path: Path) -> None:
    for number in range(40):
        saved(db, page(str(number), body_text="长文" * 3000))
    copy = backup(db, tmp_path / "b", NOW)
    content = bytearray(copy.read_bytes())
    # The middle of the file: pages of the notices, far from the header.
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = b"\xff" * 8192
    copy.write_bytes(content)

    with pytest.raises(StorageError, match="damaged"):
        restore(copy, tmp_path / "restored.db", NOW)
    assert not (tmp_path / "restored.db").exists()
