"""缺号: what is missing from gapless series, and what an operator knows of it."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from app.context import Context
from china_time import local_minute
from storage.runs.catalogue import site_names
from storage.runs.number_series import dismiss_missing, open_missing


def missing(context: Context, console: Console, *, as_json: bool) -> int:
    """The numbers that are missing now."""
    with context.store() as db:
        found = open_missing(db)
        names = site_names(db, {one.site for one in found})
    if as_json:
        rows = [
            {
                "id": one.id,
                "site": one.site,
                "column": one.column,
                "name": one.name,
                "missed_at": one.missed_at.isoformat(),
            }
            for one in found
        ]
        console.file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    if not found:
        console.print("没有缺号。")
        return 0
    table = Table(box=None, pad_edge=False)
    for title in ("编号", "来源", "栏目", "未见", "发现于"):
        table.add_column(title, overflow="fold")
    for one in found:
        site = names.get(one.site, one.site)
        table.add_row(str(one.id), site, one.column, one.name, local_minute(one.missed_at))
    console.print(table)
    console.print("[dim]确知没有这份文件：zhengxun sources dismiss 编号 --reason 原因[/dim]")
    return 0


def dismiss(context: Context, number: int, reason: str, console: Console) -> int:
    """Take one off the list."""
    with context.store() as db:
        gone = dismiss_missing(db, number, reason, context.config.clock())
    console.print(f"不再列出 {gone.name}")
    return 0
