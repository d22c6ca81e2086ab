"""`zhengxun digest` and `zhengxun send`: compose an issue, and deliver what is outstanding."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

from commands.desk import CommandError, Desk
from digest.deliver import DeliveryReport, SmtpSettings, deliver
from digest.models import Digest
from digest.press import current_week, print_issue, reprint, span_of, write_feed
from digest.render_json import render_json
from digest.weeks import Week, parse_day, week_name
from storage.issues import find_issue, list_issues
from storage.models import IssueRecord


def choose_span(desk: Desk, week: str, from_day: str, to_day: str) -> Week:
    """The days meant by --week, or by --from and --to, or the current week."""
    if bool(from_day) != bool(to_day):
        raise CommandError("--from and --to go together", 2)
    if week and from_day:
        raise CommandError("give --week, or --from and --to, not both", 2)
    if from_day:
        first, last = parse_day(from_day, name="--from"), parse_day(to_day, name="--to")
        if last < first:
            raise CommandError(f"--to {to_day} is before --from {from_day}", 2)
        return Week(first, last, week_name(last))
    settings = desk.config.digest
    return span_of(settings, week) if week else current_week(settings, desk.config.clock())


def digest(
    desk: Desk, span: Week, out: Path | None, console: Console, *, preview: bool, as_json: bool
) -> int:
    """Compose and render an issue; --preview records nothing."""
    folder = out or desk.config.data / "issues" / (f"preview-{span.name}" if preview else span.name)
    with desk.store() as db:
        issue = make(desk, db, span, folder, record=not preview)
    if as_json:
        console.file.write(render_json(issue))
        return 0
    console.print(summary_table(issue))
    console.print(f"写入 {folder}")
    return 0


def make(desk: Desk, db: Database, span: Week, folder: Path, *, record: bool) -> Digest:
    """Compose, write the files, and the feed when the issue is recorded."""
    settings, now, names = desk.config.digest, desk.config.clock(), desk.site_names()
    try:
        issue = print_issue(
            db, settings, span=span, now=now, site_names=names, folder=folder, record=record
        )
        if record:
            write_feed(db, settings, desk.config.data / "feed.atom", now=now, site_names=names)
    except OSError as error:
        raise CommandError(f"cannot write to {folder}: {error.strerror}") from error
    return issue


def send(desk: Desk, week: str, address: str, console: Console) -> int:
    """Deliver what the ledger says is outstanding, of one issue or of all; 1 when some remains."""
    with desk.store() as db:
        records = [find_recorded(desk, db, week)] if week else list_issues(db)
        if not records:
            raise CommandError("no issue has been recorded yet; run: zhengxun digest")
        reports = [send_issue(desk, db, record, address or None) for record in records]
    for record, report in zip(records, reports, strict=True):
        console.print(report_line(record.week, report))
    return 1 if any(report.deferred or report.refused for report in reports) else 0


def find_recorded(desk: Desk, db: Database, week: str) -> IssueRecord:
    """A recorded issue by its week."""
    name = span_of(desk.config.digest, week).name
    record = find_issue(db, name)
    if record is None:
        raise CommandError(f"issue {name} is not recorded; run: zhengxun digest --week {name}")
    return record


def send_issue(
    desk: Desk, db: Database, record: IssueRecord, address: str | None
) -> DeliveryReport:
    """One issue to whom it still has to go."""
    config = desk.config
    issue = reprint(db, config.digest, record.week, config.clock(), desk.site_names())
    return deliver(
        db, record, issue, smtp=smtp_settings(desk), now=config.clock, only_address=address
    )


def smtp_settings(desk: Desk) -> SmtpSettings:
    """The mail server as configured; without one there is nothing to try."""
    smtp = desk.config.smtp
    if not smtp.host or not smtp.sender:
        raise CommandError("no mail server: set smtp.host and smtp.sender in zhengxun.toml")
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=desk.config.smtp_password.get_secret_value(),
        sender=smtp.sender,
        reply_to=smtp.reply_to,
        timeout=smtp.timeout,
    )


def report_line(week: str, report: DeliveryReport) -> str:
    """What happened to one issue's mails, in one line."""
    words = [f"{week}：已发 {report.sent}"]
    for count, word in (
        (report.deferred, "稍后再试"),
        (report.refused, "被拒"),
        (report.repeated, "中断后重发"),
        (report.skipped, "此前已发或无关"),
    ):
        if count:
            words.append(f"{word} {count}")
    return "，".join(words)


def summary_table(issue: Digest) -> Table:
    """The issue at a glance."""
    title = f"{issue.title} {issue.week}（{issue.from_on}～{issue.to_on}）"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in ("篇章", "分组", "条目", "其中"):
        table.add_column(heading, overflow="fold")
    for section in issue.sections:
        for group in section.groups:
            late = sum(entry.late for entry in group.entries)
            revised = sum(entry.revised for entry in group.entries)
            marks = [f"补发 {late}"] * bool(late) + [f"更新 {revised}"] * bool(revised)
            table.add_row(section.title, group.title, str(len(group.entries)), "，".join(marks))
    return table
