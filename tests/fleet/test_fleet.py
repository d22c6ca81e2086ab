"""Visits on other machines, with a real broker and real workers on this one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import redis

from app.context import Context
from app.crawl_runs import Crawl, Outcome
from app.fleet.envelope import Message
from app.fleet.home import Fleet
from app.fleet.opening import open_fleet
from storage.runs.away_visits import words_of_fleet
from tests.fleet import rig
from tests.fleet.offices_at_hand import rows

pytestmark = pytest.mark.skipif(rig.SERVER is None, reason=rig.NO_BROKER)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[rig.Broker]:
    started = rig.Broker(tmp_path / "broker")
    yield started
    started.kill()


def visited(
    context: Context, sites: list[str], spoil: Callable[[Fleet], None] = lambda fleet: None
) -> list[Outcome]:
    """The sites visited by who is there, as the daemon does it."""

    async def visit() -> list[Outcome]:
        supervisor = context.supervisor(grace=1)
        fleet = open_fleet(context, supervisor)
        spoil(fleet)
        supervisor.fleet = fleet
        serving = asyncio.create_task(fleet.serve())
        try:
            return await supervisor.run_all([Crawl(site) for site in sites], lambda event: None)
        finally:
            serving.cancel()

    return asyncio.run(visit())


def test_a_worker_visits_and_the_store_takes_in(tmp_path: Path, broker: rig.Broker) -> None:
    with rig.heard_offices() as (country, heard):
        context, _ = rig.store(broker, tmp_path / "home", country.origin, 2)
        machine = rig.worker(broker, tmp_path / "one", country.origin, "one")
        try:
            outcomes = visited(context, ["o0", "o1"])
        finally:
            machine.end()

    log = (tmp_path / "one" / "worker.log").read_text(encoding="utf-8")
    assert [one.state for one in outcomes] == ["finished"] * 2, log
    assert {who for _, _, who in heard} == {"one"}, log
    assert rows(context, "SELECT count(*) FROM notices") == [(16,)]
    assert rows(context, "SELECT count(*), min(verdict) FROM checks") == [(4, "ok")]
    assert rows(context, "SELECT DISTINCT state FROM away_visits") == [("done",)]
    for times in rig.departures(tmp_path).values():
        assert all(later - at > rig.DELAY / 2 - 0.02 for (at, _), (later, _) in pairwise(times))


def test_a_worker_that_vanishes_is_noticed_long_before_its_visit_would_end(
    tmp_path: Path, broker: rig.Broker
) -> None:
    said: list[str] = []

    def vanish(fleet: Fleet) -> None:
        say, alive = fleet._say, fleet._alive

        def noted(trouble: str) -> None:
            say(trouble)
            if fleet.words and fleet.words not in said:
                said.append(fleet.words)

        async def killed(message: Message) -> None:
            await alive(message)
            first.end()

        fleet._say = noted  # type: ignore[method-assign] # what `status` says, moment by moment
        fleet._alive = killed  # type: ignore[method-assign] # a moment at which it makes a visit

    with rig.heard_offices() as (country, heard):
        extra = "hold = 4\npatience = 8\n"
        context, _ = rig.store(broker, tmp_path / "home", country.origin, 1, extra, timeout=600)
        first = rig.worker(broker, tmp_path / "one", country.origin, "one")
        try:
            begun = time.monotonic()
            outcomes = visited(context, ["o0"], vanish)
            took = time.monotonic() - begun
        finally:
            first.end()
    assert [one.state for one in outcomes] == ["finished"]
    assert said[0] == "工作机失联，正在重新访问 o0"
    assert {who for _, _, who in heard} - {"one"} == {"home"}
    assert rows(context, "SELECT count(*), min(verdict) FROM checks") == [(2, "ok")]
    assert rows(context, "SELECT count(*) FROM notices") == [(8,)]
    assert "lost" in {state for (state,) in rows(context, "SELECT state FROM away_visits")}
    # The claim would be over after 600 s and more.
    assert took < 60
    with context.store() as db:
        left = words_of_fleet(db)
    assert left is None or "工作机失联" not in left[1]


def test_without_workers_visits_are_made_here_and_it_is_said(
    tmp_path: Path, broker: rig.Broker
) -> None:
    with rig.heard_offices() as (country, heard):
        context, _ = rig.store(broker, tmp_path / "home", country.origin, 2, extra="patience = 1\n")
        outcomes = visited(context, ["o0", "o1"])
    assert [one.state for one in outcomes] == ["finished"] * 2
    assert {who for _, _, who in heard} == {"home"}
    with context.store() as db:
        said = words_of_fleet(db)
    assert said is not None
    assert said[1] == "没有工作机在处理队列 crawl，由本机抓取"
    assert rows(context, "SELECT count(*) FROM runs") == [(2,)]


def test_without_a_broker_visits_are_made_here_and_it_is_said(
    tmp_path: Path, broker: rig.Broker
) -> None:
    broker.kill()
    with rig.heard_offices() as (country, heard):
        context, _ = rig.store(broker, tmp_path / "home", country.origin, 2)
        outcomes = visited(context, ["o0", "o1"])
    assert [one.state for one in outcomes] == ["finished"] * 2
    assert {who for _, _, who in heard} == {"home"}
    with context.store() as db:
        said = words_of_fleet(db)
    assert said is not None
    assert said[1] == "连不上消息代理，由本机抓取"


def test_a_broker_that_repeats_everything_doubles_nothing(
    tmp_path: Path, broker: rig.Broker
) -> None:
    def repeat(fleet: Fleet) -> None:
        send, hear = fleet.sender.send, fleet._hear

        def thrice(key: str, queue: str, priority: int) -> None:
            for _ in range(3):
                send(key, queue, priority)

        async def heard_thrice(data: bytes) -> None:
            for _ in range(3):
                await hear(data)

        fleet.sender = SimpleNamespace(send=thrice)
        fleet._hear = heard_thrice  # type: ignore[method-assign] # what comes over the broker

    with rig.heard_offices() as (country, heard):
        context, _ = rig.store(broker, tmp_path / "home", country.origin, 2)
        machines = [
            rig.worker(broker, tmp_path / name, country.origin, name) for name in ("one", "two")
        ]
        try:
            outcomes = visited(context, ["o0", "o1"], repeat)
        finally:
            for machine in machines:
                machine.end()
    assert [one.state for one in outcomes] == ["finished"] * 2
    assert rows(context, "SELECT count(*), count(DISTINCT url) FROM notices") == [(16, 16)]
    assert rows(context, "SELECT count(*) FROM saved_pages") == [(16,)]
    assert rows(context, "SELECT count(*) FROM runs") == [(2,)]
    # A list, its two pages and robots.txt are asked for by one of the two.
    for host in {host for _, host, _ in heard}:
        assert len({who for _, one, who in heard if one == host}) == 1


def test_a_broker_that_is_full_is_said_and_visits_are_made_here(
    tmp_path: Path, broker: rig.Broker
) -> None:
    with redis.Redis.from_url(broker.url) as client:
        client.config_set("maxmemory", 1)
    with rig.heard_offices() as (country, heard):
        context, _ = rig.store(broker, tmp_path / "home", country.origin, 2)
        outcomes = visited(context, ["o0", "o1"])
    assert [one.state for one in outcomes] == ["finished"] * 2
    assert {who for _, _, who in heard} == {"home"}
    assert rows(context, "SELECT count(*) FROM runs") == [(2,)]


@pytest.mark.slow
def test_a_broker_that_answers_late_loses_and_doubles_nothing(
    tmp_path: Path, broker: rig.Broker
) -> None:
    with rig.heard_offices() as (country, heard):
        context, _ = rig.store(broker, tmp_path / "home", country.origin, 3)
        machine = rig.worker(broker, tmp_path / "one", country.origin, "one")
        try:
            with redis.Redis.from_url(broker.url) as client:
                client.client_pause(12_000)
            outcomes = visited(context, ["o0", "o1", "o2"])
        finally:
            machine.end()
    assert [one.state for one in outcomes] == ["finished"] * 3
    assert rows(context, "SELECT count(*), count(DISTINCT url) FROM notices") == [(24, 24)]
    assert rows(context, "SELECT count(*) FROM runs") == [(3,)]
    for host in {host for _, host, _ in heard}:
        assert len({who for _, one, who in heard if one == host}) == 1
