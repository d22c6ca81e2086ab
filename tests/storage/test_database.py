"""Opening the store: what is accepted, what is refused in one line, what is repaired."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage import migrations
from storage.database import StorageError, open_database, snapshot, transaction
from storage.search import index
from storage.search.search import search
from tests.storage.samples import page, saved

pytestmark = pytest.mark.usefixtures("made_by_migrations")

NOBODY = 65534
TABLES = {
    "sites", "columns", "notices", "revisions", "attachments", "runs", "checks", "issues",
    "issue_items", "subscribers", "deliveries", "delivery_attempts",
}  # fmt: skip
VIEWS = {
    "v_this_week", "v_deadlines", "v_sources", "v_same_document", "v_revisions", "v_weekly_counts",
    "v_missing_numbers",
    "v_list_rows",
}  # fmt: skip


def opened(path: Path) -> None:
    open_database(path).close()


def test_a_new_store_has_the_promised_tables_and_views(db: Database) -> None:
    assert set(db.table_names()) >= TABLES
    assert set(db.view_names()) == VIEWS


def test_every_table_is_strict(db: Database) -> None:
    rows = db.execute(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlite_%'"
    ).fetchall()

    assert {name for name, _ in rows} >= TABLES
    assert [name for name, strict in rows if not strict] == []


def test_uses_wal_and_foreign_keys(db: Database) -> None:
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert db.execute("PRAGMA synchronous").fetchone() == (1,)


def test_a_row_pointing_nowhere_is_refused(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        db.execute("INSERT INTO aliases (url_key, url, notice_id) VALUES ('a', 'a', 1)")


def test_opening_again_migrates_nothing_and_keeps_everything(path: Path) -> None:
    with closing(open_database(path)) as db:
        saved(db, page())
        before = db.execute("SELECT name, sql FROM sqlite_master ORDER BY 1").fetchall()
        applied = db.execute("SELECT * FROM _sqlite_migrations").fetchall()
    with closing(open_database(path)) as db:
        assert db.execute("SELECT name, sql FROM sqlite_master ORDER BY 1").fetchall() == before
        assert db.execute("SELECT * FROM _sqlite_migrations").fetchall() == applied
        assert len(search(db, "通知")) == 1


def test_an_older_store_with_notices_is_copied_before_it_is_migrated(path: Path) -> None:
    _make_older(path, notices=1)

    opened(path)

    copy = path.with_name("zhengxun-before-m002_issues_and_deliveries.db")
    with closing(sqlite3.connect(copy)) as old, closing(sqlite3.connect(path)) as new:
        count = "SELECT count(*) FROM sqlite_master WHERE name = 'issues'"
        assert old.execute(count).fetchone() == (0,)
        assert new.execute(count).fetchone() == (1,)
        for connection in (old, new):
            assert connection.execute("SELECT title FROM notices").fetchall() == [("旧",)]


def test_an_older_store_without_notices_is_migrated_without_a_copy(path: Path) -> None:
    _make_older(path, notices=0)

    opened(path)

    assert [file.name for file in path.parent.glob("*before*")] == []


def test_what_an_older_store_holds_is_found_after_migrating(path: Path) -> None:
    _make_older(path, notices=1)

    with closing(open_database(path)) as db:
        assert [hit.title for hit in search(db, "旧")] == ["旧"]


def test_a_newer_store_is_refused_and_left_alone(path: Path) -> None:
    with closing(open_database(path)) as db:
        db.table("_sqlite_migrations").insert(
            {"migration_set": "zhengxun", "name": "m099_future", "applied_at": "2099-01-01"}
        )
    before = path.read_bytes()

    for read_only in (False, True):
        with pytest.raises(StorageError, match="newer version \\(it has m099_future\\); upgrade"):
            open_database(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE songs (id INTEGER)")

    with pytest.raises(StorageError, match="not a zhengxun database"):
        open_database(path)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database_is_refused(path: Path, read_only: bool) -> None:
    path.write_bytes("不是数据库".encode() * 1000)

    with pytest.raises(StorageError) as error:
        open_database(path, read_only=read_only)
    assert "damaged or not a database; restore" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_truncated_store_is_refused(path: Path) -> None:
    with closing(open_database(path)) as db:
        for number in range(50):
            saved(db, page(str(number), body_text="长文" * 2000))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(StorageError, match="damaged or not a database"):
        open_database(path)


def test_damage_found_while_reading_or_writing_is_one_clear_line(path: Path) -> None:
    with closing(open_database(path)) as db:
        for number in range(50):
            saved(db, page(str(number), body_text="长文" * 2000))
    content = bytearray(path.read_bytes())
    content[4096 * 8 :] = b"\xff" * (len(content) - 4096 * 8)
    path.write_bytes(content)

    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection)
        index.register(db)
        for use in (lambda: search(db, "长文"), lambda: saved(db, page("new"))):
            with pytest.raises(StorageError, match="damaged or not a database; restore"):
                use()


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a folder"):
        open_database(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is not a folder"):
        open_database(tmp_path / "gone" / "zhengxun.db")
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="is not a folder"):
        open_database(tmp_path / "file" / "zhengxun.db")


def test_reading_needs_a_store_that_is_there_and_current(path: Path) -> None:
    with pytest.raises(StorageError, match="does not exist yet"):
        open_database(path, read_only=True)
    assert not path.exists()

    _make_older(path, notices=0)
    with pytest.raises(StorageError, match="older schema"):
        open_database(path, read_only=True)


def test_a_store_opened_for_reading_cannot_be_written(path: Path) -> None:
    opened(path)

    with closing(open_database(path, read_only=True)) as db:
        with pytest.raises(StorageError, match="read-only"):
            saved(db, page())
        assert search(db, "通知") == []


def test_a_store_under_an_odd_name_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "库 #1?.db"

    opened(path)

    assert path.is_file()


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """A folder other users may enter; tmp_path is closed to them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs users and fork")
def test_a_read_only_file_is_one_clear_line(readable_folder: Path) -> None:
    path = readable_folder / "zhengxun.db"
    opened(path)
    path.chmod(0o444)
    readable_folder.chmod(0o777)

    assert _error_as_nobody(path).endswith("is read-only; give this user write access to it")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs users and fork")
