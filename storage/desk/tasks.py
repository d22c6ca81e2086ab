"""Tasks: who in the company acts on a notice, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.readers.mail_addresses import check_address
from storage.values import Row, from_date, from_instant, select, select_one, to_date, to_instant
from texts.folding import clean

TaskState = Literal["open", "done"]
MOST_OWNER, MOST_NOTE = 60, 500
_TASKS = """
SELECT t.*, n.title, n.url FROM tasks t JOIN notices n ON n.id = t.notice_id
"""


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody has to do about a notice. `due_on`: a day in Asia/Shanghai, None: no day was
    set; `title` and `url` are the notice's; `changed_by` also says who closed it; `address`: where
    the owner is reminded, '' for nowhere."""

    id: int
    notice_id: int
    owner: str
    due_on: date | None
    note: str
    state: TaskState
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
    title: str
    url: str
    address: str = ""


def add_task(
    db: Database,
    notice_id: int,
    *,
    owner: str,
    due_on: date | None,
    note: str,
    who: str,
    now: datetime,
    address: str = "",
) -> Task:
    """Give a task. Raises StorageError without an owner, for texts too long, for no notice, for
    an address that is none."""
    where = check_address(address) if address else ""
    called, words = clean(owner).strip(), clean(note).strip()
    if not called or len(called) > MOST_OWNER or len(words) > MOST_NOTE:
        raise StorageError(
            f"a task needs an owner of at most {MOST_OWNER} characters and a note of at most"
            f" {MOST_NOTE}"
        )
    with transaction(db):
        if select_one(db, "SELECT 1 FROM notices WHERE id = ?", [notice_id]) is None:
            raise StorageError(f"there is no notice {notice_id}")
        cursor = db.execute(
            "INSERT INTO tasks (notice_id, owner, due_on, note, state, made_by, made_at,"
            " changed_by, changed_at, address) VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?)",
            [
                notice_id,
                called,
                from_date(due_on),
                words,
                *(clean(who), from_instant(now)) * 2,
                where,
            ],
        )
        return get_task(db, int(cursor.lastrowid or 0))


def set_task_state(
    db: Database, task_id: int, state: TaskState, *, who: str, now: datetime
) -> Task:
    """Close a task, or open it again. Raises StorageError for an unknown one."""
    with transaction(db):
        db.execute(
            "UPDATE tasks SET state = ?, changed_by = ?, changed_at = ?"
            " WHERE id = ? AND state <> ?",
            [state, clean(who), from_instant(now), task_id, state],
        )
        return get_task(db, task_id)


def list_tasks(db: Database, state: TaskState | None = None, most: int = 1000) -> list[Task]:
    """Tasks in one state or all, those due first before those without a day."""
    rows = select(
        db,
        f"{_TASKS} WHERE :state IS NULL OR t.state = :state"
        " ORDER BY t.state DESC, t.due_on IS NULL, t.due_on, t.id LIMIT :most",
        {"state": state, "most": most},
    )
    return [_to_task(row) for row in rows]


def tasks_to_tell(db: Database, *, given_by: datetime, closed_since: datetime | None) -> list[Task]:
    """What was given by then and is open, those due first; then what was closed since."""
    rows = select(
        db,
        f"{_TASKS} WHERE t.made_at <= :given AND"
        " (t.state = 'open' OR :closed IS NULL OR t.changed_at > :closed)"
        " ORDER BY t.state DESC, t.due_on IS NULL, t.due_on, t.id",
        {
            "given": from_instant(given_by),
            "closed": None if closed_since is None else from_instant(closed_since),
        },
    )
    return [_to_task(row) for row in rows]


def newest_task_change(db: Database) -> str:
    """A mark that differs when a task was given, closed or opened again."""
    row = select_one(db, "SELECT count(*) || ' ' || max(changed_at) AS mark FROM tasks")
    return str(row["mark"]) if row else ""


def tasks_of(db: Database, notice_id: int) -> list[Task]:
    """The tasks about one notice, in the order they were given."""
    rows = select(db, f"{_TASKS} WHERE t.notice_id = ? ORDER BY t.id", [notice_id])
    return [_to_task(row) for row in rows]


def get_task(db: Database, task_id: int) -> Task:
    """One task. Raises StorageError for an unknown one."""
    row = select_one(db, f"{_TASKS} WHERE t.id = ?", [task_id])
    if row is None:
        raise StorageError(f"there is no task {task_id}")
    return _to_task(row)


def _to_task(row: Row) -> Task:
    return Task(
        id=row["id"],
        notice_id=row["notice_id"],
        owner=row["owner"],
        due_on=to_date(row["due_on"]),
        note=row["note"],
        state=row["state"],
        made_by=row["made_by"],
        made_at=to_instant(row["made_at"]),
        changed_by=row["changed_by"],
        changed_at=to_instant(row["changed_at"]),
        title=row["title"],
        url=row["url"],
        address=row["address"],
    )
