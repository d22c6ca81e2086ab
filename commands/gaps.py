"""漏读时段: days of which notices may be missing, and an operator's word that none is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from app.context import CommandError, Context
from china_time import local_minute
from commands.terminal import printed
from storage.models import Gap
from storage.runs.catalogue import site_names
from storage.runs.gaps import dismiss_gap, every_gap, open_gaps


def gaps(context: Context, console: Console, *, every: bool, as_json: bool) -> int:
    """The gaps that are open; `every`: also what became of the others."""
    with context.store() as db:
        found = every_gap(db) if every else open_gaps(db)
        names = site_names(db, {one.site for one in found})
    if as_json:
        console.file.write(json.dumps([values(one) for one in found], ensure_ascii=False) + "\n")
        return 0
    if not found:
        console.print("没有漏读时段。" if every else "没有漏读时段：各栏目都读到了上次读过的地方。")
        return 0
    console.print(_table(found, names))
    if any(_is_open(one) for one in found):
        console.print(
            "[dim]读通后自动补上。已在网站上核对、确无遗漏：\n"
            "zhengxun sources gaps --dismiss 编号 --reason 理由[/dim]"
        )
    return 0


def dismiss(context: Context, number: int, reason: str, console: Console) -> int:
    """Take one off the list, with the reason that is kept. Raises CommandError without one."""
    if not reason.strip():
        raise CommandError("say how you know, e.g. --reason 已在网站上逐条核对", 2)
    with context.store() as db:
        gone = dismiss_gap(db, number, reason.strip(), context.config.clock())
        names = site_names(db, {gone.site})
    name = f"{names.get(gone.site, gone.site)}·{gone.column}"
    console.print(f"{printed(name)}：{gone.days}不再作为漏读（{printed(reason.strip())}）")
    return 0


def values(one: Gap) -> dict[str, Any]:
    """For machines; days YYYY-MM-DD, instants in UTC ISO 8601."""
    return {
        "id": one.id,
        "site": one.site,
        "column": one.column,
        "from": one.from_on.isoformat(),
        "to": one.to_on.isoformat(),
        "reason": one.reason,
        "opened_at": one.opened_at.isoformat(),
        "closed_at": one.closed_at.isoformat() if one.closed_at else None,
        "dismissed_at": one.dismissed_at.isoformat() if one.dismissed_at else None,
        "dismissed_why": one.dismissed_why,
    }


def _table(found: Sequence[Gap], names: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("编号", "栏目", "可能漏收的日期", "原因", "现状"):
        table.add_column(title, overflow="fold")
    for one in found:
        name = f"{names.get(one.site, one.site)}·{one.column}"
        state = _state(one)
        table.add_row(str(one.id), printed(name), one.days, printed(one.reason), printed(state))
    return table


def _is_open(one: Gap) -> bool:
    return one.closed_at is None and one.dismissed_at is None


def _state(one: Gap) -> str:
    if one.dismissed_at is not None:
        return f"{local_minute(one.dismissed_at)} 人工排除：{one.dismissed_why}"
    if one.closed_at is not None:
        return f"{local_minute(one.closed_at)} 已补上"
    return f"{local_minute(one.opened_at)} 起"
