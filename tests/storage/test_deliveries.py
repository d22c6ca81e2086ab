"""The ledger: each issue to each subscriber once, whatever crashes."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from sqlite_utils import Database

from storage.database import StorageError
from storage.models import Delivery, DeliveryState, Subscriber
from storage.processes import is_alive
from storage.readers.deliveries import (
    claim,
    ensure_deliveries,
    list_deliveries,
    omit,
    outstanding,
    reclaim_sending,
    settle,
)
from storage.readers.subscribers import add_subscriber, remove_subscriber, update_subscriber
from tests.storage.samples import NOW, issue

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def people(db: Database) -> list[Subscriber]:
    return [add_subscriber(db, f"{name}@example.com", now=NOW) for name in ("li", "wang")]


@pytest.fixture
def ledger(db: Database, people: list[Subscriber]) -> list[Delivery]:
    """The issue 2021-W05 queued for both."""
    recorded = issue(db, "2021-W05", "2021-01-30", "2021-02-05", "2021-02-05 09:00")
    ensure_deliveries(db, recorded.id, people, ["<1@x>", "<2@x>"], NOW)
    return list_deliveries(db)


def states(db: Database) -> list[DeliveryState]:
    return [delivery.state for delivery in list_deliveries(db)]


def test_a_row_exists_before_anything_is_tried(
    ledger: list[Delivery], people: list[Subscriber]
) -> None:
    assert ledger[0] == Delivery(
        id=ledger[0].id,
        issue_id=1,
        subscriber_id=people[0].id,
        address="li@example.com",
        state="queued",
        message_id="<1@x>",
        updated_at=NOW,
    )


def test_doing_it_again_adds_only_who_is_new(
    db: Database, ledger: list[Delivery], people: list[Subscriber]
) -> None:
    claim(db, ledger[0].id, NOW)
    settle(db, ledger[0].id, "sent", "250 ok", NOW)
    people.append(add_subscriber(db, "zhao@example.com", now=NOW))

    message_ids = {person.id: f"<again-{person.id}@x>" for person in people}
    ensure_deliveries(db, 1, people, message_ids, LATER)

    assert [(row.address, row.state, row.message_id) for row in list_deliveries(db)] == [
        ("li@example.com", "sent", "<1@x>"),
        ("wang@example.com", "queued", "<2@x>"),
        ("zhao@example.com", "queued", f"<again-{people[2].id}@x>"),
    ]


def test_a_missing_message_id_queues_nobody(db: Database, people: list[Subscriber]) -> None:
    recorded = issue(db, "2021-W05", "2021-01-30", "2021-02-05", "2021-02-05 09:00")

    with pytest.raises(ValueError, match="shorter"):
        ensure_deliveries(db, recorded.id, people, ["<1@x>"], NOW)

    assert list_deliveries(db) == []


def test_what_is_claimed_cannot_be_claimed_again(db: Database, ledger: list[Delivery]) -> None:
    assert claim(db, ledger[0].id, NOW)
    assert not claim(db, ledger[0].id, NOW)
    assert [delivery.id for delivery in outstanding(db)] == [ledger[1].id]


def test_what_is_sent_or_refused_is_never_claimed_again(
    db: Database, ledger: list[Delivery]
) -> None:
    ends: tuple[DeliveryState, ...] = ("sent", "refused")
    for delivery, state in zip(ledger, ends, strict=True):
        claim(db, delivery.id, NOW)
        settle(db, delivery.id, state, "", NOW)

    assert not any(claim(db, delivery.id, LATER) for delivery in ledger)
    assert outstanding(db) == []


def test_what_is_sent_stays_sent(db: Database, ledger: list[Delivery]) -> None:
    claim(db, ledger[0].id, NOW)
    settle(db, ledger[0].id, "sent", "250 ok", NOW)

    with pytest.raises(StorageError, match="is sent; claim it"):
        settle(db, ledger[0].id, "deferred", "", LATER)
    with pytest.raises(StorageError, match="does not exist"):
        settle(db, 99, "sent", "", LATER)
    assert states(db) == ["sent", "queued"]


def test_a_deferred_mail_waits_for_its_time_and_counts_its_attempts(
    db: Database, ledger: list[Delivery]
) -> None:
    first = ledger[0].id
    claim(db, first, NOW)
    settle(db, first, "deferred", "451 4.7.1 greylisted", NOW, LATER)

    (deferred,) = [item for item in list_deliveries(db) if item.id == first]
    assert (deferred.last_reply, deferred.next_attempt_at) == ("451 4.7.1 greylisted", LATER)
    early = LATER - timedelta(seconds=1)
    assert [item.id for item in outstanding(db, due_at=early)] == [ledger[1].id]
    assert [item.id for item in outstanding(db, due_at=LATER)] == [first, ledger[1].id]
    assert [item.id for item in outstanding(db)] == [first, ledger[1].id]

    assert claim(db, first, LATER)
    (claimed,) = [item for item in list_deliveries(db) if item.id == first]
    assert (claimed.attempts, claimed.next_attempt_at) == (2, None)


def test_a_reply_is_kept_on_one_bounded_line(db: Database, ledger: list[Delivery]) -> None:
    claim(db, ledger[0].id, NOW)
    settle(db, ledger[0].id, "refused", "550-no\r\n550 such\tuser\x00" + "x" * 1000, NOW)

    reply = list_deliveries(db)[0].last_reply
    assert reply.startswith("550-no 550 such userx")
    assert len(reply) == 500


def test_what_a_dead_process_left_becomes_unknown_and_may_go_out_once_more(
    db: Database, ledger: list[Delivery]
) -> None:
    claim(db, ledger[0].id, NOW)
    db.execute("UPDATE deliveries SET pid = 4711 WHERE state = 'sending'")

    reclaimed = reclaim_sending(db, LATER, alive=lambda pid: False)

    assert [(item.id, item.state, item.message_id) for item in reclaimed] == [
        (ledger[0].id, "unknown", "<1@x>")
    ]
    assert states(db) == ["unknown", "queued"]
    assert claim(db, ledger[0].id, LATER)


def test_what_a_living_process_is_sending_is_left_to_it(
    db: Database, ledger: list[Delivery]
) -> None:
    claim(db, ledger[0].id, NOW)
    db.execute("UPDATE deliveries SET pid = 4711 WHERE state = 'sending'")

    assert reclaim_sending(db, LATER, alive=lambda pid: True) == []
    assert states(db) == ["sending", "queued"]
    # Another program may have got the id since; no mail takes hours.
    assert len(reclaim_sending(db, NOW + timedelta(hours=2), alive=lambda pid: True)) == 1


def test_a_row_of_this_very_process_id_is_a_leftover(db: Database, ledger: list[Delivery]) -> None:
    claim(db, ledger[0].id, NOW)

    assert [item.id for item in reclaim_sending(db, LATER)] == [ledger[0].id]


def test_who_ended_or_paused_is_not_sent_what_is_queued(
    db: Database, ledger: list[Delivery]
) -> None:
    remove_subscriber(db, "li@example.com", now=NOW)
    update_subscriber(db, "wang@example.com", state="paused", now=NOW)

    assert outstanding(db) == []
    update_subscriber(db, "wang@example.com", state="active", now=NOW)
    assert [item.address for item in outstanding(db)] == ["wang@example.com"]


def test_the_ledger_is_kept_by_issue(db: Database, people: list[Subscriber]) -> None:
    one = issue(db, "2021-W04", "2021-01-23", "2021-01-29", "2021-01-29 09:00")
    two = issue(db, "2021-W05", "2021-01-30", "2021-02-05", "2021-02-05 09:00")
    ensure_deliveries(db, two.id, people, ["<3@x>", "<4@x>"], NOW)
    ensure_deliveries(db, one.id, people, ["<1@x>", "<2@x>"], NOW)

    assert [item.message_id for item in outstanding(db)] == ["<1@x>", "<2@x>", "<3@x>", "<4@x>"]
    assert [item.message_id for item in outstanding(db, two.id)] == ["<3@x>", "<4@x>"]
    assert [item.message_id for item in list_deliveries(db, one.id)] == ["<1@x>", "<2@x>"]


def test_knows_whether_a_process_lives() -> None:
    assert is_alive(os.getpid())
    # Above the largest process id of Linux and macOS.
    assert not is_alive(2**30)


def test_what_a_subscriber_does_not_want_is_not_outstanding_and_cannot_be_claimed(
    db: Database,
) -> None:
    record = issue(db, "2021-W05", "2021-01-30", "2021-02-05", "2021-02-05 09:00")
    person = add_subscriber(db, "li@example.com", now=NOW)
    ensure_deliveries(db, record.id, [person], ["<1@example.com>"], NOW)
    (row,) = list_deliveries(db)

    omit(db, row.id, "没有符合订阅的条目", NOW)

    assert outstanding(db) == []
    assert not claim(db, row.id, NOW)
    (row,) = list_deliveries(db)
    assert (row.state, row.omitted) == ("queued", "没有符合订阅的条目")
