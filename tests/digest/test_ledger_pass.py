"""What a pass does at the limits of the server: caps, sizes, addresses it cannot serve."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTPUTF8
from pathlib import Path

import pytest
from sqlite_utils import Database

from digest.delivery.deliver import DeliveryReport, deliver
from digest.delivery.sink import Sink, Stage
from digest.delivery.smtp_client import SmtpSettings
from storage.models import IssueRecord
from storage.readers import attempts, deliveries, subscribers
from tests.digest.conftest import Clock
from tests.digest.samples import INSTANT, recorded, week_digest


@pytest.fixture
def issue(db: Database) -> IssueRecord:
    digest = week_digest()
    return recorded(db, digest)


def subscribe(db: Database, *names: str, formats: tuple[str, ...] = ("html",)) -> None:
    for name in names:
        address = name if "@" in name else f"{name}@example.com"
        subscribers.add_subscriber(db, address, now=INSTANT, formats=formats)


def send(db: Database, issue: IssueRecord, smtp: SmtpSettings, clock: Clock) -> DeliveryReport:
    """A pass whose pauses move the clock."""
    return deliver(
        db,
        issue,
        week_digest(),
        smtp=smtp,
        now=clock,
        pause=lambda seconds: clock.advance(seconds=seconds),
    )


def test_a_cap_a_minute_is_waited_for_within_the_pass(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "a", "b", "c", "d", "e")
    report = send(db, issue, replace(smtp, per_minute=2), clock)
    assert (report.sent, report.deferred) == (5, 0)
    assert clock.instant - INSTANT == timedelta(minutes=2)
    began = [attempts.history(db, row.id)[0].began_at for row in deliveries.list_deliveries(db)]
    assert [(at - INSTANT).total_seconds() for at in began] == [0, 0, 60, 60, 120]


def test_a_cap_an_hour_leaves_the_rest_to_a_later_pass_and_survives_a_restart(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "a", "b", "c", "d", "e")
    capped = replace(smtp, per_hour=2)
    first = send(db, issue, capped, clock)
    assert (first.sent, first.deferred) == (2, 3)
    assert first.notes == ("mail：每小时 2 条的上限已到，其余 2021-02-05 18:00 以后再发",)
    waiting = deliveries.outstanding(db)
    assert [(row.state, row.attempts) for row in waiting] == [("queued", 0)] * 3
    clock.advance(minutes=58)
    assert send(db, issue, capped, clock).sent == 0
    clock.advance(minutes=2)
    assert send(db, issue, capped, clock).sent == 2
    assert len(sink.received) == 4


class Limiting(Sink):
    """Takes so many mails a minute of the test's clock."""

    def __init__(self, folder: Path, clock: Clock, a_minute: int) -> None:
        super().__init__(folder)
        self.clock = clock
        self.a_minute = a_minute
        self.taken: list[datetime] = []

    def says(self, stage: Stage) -> str:
        now = self.clock.instant
        if stage == "MAIL":
            self.taken = [at for at in self.taken if now - at < timedelta(minutes=1)]
            if len(self.taken) >= self.a_minute:
                return "450 4.7.1 too many mails from this sender, try again later"
            self.taken.append(now)
        return super().says(stage)


def test_a_provider_that_takes_some_a_minute_is_asked_each_time_that_it_takes_some_again(
    db: Database, issue: IssueRecord, smtp: SmtpSettings, clock: Clock, tmp_path: Path
) -> None:
    subscribe(db, *(f"r{number}" for number in range(10)))
    with Limiting(tmp_path / "limited", clock, 2) as sink:
        sent = []
        for _ in range(5):
            sent.append(send(db, issue, replace(smtp, port=sink.port), clock).sent)
            clock.advance(seconds=90)
    assert sent == [2] * 5
    assert {row.attempts for row in deliveries.list_deliveries(db)} == {1}


