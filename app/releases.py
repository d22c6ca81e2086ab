"""What becomes of an issue that waits for its editor: told of, and let go in time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlite_utils import Database

from app.context import CommandError, Context, os_user
from app.issues import chat_bots, make
from app.mail_server import has_mail_server, mail_server
from app.unsubscribe_links import unsubscribe_links
from china_time import local_minute
from digest.composing.compose import rows_of
from digest.composing.weeks import Week
from digest.delivery.deliver import enrol
from digest.delivery.editor_mail import tell_editor
from digest.folders import issue_folder
from digest.models.issue import DigestError
from digest.publish import chosen_again, recompose
from errors import ZhengxunError
from storage.database import transaction
from storage.issues import releases
from storage.issues.edits import record_edit
from storage.issues.issues import issue_entries
from storage.issues.stamps import newest_act
from storage.models import IssueRecord
from storage.operation.alarms import note_event

LONGEST_HOLD = timedelta(days=7)
AGAIN_WAITS = timedelta(hours=1)

log = logging.getLogger("zhengxun")


class ChangedError(ZhengxunError):
    """An issue is not as it was when somebody looked at it."""


def let_go(
    context: Context,
    db: Database,
    record: IssueRecord,
    *,
    by_itself: bool,
    who: str = "",
    seen: int | None = None,
) -> IssueRecord | None:
    """Release an issue as its editor left it, and write its files; None if it has gone already.

    `who` lets it go; by default the user of the operating system. `seen`: the last act on it that
    they know of; raises ChangedError when there is another by now.

    The issue, who gets it and the trace in the history become final in one transaction: a crash
    leaves it waiting or released, never half of it. Its files are written again from the record
    when they are missing (`job.compose_due`).
    """
    now = context.config.clock()
    with transaction(db):
        if seen is not None and newest_act(db, record.week) != seen:
            raise ChangedError(f"issue {record.week} was changed meanwhile; look at it again")
        issue = recompose(db, context.config.digest, record.week, now, context.site_names())
        released = releases.release(db, record, title=issue.title, entries=rows_of(issue), now=now)
        if released is None:
            return None
        record_edit(
            db,
            week=record.week,
            act="release",
            before={},
            after={"by_itself": by_itself, "entries": issue.total},
            who=who or os_user(),
            now=now,
        )
        _enter_readers(context, db, released, now)
    span = Week(record.from_on, record.to_on, record.week)
    make(context, db, span, issue_folder(context.config.data, record.week), record=True)
    return released


def hold_until(
    context: Context, db: Database, record: IssueRecord, until: datetime, *, who: str
) -> IssueRecord | None:
    """Let an issue wait until another instant; None if it has gone already.

    Raises CommandError for an instant that has passed or is too far.
    """
    now = context.config.clock()
    if not now < until <= now + LONGEST_HOLD:
        raise CommandError(
            f"an issue can wait until an instant within {LONGEST_HOLD.days} days from now"
        )
    with transaction(db):
        held = releases.hold(db, record, until)
        if held is None:
            return None
        before = {"until": local_minute(record.release_at)}
        after = {"until": local_minute(until), "entries": len(issue_entries(db, record.id))}
        record_edit(db, week=record.week, act="hold", before=before, after=after, who=who, now=now)
    return held


def skip_issue(
    context: Context, db: Database, record: IssueRecord, *, who: str, seen: int | None = None
) -> IssueRecord | None:
    """Leave an issue out, as the history says; None if it has gone already. What it had comes in
    the next one, with what its editor did to it.

    `seen` as in `let_go`; raises ChangedError.
    """
    now = context.config.clock()
    with transaction(db):
        if seen is not None and newest_act(db, record.week) != seen:
            raise ChangedError(f"issue {record.week} was changed meanwhile; look at it again")
        after = {"skipped": True, "entries": len(issue_entries(db, record.id))}
        skipped = releases.skip(db, record, now)
        if skipped is None:
            return None
        record_edit(db, week=record.week, act="release", before={}, after=after, who=who, now=now)
    return skipped


def take_back_skip(
    context: Context, db: Database, record: IssueRecord, *, who: str, seen: int | None = None
) -> IssueRecord | None:
    """Let an issue that was skipped wait again, as the history says: until it was to go, but at
    least `AGAIN_WAITS`, so that nobody's slip sends it at once. None if it waits or went already,
    or the next one has its entries.

    What it contains is selected again as of its closing; what its editor did to it holds. `seen`
    as in `let_go`; raises ChangedError.
    """
    now, settings = context.config.clock(), context.config.digest
    with transaction(db):
        if seen is not None and newest_act(db, record.week) != seen:
            raise ChangedError(f"issue {record.week} was changed meanwhile; look at it again")
        entries = chosen_again(db, settings, record, now, context.site_names())
        until = max(record.release_at or now, now + AGAIN_WAITS)
        back = releases.take_back_skip(db, record, entries, until)
        if back is None:
            return None
        after = {"until": local_minute(until), "entries": len(entries), "taken_back": True}
        record_edit(db, week=record.week, act="hold", before={}, after=after, who=who, now=now)
    span = Week(record.from_on, record.to_on, record.week)
    make(context, db, span, issue_folder(context.config.data, record.week), record=True)
    return back


def release_due(context: Context, db: Database) -> list[IssueRecord]:
    """Let go whatever has waited long enough, the oldest first; decided from the store alone."""
    due = releases.waiting_issues(db, due_at=context.config.clock())
    gone = [let_go(context, db, record, by_itself=True) for record in due]
    return [record for record in gone if record is not None]


def tell_editors(context: Context, db: Database) -> list[str]:
    """Write to the editor that an issue waits, once; the problems, for the log.

    Tried again at every round until the mail is taken or the issue has gone.
    """
    config = context.config
    address = config.digest.editor or config.operator.email
    smtp = mail_server(context)
    problems = []
    for record in releases.untold(db):
        now = config.clock()
        if not address or smtp is None:
            # A webhook of the operator's may take it; `status` shows it in any case.
            title = f"{record.week} 待审，{local_minute(record.release_at)} 自动发出"
            note_event(db, f"waits:{record.week}", title, "没有编辑的邮箱或邮件服务器", now=now)
            continue
        issue = recompose(db, config.digest, record.week, now, context.site_names())
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


def _enter_readers(context: Context, db: Database, record: IssueRecord, now: datetime) -> None:
    bots = chat_bots(context)
    if not (bots or has_mail_server(context)):
        return
    try:
        enrol(
            db,
            record,
            smtp=mail_server(context),
            now=now,
            bots=bots,
            links=unsubscribe_links(context),
        )
    except DigestError as error:
        # A wrong sender holds up the mails, which wait for it to be mended, but not the issue.
        log.warning("%s is released; its mails wait: %s", record.week, error)
