"""After a copy is put back: what went out since it was made is not sent again.

The store that is replaced knows it, when it can be read: its ledgers, and what they rest on, are
carried over. When it cannot, somebody has to say once whether mails went out meanwhile.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from storage import migrations
from storage.database import open_database, transaction
from storage.values import from_instant, select, select_one, to_instant

# known: from the store that was replaced. sent, unsent: by somebody's word.
Answer = Literal["known", "sent", "unsent"]

_SAID = "恢复备份前可能已经发出，不再发送"
# Tables whose row of the same id must be the same thing, or the two stores are no relatives.
_RELATED = {"notices": ("site", "key"), "subscribers": ("address",), "issues": ("week",)}
# Of a notice that readers were told of: what belongs to it, besides its own row.
_OF_NOTICES = (
    *("attachments", "aliases", "revisions", "signatures", "bands"),
    *("body_pictures", "picture_facts"),
)
_FILES_TOLD = "SELECT {} FROM former.{} WHERE notice_id IN (SELECT id FROM temp.told)"
# What the later store says of these is so, row by row.
_LEDGERS = (
    *("deliveries", "bulletins", "bulletin_items", "delivery_attempts", "alarms", "mailboxes"),
    "restorations",
)
_TOLD = """
SELECT notice_id FROM former.issue_items
UNION SELECT notice_id FROM former.bulletin_items
UNION SELECT notice_id FROM former.corrected_items
"""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What nobody can know who has only the copy: the mails it owed, its active readers, and
    how many tasks their owners may have been reminded of since."""

    copied_at: datetime
    owed: int
    readers: tuple[str, ...]
    immediate: tuple[str, ...]
    tasks: int = 0


def last_word_of(db: Database) -> datetime | None:
    """The latest instant that is written anywhere mails are: when the copy was made, or before."""
    row = select_one(
        db,
        "SELECT max(at) AS at FROM (SELECT max(updated_at) AS at FROM subscribers"
        " UNION ALL SELECT max(updated_at) FROM deliveries"
        " UNION ALL SELECT max(updated_at) FROM bulletins"
        " UNION ALL SELECT max(composed_at) FROM issues"
        " UNION ALL SELECT max(started_at) FROM runs)",
    )
    return to_instant(row["at"]) if row and row["at"] else None


def unknown_without(db: Database, copied_at: datetime) -> Unknown:
    """What would have to be asked if only this copy were left."""
    people = select(
        db, "SELECT address, pace FROM subscribers WHERE state = 'active' ORDER BY address"
    )
    row = select_one(
        db,
        "SELECT (SELECT count(*) FROM deliveries WHERE omitted = '' AND"
        " state IN ('queued', 'sending', 'deferred', 'unknown'))"
        " + (SELECT count(*) FROM bulletins WHERE state IN"
        " ('queued', 'sending', 'deferred', 'unknown')) AS owed,"
        " (SELECT count(*) FROM tasks WHERE state = 'open' AND address <> ''"
        " AND due_on >= date(:at, '-7 days')) AS tasks",
        {"at": from_instant(copied_at)},
    )
    return Unknown(
        copied_at,
        int(row["owed"]) if row else 0,
        tuple(person["address"] for person in people),
        tuple(person["address"] for person in people if person["pace"] == "immediate"),
        int(row["tasks"]) if row else 0,
    )


def knows(former: Path, copy: Path) -> bool:
    """Whether a store is whole, of this version, and the one that the copy was made of, so that
    its ledgers can be believed."""
    if not former.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{former.resolve().as_uri()}?mode=ro", uri=True)) as found:
            if [row[0] for row in found.execute("PRAGMA quick_check(1)")] != ["ok"]:
                return False
            db = Database(found)
            has_steps = migrations.migrations.migrations_table in db.table_names()
            current = has_steps and not migrations.pending(db) and not migrations.unknown(db)
        if not current:
            return False
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as made:
            made.execute("ATTACH DATABASE ? AS former", [f"{former.resolve().as_uri()}?mode=ro"])
            return _are_relatives(Database(made))
    except sqlite3.Error:
        return False


def carry_over(former: Path, restored: Path) -> None:
    """Take the ledgers of `former`, which `knows`, into the copy `restored`.

    Nobody who left is mailed again, what was sent stays sent, with its Message-ID, and what
    readers were told of is known to have been told. Nothing else of `former` is taken: what it
    crawled may be why the copy is put back.
    """
    with closing(open_database(restored)) as db:
        db.execute("ATTACH DATABASE ? AS former", [f"{former.resolve().as_uri()}?mode=ro"])
        with transaction(db):
            db.execute("PRAGMA defer_foreign_keys=ON")
            _carry_people(db)
            _carry_notices(db)
            _carry_issues(db)
            for table in _LEDGERS:
                _copy(db, table, how="REPLACE")
            _copy(db, "task_reminders", "task_id IN (SELECT id FROM main.tasks)", how="REPLACE")


def record_restoration(
    db: Database, *, answer: Answer, copied_at: datetime, weeks: Sequence[str], now: datetime
) -> None:
    """Note what is known; with `sent`, nothing that the copy owed, nor of `weeks`, goes out."""
    with transaction(db):
        db.execute(
            "INSERT INTO restorations (restored_at, copied_at, answer, weeks) VALUES (?, ?, ?, ?)",
            [from_instant(now), from_instant(copied_at), answer, json.dumps(list(weeks))],
        )
        if answer != "sent":
            return
        db.execute(
            "UPDATE deliveries SET omitted = ?, updated_at = ? WHERE omitted = '' AND"
            " state IN ('queued', 'sending', 'deferred', 'unknown')",
            [_SAID, from_instant(now)],
        )
        for table in ("bulletins", "task_reminders"):
            db.execute(
                f"UPDATE {table} SET state = 'refused', last_reply = ?, pid = NULL WHERE"  # noqa: S608
                " state IN ('queued', 'sending', 'deferred', 'unknown')",
                [_SAID],
            )
        db.execute(
            "UPDATE subscribers SET looked_at = ? WHERE looked_at IS NOT NULL",
            [from_instant(now)],
        )


