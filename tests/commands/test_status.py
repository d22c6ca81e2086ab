"""`zhengxun status`: exit 1 only when something needs a person, and an answer within a second."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from app.context import Context
from app.instance import beat, only_one
from app.jobs import nightly
from commands import deliveries as deliveries_verb
from commands import subscribers as subscribers_verb
from commands.status import evidence_words, sources, status
from config import Config
from config_delivery import OperatorConfig, SmtpConfig
from crawlers.catalogue import load_catalogue
from storage.models import Check, Verdict
from storage.operation.alarms import mark_failed, raise_alarm, unsent
from storage.readers import deliveries, subscribers
from storage.runs.runs import finish_run, save_check, start_run
from tests.digest.samples import recorded, week_digest

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(
        Config(
            data=tmp_path / "data",
            now=NOW,
            smtp=SmtpConfig(host="127.0.0.1", sender="a@example.com"),
            operator=OperatorConfig(email="op@example.com"),
        )
    )


def ask(context: Context) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = status(context, Console(file=out), as_json=True)
    return code, json.loads(out.getvalue())


def crawl(context: Context, verdict: Verdict) -> None:
    with context.store() as db:
        run = start_run(db, "cde", now=NOW, pid=None)
        for column in context.catalogue["cde"].columns:
            found = Check(
                run_id=run,
                site="cde",
                column=column.name,
                checked_at=NOW,
                verdict=verdict,
                reason="返回 412",
            )
            save_check(db, found)
        finish_run(db, run, now=NOW, state="finished")


def test_a_fresh_or_well_house_needs_nobody(context: Context) -> None:
    assert ask(context)[0] == 0
    crawl(context, "ok")
    code, report = ask(context)
    assert code == 0
    assert report["needs"] == []
    assert report["daemon"] == {"owner": "", "heartbeat_at": None, "healthy": None}


@pytest.mark.parametrize("verdict", ["quiet", "degraded"])
def test_quiet_and_degraded_columns_need_nobody(context: Context, verdict: Verdict) -> None:
    crawl(context, verdict)
    assert ask(context)[0] == 0


@pytest.mark.parametrize("verdict", ["blocked", "broken", "unreachable"])
def test_a_column_that_cannot_be_read_needs_a_person(context: Context, verdict: Verdict) -> None:
    crawl(context, verdict)
    code, report = ask(context)
    assert code == 1
    assert report["needs"] == ["有来源读不到"]


def test_an_alarm_needs_a_person_and_says_which(context: Context) -> None:
    with context.store() as db:
        raise_alarm(db, "job:nightly", "备份失败：[disk] full", "", now=NOW)
    code, report = ask(context)
    assert code == 1
    assert report["unsent_alarms"] == 1
    assert [alarm["subject"] for alarm in report["alarms"]] == ["job:nightly"]
    with context.store() as db:
        mark_failed(db, unsent(db, ["mail"]), "connection refused", now=NOW)
    assert "报警发不出去" in ask(context)[1]["needs"]
    out = io.StringIO()
    assert status(context, Console(file=out, width=200), as_json=False) == 1
    assert "备份失败：[disk] full" in out.getvalue()


def test_the_daemon_and_the_last_backup_are_shown(context: Context) -> None:
    nightly(context)
    beat(context.config.data, NOW, healthy=True)
    with only_one(context.config.data):
        report = ask(context)[1]
    assert report["daemon"]["owner"].startswith("process ")
    assert report["daemon"]["heartbeat_at"] == "2021-02-05T09:00:00+00:00"
    assert report["last_backup"] == "2021-02-05T09:00:00+00:00"


def test_status_answers_within_a_second_after_years(context: Context) -> None:
    with context.store() as db:
        site = context.catalogue["miit"]
        with db.conn:
            for day in range(700):
                at = NOW - timedelta(days=day)
                run = start_run(db, site.id, now=at, pid=None)
                for column in site.columns:
                    found = Check(
                        run_id=run,
                        site=site.id,
                        column=column.name,
                        checked_at=at,
                        verdict="ok",
                        reason="",
                    )
                    save_check(db, found)
    began = time.process_time()
    assert ask(context)[0] == 0
    assert time.process_time() - began < 1


def test_a_narrow_terminal_reads_it_in_beijing_time(context: Context) -> None:
    crawl(context, "ok")
    nightly(context)
    with context.store() as db:
        raise_alarm(db, "job:nightly", "备份失败", "", now=NOW)
    out = io.StringIO()
    status(context, Console(file=out, width=80), as_json=False)
    lines = out.getvalue().splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    # Words stay whole: a table of seven columns had some of three characters.
    name = context.catalogue["cde"].name
    assert any(line.startswith(name) for line in lines)
    assert "最近备份 2021-02-05 17:00" in out.getvalue()
    assert "备份失败（2021-02-05 17:00 起）" in out.getvalue()
    assert "+00:00" not in out.getvalue()


def test_on_a_narrow_terminal_sources_and_addresses_stay_whole(context: Context) -> None:
    address = "a.reader.with.a.long.name@department.example.com"
    with context.store() as db:
        person = subscribers.add_subscriber(db, address, now=NOW, sections=("pharma",))
        issue = recorded(db, week_digest())
        deliveries.ensure_deliveries(db, issue.id, [person], ["<1@example.com>"], NOW)
    out = io.StringIO()
    console = Console(file=out, width=80)
    sources(context, console, as_json=False)
    shown = out.getvalue()
    site = context.catalogue["cde"]
    head = f"cde  {site.name}  {site.section}/{site.group}  {site.platform}  {site.crawl}"
    assert head in shown
    assert f"  栏目：{site.columns[0].name}、{site.columns[1].name}" in shown
    subscribers_verb.show(context, console)
    deliveries_verb.show(context, "", "", console, every=True, as_json=False)
    assert out.getvalue().count(address) == 2
    assert "篇章：pharma  分组：全部" in out.getvalue()


def test_what_a_site_rests_on_is_said() -> None:
    sites = load_catalogue()
    assert evidence_words(sites["samr"]) == "2026-07, china-governance"
    assert evidence_words(sites["chp"]) == "推断"
    assert evidence_words(sites["tj_zscq"]).startswith("机构已并入")
    assert evidence_words(sites["miit"]) == "2026-08, RSSHub；部分栏目为推断"
