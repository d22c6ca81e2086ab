"""Which texts a model is asked of, when, how often, and who holds its key."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from app import due_jobs, jobs, workers
from app.context import Context
from app.summaries import wanted
from app.workers import Done
from commands.doctor import doctor
from commands.status import gather, summary_lines
from commands.summary_check import asked_model, summary_finding
from config import Config, ConfigError, load_config
from config_sections import CrawlConfig, SummaryConfig
from scheduler import Daemon
from storage.operation.alarms import open_alarms, raise_alarm
from storage.runs.runs import finish_run, start_run
from storage.values import select
from tests.commands.spoken import console, said
from tests.digest.samples import INSTANT
from tests.digest.test_two_depths import fill, save
from tests.pipelines.model_server import ModelServer, model_server, raw, says, summary

KEY = "sk-geheim-7391"
LONG = (
    """各有关单位：
请于2021年3月5日17:00前将申报书报送市科技局，逾期不予受理。
"""
    + "材料应当真实完整。" * 12
)
GOOD = summary(("请于2021年3月5日17:00前将申报书报送市科技局，逾期不予受理。", [3]))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as started:
        started.reply = says(GOOD)
        yield started


def context_of(folder: Path, server: ModelServer | None, **over: object) -> Context:
    endpoint = "" if server is None else server.url
    settings = {"endpoint": endpoint, "model": "m1" if server else "", "timeout": 20.0} | over
    config = Config(
        data=folder / "data",
        now=INSTANT,
        summary=SummaryConfig(**settings),  # type: ignore[arg-type] # as the file has them
        summary_key=SecretStr(KEY),
        crawl=CrawlConfig(browser="none"),
    )
    digest = config.digest.model_copy(update={"summary_model": config.summary.model})
    return Context(config.model_copy(update={"digest": digest}))


def notices(context: Context, *titles: str) -> None:
    with context.store() as db:
        run = start_run(db, "cde", now=INSTANT - timedelta(hours=2), pid=None)
        for number, title in enumerate(titles, start=1):
            save(db, number, title, body_text=f"{title}\n{LONG}")
        finish_run(db, run, state="finished", now=INSTANT - timedelta(hours=1))


def test_the_coming_issue_s_texts_are_asked_for_the_best_first(
    tmp_path: Path, server: ModelServer
) -> None:
    context = context_of(tmp_path, server)
    with context.store() as db:
        ids = fill(db)
        texts = [one.title for one in wanted(context, db)]
        assert len(texts) == 20
        assert "征求意见" in texts[0]
        db.execute("UPDATE notices SET complete = 0 WHERE id = ?", [ids["draft"]])
        assert len(wanted(context, db)) == 19


def test_a_job_makes_them_within_the_limit_and_says_when_it_is_met(
    tmp_path: Path, server: ModelServer
) -> None:
    context = context_of(tmp_path, server, monthly_cap=2)
    notices(context, "甲通知", "乙通知", "丙通知")
    assert due_jobs.summaries_wait(context, None)
    assert jobs.write_summaries(context)
    assert len(server.asked) == 2
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert not due_jobs.summaries_wait(context, None)
    jobs.write_summaries(context)
    assert len(server.asked) == 2
    with context.store() as db:
        told = [row["title"] for row in select(db, "SELECT title FROM alarms")]
        assert told == ["本月机器摘要的请求已达上限 2 次"]
    later = Context(context.config.model_copy(update={"now": INSTANT + timedelta(days=30)}))
    assert due_jobs.summaries_wait(later, None)
    report = gather(context)
    assert report["summaries"] == {
        "asked": 2, "accepted": 2, "refused": 0, "failed": 0, "cap": 2, "failing": ""
    }  # fmt: skip
    assert "机器摘要 本月请求 2/2，采用 2，未采用 0，失败 0" in summary_lines(report)


def test_it_is_asked_after_a_crawl_not_while_the_service_rests_and_not_when_off(
    tmp_path: Path, server: ModelServer
) -> None:
    context = context_of(tmp_path, server)
    with context.store():
        pass
    assert not due_jobs.summaries_wait(context, None)
    notices(context, "甲通知")
    assert due_jobs.summaries_wait(context, INSTANT - timedelta(hours=3))
    assert not due_jobs.summaries_wait(context, INSTANT)
    server.reply = raw(503, b"")
    jobs.write_summaries(context)
    assert not due_jobs.summaries_wait(context, None)
    after = Context(context.config.model_copy(update={"now": INSTANT + timedelta(minutes=6)}))
    assert due_jobs.summaries_wait(after, None)
    off = context_of(tmp_path, None)
    with off.store() as db:
        raise_alarm(db, "summary", "机器摘要的服务连续 3 次失败：HTTP 503", "", now=INSTANT)
    assert not due_jobs.summaries_wait(off, None)
    assert not jobs.write_summaries(off)
    assert gather(off)["summaries"] is None
    with off.store() as db:
        assert open_alarms(db) == []


def test_the_daemon_asks_until_nothing_is_left_and_again_after_the_next_crawl(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(tmp_path, server)
    notices(context, "甲通知")
    daemon = Daemon(context)
    asked: list[tuple[str, ...]] = []

    async def run(_context: Context, *names: str, within: float | None = None) -> list[Done]:
        asked.append(names)
        return [Done(name, result=len(asked) == 1) for name in names]

    monkeypatch.setattr(daemon.patient, "run", run)

    async def rounds() -> None:
        for _ in range(4):
            await daemon.summaries()

    asyncio.run(rounds())
    assert asked == [("write_summaries",)] * 2


def test_only_who_asks_the_model_is_given_its_key(tmp_path: Path, server: ModelServer) -> None:
    context = context_of(tmp_path, server)
    for names, key in ((["compose_due", "deliver_outstanding"], ""), (["write_summaries"], KEY)):
        handed = pickle.loads(workers._packed(context, names))  # noqa: S301 # packed in this line
        assert handed.config.summary_key.get_secret_value() == key
        assert handed.config.summary == context.config.summary
    assert KEY not in str(context.environment())
    assert KEY not in repr(context)


def test_doctor_says_whether_it_is_on_and_asks_only_when_asked(
    tmp_path: Path, server: ModelServer
) -> None:
    assert summary_finding(context_of(tmp_path, None)) == (True, "summaries by a model: off", "")
    context = context_of(tmp_path, server)
    out = console()
    doctor(context, out)
    assert f"机器摘要：m1（{server.url.split('/')[2]}）" in said(out)
    assert server.asked == []
    fine, _, advice = summary_finding(
        context_of(tmp_path, None, endpoint="http://llm.example.com/v1", model="m1")
    )
    assert (fine, "https" in advice) == (None, True)
    answer = "请于2021年3月5日17:00前将申报书报送我局，逾期不予受理。"
    server.reply = says(summary((answer, [6])))
    assert [*asked_model(context)] == [(True, f"model answers: {answer}", "")]
    server.reply = says("是。")
    assert [(fine, advice) for fine, _, advice in asked_model(context)] == [(None, "回答不是 JSON")]
    server.reply = raw(401, KEY.encode())
    out = console()
    assert doctor(context, out, summary=True) == 1
    assert "HTTP 401" in said(out)
    assert KEY not in said(out)
    assert [fine for fine, _, _ in asked_model(context_of(tmp_path, None))] == [False]
    spent = context_of(tmp_path, server, monthly_cap=1)
    assert [fine for fine, _, _ in asked_model(spent)] == [None]
    with context.store() as db:
        assert select(db, "SELECT * FROM machine_summaries") == []


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ('endpoint = "https://x/v1"', "go together"),
        ('model = "m1"', "go together"),
        ('endpoint = "ftp://x"\nmodel = "m"', "must look like"),
        ('endpoint = "https://me:pw@x/v1"\nmodel = "m"', "must look like"),
        ('endpoint = "https://x/v1?key=1"\nmodel = "m"', "must look like"),
        ('endpoint = "https://x/v1"\nmodel = "m"\nmonthly_cap = 0', "greater than"),
        ('endpoint = "https://x/v1"\nmodel = "m"\nkey_file = "none.key"', "key_file"),
        ('endpoint = "https://x/v1"\nmodel = "m"\nkey_file = "open.key"', "chmod 600"),
    ],
)
def test_a_configuration_that_cannot_be_used_says_what_to_write(
    tmp_path: Path, settings: str, problem: str
) -> None:
    (tmp_path / "open.key").write_text("k", encoding="utf-8")
    (tmp_path / "open.key").chmod(0o644)
    (tmp_path / "zhengxun.toml").write_text(f"[summary]\n{settings}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=problem):
        load_config({}, cwd=tmp_path)


def test_the_key_comes_from_the_environment_or_a_file_of_one_s_own(tmp_path: Path) -> None:
    (tmp_path / "summary.key").write_text(f"{KEY}\n", encoding="utf-8")
    (tmp_path / "summary.key").chmod(0o600)
    path = tmp_path / "zhengxun.toml"
    path.write_text(
        '[summary]\nendpoint = "https://api.example.com/v1/"\nmodel = "m1"\n'
        'key_file = "summary.key"\n',
        encoding="utf-8",
    )
    config = load_config({}, cwd=tmp_path)
    assert config.summary_key.get_secret_value() == KEY
    assert (config.summary.endpoint, config.digest.summary_model) == (
        "https://api.example.com/v1",
        "m1",
    )
    config = load_config({"ZHENGXUN_SUMMARY_KEY": "sk-2"}, cwd=tmp_path)
    assert config.summary_key.get_secret_value() == "sk-2"
    assert "sk-2" not in repr(config)
