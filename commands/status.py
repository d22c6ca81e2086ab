"""`zhengxun status` and `sources`: what is watched and how it is doing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

from app.context import Context
from app.due_jobs import make_notifier
from app.instance import last_beat, lock_owner
from app.summary_limit import month_begun
from china_time import SHANGHAI, local_minute
from commands import learned_selectors
from commands.crawl import coverage_table, site_table
from commands.terminal import printed
from crawlers.catalogue import Site
from storage.issues.issues import list_issues
from storage.issues.releases import waiting_issues
from storage.models import Coverage, IssueRecord
from storage.operation.alarms import Alarm, open_alarms, unsent
from storage.operation.upkeep import newest_backup, store_bytes
from storage.readers.deliveries import outstanding
from storage.readers.mailboxes import Mailbox, list_mailboxes
from storage.runs.away_visits import words_of_fleet
from storage.runs.runs import latest_coverage
from storage.summaries.requests import failing, requests_since

MIB = 1024 * 1024
WIDE = 110
BAD = {"blocked", "broken", "unreachable"}


def status(context: Context, console: Console, *, as_json: bool) -> int:
    """Columns, alarms, jobs, mail, disk, daemon; 1 when something needs a person."""
    report = gather(context)
    if as_json:
        console.file.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        return int(report["needs_attention"])
    with context.store() as db:
        # Seven columns side by side are unreadable on a narrow terminal: a line a site there.
        sites = set(context.catalogue)
        wide = console.width >= WIDE
        console.print(coverage_table(db, context) if wide else site_table(db, context, sites))
    for line in summary_lines(report):
        console.print(line, soft_wrap=not console.is_terminal)
    for line in learned_selectors.lines(learned_selectors.waiting(context)):
        console.print(line, soft_wrap=True)
    return int(report["needs_attention"])


def summary_lines(report: dict[str, Any]) -> Iterator[str]:
    """What stands below the table, the worst last."""
    for job in report["jobs"][:5]:
        yield f"下次 {job['at']}  {job['job']}"
    newest = report["latest_issue"]
    made = f"最近一期 {newest['week']}，{beijing(newest['composed_at'])} 编印" if newest else ""
    yield made or "尚未编印周报"
    yield f"最近备份 {beijing(report['last_backup']) or '无'}"
    yield f"数据库 {report['database_mib']} MiB，磁盘剩余 {report['free_mib']} MiB"
    if fleet := report["fleet"]:
        since = beijing(fleet["since"])
        yield f"[bold red]工作机[/bold red] {printed(fleet['words'])}（{since} 起）"
    daemon = report["daemon"]
    at = beijing(daemon["heartbeat_at"])
    life = f"，最近心跳 {at}" if at else ""
    yield f"守护进程 {daemon['owner'] or '未运行'}{life}"
    yield f"未送达邮件 {report['undelivered']}，未发出的报警 {report['unsent_alarms']}"
    for box in report["mailboxes"]:
        counts = f"退信 {box['bounces']}，退订 {box['unsubscribes']}，其他 {box['others']}"
        yield f"邮箱 {box['name']}，最近读取 {beijing(box['read_at'])}，累计{counts}"
    if one := report["summaries"]:
        counts = f"采用 {one['accepted']}，未采用 {one['refused']}，失败 {one['failed']}"
        failing = f"，正在失败：{printed(one['failing'])}" if one["failing"] else ""
        yield f"机器摘要 本月请求 {one['asked']}/{one['cap']}，{counts}{failing}"
    for held in report["waiting_issues"]:
        until = beijing(held["release_at"])
        yield f"{held['week']} 待审，{until} 自动发出；提前发出：zhengxun release"
    for name, days in report["gaps"].items():
        yield f"[bold red]可能漏收[/bold red] {printed(name)}：{days}"
    if report["gaps"]:
        yield "每次读取都会往回补读；原因和处理办法：zhengxun sources gaps"
    for alarm in report["alarms"]:
        yield f"[bold red]报警[/bold red] {printed(alarm['title'])}（{beijing(alarm['since'])} 起）"
    if report["needs_attention"]:
        yield f"[bold red]需要处理：{'、'.join(report['needs'])}[/bold red]"


def beijing(instant: str | None) -> str:
    """An instant of the report as people read it; '' for none."""
    return local_minute(datetime.fromisoformat(instant)) if instant else ""


def gather(context: Context) -> dict[str, Any]:
    """Everything `status` says, as plain values; instants in UTC ISO 8601."""
    config = context.config
    now = config.clock()
    with context.store() as db:
        coverage = latest_coverage(db, now)
        waiting = outstanding(db)
        issues = list_issues(db)
        held = waiting_issues(db)
        alarms = open_alarms(db)
        mailboxes = list_mailboxes(db)
        fleet = words_of_fleet(db)
        summaries = summary_values(context, db) if config.summary.on else None
        unsent_alarms = unsent(db, make_notifier(context).operator.channels)
    free = shutil.disk_usage(config.data).free // MIB
    last_backup = newest_backup(config.backups)
    needs = {
        "有来源读不到": any(row.verdict in BAD for row in coverage),
        "有邮件未送达": bool(waiting),
        "有通知可能漏收": any(row.gaps for row in coverage),
        "有报警": any(not alarm.subject.startswith(("column:", "gap:")) for alarm in alarms),
        "报警发不出去": any(alarm.attempts for alarm in unsent_alarms),
        "磁盘空间不足": free < config.upkeep.min_free_mib,
    }
    return {
        "fleet": {"since": fleet[0].isoformat(), "words": fleet[1]} if fleet else None,
        "columns": [column_values(row) for row in coverage],
        "gaps": {
            f"{row.site_name}·{row.column}": "、".join(gap.days for gap in row.gaps)
            for row in coverage
            if row.gaps
        },
        "jobs": next_jobs(context, now),
        "latest_issue": issue_values(issues[-1]) if issues else None,
        "learned": [learned_selectors.values(one) for one in learned_selectors.waiting(context)],
        "waiting_issues": [waiting_values(record) for record in held],
        "undelivered": len(waiting),
        "mailboxes": [mailbox_values(box) for box in mailboxes],
        "summaries": summaries,
        "alarms": [alarm_values(alarm) for alarm in alarms],
        "unsent_alarms": len(unsent_alarms),
        "last_backup": last_backup.isoformat() if last_backup else None,
        "daemon": daemon_values(context),
        "database_mib": round(store_bytes(config.database) / MIB, 1),
        "free_mib": free,
        "needs": [word for word, is_so in needs.items() if is_so],
        "needs_attention": any(needs.values()),
    }


def column_values(row: Coverage) -> dict[str, Any]:
    """One column."""
    return {
        "site": row.site,
        "column": row.column,
        "verdict": row.verdict,
        "reason": row.reason,
        "rows": row.rows,
        "new": row.new,
        "newest_on": row.newest_on.isoformat() if row.newest_on else None,
        "last_good_at": row.last_good_at.isoformat() if row.last_good_at else None,
        "gaps": [
            {"from": gap.from_on.isoformat(), "to": gap.to_on.isoformat(), "reason": gap.reason}
            for gap in row.gaps
        ],
    }


def issue_values(record: IssueRecord) -> dict[str, str]:
    """The newest issue."""
    return {"week": record.week, "composed_at": record.composed_at.isoformat()}


def waiting_values(record: IssueRecord) -> dict[str, str | None]:
    """An issue that waits for its editor."""
    until = record.release_at.isoformat() if record.release_at else None
    return {"week": record.week, "release_at": until}


def alarm_values(alarm: Alarm) -> dict[str, str]:
    """Something that is bad now."""
    return {
        "subject": alarm.subject,
        "title": alarm.title,
        "text": alarm.text,
        "since": alarm.raised_at.isoformat(),
    }


def mailbox_values(box: Mailbox) -> dict[str, Any]:
    """How far a mailbox was read, and what was found in all."""
    return {
        "name": box.name,
        "read_at": box.read_at.isoformat(),
        "bounces": box.bounces,
        "unsubscribes": box.unsubscribes,
        "others": box.others,
        "unreadable": box.unreadable,
    }


def summary_values(context: Context, db: Database) -> dict[str, Any]:
    """This month's requests to the model, and why they fail now, if they do."""
    config = context.config
    made = requests_since(db, month_begun(config.clock()))
    return {**asdict(made), "cap": config.summary.monthly_cap, "failing": failing(db).reason}


