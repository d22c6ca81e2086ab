"""What was sent is settled, though the store is locked at that moment."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from digest.alerts.alert import Operator, send_alarms
from digest.delivery.bulletins import BulletinSettings, deliver_bulletins, enter_ended
from digest.delivery.deliver import deliver
from digest.delivery.outcome import write_down
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpSettings
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from storage.database import StorageError
from storage.errors import PassingError
from storage.operation import alarms
from storage.readers import bulletins, deliveries, subscribers
from tests.digest.conftest import Clock
from tests.digest.samples import INSTANT, recorded, week_digest

HELD = 1.2


@contextmanager
def lock_when_kept(sink: Sink, path: Path) -> Iterator[list[float]]:
    """Somebody's edit is opened when the server has a mail, before we have its answer."""
    sink.slow["KEPT"] = 0.5
    held: list[float] = []

    def hold() -> None:
        while not sink.received:
            time.sleep(0.005)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(HELD)
            other.execute("ROLLBACK")
            held.append(time.monotonic())

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield held
    finally:
        thread.join()


def _path(db: Database) -> Path:
    # So that the wait for the lock ends while it is held.
    db.execute("PRAGMA busy_timeout=100")
    return Path(db.conn.execute("PRAGMA database_list").fetchone()[2])


def test_an_issue_is_not_sent_again_for_a_lock_between_sent_and_settled(
    db: Database,
    sink: Sink,
    smtp: SmtpSettings,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    subscribers.add_subscriber(db, "a@example.com", now=INSTANT, formats=("html",))
    digest = week_digest()
    issue = recorded(db, digest)
    with caplog.at_level(logging.WARNING), lock_when_kept(sink, _path(db)) as held:
        report = deliver(db, issue, digest, smtp=smtp, now=clock)
        assert held  # the pass ended after the lock, not before it
    assert (report.sent, [row.state for row in deliveries.list_deliveries(db)]) == (1, ["sent"])
    assert "an outcome waits to be written" in caplog.text
    assert deliver(db, issue, digest, smtp=smtp, now=clock).sent == 0
    assert len(sink.received) == 1


def test_a_bulletin_is_not_sent_again_for_a_lock(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    bulletin_settings = BulletinSettings("政讯周报", "", smtp.sender, "", UnsubscribeLinks(), {})
    person = subscribers.add_subscriber(db, "a@example.com", now=INSTANT)
    subscribers.remove_subscriber(db, person.address, now=INSTANT)
    enter_ended(db, bulletin_settings, person, INSTANT)
    with lock_when_kept(sink, _path(db)):
        assert deliver_bulletins(db, bulletin_settings, smtp, clock).sent == 1
    assert [row.state for row in bulletins.list_bulletins(db)] == ["sent"]
    assert deliver_bulletins(db, bulletin_settings, smtp, clock).sent == 0
    assert len(sink.received) == 1


def test_an_alarm_is_not_sent_again_for_a_lock(
    db: Database, sink: Sink, smtp: SmtpSettings
) -> None:
    alarms.raise_alarm(db, "disk", "磁盘只剩 1 MiB", "", now=INSTANT)
    operator = Operator(email="ops@example.com", smtp=smtp)
    with lock_when_kept(sink, _path(db)):
        assert send_alarms(db, operator, now=INSTANT) == []
    assert alarms.unsent(db, ["mail"]) == []
    assert len(sink.received) == 1


def test_a_full_disk_is_waited_for_and_another_error_is_not() -> None:
    answers: list[Exception | None] = [PassingError("full"), PassingError("locked"), None]
    waits: list[float] = []

    def write() -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    write_down(write, waits.append)
    assert (len(waits), answers) == (2, [])
    answers.append(StorageError("delivery 1 does not exist"))
    with pytest.raises(StorageError, match="does not exist"):
        write_down(write, waits.append)
