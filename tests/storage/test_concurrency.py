"""Several processes at one store: nobody is locked out, nothing is done twice."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import open_database, snapshot, transaction
from storage.matching.duplicates import with_title_on
from storage.notices.notices import find_known, save_notice
from storage.readers.deliveries import claim, ensure_deliveries, list_deliveries
from storage.readers.subscribers import add_subscriber
from storage.search.search import search
from tests.storage.samples import NOW, issue, page

pytestmark = pytest.mark.usefixtures("made_by_migrations")

PROCESSES = 4
PAGES = 60
SPAWN = multiprocessing.get_context("spawn")


def write(path: Path, worker: int, start: Barrier) -> None:
    """Look, then save: half of the pages are every worker's, half its own."""
    start.wait()
    with closing(open_database(path)) as db:
        for number in range(PAGES):
            key = f"shared-{number}" if number % 2 else f"{worker}-{number}"
            notice = page(key)
            find_known(db, notice.site, notice.key, notice.url)
            save_notice(db, notice, now=NOW + timedelta(seconds=number), run_id=None)
            with_title_on(db, "没有", None)


def claim_all(path: Path, start: Barrier, taken: multiprocessing.Queue[int]) -> None:
    """Claim every delivery there is."""
    with closing(open_database(path)) as db:
        deliveries = list_deliveries(db)
        start.wait()
        for delivery in deliveries:
            if claim(db, delivery.id, NOW):
                taken.put(delivery.id)
    taken.put(0)


def test_four_processes_open_a_new_store_and_write_at_once(path: Path) -> None:
    start = SPAWN.Barrier(PROCESSES)
    workers = [
        SPAWN.Process(target=write, args=(path, number, start)) for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    with closing(open_database(path)) as db:
        assert db.table("notices").count == PROCESSES * PAGES // 2 + PAGES // 2
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        reads = db.execute("SELECT sum(read_attempts) FROM notices").fetchone()
        assert reads == (PROCESSES * PAGES,)


def test_two_processes_never_claim_the_same_delivery(path: Path, db: Database) -> None:
    people = [add_subscriber(db, f"reader{n}@example.com", now=NOW) for n in range(40)]
    recorded = issue(db, "2021-W05", "2021-01-30", "2021-02-05", "2021-02-05 09:00")
    message_ids = [f"<{person.id}@example.com>" for person in people]
    ensure_deliveries(db, recorded.id, people, message_ids, NOW)
    start, taken = SPAWN.Barrier(2), SPAWN.Queue()
    workers = [SPAWN.Process(target=claim_all, args=(path, start, taken)) for _ in range(2)]
    for worker in workers:
        worker.start()

    claims = _drain(taken, workers=len(workers))
    for worker in workers:
        worker.join()

    assert Counter(claims) == Counter(delivery.id for delivery in list_deliveries(db))
    assert {delivery.state for delivery in list_deliveries(db)} == {"sending"}
    assert {delivery.attempts for delivery in list_deliveries(db)} == {1}


def _drain(taken: multiprocessing.Queue[int], *, workers: int) -> list[int]:
    claims = []
    while workers:
        delivery_id = taken.get(timeout=60)
        if delivery_id:
            claims.append(delivery_id)
        else:
            workers -= 1
    taken.close()
    taken.join_thread()
    return claims


def read_then_write(
    path: Path,
    worker: int,
    start: Barrier,
    seconds: float,
    said: multiprocessing.Queue[tuple[str, int]],
) -> None:
    """Raise the count of a common page by one, and add a page of one's own, again and again."""
    rounds = 0
    start.wait()
    until = time.monotonic() + seconds
    with closing(open_database(path)) as db:
        while time.monotonic() < until:
            with transaction(db):
                (count,) = db.execute("SELECT source FROM notices WHERE key = 'common'").fetchone()
                db.execute(
                    "UPDATE notices SET source = ? WHERE key = 'common'", [str(int(count) + 1)]
                )
                save_notice(db, page(f"{worker}-{rounds}"), now=NOW, run_id=None)
            rounds += 1
    said.put(("wrote", rounds))


def read_on(
    path: Path, start: Barrier, seconds: float, said: multiprocessing.Queue[tuple[str, int]]
) -> None:
    """Look again and again: what is counted never goes back, and agrees within one look."""
    looks, before = 0, 0
    start.wait()
    until = time.monotonic() + seconds
    with closing(open_database(path, read_only=True)) as db:
        while time.monotonic() < until:
            with snapshot(db):
                (rows,) = db.execute("SELECT count(*) FROM notices").fetchone()
                (count,) = db.execute("SELECT source FROM notices WHERE key = 'common'").fetchone()
            if not (rows == int(count) + 1 and rows >= before):
                said.put(("broken", rows))
                return
            search(db, "公开征求", limit=5)
            looks, before = looks + 1, rows
    said.put(("read", looks))


@pytest.mark.parametrize(
    "seconds", [2.0, pytest.param(60.0, marks=[pytest.mark.slow, pytest.mark.timeout(300)])]
)
def test_four_writers_and_four_readers_are_not_in_each_others_way(
    path: Path, seconds: float
) -> None:
    with closing(open_database(path)) as db:
        save_notice(db, page("common", source="0"), now=NOW, run_id=None)
    start, said = SPAWN.Barrier(2 * PROCESSES), SPAWN.Queue()
    workers = [
        SPAWN.Process(target=read_then_write, args=(path, number, start, seconds, said))
        for number in range(PROCESSES)
    ] + [SPAWN.Process(target=read_on, args=(path, start, seconds, said)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    # "database is locked", or any other error, ends a process with another code.
    assert [worker.exitcode for worker in workers] == [0] * 2 * PROCESSES
    answers = [said.get(timeout=10) for _ in workers]
    assert Counter(kind for kind, _ in answers) == {"wrote": PROCESSES, "read": PROCESSES}
    assert min(count for _, count in answers) > 0
    with closing(open_database(path)) as db:
        written = sum(count for kind, count in answers if kind == "wrote")
        assert db.table("notices").count == written + 1
        assert db.execute("SELECT source FROM notices WHERE key = 'common'").fetchone() == (
            str(written),
        )
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    sys.stderr.write(f"{seconds:.0f} s: {written} writes; per process {sorted(answers)}\n")
