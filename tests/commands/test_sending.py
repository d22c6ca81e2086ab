"""`zhengxun send` and the daemon's delivery: who is entered, and when what waits is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import jobs
from app.context import Context
from commands.issue import send
from config import Config, ConfigError, load_config
from config_delivery import SmtpConfig
from digest.alerts.mail_rules import review_reach
from digest.delivery.sink import Sink
from storage.issues.issues import list_issues, record_issue
from storage.operation.alarms import open_alarms
from storage.readers.deliveries import list_deliveries
from storage.readers.subscribers import add_subscriber
from storage.runs.runs import finish_run, start_run
from tests.commands.spoken import console, said

FRIDAY = datetime(2021, 2, 5, 9, 5, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "outbox") as running:
        yield running


@pytest.fixture
def context(tmp_path: Path, sink: Sink) -> Context:
    smtp = SmtpConfig(host="127.0.0.1", port=sink.port, security="none", sender="x@example.com")
    made = Context(Config(data=tmp_path / "data", now=FRIDAY, smtp=smtp))
    began = FRIDAY - timedelta(days=40)
    with made.store() as db:
        finish_run(db, start_run(db, "cde", now=began, pid=1), now=began, state="finished")
        for name in ("a", "b"):
            add_subscriber(db, f"{name}@example.com", now=began)
    return made


def at(context: Context, now: datetime) -> Context:
    return replace(context, config=context.config.model_copy(update={"now": now}))


def test_send_says_when_it_will_be_tried_again(context: Context, sink: Sink) -> None:
    sink.defer.add("b@example.com")
    jobs.compose_due(context)
    jobs.deliver_outstanding(context)
    out = console()
    assert send(at(context, FRIDAY + timedelta(minutes=1)), "", "", out) == 1
    assert "b@example.com：2021-02-05 17:06 再发（451 4.7.1 greylisted" in said(out)
    sink.defer.clear()
    again = console()
    assert send(at(context, FRIDAY + timedelta(minutes=6)), "", "", again) == 0
    assert "再发" not in said(again)


def ahead(context: Context, years: int) -> None:
    """An issue of a week that lies ahead, as an older version or a wrong clock recorded it."""
    with context.store() as db:
        record_issue(
            db,
            week=f"{2021 + years}-W05",
            from_on=(FRIDAY + timedelta(days=365 * years - 6)).date(),
            to_on=(FRIDAY + timedelta(days=365 * years)).date(),
            instant=FRIDAY + timedelta(days=365 * years),
            now=FRIDAY - timedelta(days=1),
            title="政讯周报",
            entries=[],
        )


@pytest.mark.parametrize("years", [1, 10])
def test_a_week_ahead_keeps_no_issue_from_its_readers(
    context: Context, sink: Sink, years: int
) -> None:
    ahead(context, years)
    for weeks in range(3):
        now = at(context, FRIDAY + weeks * WEEK)
        jobs.compose_due(now)
        jobs.deliver_outstanding(now)
    with context.store() as db:
        entered = {record.week: len(list_deliveries(db, record.id)) for record in list_issues(db)}
        review_reach(db, now=FRIDAY + 2 * WEEK + timedelta(hours=3))
        assert open_alarms(db) == []
    assert entered == {"2021-W05": 2, "2021-W06": 2, "2021-W07": 2, f"{2021 + years}-W05": 0}
    assert len(sink.received) == 6


def test_an_issue_nobody_was_entered_for_is_made_up(context: Context, sink: Sink) -> None:
    jobs.compose_due(context)  # and then the machine is off for a week
    jobs.compose_due(at(context, FRIDAY + WEEK))
    jobs.deliver_outstanding(at(context, FRIDAY + WEEK))
    assert (
        sorted(mail.recipients[0] for mail in sink.received)
        == ["a@example.com"] * 2 + ["b@example.com"] * 2
    )


def test_an_issue_that_reached_nobody_is_an_alarm_until_somebody_has_it(
    context: Context, sink: Sink
) -> None:
    sink.defer |= {"a@example.com", "b@example.com"}
    jobs.compose_due(context)
    with context.store() as db:
        review_reach(db, now=FRIDAY + timedelta(hours=1))
        assert open_alarms(db) == []  # a server may be busy
        review_reach(db, now=FRIDAY + timedelta(hours=3))
        assert [alarm.title for alarm in open_alarms(db)] == ["2021-W05 没有送达任何人"]
        assert "没有任何收件人" in open_alarms(db)[0].text
    sink.defer.clear()
    jobs.deliver_outstanding(at(context, FRIDAY + timedelta(hours=4)))
    with context.store() as db:
        review_reach(db, now=FRIDAY + timedelta(hours=5))
        assert open_alarms(db) == []


def test_a_reader_who_got_nothing_for_two_weeks_is_an_alarm(context: Context, sink: Sink) -> None:
    sink.refuse.add("b@example.com")
    told = []
    for weeks in range(4):
        if weeks == 3:
            sink.refuse.clear()
        now = FRIDAY + weeks * WEEK
        jobs.compose_due(at(context, now))
        jobs.deliver_outstanding(at(context, now))
        with context.store() as db:
            for _ in range(2):
                review_reach(db, now=now + timedelta(hours=3))
            told.append([alarm.title for alarm in open_alarms(db)])
    # The third refusal suspends; before that two issues went by.
    assert told[0] == []
    assert told[1] == ["b@example.com 已两周没有收到任何邮件"]
    assert told[3] == []


@pytest.mark.parametrize("sender", ["nobody", "张三", "a@b@c", "@example.com"])
def test_a_sender_that_is_no_address_is_one_line_everywhere(tmp_path: Path, sender: str) -> None:
    path = tmp_path / "zhengxun.toml"
    path.write_text(f'[smtp]\nhost = "127.0.0.1"\nsender = "{sender}"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config({"ZHENGXUN_CONFIG": str(path)}, cwd=tmp_path)
    assert "smtp.sender" in str(caught.value)
    assert "is no mail address" in str(caught.value)
    assert "\n" not in str(caught.value)
