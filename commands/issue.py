"""`zhengxun digest` and `zhengxun send`: compose an issue, and deliver what is outstanding."""

from __future__ import annotations

import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from commands.desk import CommandError, Desk, os_user
from commands.mail_server import has_mail_server, mail_server, smtp_settings
from commands.ways import ways_of
from digest.composing.closing import current_week
from digest.composing.weeks import Week, parse_day, week_name
from digest.delivery.chat import Robot
from digest.delivery.deliver import DeliveryReport, deliver, enrol, issues_to_enter
from digest.folders import issue_folder, preview_folder
from digest.models import Digest
from digest.press import (
    print_issue,
    reprint,
    span_of,
    write_archive,
    write_feed,
)
from digest.rendering.render_json import render_json
from digest.wording import local_minute
from storage import deliveries
from storage.issues import find_issue, list_issues
from storage.models import IssueRecord
from storage.releases import waiting_issues

# Mails that wait are named one by one up to here.
MOST_NAMED = 20

if TYPE_CHECKING:
    # The daemon calls this too and prints nothing: it is spared the terminal library.
    from rich.console import Console
    from rich.table import Table


def choose_span(
    desk: Desk, week: str, from_day: str, to_day: str, *, preview: bool = False
) -> Week:
    """The days meant by --week, or by --from and --to, or the current week.

    A preview that names nothing is of the issue that waits for its editor, if one does.
    """
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
    if week:
        return span_of(settings, week)
    if preview:
        with desk.store() as db:
            for record in waiting_issues(db)[:1]:
                return Week(record.from_on, record.to_on, record.week)
    return current_week(settings, desk.config.clock())


def digest(
    desk: Desk, span: Week, out: Path | None, console: Console, *, preview: bool, as_json: bool
) -> int:
    """Compose and render an issue; --preview records nothing and shows it in a browser."""
    home = issue_folder(desk.config.data, span.name)
    with desk.store() as db:
        folder = out or (preview_folder(home) if preview else home)
        issue = make(desk, db, span, folder, record=not preview)
        record = find_issue(db, span.name)
    if as_json:
        console.file.write(render_json(issue))
        return 0
    console.print(summary_table(issue))
    if issue.draft and not preview:
        folder = preview_folder(folder)
        until = local_minute(record.release_at if record else None)
        console.print(f"待审：{until} 自动发出；提前发出：zhengxun release；修改：zhengxun edit")
    console.print(f"写入 {folder}", soft_wrap=True)
    if preview:
        open_page(folder / "digest.html", console)
    return 0


def open_page(page: Path, console: Console) -> None:
    """Show a page in the reader's browser, where there is one; its path either way."""
    console.print(str(page), soft_wrap=True, markup=False, highlight=False)
    if console.is_terminal:
        with suppress(webbrowser.Error):
            webbrowser.open(page.resolve().as_uri())


def make(desk: Desk, db: Database, span: Week, folder: Path, *, record: bool) -> Digest:
    """Compose, write the files, and feed and archive when the issue is recorded and released.

    One that waits for its editor is written beside `folder`, as a preview is.
    """
    settings, now, names = desk.config.digest, desk.config.clock(), desk.site_names()
    try:
        issue = print_issue(
            db,
            settings,
            span=span,
            now=now,
            site_names=names,
            folder=folder,
            record=record,
            who=os_user(),
        )
        if record and not issue.draft:
            data = desk.config.data
            write_feed(db, settings, data, now=now, site_names=names)
            write_archive(db, settings, data / "site", now=now, site_names=names)
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
        later = [
            again_lines(db, record.id, report)
            for record, report in zip(records, reports, strict=True)
        ]
    for record, report, waiting in zip(records, reports, later, strict=True):
        console.print(report_line(record.week, report))
        for note in (*report.notes, *waiting):
            console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    return 1 if any(report.deferred or report.refused for report in reports) else 0


def again_lines(db: Database, issue_id: int, report: DeliveryReport) -> list[str]:
    """When what waits is tried again, and why it waits, a line an address; the first ones."""
    if not report.deferred:
        return []
    waiting = [row for row in deliveries.outstanding(db, issue_id) if row.next_attempt_at]
    lines = [
        f"{row.address}：{local_minute(row.next_attempt_at)} 再发（{row.last_reply}）"
        for row in waiting[:MOST_NAMED]
    ]
    more = len(waiting) - len(lines)
    lines += [f"另有 {more} 封，见 zhengxun deliveries"] * bool(more)
    return [*lines, "不等到那时：zhengxun deliveries --retry，然后 zhengxun send"] if lines else []


def send_due(desk: Desk, db: Database) -> list[tuple[IssueRecord, DeliveryReport]]:
    """What the daemon does every few minutes: deliver what is due now, of any issue.

    The ledger is asked first; an issue that owes nobody anything is not composed again. Nothing
    to do without a mail server and without robots.
    """
    robots, now = group_robots(desk), desk.config.clock()
    records = list_issues(db)
    if not records or not (robots or has_mail_server(desk)):
        return []
    for record in issues_to_enter(db, now):
        smtp, ways = mail_server(desk), ways_of(desk)
        enrol(db, record, smtp=smtp, now=now, robots=robots, ways=ways, missed_too=True)
    rows = deliveries.outstanding(db, due_at=now)
    mail = has_mail_server(desk)
    due = {row.issue_id for row in rows if mail or "@" not in row.address}
    return [(record, send_issue(desk, db, record, None)) for record in records if record.id in due]


def find_recorded(desk: Desk, db: Database, week: str) -> IssueRecord:
    """A recorded issue by its week, which has been released."""
    name = span_of(desk.config.digest, week).name
    record = find_issue(db, name)
    if record is None:
        raise CommandError(f"issue {name} is not recorded; run: zhengxun digest --week {name}")
    if record.waits:
        raise CommandError(
            f"issue {name} waits for its editor until {local_minute(record.release_at)}; "
            f"send it now: zhengxun release --week {name}"
        )
    return record


def send_issue(
    desk: Desk, db: Database, record: IssueRecord, address: str | None
) -> DeliveryReport:
    """One issue to whom it still has to go; composed again only when somebody is due."""
    config = desk.config
    robots = group_robots(desk)

    def composed() -> Digest:
        return reprint(db, config.digest, record.week, config.clock(), desk.site_names())

    return deliver(
        db,
        record,
        composed,
        smtp=mail_server(desk) if robots else smtp_settings(desk),
        now=config.clock,
        only_address=address,
        robots=robots,
        ways=ways_of(desk),
    )


def group_robots(desk: Desk) -> list[Robot]:
    """The group robots of `[[channels]]`."""
    return [
        Robot(
            kind=channel.kind,
            name=channel.name,
            url=channel.url.get_secret_value(),
            secret=channel.secret.get_secret_value(),
            sections=channel.sections,
            groups=channel.groups,
            keywords=channel.keywords,
            private=channel.private,
        )
        for channel in desk.config.channels
    ]


def report_line(week: str, report: DeliveryReport) -> str:
    """What happened to one issue's mails, in one line."""
    words = [f"{week}：已发 {report.sent}"]
    for count, word in (
        (report.deferred, "稍后再试"),
        (report.refused, "被拒"),
        (report.repeated, "中断后重发"),
        (report.suspended, "退信暂停"),
        (report.skipped, "此前已发或无关"),
    ):
        if count:
            words.append(f"{word} {count}")
    return "，".join(words)


def summary_table(issue: Digest) -> Table:
    """The issue at a glance."""
    from rich.table import Table

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