def test_a_provider_that_takes_nothing_is_asked_less_and_less(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "a", "b")
    waits = []
    for tries in range(1, 5):
        sink.say["MAIL"] = ["450 4.7.1 too many mails, try again later"] * 2
        assert send(db, issue, smtp, clock).sent == 0
        (at,) = {row.next_attempt_at for row in deliveries.list_deliveries(db)}
        assert at is not None
        assert {row.attempts for row in deliveries.list_deliveries(db)} == {tries}
        waits.append((at - clock.instant).total_seconds() / 60)
        clock.instant = at
    assert waits == [1.5, 5, 15, 60]


def test_a_clock_that_stands_still_is_not_waited_for(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "a", "b")
    slept: list[float] = []
    capped = replace(smtp, per_minute=1)
    report = deliver(db, issue, week_digest(), smtp=capped, now=clock, pause=slept.append)
    assert (report.sent, report.deferred, slept) == (1, 1, [60.0])


def test_an_outage_uses_up_no_share(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "a", "b", "c")
    capped = replace(smtp, per_hour=3)
    sink.say["CONNECT"] = ["421 4.3.2 busy"]
    report = send(db, issue, capped, clock)
    assert (report.sent, report.deferred, sink.connections) == (0, 3, 1)
    clock.advance(minutes=5)
    assert send(db, issue, capped, clock).sent == 3


@pytest.mark.parametrize("announced", [True, False])
def test_a_mail_above_the_size_goes_without_its_word_file_and_says_so(
    db: Database,
    issue: IssueRecord,
    smtp: SmtpSettings,
    clock: Clock,
    tmp_path: Path,
    announced: bool,
) -> None:
    subscribe(db, "a", "b", formats=("html", "docx", "ics"))
    subscribe(db, "short", formats=("html",))
    with Sink(tmp_path / "out", size=60_000, announce_size=announced) as sink:
        report = send(db, issue, replace(smtp, port=sink.port), clock)
        assert (report.sent, report.refused) == (3, 0)
        limit = "（上限 0.1 MB）" if announced else ""
        assert report.notes == (f"邮件超过服务器的大小上限{limit}，未附 Word 文件",)
        mails = [mail.message() for mail in sink.received]
    names = [[part.get_filename() for part in mail.iter_attachments()] for mail in mails]
    assert names == [["政讯周报2021-W05截止日期.ics"]] * 2 + [[]]
    said = f"本期未附 Word 文件：邮件服务器拒收这样大的信{limit}。如需全文，请回复本信。"
    for kind in ("plain", "html"):
        texts = [mail.get_body((kind,)).get_content() for mail in mails]  # type: ignore[union-attr]
        assert [said in text for text in texts] == [True, True, False]


def test_a_mail_that_is_too_large_even_so_is_refused_in_clear_words(
    db: Database, issue: IssueRecord, smtp: SmtpSettings, clock: Clock, tmp_path: Path
) -> None:
    subscribe(db, "a", formats=("html", "docx"))
    with Sink(tmp_path / "out", size=2_000) as sink:
        report = send(db, issue, replace(smtp, port=sink.port), clock)
        assert sink.received == []
    assert (report.sent, report.refused) == (0, 1)
    row = deliveries.list_deliveries(db)[0]
    assert "the server announces 2000 as its limit" in row.last_reply
    assert (row.state, row.bounced) == ("refused", False)


def test_a_chinese_mailbox_gets_its_address_as_it_is(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "李华@例子.中国", "b")
    assert send(db, issue, smtp, clock).sent == 2
    raw = sink.received[0].path.read_bytes()
    assert "To: 李华@xn--fsqu00a.xn--fiqs8s\r\n".encode() in raw
    assert message_from_bytes(raw, policy=SMTPUTF8)["Subject"].startswith("政讯周报 2021-W05")
    assert sink.received[0].recipients == ("李华@xn--fsqu00a.xn--fiqs8s",)


def test_a_mail_server_that_is_busy_is_not_asked_again_in_the_same_pass(
    db: Database, issue: IssueRecord, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "a", "b", "c")
    sink.say["MAIL"] = ["450 4.7.0 too many messages"]
    report = send(db, issue, smtp, clock)
    assert (report.sent, report.deferred, sink.connections) == (0, 3, 1)
    assert report.notes[0] == "a@example.com: 450 4.7.0 too many messages"
