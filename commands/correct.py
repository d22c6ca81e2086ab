"""`zhengxun correct`: a numbered 更正 of an issue that has gone out, to everybody who got it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from sqlite_utils import Database

from app.context import CommandError, Context, os_user
from app.corrections import (
    Fault,
    draft_correction,
    record_correction,
    send_correction,
    send_corrections,
    write_missing,
)
from app.issues import chat_bots, find_recorded, report_line
from app.mail_server import has_mail_server
from commands import issue as issue_verb
from digest.delivery.deliver import DeliveryReport
from digest.folders import issue_folder
from digest.models.correction import Correction
from digest.publish_correction import (
    last_file,
)
from digest.rendering.render_correction import correction_text
from storage.models import CorrectionRecord, IssueRecord


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
    if not len(entries) == len(wrong) == len(right):
        raise CommandError("each --entry needs one --wrong and one --right, in this order", 2)
    with context.store() as db:
        issue = find_recorded(context, db, week)
        faults = [Fault(*one) for one in zip(entries, wrong, right, strict=True)]
        draft = draft_correction(context, db, issue, words, faults)
        if preview:
            _show(context, draft, console)
            return 0
        record = record_correction(context, db, draft, who=os_user())
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
