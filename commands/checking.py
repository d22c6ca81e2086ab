"""`zhengxun sources check --all`: every site asked now, one page of what came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from app.context import CommandError, Context
from app.source_check.check import Checked, check
from app.source_check.document import WORDS
from commands.crawl import VERDICT_STYLES
from commands.terminal import printed
from crawlers.catalogue import Site


def check_sources(
    context: Context,
    name: str,
    console: Console,
    *,
    off: bool = False,
    out: Path | None = None,
    record: Path | None = None,
) -> int:
    """Ask one site (`name`) or every one, those that are off too when `off`; write the page."""
    sites = [context.site(name)] if name else _sites(context, off=off)
    if not sites:
        raise CommandError("no site is enabled; see: zhengxun sources")
    total, done = len(sites), 0

    def on_site(site: str) -> None:
        nonlocal done
        done += 1
        if console.is_terminal:
            console.print(f"{done}/{total} {printed(context.site(site).name)}", highlight=False)

    checked = check(context, sites, on_site, out=out, record=record)
    _say(checked, console)
    if record is not None:
        console.print(f"录制：{printed(str(record))}", soft_wrap=True)
    return 0


def _sites(context: Context, *, off: bool) -> Sequence[Site]:
    return [one for one in context.catalogue.values() if one.enabled or (off and not one.retired)]


def _say(checked: Checked, console: Console) -> None:
    """The columns somebody should look at, the sums and where the page is."""
    for look in checked.looks:
        for one in look.columns:
            if one.is_good or not one.was_asked:
                continue
            style = VERDICT_STYLES.get(one.verdict, "red")
            console.print(
                f"[{style}]{WORDS[one.verdict]}[/{style}] {printed(look.site.name)} "
                f"{printed(one.column.name)}：{printed(one.why)}",
                soft_wrap=True,
            )
    told = checked.document
    sums = "，".join(f"{WORDS[state]} {count}" for state, count in told["states"].items())
    console.print(f"{told['columns']} 个栏目：{sums}；用时 {told['seconds']} 秒", highlight=False)
    console.print(f"报告：{printed(str(checked.page))}（同一文件夹有 JSON）", soft_wrap=True)
