"""Figures for Prometheus: what the store says, over real HTTP, and nothing when it is gone."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from app.context import Context
from app.instance import beat
from config import Config
from config_sections import MetricsConfig
from storage.models import Check, IssueRecord, Verdict
from storage.operation.alarms import raise_alarm
from storage.runs.runs import finish_run, save_check, start_run
from tests.storage.samples import page, saved

NAMES = ("site", "column", "verdict", "state")
NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
Figures = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def context(tmp_path: Path, port: int) -> Iterator[Context]:
    context = Context(Config(data=tmp_path / "data", now=NOW, metrics=MetricsConfig(port=port)))
    context.config.data.mkdir()
    end = metrics.serve(context)
    yield context
    end()


def ask(context: Context) -> Figures:
    address = f"http://127.0.0.1:{context.config.metrics.port}/metrics"
    with urllib.request.urlopen(address, timeout=10) as answer:
        text = answer.read().decode()
    return {
        (sample.name, tuple(sample.labels[name] for name in NAMES if name in sample.labels)): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def check(context: Context, column: str, verdict: Verdict, rows: int, at: datetime) -> None:
    with context.store() as db:
        run = start_run(db, "cde", now=at, pid=None)
        found = Check(run, "cde", column, checked_at=at, verdict=verdict, rows=rows)
        save_check(db, found)
        finish_run(db, run, now=at, state="finished")


def test_every_scrape_is_read_from_the_store(context: Context) -> None:
    column = context.catalogue["cde"].columns[0].name
    check(context, column, "ok", 12, NOW - timedelta(hours=4))
    first = ask(context)
    assert first["zhengxun_up", ()] == 1
    assert first["zhengxun_column_verdict", ("cde", column, "ok")] == 1
    assert ("zhengxun_issue_age_seconds", ()) not in first
    check(context, column, "blocked", 0, NOW - timedelta(hours=1))
    with context.store() as db:
        raise_alarm(db, "disk", "磁盘", "", now=NOW)
        saved(db, page())
        record = IssueRecord(
            1, "2021-W05", NOW.date(), NOW.date(), NOW, NOW - timedelta(minutes=2), "政讯周报"
        )
        db.table("issues").insert(
            {
                "week": record.week,
                "from_on": "2021-01-30",
                "to_on": "2021-02-05",
                "instant": record.instant.isoformat(),
                "composed_at": record.composed_at.isoformat(),
                "title": record.title,
            }
        )
    beat(context.config.data, NOW - timedelta(minutes=3), healthy=True)
    figures = ask(context)
    verdicts = {
        labels[2]: value
        for (name, labels), value in figures.items()
        if name == "zhengxun_column_verdict" and labels[:2] == ("cde", column)
    }
    assert verdicts == {
        "ok": 0,
        "quiet": 0,
        "degraded": 0,
        "blocked": 1,
        "broken": 0,
        "unreachable": 0,
    }
    good = figures["zhengxun_column_last_good_timestamp_seconds", ("cde", column)]
    assert good == datetime(2021, 2, 5, 5, 0, tzinfo=UTC).timestamp()
    assert figures["zhengxun_column_rows", ("cde", column)] == 0
    assert figures["zhengxun_runs_total", ("cde", "finished")] == 2
    assert figures["zhengxun_alarms_open", ()] == 1
    assert figures["zhengxun_notices", ()] == 1
    assert figures["zhengxun_issue_age_seconds", ()] == 120
    assert figures["zhengxun_heartbeat_age_seconds", ()] == 180
    assert figures["zhengxun_database_bytes", ()] == context.config.database.stat().st_size
    assert figures["process_resident_memory_bytes", ()] > 0


def test_without_a_store_it_says_so_and_makes_none(context: Context) -> None:
    figures = ask(context)
    assert figures["zhengxun_up", ()] == 0
    assert figures["zhengxun_disk_free_bytes", ()] > 0
    assert not context.config.database.exists()


def test_it_listens_on_this_machine_only_unless_told_otherwise() -> None:
    assert MetricsConfig().host == "127.0.0.1"
    assert MetricsConfig().port == 0


def test_a_port_that_is_taken_is_an_error(context: Context) -> None:
    with pytest.raises(OSError, match="in use"):
        metrics.serve(context)
