"""What a model says in brief of the coming issue: which texts, whom to ask, up to what limit."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlite_utils import Database

from app.context import Context
from app.summary_limit import month_begun, requests_left
from china_time import SHANGHAI
from digest.composing.closing import current_week
from digest.composing.weeks import Week, week_ending
from digest.publish import preview_issue
from pipelines.summaries.endpoint import Endpoint
from pipelines.summaries.work_off import Wanted, Worked, work_off
from storage.issues.issues import find_issue
from storage.operation.alarms import note_event

MOST_AT_A_TIME = 20
# An issue that becomes due waits for none of it; this keeps one process short.
SECONDS = 240.0


def endpoint_of(context: Context) -> Endpoint:
    """Whom to ask, as configured."""
    settings = context.config.summary
    key = context.config.summary_key.get_secret_value()
    return Endpoint(settings.endpoint, settings.model, key, settings.timeout)


def make_summaries(context: Context, db: Database) -> Worked:
    """Ask for what the coming issue lacks, 重点 first; nothing when it is off or the month's limit
    is met, which the operator hears once a month."""
    config = context.config
    left = requests_left(config, db)
    if not config.summary.on:
        return Worked()
    if left:
        worked = asyncio.run(
            work_off(
                *(db, endpoint_of(context), wanted(context, db), config.clock),
                most=min(left, MOST_AT_A_TIME),
                seconds=SECONDS,
            )
        )
        left -= worked.asked
    else:
        worked = Worked()
    if not left:
        _tell_of_the_limit(context, db)
    return worked


def wanted(context: Context, db: Database) -> list[Wanted]:
    """The texts of the coming issue, the best first. What an issue says that waits for its editor
    is settled: then they are those of the next one."""
    config = context.config
    digest = preview_issue(
        *(db, config.digest),
        span=_open_week(context, db),
        now=config.clock(),
        site_names=context.site_names(),
    )
    entries = sorted(digest.entries(), key=lambda entry: (entry.folded, -entry.score))
    return [
        Wanted(entry.title, entry.stored.notice.body_text)
        for entry in entries
        if entry.stored.notice.complete
    ]


def _open_week(context: Context, db: Database) -> Week:
    settings = context.config.digest
    span = current_week(settings, context.config.clock())
    if find_issue(db, span.name) is None:
        return span
    return week_ending(span.to_on + timedelta(days=7), settings.weekday)


def _tell_of_the_limit(context: Context, db: Database) -> None:
    now, cap = context.config.clock(), context.config.summary.monthly_cap
    month = month_begun(now).astimezone(SHANGHAI)
    title = f"本月机器摘要的请求已达上限 {cap} 次"
    text = "下月初继续；其余条目用摘自原文的摘要。需要更多时请调高 summary.monthly_cap"
    note_event(db, f"summary:{month:%Y-%m}", title, text, now=now)
