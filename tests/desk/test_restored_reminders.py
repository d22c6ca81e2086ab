"""A copy is put back: no owner of a task is reminded a second time, whatever is left to know it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.context import CommandError, Context
from app.jobs import tell_readers
from commands import analysis
from commands.restore import restore
from digest.delivery.sink import Sink
from storage.desk.reminders import list_reminders
from storage.desk.tasks import add_task
from tests.commands.spoken import console, said
from tests.desk.test_task_mails import MORNING, at, context, give, sink, subjects

__all__ = ["context", "sink"]
DUE = "[政讯] 事项今天截止：第2号通知"
AHEAD = "[政讯] 事项 2 天后截止：第2号通知"
THE_DAY = MORNING + timedelta(days=2)


def copy_of(context: Context) -> Path:
    analysis.backup(context, None, 3, console())
    return next(iter(context.config.backups.iterdir()))


def lose(context: Context) -> None:
    """Nothing in the store can be known any more."""
    for file in context.config.data.glob("zhengxun.db*"):
        file.unlink()
    context.config.database.write_bytes(b"not a database" * 999)


@pytest.mark.parametrize("lost", [False, True])
def test_what_went_out_since_the_copy_is_not_sent_again(
    context: Context, sink: Sink, lost: bool
) -> None:
    """The ledger is carried over; where it is lost, somebody says that mails went out."""
    give(context)
    copy = copy_of(context)
    tell_readers(at(context, MORNING))
    assert subjects(sink) == [AHEAD]
    if lost:
        lose(context)
        with pytest.raises(CommandError, match="--sent"):
            restore(at(context, MORNING), copy, asked := console())
        assert "可能已收到提醒的事项：1 项" in said(asked)
        assert "其间退订的人" not in said(asked)
    assert restore(at(context, MORNING + timedelta(hours=1)), copy, console(), sent=lost) == 0
    tell_readers(at(context, MORNING + timedelta(hours=2)))
    tell_readers(at(context, MORNING + timedelta(days=1)))
    assert subjects(sink) == [AHEAD]
    # What was still to come comes, once.
    tell_readers(at(context, THE_DAY))
    tell_readers(at(context, THE_DAY + timedelta(hours=1)))
    assert subjects(sink) == [AHEAD, DUE]
    with context.store() as db:
        assert {row.state for row in list_reminders(db)} == {"sent"}
        assert not list(db.query("PRAGMA foreign_key_check"))


def test_what_waited_when_the_copy_was_made_is_not_sent_either(
    context: Context, sink: Sink
) -> None:
    give(context)
    closed = context.config.smtp.model_copy(update={"port": 1})
    tell_readers(Context(context.config.model_copy(update={"smtp": closed, "now": MORNING})))
    copy = copy_of(context)
    tell_readers(at(context, MORNING + timedelta(hours=2)))
    assert subjects(sink) == [AHEAD]
    lose(context)
    restore(at(context, MORNING + timedelta(hours=3)), copy, console(), sent=True)
    tell_readers(at(context, MORNING + timedelta(hours=5)))
    assert subjects(sink) == [AHEAD]
    with context.store() as db:
        assert [row.state for row in list_reminders(db)] == ["refused"]


def test_a_task_that_is_given_after_the_restoration_is_told_of(
    context: Context, sink: Sink
) -> None:
    give(context)
    copy = copy_of(context)
    tell_readers(at(context, MORNING))
    lose(context)
    restore(at(context, MORNING + timedelta(hours=1)), copy, console(), sent=True)
    now = datetime(2021, 2, 8, 4, 0, tzinfo=UTC)
    with context.store() as db:
        add_task(
            db, 3, owner="李四", due_on=date(2021, 2, 9), note="", who="王", now=now,
            address="si@example.com",
        )  # fmt: skip
    tell_readers(at(context, now))
    assert [mail.recipients[0] for mail in sink.received] == ["zhang@example.com", "si@example.com"]


def test_nobody_is_told_of_a_task_that_the_copy_does_not_know(context: Context, sink: Sink) -> None:
    """Its reminder goes with it; the number of the task is free for another one."""
    copy = copy_of(context)
    give(context)
    tell_readers(at(context, MORNING))
    restore(at(context, MORNING + timedelta(hours=1)), copy, console())
    with context.store() as db:
        assert list_reminders(db) == []
    tell_readers(at(context, THE_DAY))
    assert subjects(sink) == [AHEAD]