def daemon_values(context: Context) -> dict[str, Any]:
    """Who holds the lock, and the last sign of life."""
    life = last_beat(context.config.data)
    return {
        "owner": lock_owner(context.config.data),
        "heartbeat_at": life.at.isoformat() if life else None,
        "healthy": life.healthy if life else None,
    }


def next_jobs(context: Context, now: datetime) -> list[dict[str, str]]:
    """When each job runs next, earliest first (Asia/Shanghai)."""
    digest = context.config.digest
    hour, minute = digest.time.split(":")
    triggers = {
        f"抓取 {site.name}": CronTrigger.from_crontab(site.crawl, timezone=SHANGHAI)
        for site in context.catalogue.values()
        if site.enabled
    }
    triggers["周报"] = CronTrigger(
        day_of_week=digest.weekday, hour=hour, minute=minute, timezone=SHANGHAI
    )
    times = [(trigger.get_next_fire_time(None, now), job) for job, trigger in triggers.items()]
    due = sorted((at, job) for at, job in times if at is not None)
    return [{"job": job, "at": at.strftime("%Y-%m-%d %H:%M")} for at, job in due]


def sources(context: Context, console: Console, *, as_json: bool) -> int:
    """The catalogue as resolved."""
    sites = context.catalogue.values()
    if as_json:
        rows = [site.model_dump(mode="json") for site in sites]
        console.file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    if console.width < WIDE:
        for site in sites:
            print_source(site, console)
        return 0
    table = Table(box=None, pad_edge=False)
    for title in ("站点", "名称", "平台", "篇章/分组", "栏目", "抓取时间", "依据"):
        table.add_column(title, overflow="fold")
    for site in sites:
        table.add_row(*source_cells(site))
    console.print(table)
    return 0


