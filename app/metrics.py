"""Figures for Prometheus, read from the store whenever they are asked for, so that none drifts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from threading import Thread
from typing import get_args

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlite_utils import Database

from app.context import Context
from app.due_jobs import make_notifier
from app.figures_server import figures_server
from app.instance import last_beat
from pipelines.evidence.warc import archives
from storage.database import StorageError, open_database
from storage.models import Coverage, Verdict
from storage.operation.alarms import open_alarms, unsent
from storage.operation.counts import (
    count_notices,
    deliveries_by_state,
    last_composed,
    runs_by_state,
)
from storage.operation.upkeep import newest_backup, store_bytes
from storage.runs.runs import latest_coverage

COLUMN = ("site", "column")


class StoreCollector(Collector):
    """Opens the store read-only for each scrape; `zhengxun_up` is 0 when it cannot be read."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def describe(self) -> list[Metric]:
        """Nothing ahead of the first scrape: the store may not be there yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All figures of this instant."""
        config = self.context.config
        try:
            with closing(open_database(config.database, read_only=True)) as db:
                found = list(stored(db, self.context, config.clock()))
        except StorageError:
            found = []
        yield gauge("up", "1 = the store can be read", 1 if found else 0)
        yield from found
        yield from files(self.context, config.clock())


def serve(context: Context) -> Callable[[], None]:
    """Listen on metrics.host and metrics.port; a function that ends it. Raises OSError."""
    registry = CollectorRegistry()
    registry.register(StoreCollector(context))
    ProcessCollector(registry=registry)
    server = figures_server(context.config.metrics.host, context.config.metrics.port, registry)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end


def stored(db: Database, context: Context, now: datetime) -> Iterator[Metric]:
    """What the database says."""
    yield from columns(latest_coverage(db, now))
    runs = CounterMetricFamily(
        "zhengxun_runs", "Crawls by how they ended", labels=("site", "state")
    )
    for (site, state), count in sorted(runs_by_state(db).items()):
        runs.add_metric([site, state], count)
    yield runs
    mails = GaugeMetricFamily("zhengxun_deliveries", "Rows of the ledger", labels=("state",))
    for state, count in sorted(deliveries_by_state(db).items()):
        mails.add_metric([state], count)
    yield mails
    yield gauge("notices", "Pages in the store", count_notices(db))
    yield gauge("alarms_open", "Things that are bad now", len(open_alarms(db)))
    waiting = unsent(db, make_notifier(context).operator.channels)
    yield gauge("alarms_unsent", "Alarms that wait to be sent", len(waiting))
    composed = last_composed(db)
    if composed is not None:
        age = (now - composed).total_seconds()
        yield gauge("issue_age_seconds", "Since the newest issue was composed", age)


def columns(coverage: list[Coverage]) -> Iterator[Metric]:
    """Each watched column, as of its last check."""
    good = GaugeMetricFamily(
        "zhengxun_column_last_good_timestamp_seconds",
        "Last check that read the list",
        labels=COLUMN,
    )
    rows = GaugeMetricFamily(
        "zhengxun_column_rows", "Notices listed at the last check", labels=COLUMN
    )
    verdicts = GaugeMetricFamily(
        "zhengxun_column_verdict", "1 at the verdict of the last check", labels=(*COLUMN, "verdict")
    )
    for row in coverage:
        names = [row.site, row.column]
        rows.add_metric(names, row.rows)
        if row.last_good_at is not None:
            good.add_metric(names, row.last_good_at.timestamp())
        for verdict in get_args(Verdict):
            verdicts.add_metric([*names, verdict], int(row.verdict == verdict))
    yield from (good, rows, verdicts)


def files(context: Context, now: datetime) -> Iterator[Metric]:
    """What the disk says."""
    config = context.config
    if config.database.exists():
        size = store_bytes(config.database)
        yield gauge("database_bytes", "Size of the database and its write-ahead log", size)
    yield gauge("disk_free_bytes", "Room for the data folder", shutil.disk_usage(config.data).free)
    kept = sum(path.stat().st_size for path in archives(config.data))
    yield gauge("archive_bytes", "Size of all archives of pages", kept)
    copied = newest_backup(config.backups)
    if copied is not None:
        age = (now - copied).total_seconds()
        yield gauge("backup_age_seconds", "Since the newest copy of the database", age)
    life = last_beat(config.data)
    if life is not None:
        age = (now - life.at).total_seconds()
        yield gauge("heartbeat_age_seconds", "Since the daemon's last round", age)
        yield gauge(
            "healthy", "1 = the last round found nothing but columns bad", int(life.healthy)
        )


def gauge(name: str, about: str, value: float) -> Metric:
    """One figure without labels."""
    return GaugeMetricFamily(f"zhengxun_{name}", about, value=value)
