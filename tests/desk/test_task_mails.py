"""Owners of tasks are reminded once before the day and once on it; the next issue tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.context import Context
from app.drafts import coming_week
from app.issues import make
from app.jobs import tell_readers
from app.releases import release_due
from config_delivery import SmtpConfig
from digest.delivery.sink import Sink
from digest.folders import issue_folder
from digest.publish import recompose
from storage.desk.people import save_person
from storage.desk.reminders import claim, list_reminders, reclaim_sending
from storage.desk.tasks import add_task, set_task_state
from storage.readers.attempts import history
from storage.readers.subscribers import add_subscriber
from tests.desk.running import NOON, RunningDesk, context_at, fill, running

MORNING = datetime(2021, 2, 8, 1, 0, tzinfo=UTC)
DUE = date(2021, 2, 10)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "outbox") as started:
        yield started


@pytest.fixture
def context(tmp_path: Path, sink: Sink) -> Context:
    smtp = SmtpConfig(host="127.0.0.1", port=sink.port, security="none", sender="news@example.com")
    made = context_at(tmp_path / "data", smtp=smtp)
    fill(made)
    return made


def at(context: Context, now: datetime) -> Context:
    return Context(context.config.model_copy(update={"now": now}))


def give(context: Context, due_on: date | None = DUE, address: str = "zhang@example.com") -> int:
    with context.store() as db:
        task = add_task(
            db, 2, owner="张三", due_on=due_on, note="备齐", who="王", now=NOON, address=address
        )
    return task.id


def subjects(sink: Sink) -> list[str]:
    return [str(mail.message()["Subject"]) for mail in sink.received]


def test_one_mail_before_the_day_and_one_on_it(context: Context, sink: Sink) -> None:
    give(context)
    tell_readers(at(context, MORNING - timedelta(days=2)))
    assert subjects(sink) == []
    for _ in range(3):
        tell_readers(at(context, MORNING))
        tell_readers(at(context, MORNING + timedelta(days=1)))
    assert subjects(sink) == ["[政讯] 事项 2 天后截止：第2号通知"]
    mail = sink.received[0]
    assert mail.recipients == ("zhang@example.com",)
    text = mail.message().get_content()
    for words in ("张三：", "2021-02-10", "第2号通知", "备注：备齐", "https://www.cde.org.cn/2"):
        assert words in text
    assert f"{context.config.desk.origin}/tasks" in text
    tell_readers(at(context, MORNING + timedelta(days=2)))
    tell_readers(at(context, MORNING + timedelta(days=2, hours=5)))
    assert subjects(sink)[1:] == ["[政讯] 事项今天截止：第2号通知"]
    ids = {str(mail.message()["Message-ID"]) for mail in sink.received}
    assert len(ids) == 2


def test_nobody_is_mailed_at_night_nor_of_what_is_closed(context: Context, sink: Sink) -> None:
    number = give(context)
    give(context, due_on=None)
    give(context, address="")
    night = datetime(2021, 2, 7, 20, 0, tzinfo=UTC)
    tell_readers(at(context, night))
    with context.store() as db:
        assert list_reminders(db) == []
        set_task_state(db, number, "done", who="王", now=NOON)
    tell_readers(at(context, MORNING))
    assert subjects(sink) == []


def test_a_day_that_passed_unseen_is_told_of_a_week_long(context: Context, sink: Sink) -> None:
    give(context)
    tell_readers(at(context, MORNING + timedelta(days=4)))
    assert subjects(sink) == ["[政讯] 事项已逾期 2 天：第2号通知"]
    give(context, due_on=date(2021, 1, 5))
    tell_readers(at(context, MORNING + timedelta(days=4)))
    assert len(subjects(sink)) == 1


def test_it_waits_for_a_server_and_a_crash_sends_no_third(context: Context, sink: Sink) -> None:
    give(context)
    closed = context.config.smtp.model_copy(update={"port": 1})
    down = Context(context.config.model_copy(update={"smtp": closed, "now": MORNING}))
    tell_readers(down)
    with context.store() as db:
        (row,) = list_reminders(db)
        assert (row.state, row.attempts) == ("deferred", 1)
        later = MORNING + timedelta(hours=2)
        assert claim(db, row.id, later)
        assert not claim(db, row.id, later)
        assert reclaim_sending(db, later + timedelta(hours=2), alive=lambda _: False) == 1
        assert history(db, row.id) == []
    tell_readers(at(context, MORNING + timedelta(hours=5)))
    tell_readers(at(context, MORNING + timedelta(hours=6)))
    assert len(sink.received) == 1
    with context.store() as db:
        (row,) = list_reminders(db)
        assert (row.state, row.interruptions) == ("sent", 1)
    assert str(sink.received[0].message()["Message-ID"]) == row.message_id


def test_an_issue_tells_of_open_tasks_and_of_those_just_closed(context: Context) -> None:
    with running(context) as desk:
        editor = desk.person("editor")
        give(context)
        assert "跟踪事项" in editor.get("/preview?as=text").text
        done = give(context)
        with context.store() as db:
            set_task_state(db, done, "done", who="王", now=NOON)
        assert "[已办结] 张三" in editor.get("/preview?as=text").text
    with context.store() as db:
        span = coming_week(context, db)
        folder = issue_folder(context.config.data, span.name)
        first = make(context, db, span, folder, record=True)
        assert [(one.number, one.is_done) for one in first.follow_ups] == [(1, False), (2, True)]
        set_task_state(db, 1, "done", who="王", now=NOON + timedelta(minutes=1))
        again = recompose(db, context.config.digest, span.name, NOON, {})
        assert again.follow_ups == first.follow_ups
    later = at(context, NOON + timedelta(days=7))
    with later.store() as db:
        release_due(later, db)
        span = coming_week(later, db)
        folder = issue_folder(later.config.data, span.name)
        second = make(later, db, span, folder, record=True)
    assert [(one.number, one.is_done) for one in second.follow_ups] == [(1, True)]


def test_only_readers_and_people_of_the_desk_are_reminded(context: Context) -> None:
    with running(context) as desk:
        check_addresses(desk)


def check_addresses(desk: RunningDesk) -> None:
    editor = desk.person("editor")
    with desk.context.store() as db:
        save_person(db, "zhang@example.com", name="张三", role="reader", now=NOON)
        add_subscriber(db, "li@example.com", now=NOON)
    form = {"owner": "张三", "due_on": "2021-02-18"}
    assert "zhang@example.com" in editor.get("/tasks/new/2").text
    given = editor.follow(editor.post("/tasks/new/2", form, page="/tasks/new/2"))
    assert "到期前提醒 zhang@example.com" in given.text
    with_reader = {**form, "address": "LI@example.com"}
    assert editor.post("/tasks/new/2", with_reader, page="/tasks").status == 303
    stranger = {**form, "address": "x@elsewhere.example"}
    refused = editor.post("/tasks/new/2", stranger, page="/tasks")
    assert (refused.status, "提醒只寄给读者" in refused.text) == (400, True)
    assert editor.get("/tasks.csv").text.count("@example.com") == 4
