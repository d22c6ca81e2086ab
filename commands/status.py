"""`zhengxun status` and `sources`: what is watched and how it is doing."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from rich.console import Console
from rich.table import Table

from commands.crawl import coverage_table
from commands.desk import Desk
from crawlers.catalogue import Site
from storage.deliveries import outstanding
from storage.runs import latest_coverage

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIB = 1024 * 1024
BAD = {"blocked", "broken", "unreachable"}


def status(desk: Desk, console: Console, *, as_json: bool) -> int:
    """Columns, jobs, mail, disk; 1 when something needs a person."""
    report = gather(desk)
    if as_json:
        console.file.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        return int(report["needs_attention"])
    with desk.store() as db:
        console.print(coverage_table(db, desk))
    for job in report["jobs"][:5]:
        console.print(f"下次 {job['at']}  {job['job']}")
    console.print(f"未送达邮件 {report['undelivered']}")
    console.print(f"数据库 {report['database_mib']} MiB，磁盘剩余 {report['free_mib']} MiB")
    if report["needs_attention"]:
        console.print("[bold red]有来源读不到，或有邮件未送达[/bold red]")
    return int(report["needs_attention"])


def gather(desk: Desk) -> dict[str, Any]:
    """Everything `status` says, as plain values; instants in UTC ISO 8601."""
    config = desk.config
    now = config.clock()
    with desk.store() as db:
        coverage = latest_coverage(db, now)
        waiting = outstanding(db)
    columns = [
        {
            "site": row.site,
            "column": row.column,
            "verdict": row.verdict,
            "reason": row.reason,
            "rows": row.rows,
            "new": row.new,
            "newest_on": row.newest_on.isoformat() if row.newest_on else None,
            "last_good_at": row.last_good_at.isoformat() if row.last_good_at else None,
        }
        for row in coverage
    ]
    bad = any(row.verdict in BAD for row in coverage)
    return {
        "columns": columns,
        "jobs": next_jobs(desk, now),
        "undelivered": len(waiting),
        "database_mib": round(config.database.stat().st_size / MIB, 1),
        "free_mib": shutil.disk_usage(config.data).free // MIB,
        "needs_attention": bad or bool(waiting),
    }


def next_jobs(desk: Desk, now: datetime) -> list[dict[str, str]]:
    """When each job runs next, earliest first (Asia/Shanghai)."""
    digest = desk.config.digest
    hour, minute = digest.time.split(":")
    triggers = {
        f"抓取 {site.name}": CronTrigger.from_crontab(site.crawl, timezone=SHANGHAI)
        for site in desk.catalogue.values()
        if site.enabled
    }
    triggers["周报"] = CronTrigger(
        day_of_week=digest.weekday, hour=hour, minute=minute, timezone=SHANGHAI
    )
    times = [(trigger.get_next_fire_time(None, now), job) for job, trigger in triggers.items()]
    due = sorted((at, job) for at, job in times if at is not None)
    return [{"job": job, "at": at.strftime("%Y-%m-%d %H:%M")} for at, job in due]


def sources(desk: Desk, console: Console, *, as_json: bool) -> int:
    """The catalogue as resolved."""
    sites = desk.catalogue.values()
    if as_json:
        rows = [site.model_dump(mode="json") for site in sites]
        console.file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    table = Table(box=None, pad_edge=False)
    for title in ("站点", "名称", "平台", "篇章/分组", "栏目", "抓取时间"):
        table.add_column(title, overflow="fold")
    for site in sites:
        table.add_row(*source_cells(site))
    console.print(table)
    return 0


def source_cells(site: Site) -> tuple[str, ...]:
    """One site in the table."""
    columns = "、".join(column.name for column in site.columns if column.enabled)
    name = site.name if site.enabled else f"[dim]{site.name}（未启用）[/dim]"
    return site.id, name, site.platform, f"{site.section}/{site.group}", columns, site.crawl
