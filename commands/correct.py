"""`zhengxun correct`: a numbered 更正 of an issue that has gone out, to everybody who got it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlite_utils import Database

from commands import issue as issue_verb
from commands.desk import CommandError, Desk, os_user
from commands.draft import Draft, find_entry
from commands.issue import (
    find_recorded,
    group_robots,
    report_line,
)
from commands.mail_server import has_mail_server, mail_server, smtp_settings
from commands.ways import ways_of
from digest.corrections.correction import Correction, correction_text
from digest.corrections.errata import (
    corrections_of,
    finish_correction,
    last_file,
    with_addresses,
    write_correction,
)
from digest.delivery.deliver import DeliveryReport, deliver, enrol
from digest.folders import issue_folder
from digest.press import reprint, write_feed
from digest.safe_text import clean_text
from storage import corrections, deliveries
from storage.database import transaction
from storage.edits import record_edit
from storage.models import CorrectedItem, CorrectionRecord, IssueRecord

if TYPE_CHECKING:
    # The daemon calls this too and prints nothing: it is spared the terminal library.
    from rich.console import Console

TEXT_LENGTH = 4000


def correct(
    desk: Desk,
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
    with desk.store() as db:
        issue = find_recorded(desk, db, week)
        items = _items(desk, db, issue, entries, wrong, right)
        if preview:
            number = len(corrections.list_corrections(db, issue)) + 1
            now = desk.config.clock()
            sketch = replace(issue, corrects=issue.id, number=number, composed_at=now)
            _show(desk, CorrectionRecord(sketch, issue, text, tuple(items)), console)
            return 0
        with transaction(db):
            record = corrections.record_correction(
                db, issue, words=text, items=items, now=desk.config.clock()
            )
            _note(desk, db, record)
        _show(desk, record, console)
        return _publish(desk, db, issue, record, console)


def send(desk: Desk, week: str, address: str, console: Console) -> int:
    """Deliver what is outstanding of issues and of their corrections; 1 when some remains."""
    code = issue_verb.send(desk, week, address, console)
    with desk.store() as db:
        name = find_recorded(desk, db, week).week if week else ""
        sent = send_corrections(desk, db, name, address or None)
    for record, report in sent:
        _tell(console, record.week, report)
    return max(code, *(int(bool(item.deferred or item.refused)) for _, item in sent), 0)


def publish_due(desk: Desk, db: Database) -> None:
    """Write what is missing of any correction's files: a crash may have come between."""
    for record in corrections.all_corrections(db):
        _write(desk, db, record)


def send_corrections(
    desk: Desk, db: Database, week: str = "", address: str | None = None
) -> list[tuple[IssueRecord, DeliveryReport]]:
    """Every correction, or those of one issue, to whom it still has to go."""
    robots, now = group_robots(desk), desk.config.clock()
    if not (robots or has_mail_server(desk)):
        return []
    sent = []
    for record in corrections.all_corrections(db):
        if week and record.corrects.week != week:
            continue
        enrol(db, record.record, smtp=mail_server(desk), now=now, robots=robots, ways=ways_of(desk))
        if address is None and not deliveries.outstanding(db, record.record.id, due_at=now):
            continue
        sent.append((record.record, _send(desk, db, record, address)))
    return sent


def _items(
    desk: Desk,
    db: Database,
    issue: IssueRecord,
    entries: Sequence[str],
    wrong: Sequence[str],
    right: Sequence[str],
) -> list[CorrectedItem]:
    if not entries:
        return []
    now = desk.config.clock()
    digest = reprint(db, desk.config.digest, issue.week, now, desk.site_names())
    found = []
    for name, was, is_so in zip(entries, wrong, right, strict=True):
        entry = find_entry(db, Draft(digest, {}, issue), name)
        issued = corrections.issued_entry(db, issue.id, entry.id)
        title, url = issued or (entry.title, entry.url)
        found.append(
            CorrectedItem(entry.id, title, url, clean_text(was).strip(), clean_text(is_so).strip())
        )
    return found


def _note(desk: Desk, db: Database, record: CorrectionRecord) -> None:
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
        now=desk.config.clock(),
    )


def _publish(
    desk: Desk, db: Database, issue: IssueRecord, record: CorrectionRecord, console: Console
) -> int:
    _write(desk, db, record)
    folder = issue_folder(desk.config.data, issue.week)
    console.print(
        f"写入 {last_file(folder, record.record.number)}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    if not (has_mail_server(desk) or group_robots(desk)):
        console.print("没有邮件服务器（smtp.host），只写了文件")
        return 0
    report = _send(desk, db, record, None)
    _tell(console, record.record.week, report)
    return 1 if report.deferred or report.refused else 0


def _show(desk: Desk, record: CorrectionRecord, console: Console) -> None:
    text = correction_text(Correction(record, desk.config.digest.company))
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _tell(console: Console, name: str, report: DeliveryReport) -> None:
    console.print(report_line(name, report))
    for note in report.notes:
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)


def _write(desk: Desk, db: Database, record: CorrectionRecord) -> None:
    data, settings = desk.config.data, desk.config.digest
    folder = issue_folder(data, record.corrects.week)
    if last_file(folder, record.record.number).is_file():
        return
    correction = Correction(record, settings.company)
    told = corrections_of(db, record.corrects, settings.company)
    try:
        write_correction(correction, folder, data / "site", told)
        now, names = desk.config.clock(), desk.site_names()
        write_feed(db, settings, data, now=now, site_names=names)
        finish_correction(correction, folder)
    except OSError as error:
        raise CommandError(f"cannot write to {folder}: {error.strerror}") from error


def _send(
    desk: Desk, db: Database, record: CorrectionRecord, address: str | None
) -> DeliveryReport:
    robots = group_robots(desk)
    return deliver(
        db,
        record.record,
        lambda: with_addresses(db, record, desk.config.digest.company),
        smtp=mail_server(desk) if robots else smtp_settings(desk),
        now=desk.config.clock,
        only_address=address,
        robots=robots,
        ways=ways_of(desk),
    )
