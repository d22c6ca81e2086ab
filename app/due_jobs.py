"""What is due, worked out from the store; and what the daemon does itself, being little.

Nothing here loads what composing and sending need: that is `app.jobs`, in processes of
their own.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta

from apscheduler.triggers.cron import CronTrigger
from sqlite_utils import Database

from app.context import Context
from app.crawl_runs import close_abandoned_runs
from app.mail_server import has_mail_server, smtp_settings
from app.summary_limit import requests_left
from china_time import SHANGHAI
from config import Config
from crawlers.catalogue import Site
from digest.alerts.alert import Operator
from digest.alerts.notifier import Notifier
from digest.composing.closing import closing_instant, latest_due
from digest.composing.weeks import Week
from digest.folders import is_written, issue_folder
from pipelines.pictures.picture_reader import is_installed
from pipelines.summaries.pauses import ALARM
from storage.issues.issues import find_issue
from storage.operation.alarms import clear_alarm
from storage.operation.upkeep import newest_backup
from storage.pictures.queue import is_waiting, pages_read
from storage.readers import ledger
from storage.runs.runs import first_run_at, last_ended, last_success
from storage.summaries.requests import failing

log = logging.getLogger("zhengxun")

BACKUP_AFTER = timedelta(hours=30)
CLOCK_SLACK = timedelta(hours=1)


def make_notifier(context: Context) -> Notifier:
    """The operator's notifier, as configured."""
    config = context.config
    return Notifier(
        context.store,
        Operator(
            email=config.operator.email,
            webhook=config.operator.webhook,
            webhook_kind=config.operator.webhook_kind,
            smtp=smtp_settings(context) if has_mail_server(context) else None,
            language=config.ui.language,
        ),
        data=config.data,
        min_free_mib=config.upkeep.min_free_mib,
        clock=config.clock,
    )


def enabled_sites(context: Context) -> list[Site]:
    """The sites that are watched."""
    return [site for site in context.catalogue.values() if site.enabled]


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


def missed_sites(context: Context, attempted: Mapping[str, datetime], now: datetime) -> list[str]:
    """Ids of sites whose last due crawl is neither in the store nor among `attempted`."""
    missed = []
    with context.store() as db:
        for site in enabled_sites(context):
            times = [last_success(db, site.id), attempted.get(site.id)]
            known = [at for at in times if at is not None]
            if crawl_missed(site, max(known, default=None), now):
                missed.append(site.id)
    return missed


def due_week(context: Context) -> Week | None:
    """The latest week that has closed and has no issue yet, or one without all its files.

    None for a week that closed before the first crawl: nothing could be known.
    """
    config = context.config
    span = latest_due(config.digest, config.clock())
    with context.store() as db:
        began = first_run_at(db)
        known = find_issue(db, span.name)
    if known is not None and (known.waits or known.skipped_at is not None):
        return None
    if known is not None:
        return None if is_written(issue_folder(config.data, span.name)) else span
    if began is None or began > closing_instant(config.digest, span.to_on):
        return None
    return span


def next_attempt_at(context: Context, after: datetime) -> datetime | None:
    """When the first mail that was put off until later than `after` is to be tried again."""
    with context.store() as db:
        return ledger.next_attempt_at(db, after)


def pictures_wait(context: Context) -> bool:
    """Whether pictures are to be read now: some wait, they can be, and today's bound is not met."""
    config = context.config
    if not config.ocr.enabled or not is_installed():
        return False
    with context.store() as db:
        return is_waiting(db) and pages_left(config, db) > 0


def pages_left(config: Config, db: Database) -> int:
    """How many pages may still be read today (Asia/Shanghai)."""
    midnight = (
        config.clock().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    return config.ocr.pages_a_day - pages_read(db, midnight)


def summaries_wait(context: Context, since: datetime | None) -> bool:
    """Whether the model is to be asked now: a crawl ended after `since`, the month's limit is not
    met, and the service did not fail just now. Turned off, what was told of it is over."""
    now = context.config.clock()
    with context.store() as db:
        if not context.config.summary.on:
            clear_alarm(db, ALARM, "机器摘要已停用", now=now)
            return False
        ended, paused = last_ended(db), failing(db).not_before
        news = ended is not None and (since is None or ended >= since)
        return news and requests_left(context.config, db) > 0 and (paused is None or now >= paused)


def backup_missed(context: Context) -> bool:
    """Whether the last copy is too old: the machine was off at night."""
    last = newest_backup(context.config.backups)
    return last is None or context.config.clock() - last > BACKUP_AFTER


def close_abandoned(context: Context) -> None:
    """Close what an earlier process left open. Only at the start: nothing of ours runs yet."""
    with context.store() as db:
        closed = close_abandoned_runs(db, context.config.clock())
    if closed:
        log.warning("%s runs were left open by an earlier process; closed", closed)


def give_back_memory() -> None:
    """Return to the system what a job needed; glibc would keep it."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
