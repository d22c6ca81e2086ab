"""Visits on other machines, with a real broker and real workers on this one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from app.context import Context
from app.crawl_runs import Crawl, Outcome
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


def visited(context: Context, sites: list[str]) -> list[Outcome]:
    """The sites visited by who is there, as the daemon does it."""

    async def visit() -> list[Outcome]:
        supervisor = context.supervisor(grace=1)
        fleet = open_fleet(context, supervisor)
        supervisor.fleet = fleet
        serving = asyncio.create_task(fleet.serve())
        try:
            return await supervisor.run_all([Crawl(site) for site in sites], lambda event: None)
        finally:
            serving.cancel()

    return asyncio.run(visit())


def test_a_worker_visits_and_the_store_takes_in(tmp_path: Path, broker: rig.Broker) -> None:
    with rig.heard_offices() as (country, heard):
        context, _ = rig.store(broker, tmp_path / "home", country.origin, 4)
        machine = rig.worker(broker, tmp_path / "one", country.origin, "one")
        try:
            outcomes = visited(context, ["o0", "o1", "o2", "o3"])
        finally:
            machine.end()

    log = (tmp_path / "one" / "worker.log").read_text(encoding="utf-8")
    assert [one.state for one in outcomes] == ["finished"] * 4, log
    assert {who for _, _, who in heard} == {"one"}, log
    assert rows(context, "SELECT count(*) FROM notices") == [(32,)]
    assert rows(context, "SELECT count(*), min(verdict) FROM checks") == [(8, "ok")]
    assert rows(context, "SELECT DISTINCT state FROM away_visits") == [("done",)]
    for host in {host for _, host, _ in heard}:
        times = [at for at, one, _ in heard if one == host]
        assert all(later - at > rig.DELAY / 2 - 0.02 for at, later in pairwise(times))


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
    assert said[1] == "没有工作机在处理队列 crawl"
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
    assert said[1] == "连不上消息代理"