@pytest.mark.parametrize("exists", [True, False])
def test_a_read_only_folder_is_one_clear_line(readable_folder: Path, exists: bool) -> None:
    path = readable_folder / "zhengxun.db"
    if exists:
        opened(path)
        path.chmod(0o666)
    readable_folder.chmod(0o555)

    assert _error_as_nobody(path).endswith("is not writable; give this user write access to it")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user to its own files")
def test_files_of_wal_that_belong_to_another_user_are_one_clear_line(
    readable_folder: Path,
) -> None:
    path = readable_folder / "zhengxun.db"
    readable_folder.chmod(0o777)
    with closing(open_database(path)) as db:
        saved(db, page())
        path.chmod(0o666)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).chmod(0o600)
        message = _error_as_nobody(path)

    assert message.endswith("give this user read and write access to zhengxun.db-wal beside it")


def test_a_store_held_by_another_program_is_one_clear_line(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(path)
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT", 0.1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("CREATE TABLE theirs (id INTEGER)")
        for read_only in (False, True):
            with pytest.raises(StorageError, match="close the program that holds it"):
                open_database(path, read_only=read_only)
    opened(path)


def test_lost_triggers_are_made_again_and_what_was_missed_is_found(path: Path) -> None:
    with closing(open_database(path)) as db:
        db.table("notices").transform(defaults={"duplicate_why": ""})
        saved(db, page(title="中药保护"))
        assert search(db, "中药") == []

    with closing(open_database(path)) as db:
        assert [hit.title for hit in search(db, "中药")] == ["中药保护"]
        assert index.is_current(db)


def test_a_lost_view_is_made_again_and_analysts_own_views_stay(path: Path) -> None:
    with closing(open_database(path)) as db:
        db.execute("DROP VIEW v_sources")
        db.execute("CREATE VIEW my_view AS SELECT 1 AS one")

    with closing(open_database(path)) as db:
        assert set(db.view_names()) == {*VIEWS, "my_view"}


def test_a_failed_transaction_leaves_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError):
        _save_and_fail(db, "dropped")

    assert db.table("notices").count == 0
    assert not db.conn.in_transaction


