"""What the daemon does, one function a job; each runs in a process of its own (`workers`).

What is due is worked out from the store, never from memory: done twice, a job does nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlite_utils import Database

from app.context import Context
from app.corrections import publish_due, send_corrections
from app.due_jobs import due_week, pages_left
from app.issues import make, report_line, send_due
from app.readers import bulletin_line, has_mailbox, mailbox_line, read_inbound, tell_news, wake
from app.releases import release_due, tell_editors
from app.reminders import remind
from app.summaries import make_summaries
from digest.folders import issue_folder
from pipelines.evidence.page_archive import COPIES, trim
from pipelines.pictures.picture_reader import PictureReader
from pipelines.pictures.work_off import work_off
from pipelines.update_signatures import A_NIGHT, update_signatures
from storage.operation.alarms import clear_alarm, note_event, raise_alarm
from storage.operation.backup import backup
from storage.operation.upkeep import (
    checkpoint,
    log_file,
    quick_check,
    tidy_logs,
    tidy_pages,
    tidy_unfinished,
)
from storage.pictures.queue import is_waiting
from storage.processes import is_alive
from storage.runs.runs import unfinished_runs

MIB = 1024 * 1024
# A crawl or an issue that becomes due waits for one page at most; this keeps one process small.
PICTURE_SECONDS = 240.0
# Folders of the data folder: pages kept for conditional requests (`crawlers.settings`), and where
# files are written that take their place in one step.
PAGES = "httpcache"
WRITTEN = ("files", "issues", "site")
log = logging.getLogger("zhengxun")


def compose_due(context: Context) -> bool:
    """Record and write the latest due issue, once; whether there was one.

    What has waited long enough goes first, so that its readers are entered for it.
    """
    span = due_week(context)
    if span is None:
        return False
    with context.store() as db:
        release_due(context, db)
        digest = make(context, db, span, issue_folder(context.config.data, span.name), record=True)
    log.info("issue %s composed: %s entries", span.name, digest.total)
    return True


def deliver_outstanding(context: Context) -> None:
    """Send every issue to whom it still has to go; nothing to do with nowhere to send to."""
    with context.store() as db:
        for person in wake(context, db):
            log.info("%s was paused until today and goes on", person.address)
        for record in release_due(context, db):
            log.info("issue %s released by itself", record.week)
        for problem in tell_editors(context, db):
            log.warning("%s", problem)
        publish_due(context, db)
        for record, report in [*send_due(context, db), *send_corrections(context, db)]:
            log.info("%s", report_line(record.week, report))
            for note in report.notes:
                log.info("%s", note)


def tell_readers(context: Context) -> None:
    """New notices to who asked for them at once, and confirmations; reminders to owners of
    tasks."""
    with context.store() as db:
        report, reminded = tell_news(context, db), remind(context, db)
    if line := bulletin_line(report):
        log.info("%s", line)
    if line := bulletin_line(reminded, "事项提醒"):
        log.info("%s", line)
    for note in (*report.notes, *reminded.notes):
        log.info("%s", note)


def read_mailbox(context: Context) -> None:
    """What came back, and who wants to leave; nothing without a mailbox."""
    if not has_mailbox(context):
        return
    with context.store() as db:
        report = read_inbound(context, db)
    if report.bounces or report.unsubscribes or report.others or report.unreadable:
        log.info("%s", mailbox_line(report))
    for note in report.notes:
        log.info("%s", note)


def read_pictures(context: Context) -> bool:
    """Recognise the text of pictures that wait, for some minutes and within the day's bound, as
    long as no crawl runs; whether any was read."""
    config = context.config
    with context.store() as db:
        most = pages_left(config, db)
        read = asyncio.run(
            _with_reader(
                lambda reader: work_off(
                    *(db, config.data, reader, config.clock),
                    most=most,
                    seconds=PICTURE_SECONDS,
                    goes_on=lambda: not _crawls_run(db),
                )
            )
        )
        waits = is_waiting(db)
    log.info("pages of pictures read: %s%s", read, "; more wait" if waits else "")
    return read > 0


def _crawls_run(db: Database) -> bool:
    return any(pid is not None and is_alive(pid) for _, _, pid in unfinished_runs(db))


async def _with_reader(work: Callable[[PictureReader], Awaitable[int]]) -> int:
    reader = PictureReader()
    try:
        return await work(reader)
    finally:
        await reader.close()


def write_summaries(context: Context) -> bool:
    """Ask the model for summaries of the coming issue, some at a time and within the month's
    limit; whether more wait."""
    with context.store() as db:
        worked = make_summaries(context, db)
    if worked.asked:
        more = "; more wait" if worked.more else ""
        log.info("summaries: %s of %s requests accepted%s", worked.made, worked.asked, more)
    return worked.more


def nightly(context: Context) -> None:
    """Check, copy and tidy; a damaged store is not copied over a good copy."""
    config, now = context.config, context.config.clock()
    with context.store() as db:
        quick_check(db)
        copy = backup(db, config.backups, now, keep=config.upkeep.keep_backups)
        update_signatures(db, now, most=A_NIGHT)
        tell_of_the_log(context, db, emptied=checkpoint(db))
        tidy_evidence(context, db)
    tidy_pages(config.data / PAGES, most=config.crawl.site_mib * MIB)
    tidy_unfinished([config.data / name for name in WRITTEN], now)
    removed = tidy_logs(config.data / "logs", now=now, days=config.upkeep.log_days)
    log.info("database checked and copied to %s; %s old logs removed", copy, len(removed))


def tell_of_the_log(context: Context, db: Database, *, emptied: bool) -> None:
    """Say once that a query somebody left open lets the write-ahead log grow, and when it ended."""
    path, now = log_file(context.config.database), context.config.clock()
    if emptied:
        clear_alarm(db, "wal", "数据库日志已清空", now=now)
        return
    size = path.stat().st_size / MIB
    title = f"有查询一直开着，数据库日志不能清空：{path.name} {size:.0f} MiB"
    text = (
        f"{path} 会一直变大，直到磁盘写满。请关闭直接打开数据库的程序"
        "（笔记本、数据库工具、BI 看板）中没有读完的查询；关闭后夜间维护会清空它。"
    )
    raise_alarm(db, "wal", title, text, now=now)


def tidy_evidence(context: Context, db: Database) -> None:
    """Keep the archives below their limit, and tell once a month when that cannot be done."""
    config, now = context.config, context.config.clock()
    tidy_logs(config.data / COPIES, now=now, days=config.upkeep.log_days)
    gone = trim(db, config.data, max_mib=config.evidence.max_mib, now=now)
    if gone.files:
        log.warning(
            "%s archives of pages removed for evidence.max_mib; %s notices have none any more",
            gone.files,
            gone.notices,
        )
    if gone.over:
        limit = config.evidence.max_mib
        title = f"网页存档超过上限 {limit} MiB，新的网页不再存档"
        text = "最近两个月的存档不会删除；请调高 evidence.max_mib，或设 evidence.keep = false"
        note_event(db, f"evidence:{now:%Y-%m}", title, text, now=now)
