"""Which tasks an issue tells of: all that are open, and those closed since the issue before."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from digest.models.follow_up import FollowUp
from storage.desk.tasks import Task, tasks_to_tell
from storage.issues.issues import list_issues


def follow_ups(db: Database, week: str, instant: datetime) -> tuple[FollowUp, ...]:
    """The tasks given before an issue of this instant (UTC), as they stand now: those that are
    due first, what was closed last."""
    before = [one.instant for one in list_issues(db) if one.week != week and one.instant < instant]
    found = tasks_to_tell(db, given_by=instant, closed_since=max(before, default=None))
    return tuple(_told(one) for one in found)


def _told(task: Task) -> FollowUp:
    return FollowUp(
        number=task.id,
        named=task.title,
        address=task.url,
        given_to=task.owner,
        due_on=task.due_on,
        words=task.note,
        is_done=task.state == "done",
    )
