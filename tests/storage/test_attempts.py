"""Every attempt is kept, and the caps that are counted from them hold for all processes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import open_database
from storage.readers import attempts
from storage.readers.attempts import Cap, CapReachedError
from storage.readers.deliveries import (
    claim,
    ensure_deliveries,
    list_deliveries,
    reclaim_sending,
    settle,
)
from storage.readers.subscribers import add_subscriber
from tests.storage.samples import NOW, issue

MINUTE = timedelta(minutes=1)
TWO_A_MINUTE = [Cap(2, MINUTE)]


@pytest.fixture
def rows(db: Database) -> list[int]:
    """Ids of five deliveries."""
    recorded = issue(db, "2021-W05", "2021-01-30", "2021-02-05", "2021-02-05 09:00")
    people = [add_subscriber(db, f"r{number}@example.com", now=NOW) for number in range(5)]
    ensure_deliveries(db, recorded.id, people, [f"<{number}@x>" for number in range(5)], NOW)
    return [row.id for row in list_deliveries(db)]


def test_each_attempt_is_kept_with_its_times_and_words(db: Database, rows: list[int]) -> None:
    claim(db, rows[0], NOW)
    settle(db, rows[0], "deferred", "451 4.7.1 greylisted", NOW + MINUTE, NOW + 6 * MINUTE)
    claim(db, rows[0], NOW + 6 * MINUTE)
    settle(db, rows[0], "sent", "250 OK", NOW + 7 * MINUTE)

    found = attempts.history(db, rows[0])
    assert [(item.began_at, item.ended_at, item.state, item.reply) for item in found] == [
        (NOW, NOW + MINUTE, "deferred", "451 4.7.1 greylisted"),
        (NOW + 6 * MINUTE, NOW + 7 * MINUTE, "sent", "250 OK"),
    ]
    assert attempts.history(db, rows[1]) == []


def test_the_third_of_two_a_minute_waits_for_the_first_to_be_a_minute_old(
    db: Database, rows: list[int]
) -> None:
    assert claim(db, rows[0], NOW, caps=TWO_A_MINUTE)
    assert claim(db, rows[1], NOW + MINUTE / 2, caps=TWO_A_MINUTE)
    with pytest.raises(CapReachedError) as reached:
        claim(db, rows[2], NOW + MINUTE * 0.9, caps=TWO_A_MINUTE)
    assert reached.value.free_at == NOW + MINUTE
    assert [row.state for row in list_deliveries(db)][2] == "queued"
    assert claim(db, rows[2], NOW + MINUTE, caps=TWO_A_MINUTE)


def test_the_cap_that_binds_longest_is_named(db: Database, rows: list[int]) -> None:
    claim(db, rows[0], NOW)
    hourly = Cap(1, timedelta(hours=1))
    with pytest.raises(CapReachedError) as reached:
        claim(db, rows[1], NOW, caps=[Cap(1, MINUTE), hourly])
    assert (reached.value.cap, reached.value.free_at) == (hourly, NOW + timedelta(hours=1))


def test_routes_are_counted_apart_and_an_outage_not_at_all(db: Database, rows: list[int]) -> None:
    claim(db, rows[0], NOW, route="wecom:研发群")
    claim(db, rows[1], NOW)
    settle(db, rows[1], "deferred", "ConnectionRefusedError", NOW, asked=False)
    claim(db, rows[2], NOW)
    assert claim(db, rows[3], NOW, caps=TWO_A_MINUTE)
    with pytest.raises(CapReachedError):
        claim(db, rows[4], NOW, caps=TWO_A_MINUTE)


def test_a_restart_forgets_nothing_and_another_process_counts_the_same(
    db: Database, rows: list[int], tmp_path: Path
) -> None:
    claim(db, rows[0], NOW, caps=TWO_A_MINUTE)
    claim(db, rows[1], NOW, caps=TWO_A_MINUTE)
    other = open_database(tmp_path / "zhengxun.db")
    with pytest.raises(CapReachedError):
        claim(other, rows[2], NOW, caps=TWO_A_MINUTE)
    other.close()


def test_attempts_of_a_clock_that_was_far_ahead_do_not_stop_the_mail(
    db: Database, rows: list[int]
) -> None:
    claim(db, rows[0], NOW + timedelta(days=400))
    claim(db, rows[1], NOW + timedelta(days=400))
    assert claim(db, rows[2], NOW, caps=TWO_A_MINUTE)


@pytest.mark.parametrize(
    ("home", "after", "reclaimed"),
    [
        ("otherhost/boot-9/4026531836", MINUTE, 0),  # its process cannot be seen from here
        ("otherhost/boot-9/4026531836", timedelta(hours=2), 1),
        ("{host}/boot-before/4026531836", MINUTE, 1),  # the machine was started anew
        ("{host}/{boot}/4026539999", MINUTE, 0),  # another container
    ],
)
def test_what_another_machine_or_container_sends_is_left_to_it(
    db: Database, rows: list[int], home: str, after: timedelta, reclaimed: int
) -> None:
    claim(db, rows[0], NOW)
    (ours,) = db.execute("SELECT home FROM delivery_attempts").fetchone()
    host, boot, _ = ours.split("/")
    name = home.format(host=host, boot=boot)
    db.execute("UPDATE delivery_attempts SET home = ?", [name])
    assert len(reclaim_sending(db, NOW + after, alive=lambda pid: False)) == reclaimed
