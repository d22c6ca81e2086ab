"""What the daemon does, one function a duty; they block, so the daemon calls them in threads.

What is due is worked out from the store, never from memory: done twice, a duty does nothing.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from apscheduler.triggers.cron import CronTrigger
from sqlite_utils import Database

from commands.correct import publish_due, send_corrections
from commands.desk import Desk
from commands.issue import make, report_line, send_due, smtp_settings
from commands.readers import (
    bulletin_line,
    has_mailbox,
    mailbox_line,
    read_returned,
    tell_news,
    wake,
)
from commands.release import release_due, tell_editors
from config import SHANGHAI
from crawlers.catalogue import Site
from digest.alarms.alert import Operator
from digest.alarms.bell import Bell
from digest.composing.weeks import Week
from digest.press import closing_instant, latest_due
from digest.rendering.write import LAST_FILE
from pipelines.running.supervisor import close_abandoned_runs
from storage.alarms import note_event
from storage.backup import backup
from storage.issues import find_issue
from storage.runs import first_run_at, last_success
from storage.upkeep import checkpoint, newest_backup, quick_check, tidy_logs

log = logging.getLogger("zhengxun")

BACKUP_AFTER = timedelta(hours=30)
CLOCK_SLACK = timedelta(hours=1)


def make_bell(desk: Desk) -> Bell:
    """The operator's bell, as configured."""
    config = desk.config
    has_mail = bool(config.smtp.host and config.smtp.sender)
    return Bell(
        desk.store,
        Operator(
            email=config.operator.email,
            webhook=config.operator.webhook,
            smtp=smtp_settings(desk) if has_mail else None,
        ),
        data=config.data,
        min_free_mib=config.upkeep.min_free_mib,
        clock=config.clock,
    )


def enabled_sites(desk: Desk) -> list[Site]:
    """The sites that are watched."""
    return [site for site in desk.catalogue.values() if site.enabled]


def crawl_trigger(site: Site) -> CronTrigger:
    """The site's cron in Asia/Shanghai."""
    return CronTrigger.from_crontab(site.crawl, timezone=SHANGHAI)


def crawl_missed(site: Site, last: datetime | None, now: datetime) -> bool:
    """Whether a crawl was due between the last good one and now."""
    if last is None or last > now + CLOCK_SLACK:
        # Never crawled, or crawled in what is now the future: the clock was set back.
        return True
    due = crawl_trigger(site).get_next_fire_time(None, last)
    return due is not None and due <= now


def missed_sites(desk: Desk, attempted: Mapping[str, datetime], now: datetime) -> list[str]:
    """Ids of sites whose last due crawl is neither in the store nor among `attempted`."""
    missed = []
    with desk.store() as db:
        for site in enabled_sites(desk):
            times = [last_success(db, site.id), attempted.get(site.id)]
            known = [at for at in times if at is not None]
            if crawl_missed(site, max(known, default=None), now):
                missed.append(site.id)
    return missed


def due_week(desk: Desk) -> Week | None:
    """The latest week that has closed and has no issue yet, or one without all its files.

    None for a week that closed before the first crawl: nothing could be known.
    """
    config = desk.config
    span = latest_due(config.digest, config.clock())
    with desk.store() as db:
        began = first_run_at(db)
        known = find_issue(db, span.name)
    if known is not None and known.waits:
        return None
    if known is not None:
        return None if (issue_folder(desk, span) / LAST_FILE).is_file() else span
    if began is None or began > closing_instant(config.digest, span.to_on):
        return None
    return span


def issue_folder(desk: Desk, span: Week) -> Path:
    """Where the files of an issue go."""
    return desk.config.data / "issues" / span.name


def compose_due(desk: Desk) -> bool:
    """Record and write the latest due issue, once; whether there was one.

    What has waited long enough goes first, so that its readers are entered for it.
    """
    span = due_week(desk)
    if span is None:
        return False
    with desk.store() as db:
        release_due(desk, db)
        digest = make(desk, db, span, issue_folder(desk, span), record=True)
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
    # What compares texts is loaded at night, so that a daemon that waits is small.
    from pipelines.sameness.resign import A_NIGHT, resign

    config, now = desk.config, desk.config.clock()
    with desk.store() as db:
        quick_check(db)
        copy = backup(db, config.backups, now, keep=config.upkeep.keep_backups)
        resign(db, now, most=A_NIGHT)
        checkpoint(db)
        tidy_evidence(desk, db)
    removed = tidy_logs(config.data / "logs", now=now, days=config.upkeep.log_days)
    log.info("database checked and copied to %s; %s old logs removed", copy, len(removed))


def tidy_evidence(desk: Desk, db: Database) -> None:
    """Keep the archives below their limit, and tell once a month when that cannot be done."""
    from pipelines.archive.page_keeper import COPIES, trim

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


def backup_missed(desk: Desk) -> bool:
    """Whether the last copy is too old: the machine was off at night."""
    last = newest_backup(desk.config.backups)
    return last is None or desk.config.clock() - last > BACKUP_AFTER


def close_abandoned(desk: Desk) -> None:
    """Close what an earlier process left open. Only at the start: nothing of ours runs yet."""
    with desk.store() as db:
        closed = close_abandoned_runs(db, desk.config.clock())
    if closed:
        log.warning("%s runs were left open by an earlier process; closed", closed)


def give_back_memory() -> None:
    """Return to the system what a job needed (rendering an issue: 15 MB); glibc would keep it."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