def omit_if_sent_before(db: Database, issue_id: int, week: str, now: datetime) -> bool:
    """Leave out everybody who is entered for a week that went out before the copy was put back;
    whether it is one."""
    rows = select(
        db,
        "SELECT 1 FROM restorations r, json_each(r.weeks) w WHERE r.answer = 'sent'"
        " AND w.value = ?",
        [week],
    )
    if rows:
        with transaction(db):
            db.execute(
                "UPDATE deliveries SET omitted = ?, updated_at = ?"
                " WHERE issue_id = ? AND state = 'queued'",
                [_SAID, from_instant(now), issue_id],
            )
    return bool(rows)


def _are_relatives(db: Database) -> bool:
    for table, columns in _RELATED.items():
        differ = " OR ".join(f"m.{column} <> f.{column}" for column in columns)
        row = select_one(
            db,
            f"SELECT count(*) AS n FROM main.{table} m"  # noqa: S608 # of our own names
            f" JOIN former.{table} f ON f.id = m.id WHERE {differ}",
        )
        if row is None or row["n"]:
            return False
    return True


def _carry_people(db: Database) -> None:
    """New readers with all they chose; of known ones that they left, paused or came back."""
    _copy(db, "subscribers", "id NOT IN (SELECT id FROM main.subscribers)")
    db.execute(
        "UPDATE main.subscribers SET (state, note, paused_until, began_at, updated_at) ="
        " (SELECT f.state, f.note, f.paused_until, f.began_at, f.updated_at"
        "  FROM former.subscribers f WHERE f.id = main.subscribers.id)"
        " WHERE id IN (SELECT m.id FROM main.subscribers m JOIN former.subscribers f ON f.id = m.id"
        "  WHERE f.state <> 'active' OR coalesce(f.began_at, '') > coalesce(m.began_at, ''))"
    )
    db.execute(
        "UPDATE main.subscribers SET looked_at = (SELECT f.looked_at FROM former.subscribers f"
        " WHERE f.id = main.subscribers.id) WHERE id IN (SELECT id FROM former.subscribers)"
    )


def _carry_notices(db: Database) -> None:
    """What readers were told of and the copy does not have, with what each is a copy of."""
    db.execute(
        "CREATE TEMP TABLE told AS WITH told AS ("  # noqa: S608 # of our own names
        + _TOLD
        + ") SELECT notice_id AS id FROM told UNION SELECT n.duplicate_of FROM former.notices n"
        " JOIN told ON told.notice_id = n.id WHERE n.duplicate_of IS NOT NULL"
    )
    db.execute("DELETE FROM temp.told WHERE id IN (SELECT id FROM main.notices)")
    _copy(db, "notices", "id IN (SELECT id FROM temp.told)")
    for table in _OF_NOTICES:
        _copy(db, table, "notice_id IN (SELECT id FROM temp.told)")
    _carry_files(db)
    db.execute("DROP TABLE temp.told")


def _carry_files(db: Database) -> None:
    """The rows of their lists, and what was recognised in their pictures."""
    attachments = _FILES_TOLD.format("id", "attachments")
    _copy(db, "attachment_rows", f"attachment IN ({attachments})")
    contents = " UNION ".join(
        _FILES_TOLD.format("sha256", table) for table in ("attachments", "body_pictures")
    )
    _copy(db, "picture_files", f"sha256 IN ({contents})")
    _copy(
        db,
        "picture_pages",
        "file IN (SELECT f.id FROM former.picture_files f"
        " JOIN main.picture_files m ON m.id = f.id AND m.sha256 = f.sha256)",
    )


def _carry_issues(db: Database) -> None:
    """Issues that the copy lacks or that it has as not yet released, with what they contain."""
    db.execute(
        "CREATE TEMP TABLE gone AS SELECT f.id FROM former.issues f LEFT JOIN main.issues m"
        " ON m.id = f.id WHERE m.id IS NULL OR m.released_at IS NULL"
    )
    for table in ("issue_contents", "corrected_items", "issue_items"):
        db.execute(f"DELETE FROM main.{table} WHERE issue_id IN (SELECT id FROM temp.gone)")  # noqa: S608 # same
    db.execute("DELETE FROM main.issues WHERE id IN (SELECT id FROM temp.gone)")
    _copy(db, "issues", "id IN (SELECT id FROM temp.gone)")
    for table in ("issue_contents", "corrected_items", "issue_items"):
        _copy(db, table, "issue_id IN (SELECT id FROM temp.gone)")
    _copy(
        db,
        "edits",
        "week IN (SELECT week FROM former.issues WHERE id IN (SELECT id FROM temp.gone))"
        " AND (notice_id IS NULL OR notice_id IN (SELECT id FROM main.notices))",
    )
    db.execute("DROP TABLE temp.gone")


def _copy(db: Database, table: str, where: str = "1", *, how: str = "IGNORE") -> None:
    """Rows of a table of `former`; runs that the copy does not have are not named any more."""
    columns = [row["name"] for row in select(db, f"PRAGMA main.table_info({table})")]
    taken = ["NULL" if name == "run_id" else f'"{name}"' for name in columns]
    named = ", ".join(f'"{name}"' for name in columns)
    db.execute(
        f"INSERT OR {how} INTO main.{table} ({named})"  # noqa: S608 # of our own names
        f" SELECT {', '.join(taken)} FROM former.{table} WHERE {where}"
    )
