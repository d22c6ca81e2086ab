"""Delivery by the ledger, over real SMTP: once each, whatever breaks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from digest.delivery.deliver import deliver
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpSettings
from digest.models.issue import Digest, DigestError
from storage.issues.issues import record_issue
from storage.models import IssueRecord
from storage.readers import deliveries, subscribers
from tests.digest.conftest import Clock
from tests.digest.samples import INSTANT, week_digest


@pytest.fixture
def issue(db: Database) -> IssueRecord:
    return _record(db, "2021-W05")


def _record(db: Database, week: str, days: int = 0) -> IssueRecord:
    digest = week_digest()
    shift = timedelta(days=days)
    return record_issue(
        db,
        week=week,
        from_on=digest.from_on + shift,
        to_on=digest.to_on + shift,
        instant=INSTANT + shift,
        now=INSTANT + shift,
        title=digest.title,
        entries=[],
    )


def _subscribe(db: Database, *addresses: str) -> None:
    for address in addresses:
        subscribers.add_subscriber(db, address, now=INSTANT, formats=("html",))


def _states(db: Database) -> dict[str, str]:
    return {row.address: row.state for row in deliveries.list_deliveries(db)}


def test_everybody_gets_the_issue_once(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "a@example.com", "b@example.com")
    first = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    second = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (first.sent, first.skipped) == (2, 0)
    assert (second.sent, second.skipped) == (0, 2)
    assert [mail.recipients for mail in sink.received] == [("a@example.com",), ("b@example.com",)]
    assert sink.connections == 1  # the second pass has nothing to say, so it does not call


def test_a_refused_address_delays_nobody(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "a@example.com", "gone@example.com", "c@example.com")
    sink.refuse.add("gone@example.com")
    report = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (report.sent, report.refused) == (2, 1)
    assert report.notes == ("gone@example.com: 550 5.1.1 no such mailbox",)
    assert _states(db)["gone@example.com"] == "refused"
    clock.advance(days=1)
    assert deliver(db, issue, week_digest(), smtp=smtp, now=clock).skipped == 3


def test_a_deferred_address_is_tried_again_when_due(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "grey@example.com", "b@example.com")
    sink.defer.add("grey@example.com")
    first = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (first.sent, first.deferred) == (1, 1)
    row = deliveries.list_deliveries(db)[0]
    assert row.next_attempt_at == INSTANT + timedelta(seconds=90)
    sink.defer.clear()
    clock.advance(seconds=89)
    assert deliver(db, issue, week_digest(), smtp=smtp, now=clock).sent == 0
    clock.advance(seconds=1)
    assert deliver(db, issue, week_digest(), smtp=smtp, now=clock).sent == 1
    assert len(sink.received) == 2


def test_an_explicit_address_does_not_wait_and_touches_nobody_else(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "grey@example.com")
    sink.defer.add("grey@example.com")
    deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    sink.defer.clear()
    _subscribe(db, "b@example.com")
    report = deliver(
        db, issue, week_digest(), smtp=smtp, now=clock, only_address="grey@EXAMPLE.com"
    )
    assert report.sent == 1
    assert [mail.recipients[0] for mail in sink.received] == ["grey@example.com"]


def test_an_unknown_explicit_address_says_what_to_do(
    db: Database, issue: IssueRecord, smtp: SmtpSettings, clock: Clock
) -> None:
    with pytest.raises(DigestError, match=r"zhengxun subscribers add x@example\.com"):
        deliver(db, issue, week_digest(), smtp=smtp, now=clock, only_address="x@example.com")


def test_a_lost_answer_is_sent_again_under_the_same_id_and_reported(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "a@example.com", "b@example.com")
    sink.drop_after_data.add("a@example.com")
    first = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (first.sent, first.deferred, first.repeated) == (1, 1, 0)
    assert _states(db)["a@example.com"] == "unknown"
    clock.advance(minutes=5)
    second = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (second.sent, second.repeated) == (1, 1)
    ids = [mail.message()["Message-ID"] for mail in sink.received]
    assert ids == [
        "<zhengxun.2021-w05.issue1.to1@example.com>",
        "<zhengxun.2021-w05.issue1.to2@example.com>",
        "<zhengxun.2021-w05.issue1.to1@example.com>",
    ]


def test_a_crash_while_sending_resumes_without_skipping_anybody(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "a@example.com", "b@example.com", "c@example.com")
    ids = {1: "<one@example.com>", 2: "<two@example.com>", 3: "<three@example.com>"}
    deliveries.ensure_deliveries(db, issue.id, subscribers.list_subscribers(db), ids, INSTANT)
    deliveries.claim(db, 2, INSTANT)  # and here the process dies
    report = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (report.sent, report.repeated) == (3, 1)
    assert sorted(mail.message()["Message-ID"] for mail in sink.received) == sorted(ids.values())


def test_a_mail_in_another_living_process_is_left_alone(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "a@example.com")
    people = subscribers.list_subscribers(db)
    deliveries.ensure_deliveries(db, issue.id, people, {1: "<one@example.com>"}, INSTANT)
    deliveries.claim(db, 1, INSTANT)
    db.execute("UPDATE deliveries SET pid = ?", [os.getppid()])
    report = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (report.sent, report.skipped) == (0, 1)
    assert sink.received == []


def test_no_server_defers_all_after_one_attempt_to_connect(
    db: Database, issue: IssueRecord, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "a@example.com", "b@example.com")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = replace(smtp, port=closed.getsockname()[1])
        report = deliver(db, issue, week_digest(), smtp=nobody, now=clock)
    assert (report.sent, report.deferred) == (0, 2)
    assert "ConnectionRefusedError" in report.notes[0]


def test_an_older_issue_is_not_sent_to_a_new_subscriber(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    newer = _record(db, "2021-W06", days=7)
    _subscribe(db, "new@example.com")
    assert deliver(db, issue, week_digest(), smtp=smtp, now=clock).sent == 0
    assert deliver(db, newer, week_digest(), smtp=smtp, now=clock).sent == 1
    report = deliver(db, issue, week_digest(), smtp=smtp, now=clock, only_address="new@example.com")
    assert report.sent == 1


def test_a_paused_subscriber_gets_nothing(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "a@example.com")
    subscribers.update_subscriber(db, "a@example.com", now=INSTANT, state="paused")
    assert deliver(db, issue, week_digest(), smtp=smtp, now=clock).sent == 0
    assert sink.received == []


def test_each_subscriber_gets_what_they_asked_for(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribers.add_subscriber(
        db, "ip@example.com", now=INSTANT, sections=("ip",), formats=("html", "docx", "ics")
    )
    subscribers.add_subscriber(
        db, "giants@example.com", now=INSTANT, keywords=("小巨人",), formats=("ics", "html")
    )
    deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    ip, giants = (mail.message() for mail in sink.received)
    text = ip.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "“两区”" in text
    assert "医药信息篇" not in text
    names = [part.get_filename() for part in ip.iter_attachments()]
    assert names == ["政讯周报2021-W05.docx"]  # no calendar: nothing falls due in this chapter
    text = giants.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "本周共 1 条" in text
    names = [part.get_filename() for part in giants.iter_attachments()]
    assert names == ["政讯周报2021-W05截止日期.ics"]


def test_giving_up_takes_two_days_and_keeps_the_reason(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "grey@example.com")
    sink.defer.add("grey@example.com")
    attempts = 0
    while _states(db).get("grey@example.com", "queued") != "refused":
        deliver(db, issue, week_digest(), smtp=smtp, now=clock)
        attempts += 1
        row = deliveries.list_deliveries(db)[0]
        clock.instant = row.next_attempt_at or clock.instant
    assert attempts == 16
    assert clock.instant - INSTANT == timedelta(hours=45, minutes=21, seconds=30)
    assert row.last_reply.startswith("gave up after 48 hours; 451 4.7.1 greylisted")


def test_a_sender_that_is_no_address_stops_before_anything_is_claimed(
    db: Database, issue: IssueRecord, smtp: SmtpSettings, clock: Clock
) -> None:
    _subscribe(db, "a@example.com")
    with pytest.raises(DigestError, match=r"smtp\.sender 'nobody' is not a mail address"):
        deliver(db, issue, week_digest(), smtp=replace(smtp, sender="nobody"), now=clock)
    assert _states(db) == {}


def test_an_issue_that_owes_nobody_anything_is_not_composed(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    composed = []

    def compose() -> Digest:
        composed.append(clock())
        return week_digest()

    _subscribe(db, "a@example.com")
    for _ in range(3):
        deliver(db, issue, compose, smtp=smtp, now=clock)
    assert len(composed) == 1
    assert len(sink.received) == 1


def test_two_senders_at_once_repeat_nothing(
    db: Database, issue: IssueRecord, sink: Sink, tmp_path: Path
) -> None:
    people = [f"r{number}@example.com" for number in range(30)]
    _subscribe(db, *people)
    command = [sys.executable, "-m", "tests.digest.crash_child"]
    order = json.dumps({"week": "2021-W05", "now": INSTANT.isoformat(), "kill": {}}) + "\n"
    with ExitStack() as stack:
        pair = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, str(tmp_path / "zhengxun.db"), str(sink.port)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(2)
        ]
        for child in pair:
            assert child.stdin is not None
            child.stdin.write(order)
            child.stdin.flush()
        reports = [json.loads(child.communicate()[0]) for child in pair]
    assert sum(report["sent"] for report in reports) == 30
    assert sorted(mail.recipients[0] for mail in sink.received) == sorted(people)
    assert set(_states(db).values()) == {"sent"}


def test_nothing_that_fits_is_sent_and_said_unless_the_subscriber_chose_silence(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    for address, skip in (("a@example.com", False), ("b@example.com", True)):
        subscribers.add_subscriber(
            db, address, now=INSTANT, keywords=("没有的词",), formats=("html",), skip_empty=skip
        )
    report = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (report.sent, report.skipped) == (1, 1)
    (mail,) = sink.received
    assert mail.recipients == ("a@example.com",)
    text = mail.message().get_body(("plain",))
    assert text is not None
    assert "本周没有符合您订阅的新通知。按您的订阅略去 8 条。" in text.get_content()
    (row,) = [row for row in deliveries.list_deliveries(db) if row.address == "b@example.com"]
    assert (row.state, row.omitted) == ("queued", "没有符合订阅的内容，按订户的选择不发")
    again = deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    assert (again.sent, again.deferred, len(sink.received)) == (0, 0, 1)
