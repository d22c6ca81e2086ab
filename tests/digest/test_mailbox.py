"""The mailbox job over a real socket: what is read, once, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlite_utils import Database

from digest.delivery.bulletins import BulletinSettings, deliver_bulletins
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpSettings
from digest.delivery.unsubscribe_links import UnsubscribeLinks, make_token
from digest.inbound import mailbox
from digest.inbound.imap import ImapSettings, MailboxError
from digest.inbound.mailbox import MailboxReport, read_mailbox
from storage.issues.issues import record_issue
from storage.models import Delivery, Subscriber
from storage.operation.alarms import unsent
from storage.readers import deliveries
from storage.readers.bulletins import list_bulletins
from storage.readers.mailboxes import find_mailbox
from storage.readers.subscribers import add_subscriber, find_subscriber, update_subscriber
from tests.digest.conftest import Clock
from tests.digest.imap_server import ImapServer
from tests.digest.samples import INSTANT
from tests.digest.test_incoming_mail import dsn, letter, nested

WAYS = UnsubscribeLinks(b"k" * 32, mailbox="leave@example.com")
PRESS = BulletinSettings("政讯周报", "盈科瑞", "政讯周报 <news@example.com>", "", WAYS, {})
LATER = INSTANT + timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer(password="geheim") as running:
        yield running


@pytest.fixture
def settings(server: ImapServer) -> ImapSettings:
    return ImapSettings(
        "127.0.0.1", server.port, "none", username="leave", password="geheim", timeout=10
    )


@pytest.fixture
def li(db: Database) -> Subscriber:
    return add_subscriber(db, "li@example.com", now=INSTANT)


def sent(db: Database, person: Subscriber, week: int = 5) -> Delivery:
    """An issue that this subscriber's server took."""
    shift = timedelta(days=7 * (week - 5))
    issue = record_issue(
        db,
        week=f"2021-W{week:02d}",
        from_on=date(2021, 1, 30) + shift,
        to_on=date(2021, 2, 5) + shift,
        instant=INSTANT + shift,
        now=INSTANT + shift,
        title="政讯周报",
        entries=[],
    )
    message_id = f"<zhengxun.2021-w{week:02d}.issue{issue.id}.to{person.id}@example.com>"
    deliveries.ensure_deliveries(db, issue.id, [person], [message_id], INSTANT + shift)
    row = deliveries.list_deliveries(db, issue.id)[0]
    deliveries.claim(db, row.id, INSTANT + shift)
    deliveries.settle(db, row.id, "sent", "250 OK", INSTANT + shift)
    return row


def returned(row: Delivery, status: str = "5.1.1") -> bytes:
    return dsn(status, f"smtp; 550 {status} no", headers=f"Message-ID: {row.message_id}")


def read(db: Database, settings: ImapSettings) -> MailboxReport:
    return read_mailbox(db, settings, PRESS, LATER)


def told(db: Database) -> list[str]:
    return [alarm.title for alarm in unsent(db, ["mail"])]


