"""Which refusals mean that a mailbox is gone, and what follows from several of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlite_utils import Database

from digest.delivery.deliver import DeliveryReport, deliver
from digest.delivery.refusals import is_hard
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpSettings
from storage.issues.issues import record_issue
from storage.readers import subscribers
from tests.digest.conftest import Clock
from tests.digest.samples import INSTANT, week_digest


@pytest.mark.parametrize(
    ("reply", "hard"),
    [
        ("550 5.1.1 no such mailbox", True),
        ("550 No such user here", True),
        ("553 mailbox name not allowed", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 5.7.1 rejected as spam", False),
        ("552 5.2.2 mailbox full", False),
        ("552 5.3.4 message too big", False),
        ("554 transaction failed", False),
        ("451 4.7.1 greylisted, try again later", False),
    ],
)
def test_only_a_missing_mailbox_is_a_hard_bounce(reply: str, hard: bool) -> None:
    assert is_hard(reply) is hard


def _send(db: Database, week: int, smtp: SmtpSettings, clock: Clock) -> DeliveryReport:
    digest, shift = week_digest(), timedelta(days=7 * week)
    issue = record_issue(
        db,
        week=f"2021-W{week:02d}",
        from_on=digest.from_on + shift,
        to_on=digest.to_on + shift,
        instant=INSTANT + shift,
        now=INSTANT + shift,
        title=digest.title,
        entries=[],
    )
    return deliver(db, issue, digest, smtp=smtp, now=clock)


def test_the_third_hard_bounce_in_a_row_suspends_and_tells_the_operator(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribers.add_subscriber(db, "gone@example.com", now=INSTANT, formats=("html",))
    sink.refuse.add("gone@example.com")
    assert [_send(db, week, smtp, clock).suspended for week in (6, 7)] == [0, 0]
    third = _send(db, 8, smtp, clock)
    assert third.suspended == 1
    told = "gone@example.com: 已暂停发送，连续 3 期退信：550 5.1.1 no such mailbox"
    assert told in third.notes
    person = subscribers.find_subscriber(db, "gone@example.com")
    assert person is not None
    assert (person.state, person.note) == (
        "suspended",
        "连续 3 期退信：550 5.1.1 no such mailbox",
    )
    assert _send(db, 9, smtp, clock).refused == 0


def test_a_mail_that_arrives_in_between_starts_the_count_again(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribers.add_subscriber(db, "moody@example.com", now=INSTANT, formats=("html",))
    for week, refused in ((6, True), (7, True), (8, False), (9, True), (10, True)):
        sink.refuse = {"moody@example.com"} if refused else set()
        assert _send(db, week, smtp, clock).suspended == 0
