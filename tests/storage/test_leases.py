"""One owner a host at any time, and one word about a visit."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from app.crawl_runs import close_abandoned_runs
from storage.database import StorageError
from storage.processes import started
from storage.runs import away_visits as away
from storage.runs.leases import give_back, of_process, take_hosts
from storage.runs.runs import is_unfinished, start_run
from storage.runs.site_slice import fill

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PAUSE = timedelta(seconds=2)


def takes(db: Database, hosts: set[str], owner: str, now: datetime = NOW) -> bool:
    return take_hosts(db, hosts, owner, now=now, until=now + MINUTE, pause=PAUSE)


def test_a_host_has_one_owner_and_then_a_pause(db: Database) -> None:
    assert takes(db, {"a.cn", "b.cn"}, "one")
    assert takes(db, {"a.cn", "b.cn"}, "one")
    assert not takes(db, {"b.cn", "c.cn"}, "two")
    assert takes(db, {"c.cn"}, "two")
    give_back(db, "one", until=NOW + PAUSE)
    assert not takes(db, {"a.cn"}, "one", NOW + PAUSE / 2)
    assert takes(db, {"a.cn"}, "three", NOW + PAUSE)


def test_what_nobody_gives_back_ends_with_its_time(db: Database) -> None:
    assert takes(db, {"a.cn"}, "one")
    assert not takes(db, {"a.cn"}, "two", NOW + MINUTE - timedelta(seconds=1))
    assert takes(db, {"a.cn"}, "two", NOW + MINUTE + PAUSE)


def test_who_takes_over_what_ran_out_waits_for_the_pause(db: Database) -> None:
    # Nobody was there to see it run out, and its last request may have left at its end.
    assert takes(db, {"a.cn"}, "one")
    assert not takes(db, {"a.cn"}, "two", NOW + MINUTE)
    assert not takes(db, {"a.cn"}, "two", NOW + MINUTE + PAUSE / 2)
    assert takes(db, {"a.cn"}, "two", NOW + MINUTE + PAUSE)


def test_another_process_of_the_same_number_owns_nothing(db: Database) -> None:
    earlier = of_process(os.getpid(), "o1").replace(f".{started(os.getpid())}:", ".1:")
    assert takes(db, {"a.cn"}, earlier)
    assert not takes(db, {"a.cn"}, of_process(os.getpid(), "o1"))
    assert takes(db, {"a.cn"}, of_process(os.getpid(), "o1"), NOW + PAUSE)


def test_what_a_process_held_is_free_a_pause_after_it_ended(db: Database) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    assert takes(db, {"a.cn"}, of_process(dead.pid, "o1"))
    assert takes(db, {"b.cn"}, of_process(os.getpid(), "o2"))
    assert not takes(db, {"a.cn"}, "one")
    assert takes(db, {"a.cn"}, "one", NOW + PAUSE)
    assert not takes(db, {"b.cn"}, "one", NOW + PAUSE)


def sent(db: Database, key: str = "k") -> int:
    run = start_run(db, "o1", now=NOW, pid=None)
    away.note_sent(db, key, run_id=run, site="o1", queue="crawl", now=NOW)
    return run


def claimed(db: Database, token: str, key: str = "k") -> bool:
    return away.note_claimed(db, key, token, until=NOW + MINUTE, ends_at=NOW + 9 * MINUTE)


def test_a_visit_is_claimed_once_and_returned_once_by_who_claimed_it(db: Database) -> None:
    sent(db)
    until = NOW + MINUTE
    assert claimed(db, "one")
    assert not claimed(db, "two")
    assert not away.note_returned(db, "k", "two", now=NOW, until=until)
    assert not away.note_returned(db, "k", "one", now=until, until=until)
    assert away.note_returned(db, "k", "one", now=NOW, until=until)
    assert not away.note_returned(db, "k", "one", now=NOW, until=until)
    assert away.note_ended(db, "k", "done")
    assert not away.note_ended(db, "k", "lost")
    assert not claimed(db, "three")
    assert not claimed(db, "three", "unknown")


def test_a_claim_is_renewed_until_it_is_over(db: Database) -> None:
    sent(db)
    assert not away.note_alive(db, "k", now=NOW, until=NOW + MINUTE)
    assert claimed(db, "one")
    assert away.note_alive(db, "k", now=NOW + MINUTE / 2, until=NOW + 2 * MINUTE)
    assert away.note_alive(db, "k", now=NOW + MINUTE, until=NOW + 2 * MINUTE)
    assert not away.note_alive(db, "k", now=NOW + 2 * MINUTE, until=NOW + 3 * MINUTE)


def test_a_run_that_a_worker_makes_is_not_abandoned_until_its_time_is_over(db: Database) -> None:
    run = sent(db)
    claimed(db, "one")
    assert close_abandoned_runs(db, NOW) == 0
    assert is_unfinished(db, run)
    assert close_abandoned_runs(db, NOW + MINUTE) == 1
    assert not is_unfinished(db, run)


def test_how_the_fleet_is_is_said_once(db: Database) -> None:
    assert away.words_of_fleet(db) is None
    assert not away.say_of_fleet(db, "", NOW)
    assert away.say_of_fleet(db, "连不上消息代理", NOW)
    assert not away.say_of_fleet(db, "连不上消息代理", NOW + MINUTE)
    assert away.words_of_fleet(db) == (NOW, "连不上消息代理")
    assert away.say_of_fleet(db, "", NOW)
    assert away.words_of_fleet(db) is None


@pytest.mark.parametrize(
    "known", [{"subscribers": []}, {"gaps": [{"id": 1}]}, {"gaps": [{"id": 1, "x; DROP": 2}]}]
)
def test_what_is_no_slice_is_refused(db: Database, known: dict[str, list[dict[str, int]]]) -> None:
    with pytest.raises(StorageError, match=r"slice|version"):
        fill(db, known)
