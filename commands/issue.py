"""`zhengxun digest` and `zhengxun send`: compose an issue, and deliver what is outstanding."""

from __future__ import annotations

import webbrowser
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

from app.context import CommandError, Context
from app.issues import find_recorded, make, report_line, send_issue
from china_time import local_minute
from digest.composing.closing import current_week
from digest.composing.weeks import Week, parse_day, week_name
from digest.delivery.deliver import DeliveryReport
from digest.folders import issue_folder, preview_folder
from digest.models.issue import Digest
from digest.publish import span_of
from digest.rendering.render_json import render_json
from storage.issues.issues import find_issue, list_issues
from storage.issues.releases import waiting_issues
from storage.readers import deliveries
from storage.runs.runs import is_untouched

# Mails that wait are named one by one up to here.
MOST_NAMED = 20


def choose_span(
    context: Context, week: str, from_day: str, to_day: str, *, preview: bool = False
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
    settings = context.config.digest
    if week:
        return span_of(settings, week)
    if preview:
        with context.store() as db:
            for record in waiting_issues(db)[:1]:
                return Week(record.from_on, record.to_on, record.week)
    return current_week(settings, context.config.clock())


def digest(
    context: Context,
    span: Week,
    out: Path | None,
    console: Console,
    *,
    preview: bool,
    as_json: bool,
) -> int:
    """Compose and render an issue; --preview records nothing and shows it in a browser."""
    home = issue_folder(context.config.data, span.name)
    with context.store() as db:
        if not preview and is_untouched(db):
            raise CommandError(
                "还没有抓取过任何网站，只能编出空的一期；先运行 zhengxun crawl，或加 --preview"
            )
        folder = out or (preview_folder(home) if preview else home)
        issue = make(context, db, span, folder, record=not preview)
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


def send(context: Context, week: str, address: str, console: Console) -> int:
    """Deliver what the ledger says is outstanding, of one issue or of all; 1 when some remains."""
    with context.store() as db:
        records = [find_recorded(context, db, week)] if week else list_issues(db)
        if not records:
            raise CommandError("no issue has been recorded yet; run: zhengxun digest")
        reports = [send_issue(context, db, record, address or None) for record in records]
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
