"""`zhengxun crawl`: crawl now, in child processes, with a progress display on a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from app.child_process import Event
from app.context import CommandError, Context
from app.crawl_runs import Crawl, Outcome, close_abandoned_runs
from commands.terminal import printed
from digest.wording import VERDICT_WORDS
from storage.models import Coverage
from storage.runs.runs import latest_coverage

GOOD = {"ok", "quiet"}
# Seconds for children to end by themselves after Ctrl-C.
INTERRUPTED_GRACE = 0.5
VERDICT_STYLES = {"ok": "green", "quiet": "cyan", "degraded": "yellow"}


@dataclass
class Progress:
    """How far each site is, as a table that redraws itself."""

    names: dict[str, str]
    state: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        """Take one event of a child into the picture."""
        site, kind = str(event.get("site", "")), event["event"]
        if kind == "opened":
            self.state[site] = "抓取中"
        elif kind == "list":
            self.rows[site] = self.rows.get(site, 0) + int(event.get("rows") or 0)
        elif kind == "notice":
            self.notices[site] = self.notices.get(site, 0) + 1
        elif kind == "ended":
            self.state[site] = "完成" if event["state"] == "finished" else "未完成"

    def __rich__(self) -> Table:
        table = Table(box=None, pad_edge=False)
        for title in ("来源", "状态", "列表行", "通知"):
            table.add_column(title, justify="right" if title in {"列表行", "通知"} else "left")
        for site, name in self.names.items():
            rows, notices = self.rows.get(site, 0), self.notices.get(site, 0)
            table.add_row(name, self.state.get(site, "等待"), str(rows), str(notices))
        return table


def crawl(context: Context, sites: Sequence[str], days: int | None, console: Console) -> int:
    """Crawl the named sites, or every enabled one; 1 when a crawl did not finish."""
    chosen = [context.site(name) for name in sites]
    chosen = chosen or [site for site in context.catalogue.values() if site.enabled]
    if days is not None and days < 1:
        raise CommandError("--days takes a whole number of days, 1 or more", 2)
    with context.store() as db:
        close_abandoned_runs(db, context.config.clock())
    names = {site.id: site.name for site in chosen}
    outcomes = run_crawls(context, [Crawl(site.id, days) for site in chosen], names, console)
    with context.store() as db:
        console.print(site_table(db, context, set(names)))
    for outcome in outcomes:
        if outcome.reason:
            console.print(f"[red]{outcome.site}: {printed(outcome.reason)}[/red]")
    return 1 if any(outcome.state != "finished" for outcome in outcomes) else 0


def run_crawls(
    context: Context, crawls: list[Crawl], names: dict[str, str], console: Console
) -> list[Outcome]:
    """Run crawls with the display where there is a terminal; their outcomes.

    Raises CommandError when a person ends it: somebody waits, so nothing is waited for.
    """
    progress = Progress(names)
    supervisor = context.supervisor(grace=INTERRUPTED_GRACE)
    try:
        with Live(
            progress, console=console, refresh_per_second=8, transient=not console.is_terminal
        ):
            return asyncio.run(supervisor.run_all(crawls, progress.note))
    except KeyboardInterrupt:
        left = [name for site, name in names.items() if progress.state.get(site) != "完成"]
        raise CommandError(
            f"已中断，{len(left)} 个来源没有读完（不影响已有的检查结果）；重新抓取：zhengxun crawl",
            130,
        ) from None


def site_table(db: Database, context: Context, sites: set[str]) -> Table:
    """One line a site, and what is wrong with which of its columns; narrow enough for 80."""
    table = Table(title="信息来源状况", title_justify="left", box=None, pad_edge=False)
    table.add_column("来源", no_wrap=True)
    for title in ("栏目正常", "列表行", "新通知"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("说明", overflow="fold")
    rows = [row for row in latest_coverage(db, context.config.clock()) if row.site in sites]
    for site in dict.fromkeys(row.site for row in rows):
        own = [row for row in rows if row.site == site]
        fine = sum(row.verdict in GOOD for row in own)
        remarks = [
            printed(f"{row.column} {verdict_word(row)}：{row.reason}") for row in own if row.reason
        ]
        style = "green" if fine == len(own) else "yellow"
        table.add_row(
            printed(own[0].site_name),
            f"[{style}]{fine}/{len(own)}[/{style}]",
            str(sum(row.rows for row in own)),
            str(sum(row.new for row in own)),
            "\n".join(remarks),
        )
    return table


def coverage_table(db: Database, context: Context) -> Group:
    """The state of every column; below it what is said of those that are not well, in whole
    lines: beside five other columns a sentence would stand a word a line."""
    table = Table(title="信息来源状况", title_justify="left", box=None, pad_edge=False)
    for title in ("来源", "栏目", "结论", "行数", "新增", "最新"):
        table.add_column(title, overflow="fold")
    said: list[Text] = []
    for row in latest_coverage(db, context.config.clock()):
        *cells, reason = coverage_cells(row)
        table.add_row(*cells)
        if reason:
            said.append(Text.from_markup(f"{cells[2]} {cells[0]}·{cells[1]}：{reason}"))
    return Group(table, *said)


def coverage_cells(row: Coverage) -> tuple[str, ...]:
    """One column's state as printed words."""
    style = VERDICT_STYLES.get(row.verdict or "", "bold red")
    word = f"[{style}]{verdict_word(row)}[/{style}]"
    newest = row.newest_on.isoformat() if row.newest_on else ""
    names = printed(row.site_name), printed(row.column)
    return *names, word, str(row.rows), str(row.new), newest, printed(row.reason)


def verdict_word(row: Coverage) -> str:
    """The verdict in the reader's language."""
    return VERDICT_WORDS[row.verdict] if row.verdict else "尚未检查"
