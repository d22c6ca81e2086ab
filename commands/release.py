"""`zhengxun release`, and what the daemon does with an issue that waits for its editor."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from sqlite_utils import Database

from commands.desk import CommandError, Desk, os_user
from commands.issue import group_robots, make, report_line, send_issue
from commands.mail_server import has_mail_server, mail_server
from commands.ways import ways_of
from digest.composing.compose import rows_of
from digest.composing.weeks import Week
from digest.delivery.deliver import enrol
from digest.delivery.editor_mail import tell_editor
from digest.folders import issue_folder
from digest.models import DigestError
from digest.press import reprint, span_of
from digest.wording import local_minute
from storage import releases
from storage.alarms import note_event
from storage.database import transaction
from storage.edits import record_edit
from storage.issues import find_issue
from storage.models import IssueRecord

if TYPE_CHECKING:
    # The daemon calls this too and prints nothing: it is spared the terminal library.
    from rich.console import Console

log = logging.getLogger("zhengxun")


def release(desk: Desk, week: str, console: Console) -> int:
    """Send the issue that waits now; 1 when a mail could not go."""
    with desk.store() as db:
        record = _waiting(desk, db, week)
        released = let_go(desk, db, record, by_itself=False)
        if released is None:
            raise CommandError(f"issue {record.week} has just been released by somebody else")
        folder = issue_folder(desk.config.data, record.week)
        console.print(
            f"{record.week}：已发出，{folder}", markup=False, highlight=False, soft_wrap=True
        )
        if not (has_mail_server(desk) or group_robots(desk)):
            console.print("没有邮件服务器（smtp.host），只写了文件")
            return 0
        report = send_issue(desk, db, released, None)
    console.print(report_line(record.week, report))
    for note in report.notes:
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    return 1 if report.deferred or report.refused else 0


def let_go(desk: Desk, db: Database, record: IssueRecord, *, by_itself: bool) -> IssueRecord | None:
    """Release an issue as its editor left it, and write its files; None if it has gone already.

    The issue, who gets it and the trace in the history become final in one transaction: a crash
    leaves it waiting or released, never half of it. Its files are written again from the record
    when they are missing (`duties.compose_due`).
    """
    now = desk.config.clock()
    with transaction(db):
        issue = reprint(db, desk.config.digest, record.week, now, desk.site_names())
        released = releases.release(db, record, title=issue.title, entries=rows_of(issue), now=now)
        if released is None:
            return None
        record_edit(
            db,
            week=record.week,
            act="release",
            before={},
            after={"by_itself": by_itself, "entries": issue.total},
            who=os_user(),
            now=now,
        )
        _enter_readers(desk, db, released, now)
    span = Week(record.from_on, record.to_on, record.week)
    make(desk, db, span, issue_folder(desk.config.data, record.week), record=True)
    return released


def release_due(desk: Desk, db: Database) -> list[IssueRecord]:
    """Let go whatever has waited long enough, the oldest first; decided from the store alone."""
    due = releases.waiting_issues(db, due_at=desk.config.clock())
    gone = [let_go(desk, db, record, by_itself=True) for record in due]
    return [record for record in gone if record is not None]


def tell_editors(desk: Desk, db: Database) -> list[str]:
    """Write to the editor that an issue waits, once; the problems, for the log.

    Tried again at every round until the mail is taken or the issue has gone.
    """
    config = desk.config
    address = config.digest.editor or config.operator.email
    smtp = mail_server(desk)
    problems = []
    for record in releases.untold(db):
        now = config.clock()
        if not address or smtp is None:
            # A webhook of the operator's may take it; `status` shows it in any case.
            title = f"{record.week} 待审，{local_minute(record.release_at)} 自动发出"
            note_event(db, f"waits:{record.week}", title, "没有编辑的邮箱或邮件服务器", now=now)
            continue
        issue = reprint(db, config.digest, record.week, now, desk.site_names())
        until = record.release_at or now
        try:
            ended = tell_editor(issue, address=address, until=until, smtp=smtp, now=now)
        except DigestError as error:
            problems.append(f"{record.week} waits and nobody is told: {error}")
            continue
        if ended.state == "sent":
            releases.mark_told(db, record.id, now)
        else:
            problems.append(f"the editor could not be told of {record.week}: {ended.reply}")
    return problems


def _waiting(desk: Desk, db: Database, week: str) -> IssueRecord:
    if week:
        name = span_of(desk.config.digest, week).name
        record = find_issue(db, name)
        if record is None:
            raise CommandError(
                f"issue {name} is not made yet; make it: zhengxun digest --week {name}"
            )
        if not record.waits:
            raise CommandError(f"issue {name} went out {local_minute(record.released_at)}")
        return record
    waiting = releases.waiting_issues(db)
    if not waiting:
        raise CommandError("no issue waits; see: zhengxun history, zhengxun status")
    return waiting[0]


def _enter_readers(desk: Desk, db: Database, record: IssueRecord, now: datetime) -> None:
    robots = group_robots(desk)
    if not (robots or has_mail_server(desk)):
        return
    try:
        enrol(db, record, smtp=mail_server(desk), now=now, robots=robots, ways=ways_of(desk))
    except DigestError as error:
        # A wrong sender holds up the mails, which wait for it to be mended, but not the issue.
        log.warning("%s is released; its mails wait: %s", record.week, error)
