"""`zhengxun release`, and what the daemon does with an issue that waits for its editor."""

from __future__ import annotations

from rich.console import Console
from sqlite_utils import Database

from app.context import CommandError, Context, os_user
from app.issues import chat_bots, report_line, send_issue
from app.mail_server import has_mail_server
from app.releases import let_go, skip_issue, take_back_skip
from china_time import local_minute
from digest.folders import issue_folder
from digest.publish import span_of
from storage.issues import releases
from storage.issues.issues import find_issue
from storage.models import IssueRecord


def release(context: Context, week: str, console: Console) -> int:
    """Send the issue that waits now; 1 when a mail could not go."""
    with context.store() as db:
        record = _waiting(context, db, week)
        released = let_go(context, db, record, by_itself=False)
        if released is None:
            raise CommandError(f"issue {record.week} has just been released by somebody else")
        folder = issue_folder(context.config.data, record.week)
        console.print(
            f"{record.week}：已发出，{folder}", markup=False, highlight=False, soft_wrap=True
        )
        if not (has_mail_server(context) or chat_bots(context)):
            console.print("没有邮件服务器（smtp.host），只写了文件")
            return 0
        report = send_issue(context, db, released, None)
    console.print(report_line(record.week, report))
    for note in report.notes:
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    return 1 if report.deferred or report.refused else 0


def skip(context: Context, week: str, console: Console) -> int:
    """Leave out the issue that waits: its entries come in the next one."""
    with context.store() as db:
        record = _waiting(context, db, week)
        if skip_issue(context, db, record, who=os_user()) is None:
            raise CommandError(f"issue {record.week} has just been released by somebody else")
    console.print(f"{record.week}：已跳过，条目转入下一期")
    return 0


def take_back(context: Context, week: str, console: Console) -> int:
    """Let an issue that was skipped wait again."""
    with context.store() as db:
        back = take_back_skip(context, db, _skipped(context, db, week), who=os_user())
    if back is None:
        raise CommandError("no skipped issue can still go; see: zhengxun history")
    until = local_minute(back.release_at)
    console.print(f"{back.week}：已收回跳过，待审，{until} 自动发出", highlight=False)
    return 0


def _skipped(context: Context, db: Database, week: str) -> IssueRecord:
    skipped = releases.skipped_issues(db)
    if not week and skipped:
        return skipped[0]
    name = span_of(context.config.digest, week).name if week else ""
    record = find_issue(db, name) if name else None
    if record is None or record.skipped_at is None:
        raise CommandError("no skipped issue can still go; see: zhengxun history")
    if record.id not in {one.id for one in skipped}:
        raise CommandError(f"issue {name} is not taken back: the next one has its entries")
    return record


def _waiting(context: Context, db: Database, week: str) -> IssueRecord:
    if week:
        name = span_of(context.config.digest, week).name
        record = find_issue(db, name)
        if record is None:
            raise CommandError(
                f"issue {name} is not made yet; make it: zhengxun digest --week {name}"
            )
        if record.skipped_at is not None:
            raise CommandError(f"issue {name} was skipped; its entries stand in the next one")
        if not record.waits:
            raise CommandError(f"issue {name} went out {local_minute(record.released_at)}")
        return record
    waiting = releases.waiting_issues(db)
    if not waiting:
        raise CommandError("no issue waits; see: zhengxun history, zhengxun status")
    return waiting[0]
