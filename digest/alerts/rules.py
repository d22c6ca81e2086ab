"""What the operator should hear, worked out from the store: columns, disk, clock.

Each function looks, and stores what changed since the last look: once when something turned
bad, once when it is well again. Words are Chinese, as in the issue. Sending is in alert.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from china_time import SHANGHAI
from storage.models import Coverage
from storage.operation import alarms
from storage.runs import runs, saved_pages
from storage.runs.saved_pages import SavedPage

BAD = frozenset({"blocked", "broken", "unreachable"})
VERDICTS = {"blocked": "被拦截", "broken": "读取失败", "unreachable": "无法访问"}
# A crawl that ended with the daemon says nothing about the site; it runs again at the start.
OUR_OWN_STOP = ("：程序停止", "：程序或电源中断")
EXCERPT = 300
# Clocks of two runs may differ by a summer time mistake at most.
SKEW = timedelta(hours=2)
MIB = 1024 * 1024
JOB_NAMES = {
    "issue": "编印周报",
    "weekly": "编印周报",
    "post": "收发邮件",
    "deliver": "发送周报",
    "bulletins": "发送快讯",
    "mailbox": "读取退信邮箱",
    "public": "订阅网页",
    "desk": "编辑台",
    "nightly": "备份与数据库检查",
    "pictures": "图片识别",
    "summaries": "机器摘要",
    "night": "备份与数据库检查",
    "catch_up": "补做停机期间的任务",
    "round": "例行检查",
    "crawl": "抓取",
    "metrics": "监控指标端口",
}


def review_columns(db: Database, *, now: datetime) -> None:
    """One alarm a column when it turns bad (on the first bad run), one when it reads again."""
    rows = {f"column:{row.site}/{row.column}": row for row in runs.latest_coverage(db)}
    for subject, row in rows.items():
        name = f"{row.site_name}·{row.column}"
        if row.reason.endswith(OUR_OWN_STOP):
            continue
        if row.verdict in BAD:
            word = VERDICTS[row.verdict]
            text = evidence(db, row)
            alarms.raise_alarm(db, subject, f"{name} {word}：{row.reason}", text, now=now)
        elif row.verdict is not None:
            alarms.clear_alarm(db, subject, f"{name} 已恢复", outage(db, subject, now), now=now)
    for alarm in alarms.open_alarms(db):
        if alarm.subject.startswith("column:") and alarm.subject not in rows:
            name = alarm.subject.removeprefix("column:")
            alarms.clear_alarm(db, alarm.subject, f"{name} 不再监测", now=now)


def review_gaps(db: Database, *, now: datetime) -> None:
    """One alarm a column while days of it may be incomplete, one when they were read over."""
    rows = {f"gap:{row.site}/{row.column}": row for row in runs.latest_coverage(db)}
    for subject, row in rows.items():
        name = f"{row.site_name}·{row.column}"
        if row.gaps:
            days = "、".join(gap.days for gap in row.gaps)
            title = f"{name} 可能漏收：{days}"
            alarms.raise_alarm(db, subject, title, gap_help(row), now=now)
        else:
            alarms.clear_alarm(db, subject, f"{name} 的漏读时段已补上或已排除", now=now)
    for alarm in alarms.open_alarms(db):
        if alarm.subject.startswith("gap:") and alarm.subject not in rows:
            name = alarm.subject.removeprefix("gap:")
            alarms.clear_alarm(db, alarm.subject, f"{name} 不再监测", now=now)


def gap_help(row: Coverage) -> str:
    """Which days, why, what is being done, and what the operator can do."""
    lines = [row.url, *(f"{gap.words}，{local(gap.opened_at)} 发现" for gap in row.gaps)]
    days = max((gap.opened_at.astimezone(SHANGHAI).date() - gap.from_on).days for gap in row.gaps)
    lines += [
        "以后每次读取都会往回读到这几天，读通后自动恢复；周报末尾同时注明。",
        f"看列表现在读成什么样：zhengxun sources check {row.site}",
        f"立即再读一次：zhengxun crawl {row.site} --days {max(days + 1, 14)}",
        "网页上有而没有收到的通知：zhengxun add 网址",
        f"核对过、确无遗漏：zhengxun sources gaps --dismiss {row.gaps[0].id} --reason 理由",
    ]
    return "\n".join(lines)


def evidence(db: Database, row: Coverage) -> str:
    """The address, since when, and the first words of the page."""
    lines = [row.url]
    if row.last_good_at is not None:
        lines.append(f"上次读到：{local(row.last_good_at)}")
    page = saved_pages.told_by(db, row.site, row.column)
    if page is not None:
        lines.append(f"网站回答：{page.status}（{local(page.fetched_at)}）")
    excerpt = " ".join(alarms.latest_evidence(db, row.site, row.column).split())[:EXCERPT]
    if excerpt:
        lines.append(f"页面开头：{excerpt}")
    lines += where_kept(page) if page is not None else []
    lines.append(f"查看：zhengxun sources check {row.site}")
    return "\n".join(lines)


def where_kept(page: SavedPage) -> Iterator[str]:
    """The files of a saved page, relative to the data folder."""
    if page.copy:
        yield f"页面存档：{page.copy}（zhengxun inspect 数据目录/{page.copy} --url {page.url}）"
    if page.picture:
        yield f"截图：{page.picture}"
    if page.place is not None:
        yield f"原始记录：{page.place.file} 第 {page.place.offset} 字节起"


def outage(db: Database, subject: str, now: datetime) -> str:
    """How long it was bad."""
    since = alarms.bad_since(db, subject)
    if since is None:
        return ""
    hours = (now - since).total_seconds() / 3600
    return f"自 {local(since)} 起，历时 {hours:.1f} 小时"


def review_disk(db: Database, folder: Path, *, min_free_mib: int, now: datetime) -> bool:
    """One alarm when room runs short; whether there is enough."""
    free = shutil.disk_usage(folder).free // MIB
    if free < min_free_mib:
        title = f"磁盘只剩 {free} MiB"
        alarms.raise_alarm(db, "disk", title, f"{folder}\n至少需要 {min_free_mib} MiB", now=now)
        return False
    # Some slack, so that a disk at the border does not ring all day.
    if free >= min_free_mib * 1.1:
        alarms.clear_alarm(db, "disk", f"磁盘空间已恢复（{free} MiB）", now=now)
    return True


def review_clock(db: Database, *, now: datetime) -> bool:
    """One alarm when the clock stands before what was written; whether it is right."""
    newest = alarms.newest_instant(db)
    if newest is not None and now < newest - SKEW:
        title = f"系统时钟可能有误：现在 {local(now)}，早于已有记录 {local(newest)}"
        alarms.raise_alarm(db, "clock", title, "请检查时间同步：timedatectl", now=now)
        return False
    alarms.clear_alarm(db, "clock", "系统时钟已恢复", now=now)
    return True


def job_failed(db: Database, job: str, problem: str, *, now: datetime) -> bool:
    """One alarm when a job fails; True when it is news."""
    title = f"{job_name(job)}失败：{problem}"
    return alarms.raise_alarm(db, f"job:{job}", title, "详见 data/logs/daemon.log", now=now)


def job_done(db: Database, job: str, *, now: datetime) -> bool:
    """One alarm when a job that had failed works again."""
    return alarms.clear_alarm(db, f"job:{job}", f"{job_name(job)}已恢复", now=now)


def job_name(job: str) -> str:
    """'crawl:cde' as a reader's words."""
    kind, _, rest = job.partition(":")
    return " ".join(word for word in (JOB_NAMES.get(kind, kind), rest) if word)


def local(instant: datetime) -> str:
    """An instant as Beijing reads it."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
