"""What people and their programs answer: no bounce, nobody suspended, nothing of theirs moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlite_utils import Database

from digest.inbound.imap import ImapSettings
from storage.models import Delivery, Subscriber
from storage.readers import deliveries
from storage.readers.subscribers import add_subscriber, find_subscriber
from tests.digest.imap_server import ImapServer
from tests.digest.samples import INSTANT
from tests.digest.test_incoming_mail import dsn, letter
from tests.digest.test_mailbox import LATER, read, returned, sent, told

__all__ = ["answers"]


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer(password="geheim") as running:
        yield running


@pytest.fixture
def settings(server: ImapServer) -> ImapSettings:
    """A mailbox out of which whatever is understood is moved."""
    plain = ImapSettings(
        "127.0.0.1", server.port, "none", username="leave", password="geheim", timeout=10
    )
    return replace(plain, after="move", move_to="Done")


@pytest.fixture
def li(db: Database) -> Subscriber:
    return add_subscriber(db, "li@example.com", now=INSTANT)


def answers(row: Delivery) -> list[bytes]:
    """What may come back to a mail that arrived, with its Message-ID."""
    told = {"In_Reply_To": row.message_id, "Return_Path": "<>"}
    person = {"In_Reply_To": row.message_id}
    receipt = letter("已读：政讯周报", "", **told).replace(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n",
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=q\r\n\r\n"
        b"--q\r\nContent-Type: text/plain\r\n\r\nread\r\n--q\r\nContent-Type: message/"
        b"disposition-notification\r\n\r\nDisposition: manual-action; displayed\r\n\r\n--q--\r\n",
    )
    return [
        letter(
            "自动回复：政讯周报", "本人休产假，6月返回。", Auto_Submitted="auto-replied", **told
        ),
        letter("Out of office", "Back on 5.1.2021. Room 550 east.", **told),
        receipt,
        letter("请确认", "为防止垃圾邮件，请点击链接。", From="postmaster@example.com", **told),
        letter("回复: 政讯周报", "收到，谢谢！上次那封被退信了，用户不存在。", **person),
        letter("退信", "550 5.1.1 用户不存在，这是什么？", **person),
        # A program at the reader's own address that speaks like a mail system.
        letter("failure notice", f"550 5.1.1 no such user\n{row.message_id}", **told),
    ]


def test_answers_of_six_issues_suspend_nobody_and_are_left_where_they_are(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    for week in range(5, 11):
        row = sent(db, li, week)
        for mail in answers(row):
            server.add(mail, LATER)
        report = read(db, settings)
        assert (report.bounces, report.unsubscribes, report.others) == (0, 0, 7)
    found = find_subscriber(db, li.address)
    assert found is not None
    assert found.state == "active"
    assert {row.bounce for row in deliveries.list_deliveries(db)} == {""}
    assert (len(server.messages), server.moved) == (42, {})


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.0.0", "550 Ip frequency limited"),
        ("5.1.1", "550 Mail content denied"),
        ("5.7.1", "554 5.7.1 Client host [203.5.1.1] blocked using zen.spamhaus.org"),
        ("4.4.7", "421 4.7.0 try later"),
        ("5.0.0", "554 DT:SPM 163 smtp"),
        ("5.3.4", "552 5.3.4 too big"),
    ],
)
def test_what_comes_back_for_our_sake_suspends_nobody_and_is_told(
    db: Database,
    server: ImapServer,
    settings: ImapSettings,
    li: Subscriber,
    status: str,
    said: str,
) -> None:
    for week in range(5, 12):
        row = sent(db, li, week)
        server.add(dsn(status, f"smtp; {said}", headers=f"Message-ID: {row.message_id}"), LATER)
        assert read(db, replace(settings, after="leave")).bounces == 1
    found = find_subscriber(db, li.address)
    assert found is not None
    assert found.state == "active"
    assert all("因我方原因" in title for title in told(db))
    assert len(told(db)) == 7


def test_what_came_back_for_our_sake_is_passed_over_in_the_count(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    states = []
    for week in range(5, 12):
        row = sent(db, li, week)
        ours = dsn("5.7.1", "smtp; 550 spam", headers=f"Message-ID: {row.message_id}")
        server.add(ours if week in {7, 9} else returned(row, "5.2.2"), LATER)
        read(db, replace(settings, after="leave"))
        found = find_subscriber(db, li.address)
        assert found is not None
        states.append(found.state)
    # Full in five issues: 5, 6, 8, 10 and 11.
    assert states == ["active"] * 6 + ["suspended"]


def test_a_wish_is_moved_and_a_letter_with_a_wish_stays(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    wang = add_subscriber(db, "wang@example.com", now=INSTANT)
    server.add(letter("退订", "谢谢"), LATER)
    more = "退订\n以后请发给王芳，她接替我的工作，地址见下。"
    kept = server.add(letter("回复: 政讯周报", more, From=wang.address), LATER)
    assert read(db, settings).unsubscribes == 2
    assert set(server.messages) == {kept}
    states = {find_subscriber(db, one.address).state for one in (li, wang)}  # type: ignore[union-attr] # there
    assert states == {"ended"}


def test_a_wish_that_is_not_understood_is_told_once_and_left(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    for _ in range(2):
        server.add(letter("请问怎么退订？"), LATER)
        assert read(db, settings).others == 1
    assert told(db) == ["li@example.com 来信谈到退订，未能识别，请阅读后处理"]
    assert len(server.messages) == 2


def test_a_wish_from_an_unknown_address_is_told_once_a_day(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    for number in range(50):
        server.add(letter("退订", From=f"x{number}@elsewhere.example"), LATER)
    assert read(db, settings).others == 50
    assert told(db) == ["x0@elsewhere.example 来信要求退订，但不是订户的地址"]
