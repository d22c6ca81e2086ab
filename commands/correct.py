"""`zhengxun correct`: a numbered 更正 of an issue that has gone out, to everybody who got it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from sqlite_utils import Database

from app.context import CommandError, Context, os_user
from app.corrections import send_correction, send_corrections, write_missing
from app.drafts import Draft, find_entry
from app.issues import chat_bots, find_recorded, report_line
from app.mail_server import has_mail_server
from commands import issue as issue_verb
from digest.delivery.deliver import DeliveryReport
from digest.folders import issue_folder
from digest.models.correction import Correction
from digest.publish import recompose
from digest.publish_correction import (
    last_file,
)
from digest.rendering.render_correction import correction_text
from digest.safe_text import clean_text
from storage.database import transaction
from storage.issues import corrections
from storage.issues.edits import record_edit
from storage.models import CorrectedItem, CorrectionRecord, IssueRecord

TEXT_LENGTH = 4000


def correct(
    context: Context,
    week: str,
    words: str,
    entries: Sequence[str],
    wrong: Sequence[str],
    right: Sequence[str],
    console: Console,
    *,
    preview: bool,
) -> int:
    """Record the next correction, write its files and send it; `preview` only prints it.

    1 when a mail could not go.
    """
    text = clean_text(words).strip()
    if not text or len(text) > TEXT_LENGTH:
        raise CommandError(f"say in 1 to {TEXT_LENGTH} characters what is corrected: --text", 2)
    if not len(entries) == len(wrong) == len(right):
        raise CommandError("each --entry needs one --wrong and one --right, in this order", 2)
    with context.store() as db:
        issue = find_recorded(context, db, week)
        items = _items(context, db, issue, entries, wrong, right)
        if preview:
            number = len(corrections.list_corrections(db, issue)) + 1
            now = context.config.clock()
            draft = replace(issue, corrects=issue.id, number=number, composed_at=now)
            _show(context, CorrectionRecord(draft, issue, text, tuple(items)), console)
            return 0
        with transaction(db):
            record = corrections.record_correction(
                db, issue, words=text, items=items, now=context.config.clock()
            )
            _note(context, db, record)
        _show(context, record, console)
        return _publish(context, db, issue, record, console)


def send(context: Context, week: str, address: str, console: Console) -> int:
    """Deliver what is outstanding of issues and of their corrections; 1 when some remains."""
    code = issue_verb.send(context, week, address, console)
    with context.store() as db:
        name = find_recorded(context, db, week).week if week else ""
        sent = send_corrections(context, db, name, address or None)
    for record, report in sent:
        _tell(console, record.week, report)
    return max(code, *(int(bool(item.deferred or item.refused)) for _, item in sent), 0)


def _items(
    context: Context,
    db: Database,
    issue: IssueRecord,
    entries: Sequence[str],
    wrong: Sequence[str],
    right: Sequence[str],
) -> list[CorrectedItem]:
    if not entries:
        return []
    now = context.config.clock()
    digest = recompose(db, context.config.digest, issue.week, now, context.site_names())
    found = []
    for name, was, is_so in zip(entries, wrong, right, strict=True):
        entry = find_entry(db, Draft(digest, {}, issue), name)
        issued = corrections.issued_entry(db, issue.id, entry.id)
        title, url = issued or (entry.title, entry.url)
        found.append(
            CorrectedItem(entry.id, title, url, clean_text(was).strip(), clean_text(is_so).strip())
        )
    return found


def _note(context: Context, db: Database, record: CorrectionRecord) -> None:
    record_edit(
        db,
        week=record.corrects.week,
        act="correct",
        before={"items": [{"number": item.notice_id, "is": item.wrong} for item in record.items]},
        after={
            "number": record.record.number,
            "words": record.words,
            "items": [{"number": item.notice_id, "is": item.fixed} for item in record.items],
        },
        who=os_user(),
        now=context.config.clock(),
    )


def _publish(
    context: Context, db: Database, issue: IssueRecord, record: CorrectionRecord, console: Console
) -> int:
    write_missing(context, db, record)
    folder = issue_folder(context.config.data, issue.week)
    console.print(
        f"写入 {last_file(folder, record.record.number)}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    if not (has_mail_server(context) or chat_bots(context)):
        console.print("没有邮件服务器（smtp.host），只写了文件")
        return 0
    report = send_correction(context, db, record, None)
    _tell(console, record.record.week, report)
    return 1 if report.deferred or report.refused else 0


def _show(context: Context, record: CorrectionRecord, console: Console) -> None:
    text = correction_text(Correction(record, context.config.digest.company))
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _tell(console: Console, name: str, report: DeliveryReport) -> None:
    console.print(report_line(name, report))
    for note in report.notes:
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