def test_a_failed_inner_transaction_leaves_the_outer_one(db: Database) -> None:
    with transaction(db):
        saved(db, page("kept"))
        with pytest.raises(RuntimeError):
            _save_and_fail(db, "dropped")

    assert [row["key"] for row in db.table("notices").rows] == ["kept"]


def test_a_snapshot_sees_one_state(db: Database, path: Path) -> None:
    with closing(open_database(path)) as writer, snapshot(db):
        assert db.table("notices").count == 0
        saved(writer, page())
        assert db.table("notices").count == 0
    assert db.table("notices").count == 1


def test_waiting_too_long_for_a_writer_is_one_clear_line(db: Database, path: Path) -> None:
    with closing(open_database(path)) as other, transaction(other):
        db.execute("PRAGMA busy_timeout=0")
        with pytest.raises(StorageError, match="stayed locked"):
            saved(db, page())


def _save_and_fail(db: Database, key: str) -> None:
    with transaction(db):
        saved(db, page(key))
        raise RuntimeError


def _make_older(path: Path, *, notices: int) -> None:
    """A store as the first migration alone leaves it."""
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection)
        migrations.migrations.apply(db, stop_before="m002_issues_and_deliveries")
        for number in range(notices):
            columns = [column for column in db.table("notices").columns if column.notnull]
            texts = {column.name: "" for column in columns if column.type == "TEXT"}
            lists = ("issuers", "deadlines", "contacts", "amounts", "topics", "repeals")
            row = texts | dict.fromkeys((*lists, "read_by", "warnings"), "[]")
            own = {"id": number + 1, "title": "旧", "key": str(number), "complete": 1}
            instants = dict.fromkeys(
                ("first_seen_at", "last_seen_at", "last_read_at"), "2021-01-01T00:00:00+00:00"
            )
            db.table("notices").insert(row | own | instants)


def _error_as_nobody(path: Path) -> str:
    """What opening says to an ordinary user; root is stopped by no permission."""
    receiver, sender = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_open_as_nobody, args=(path, sender))
    child.start()
    sender.close()
    message = str(receiver.recv())
    child.join()
    receiver.close()
    return message


def _open_as_nobody(path: Path, sender: Connection) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        open_database(path)
    except StorageError as error:
        sender.send(str(error))
    else:
        sender.send("opened")


def test_a_store_with_the_index_of_characters_is_copied_and_indexed_anew(path: Path) -> None:
    with closing(open_database(path)) as db:
        notice_id = saved(db, page(title="中药保护", body_text="关于中药品种保护的公告"))
        _give_index_of_characters(db)

    with closing(open_database(path)) as db:
        assert [hit.id for hit in search(db, "中药品种保护")] == [notice_id]
        assert index.is_current(db)
        assert db.execute("SELECT count(*) FROM notices_fts_docsize").fetchone() == (1,)
    assert path.with_name("zhengxun-before-m009_search_index.db").exists()


def _give_index_of_characters(db: Database) -> None:
    """The index and the triggers as they were before m009, which calls a function that is gone."""
    for name in ("insert", "delete", "update"):
        db.execute(f"DROP TRIGGER notices_fts_{name}")
    for table in ("notices_fts", "notices_fts_titles", "search_queue"):
        db.execute(f"DROP TABLE {table}")
    db.execute("DROP INDEX signatures_by_algorithm")
    db.execute("CREATE VIRTUAL TABLE notices_fts USING fts5(title, body_text, content='')")
    db.execute(
        "CREATE TRIGGER notices_fts_insert AFTER INSERT ON notices BEGIN INSERT INTO"
        " notices_fts(rowid, title) VALUES (new.id, cjk(new.title)); END"
    )
    db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm009_search_index'")
    db.conn.commit()


def test_making_a_large_index_anew_says_how_far_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(open_database(path)) as db:
        for number in range(5):
            saved(db, page(str(number)))
        db.execute("DROP TRIGGER notices_fts_insert")
    monkeypatch.setattr(index, "_PORTION", 2)

    with closing(open_database(path)) as db:
        assert len(search(db, "公开征求意见")) == 5

    assert [record.message for record in caplog.records] == [
        "the search index is made anew: up to notice 2 of 5",
        "the search index is made anew: up to notice 4 of 5",
    ]