def print_source(site: Site, console: Console) -> None:
    """One site in lines: seven columns side by side are unreadable on a narrow terminal."""
    number, name, platform, place, columns, crawl, evidence = source_cells(site)
    console.print(f"{number}  {name}  {place}  {platform}  {crawl}", soft_wrap=True)
    console.print(f"  栏目：{columns}", soft_wrap=True)
    console.print(f"  依据：{evidence}", soft_wrap=True)


def source_cells(site: Site) -> tuple[str, ...]:
    """One site in the table."""
    columns = printed("、".join(column.name for column in site.columns if column.enabled))
    state = "已停用" if site.retired else "未启用"
    name = printed(site.name) if site.enabled else f"[dim]{printed(site.name)}（{state}）[/dim]"
    return (
        site.id,
        name,
        site.platform,
        printed(f"{site.section}/{site.group}"),
        columns,
        site.crawl,
        printed(evidence_words(site)),
    )


def evidence_words(site: Site) -> str:
    """When and where the columns of a site were seen, or that they are inferred (Chinese)."""
    found = {site.evidence(column) for column in site.columns if column.enabled}
    seen = sorted({words for words, _ in found if words})
    words = [site.retired, *seen, "部分栏目为推断" if seen else "推断"]
    is_inferred = any(inferred for _, inferred in found)
    return "；".join(filter(None, words if is_inferred else words[:-1]))