def test_a_bounce_is_recorded_on_its_delivery_and_told_once(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    row = sent(db, li)
    server.add(returned(row), LATER)
    server.add(returned(row), LATER)  # the same report once more
    assert read(db, settings).bounces == 2
    (found,) = deliveries.list_deliveries(db)
    assert (found.state, found.bounced, found.bounce) == ("sent", True, "hard")
    assert found.bounce_reply == "5.1.1 550 5.1.1 no"
    assert told(db) == ["2021-W05 退信 li@example.com：邮箱不存在"]


def test_nothing_is_read_twice_and_nothing_is_touched(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    server.add(returned(sent(db, li)), LATER)
    server.add(letter("你好"), LATER)
    first, second = read(db, settings), read(db, settings)
    assert (first.bounces, first.others) == (1, 1)
    assert second == MailboxReport()
    server.add(letter("又一封"), LATER)
    assert read(db, settings).others == 1
    assert [kept.flags for kept in server.messages.values()] == [set(), set(), set()]
    assert not any(line.startswith(("SELECT", "UID STORE")) for line in server.commands)
    box = find_mailbox(db, settings.name)
    assert box is not None
    assert (box.last_uid, box.bounces, box.others) == (103, 1, 2)


def test_three_hard_bounces_in_a_row_suspend_and_tell_the_operator(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    states = []
    for week in (5, 6, 7):
        server.add(returned(sent(db, li, week)), LATER)
        read(db, settings)
        person = find_subscriber(db, "li@example.com")
        assert person is not None
        states.append(person.state)
    assert states == ["active", "active", "suspended"]
    assert person.note == "连续 3 期退信：5.1.1 550 5.1.1 no"
    assert "已暂停发送 li@example.com" in told(db)


def test_soft_bounces_suspend_after_five_issues_and_one_that_arrives_begins_anew(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    states = {}
    for week in range(5, 15):
        row = sent(db, li, week)
        if week != 8:
            server.add(returned(row, "5.2.2"), LATER)
        read(db, settings)
        person = find_subscriber(db, "li@example.com")
        assert person is not None
        states[week] = person.state
    assert [week for week, state in states.items() if state == "suspended"] == [13, 14]
    assert person.note.startswith("连续 5 期未能送达：5.2.2")
    assert told(db) == ["已暂停发送 li@example.com"]


def test_a_report_without_our_id_is_matched_by_its_token_or_its_recipient(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    gone = add_subscriber(db, "gone@example.com", now=INSTANT)
    first, second = sent(db, li), sent(db, gone, 6)
    header = WAYS.headers(li)["List-Unsubscribe"]
    server.add(dsn("5.2.2", headers=f"List-Unsubscribe: {header}"), LATER)
    server.add(dsn(headers="Subject: x"), LATER)
    assert read(db, settings).bounces == 2
    found = {row.id: row.bounce for row in deliveries.list_deliveries(db)}
    assert found == {first.id: "soft", second.id: "hard"}


def test_a_report_about_nobody_of_ours_is_left_alone(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    sent(db, li)
    server.add(dsn(headers="Message-ID: <other@example.com>"), LATER)
    server.add(dsn(headers="Message-ID: <zhengxun.2021-w05.issue9.to9@example.com>"), LATER)
    assert read(db, settings).others == 2
    assert told(db) == []


def test_a_token_ends_the_subscription_with_one_confirmation(
    db: Database,
    server: ImapServer,
    settings: ImapSettings,
    li: Subscriber,
    sink: Sink,
    smtp: SmtpSettings,
    clock: Clock,
) -> None:
    subject = f"unsubscribe {make_token(WAYS.key, li)}"
    for sender in ("alias@example.org", "li@example.com", "forged@example.net"):
        server.add(letter(subject, From=sender), LATER)
    assert read(db, settings).unsubscribes == 3
    person = find_subscriber(db, "li@example.com")
    assert person is not None
    assert (person.state, person.note) == ("ended", "邮件退订")
    assert deliver_bulletins(db, PRESS, smtp, clock).sent == 1
    assert [mail.recipients for mail in sink.received] == [("li@example.com",)]


def test_without_a_token_only_the_exact_sender_may_leave(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    add_subscriber(db, "wang@example.com", now=INSTANT)
    server.add(letter("退订", From="other@example.com"), LATER)
    server.add(letter("退订", From="li@example.com, wang@example.com"), LATER)
    server.add(letter("退订", From="li@example.com", Auto_Submitted="auto-replied"), LATER)
    server.add(letter("退订", From="not an address"), LATER)
    server.add(letter("unsubscribe z1-" + "a" * 24, From="li@example.com"), LATER)
    assert read(db, settings).others == 5
    assert list_bulletins(db) == []
    server.add(letter("退订", From="LI@example.com"), LATER)
    assert read(db, settings).unsubscribes == 1
    assert [row.address for row in list_bulletins(db)] == ["li@example.com"]


def test_a_program_may_unsubscribe_with_the_token_and_is_not_answered(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    subject = f"unsubscribe {make_token(WAYS.key, li)}"
    server.add(letter(subject, Auto_Submitted="auto-generated"), LATER)
    assert read(db, settings).unsubscribes == 1
    assert list_bulletins(db) == []


def test_a_renumbered_mailbox_does_not_end_who_came_back(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    server.add(letter("退订"), INSTANT + timedelta(minutes=6))
    assert read(db, settings).unsubscribes == 1
    update_subscriber(db, "li@example.com", state="active", now=LATER)
    server.uidvalidity += 1
    read(db, settings)
    person = find_subscriber(db, "li@example.com")
    assert person is not None
    assert person.state == "active"


def test_an_old_mailbox_is_read_from_two_weeks_ago_on(
    db: Database, server: ImapServer, settings: ImapSettings
) -> None:
    for days in (400, 20, 13, 0):
        server.add(letter("你好"), LATER - timedelta(days=days))
    assert read(db, settings).others == 2


def test_a_flood_is_read_in_portions(
    db: Database, server: ImapServer, settings: ImapSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MOST_MESSAGES", 3)
    for _ in range(5):
        server.add(letter("你好"), LATER)
    assert [read(db, settings).others for _ in range(3)] == [3, 2, 0]


def test_hostile_mails_do_not_stop_the_job(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    server.add(b"\x00" * 1000, LATER)
    server.add(nested(2000), LATER)
    server.add(b"Subject: =?utf-8?B?" + b"x" * 2_000_000, LATER)
    server.add(letter("退订"), LATER)
    report = read(db, settings)
    assert report.unsubscribes == 1
    assert report.others + report.unreadable == 3


def test_a_message_that_always_kills_the_reader_is_passed_over(
    db: Database, server: ImapServer, settings: ImapSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add(letter("毒"), LATER)
    server.add(letter("你好"), LATER)
    real = mailbox.read_message

    def fatal(content: bytes) -> object:
        if "毒".encode() in content:
            raise MemoryError
        return real(content)

    monkeypatch.setattr(mailbox, "read_message", fatal)
    for _ in range(5):
        with pytest.raises(MemoryError):
            read(db, settings)
    report = read(db, settings)
    assert (report.unreadable, report.others) == (1, 1)
    assert "passed over" in report.notes[0]


@pytest.mark.parametrize(
    ("after", "flags", "moved"),
    [("seen", {r"\Seen"}, 0), ("move", None, 1), ("delete", None, 0)],
)
def test_what_was_understood_is_marked_moved_or_deleted_when_asked(
    db: Database,
    server: ImapServer,
    settings: ImapSettings,
    li: Subscriber,
    after: str,
    flags: set[str] | None,
    moved: int,
) -> None:
    uid = server.add(letter("退订"), LATER)
    other = server.add(letter("你好"), LATER)
    chosen = replace(settings, after=after, move_to="Done")  # type: ignore[arg-type]
    read(db, chosen)
    assert server.messages[other].flags == set()
    assert (server.messages[uid].flags if uid in server.messages else None) == flags
    assert len(server.moved.get("Done", [])) == moved


def test_a_server_without_move_copies_and_deletes_only_that_message(
    db: Database, settings: ImapSettings, li: Subscriber
) -> None:
    with ImapServer(password="geheim", capabilities="ID") as old:
        uid = old.add(letter("退订"), LATER)
        read(db, replace(settings, port=old.port, after="move", move_to="Done"))
        # Without UIDPLUS nothing can be expunged without the operator's own deleted mails.
        assert old.messages[uid].flags == {r"\Deleted"}
        assert len(old.moved["Done"]) == 1
        assert not any("EXPUNGE" in line for line in old.commands)


def test_a_folder_that_is_not_there_is_told_and_hinders_nothing(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    server.add(letter("退订"), LATER)
    server.add(letter("你好"), LATER)
    server.refuse.add("UID MOVE")
    with pytest.raises(MailboxError, match="MOVE: not today"):
        read(db, replace(settings, after="move", move_to="Nowhere"))
    box = find_mailbox(db, settings.name)
    assert box is not None
    assert (box.unsubscribes, box.others) == (1, 1)


def test_a_cut_connection_loses_and_repeats_nothing(
    db: Database, server: ImapServer, settings: ImapSettings, li: Subscriber
) -> None:
    row = sent(db, li)
    server.add(returned(row), LATER)
    server.cut.add("UID FETCH")
    with pytest.raises(MailboxError):
        read(db, settings)
    server.cut.clear()
    assert read(db, settings).bounces == 1


def test_a_wrong_password_is_told_without_it(
    db: Database, server: ImapServer, settings: ImapSettings
) -> None:
    with pytest.raises(MailboxError) as caught:
        read(db, replace(settings, password="falsch!"))
    assert "AUTHENTICATIONFAILED" in str(caught.value)
    assert "falsch!" not in str(caught.value)
    assert "falsch!" not in repr(replace(settings, password="falsch!"))


def test_a_password_does_not_travel_in_the_clear(settings: ImapSettings, db: Database) -> None:
    with pytest.raises(MailboxError, match="use tls or starttls"):
        read(db, replace(settings, host="imap.example.com"))


def test_reports_that_only_name_a_recipient_suspend_nobody(
    db: Database, server: ImapServer, settings: ImapSettings
) -> None:
    gone = add_subscriber(db, "gone@example.com", now=INSTANT)
    for week in (5, 6, 7):
        sent(db, gone, week)
        server.add(dsn(headers="Subject: x"), LATER)
        read(db, settings)

    assert [row.bounce for row in deliveries.list_deliveries(db)] == ["hard"] * 3
    found = find_subscriber(db, "gone@example.com")
    assert found is not None
    assert found.state == "active"
