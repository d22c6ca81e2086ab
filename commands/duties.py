"""What the daemon does, one function a duty; each runs in a process of its own (`errands`).

What is due is worked out from the store, never from memory: done twice, a duty does nothing.
"""

from __future__ import annotations

import logging

from sqlite_utils import Database

from commands.agenda import due_week
from commands.correct import publish_due, send_corrections
from commands.desk import Desk
from commands.issue import make, report_line, send_due
from commands.readers import (
    bulletin_line,
    has_mailbox,
    mailbox_line,
    read_returned,
    tell_news,
    wake,
)
from commands.release import release_due, tell_editors
from digest.folders import issue_folder
from pipelines.archive.page_keeper import COPIES, trim
from pipelines.sameness.resign import A_NIGHT, resign
from storage.alarms import clear_alarm, note_event, raise_alarm
from storage.backup import backup
from storage.upkeep import checkpoint, log_file, quick_check, tidy_logs

MIB = 1024 * 1024
log = logging.getLogger("zhengxun")


def compose_due(desk: Desk) -> bool:
    """Record and write the latest due issue, once; whether there was one.

    What has waited long enough goes first, so that its readers are entered for it.
    """
    span = due_week(desk)
    if span is None:
        return False
    with desk.store() as db:
        release_due(desk, db)
        digest = make(desk, db, span, issue_folder(desk.config.data, span.name), record=True)
    log.info("issue %s composed: %s entries", span.name, digest.total)
    return True


def deliver_outstanding(desk: Desk) -> None:
    """Send every issue to whom it still has to go; nothing to do with nowhere to send to."""
    with desk.store() as db:
        for person in wake(desk, db):
            log.info("%s was paused until today and goes on", person.address)
        for record in release_due(desk, db):
            log.info("issue %s released by itself", record.week)
        for problem in tell_editors(desk, db):
            log.warning("%s", problem)
        publish_due(desk, db)
        for record, report in [*send_due(desk, db), *send_corrections(desk, db)]:
            log.info("%s", report_line(record.week, report))
            for note in report.notes:
                log.info("%s", note)


def tell_readers(desk: Desk) -> None:
    """New notices to who asked for them at once, and confirmations."""
    with desk.store() as db:
        report = tell_news(desk, db)
    if line := bulletin_line(report):
        log.info("%s", line)
    for note in report.notes:
        log.info("%s", note)


def read_mailbox(desk: Desk) -> None:
    """What came back, and who wants to leave; nothing without a mailbox."""
    if not has_mailbox(desk):
        return
    with desk.store() as db:
        report = read_returned(desk, db)
    if report.bounces or report.unsubscribes or report.others or report.unreadable:
        log.info("%s", mailbox_line(report))
    for note in report.notes:
        log.info("%s", note)


def nightly(desk: Desk) -> None:
    """Check, copy and tidy; a damaged store is not copied over a good copy."""
    config, now = desk.config, desk.config.clock()
    with desk.store() as db:
        quick_check(db)
        copy = backup(db, config.backups, now, keep=config.upkeep.keep_backups)
        resign(db, now, most=A_NIGHT)
        tell_of_the_log(desk, db, emptied=checkpoint(db))
        tidy_evidence(desk, db)
    removed = tidy_logs(config.data / "logs", now=now, days=config.upkeep.log_days)
    log.info("database checked and copied to %s; %s old logs removed", copy, len(removed))


def tell_of_the_log(desk: Desk, db: Database, *, emptied: bool) -> None:
    """Say once that a query somebody left open lets the write-ahead log grow, and when it ended."""
    path, now = log_file(desk.config.database), desk.config.clock()
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


def tidy_evidence(desk: Desk, db: Database) -> None:
    """Keep the archives below their limit, and tell once a month when that cannot be done."""
    config, now = desk.config, desk.config.clock()
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
