"""Tasks: who in the company acts on a notice, until when."""

from __future__ import annotations

import csv
import io
from datetime import date

from sqlite_utils import Database

from app.state_words import DELIVERY_WORDS
from desk.visits import Answer, Go, Page, RefusedError, Sheet, Visit, needs
from storage.database import StorageError
from storage.desk.acts import note_act
from storage.desk.people import list_people
from storage.desk.reminders import ReminderKind, list_reminders
from storage.desk.tasks import Task, TaskState, add_task, list_tasks, set_task_state, tasks_of
from storage.models import StoredNotice
from storage.notices.notices import get_notice
from storage.readers.subscribers import find_subscriber

STATE_WORDS: dict[TaskState, str] = {"open": "待办", "done": "已办结"}
KIND_WORDS: dict[ReminderKind, str] = {"ahead": "到期前提醒", "due": "当日提醒"}
HEADINGS = ("编号", "通知", "网址", "负责人", "截止", "状态", "备注", "交办人", "提醒邮箱")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@needs("look")
def show(visit: Visit) -> Answer:
    """What is open, and what was closed of late."""
    with visit.context.store() as db:
        waiting, done = list_tasks(db, "open"), list_tasks(db, "done", most=50)
        mails = list_reminders(db)
    told: dict[int, list[str]] = {}
    for one in mails:
        words = f"{KIND_WORDS[one.kind]}{DELIVERY_WORDS[one.state]}"
        told.setdefault(one.task_id, []).append(words)
    return Page("tasks.html.jinja", {"waiting": waiting, "done": done, "told": told})


@needs("look")
def ask(visit: Visit) -> Answer:
    """The form for one notice."""
    number = visit.number("id")
    with visit.context.store() as db:
        notice = found_notice(db, number)
        known = tasks_of(db, number)
        people = [one for one in list_people(db) if one.ended_at is None]
        owners = sorted({one.owner for one in list_tasks(db)} | {one.name for one in people} - {""})
        addresses = sorted({one.address for one in people})
    deadline = notice.notice.deadline_on
    values = {"number": number, "notice": notice.notice, "known": known, "owners": owners}
    values |= {"addresses": addresses}
    return Page("task.html.jinja", values | {"deadline": deadline, "words": STATE_WORDS})


@needs("edit")
def give(visit: Visit) -> Answer:
    """Give a task."""
    number, owner, day = visit.number("id"), visit.text("owner", 60), visit.text("due_on", 10)
    if not owner:
        raise RefusedError("请写负责人。")
    try:
        due_on = date.fromisoformat(day) if day else None
    except ValueError:
        raise RefusedError("截止日期请写成 2021-02-18 这样。") from None
    now, note = visit.context.config.clock(), visit.text("note", 500)
    with visit.context.store() as db:
        found_notice(db, number)
        task = add_task(
            db,
            number,
            owner=owner,
            due_on=due_on,
            note=note,
            who=visit.signature,
            now=now,
            address=_address(db, owner, visit.text("address", 254)),
        )
        words = f"交办 编号 {number} {task.title}：{owner}，截止 {due_on or '未定'}"
        note_act(db, words, who=visit.signature, now=now)
    told = f"到期前提醒 {task.address}。" if task.address and task.due_on else ""
    return Go("/tasks", said=f"已交办：{owner}，{task.title}。{told}")


@needs("edit")
def close(visit: Visit) -> Answer:
    """Close a task."""
    return _set(visit, "done")


@needs("edit")
def reopen(visit: Visit) -> Answer:
    """Open it again."""
    return _set(visit, "open")


@needs("look")
def export(visit: Visit) -> Answer:
    """All tasks as a CSV that Excel opens."""
    with visit.context.store() as db:
        tasks = list_tasks(db, most=100_000)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADINGS)
    for one in tasks:
        cells = [one.title, one.url, one.owner, str(one.due_on or ""), STATE_WORDS[one.state]]
        cells += [one.note, one.made_by, one.address]
        writer.writerow(
            [one.id, *(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)]
        )
    return Sheet("\ufeff" + file.getvalue(), "text/csv", name="tasks.csv")


def found_notice(db: Database, number: int) -> StoredNotice:
    """The notice of a page's address. Raises RefusedError when there is none."""
    try:
        return get_notice(db, number)
    except StorageError:
        raise RefusedError(f"没有编号 {number} 的通知。", 404) from None


def _address(db: Database, owner: str, given: str) -> str:
    """Where the owner is reminded: what was written, or the address of the one person of the desk
    with that name. Raises RefusedError for somebody whom the company does not know: nobody else is
    mailed from here."""
    people = [one for one in list_people(db) if one.ended_at is None]
    if not given:
        same = [one.address for one in people if one.name == owner]
        return same[0] if len(same) == 1 else ""
    is_known = given.casefold() in {one.address.casefold() for one in people}
    if not is_known and find_subscriber(db, given) is None:
        raise RefusedError("提醒只寄给读者和编辑台的人员；请先添加，或不写邮箱。")
    return given


def _set(visit: Visit, state: TaskState) -> Answer:
    now = visit.context.config.clock()
    with visit.context.store() as db:
        task: Task = set_task_state(db, visit.number("id"), state, who=visit.signature, now=now)
        words = f"{STATE_WORDS[state]}：{task.owner}，编号 {task.notice_id} {task.title}"
        note_act(db, words, who=visit.signature, now=now)
    return Go("/tasks", said=words)
