"""Who goes with whom, who waits for whom, and who is made again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from app.crawl_runs import Crawl, Outcome
from app.visit_queue import Visit, VisitQueue


class Processes:
    """Stands for processes: notes who went together, and leaves open whom it is told to."""

    def __init__(self, breaks_off: Sequence[str] = ()) -> None:
        self.made: list[list[str]] = []
        self.under_way: list[str] = []
        self.most: list[list[str]] = []
        self.breaks_off = set(breaks_off)

    async def carry_out(self, visits: Sequence[Visit]) -> None:
        sites = [visit.crawl.site for visit in visits]
        self.made.append(sites)
        self.under_way += sites
        self.most.append(list(self.under_way))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.under_way = [site for site in self.under_way if site not in sites]
        for visit in visits:
            if len(visits) == 1 or visit.crawl.site not in self.breaks_off:
                visit.end(Outcome(visit.crawl.site, 1, "finished", ""))


def make(
    processes: Processes,
    sites: Sequence[str],
    *,
    slots: int = 2,
    share: int = 50,
    hosts: Mapping[str, frozenset[str]] | None = None,
    apart: Sequence[str] = (),
) -> None:
    async def all_at_once() -> None:
        queue = VisitQueue(
            processes.carry_out, slots=slots, share=share, hosts=hosts or {}, apart=apart
        )
        made = (queue.make(Crawl(site), lambda event: None) for site in sites)
        outcomes = await asyncio.wait_for(asyncio.gather(*made), 10)
        assert [outcome.site for outcome in outcomes] == list(sites)
        assert not queue.held
        assert queue.free == slots

    asyncio.run(all_at_once())


@pytest.mark.parametrize(
    ("count", "slots", "share", "sizes"),
    [
        (1, 3, 50, [1]),
        (7, 3, 50, [7]),  # another process is not worth its start
        (30, 3, 50, [10, 10, 10]),
        (200, 2, 50, [50, 50, 50, 50]),
        (5, 2, 1, [1, 1, 1, 1, 1]),
    ],
)
def test_what_waits_together_is_shared_out(
    count: int, slots: int, share: int, sizes: list[int]
) -> None:
    processes = Processes()
    make(processes, [f"s{number}" for number in range(count)], slots=slots, share=share)
    assert [len(sites) for sites in processes.made] == sizes


def test_a_site_that_needs_a_browser_goes_alone() -> None:
    processes = Processes()
    make(processes, ["a", "b", "c"], apart=["b"])
    assert sorted(map(sorted, processes.made)) == [["a", "c"], ["b"]]


def test_two_processes_never_ask_one_host() -> None:
    hosts = {"a": frozenset({"x", "y"}), "b": frozenset({"y"}), "c": frozenset({"z"})}
    processes = Processes()
    make(processes, ["a", "b", "c"], share=1, hosts=hosts)
    assert not [sites for sites in processes.most if {"a", "b"} <= set(sites)]
    assert ["a", "c"] in processes.most


def test_what_a_process_left_open_is_made_again_alone() -> None:
    processes = Processes(breaks_off=["b", "c"])
    make(processes, ["a", "b", "c"])
    assert processes.made == [["a", "b", "c"], ["b"], ["c"]]


def test_an_error_of_ours_reaches_whoever_waits_and_holds_up_nobody() -> None:
    class Full(Processes):
        async def carry_out(self, visits: Sequence[Visit]) -> None:
            if visits[0].crawl.site == "a":
                raise OSError("disk full")
            await super().carry_out(visits)

    async def both() -> list[BaseException | Outcome]:
        queue = VisitQueue(Full().carry_out, slots=1, share=1, hosts={}, apart=())
        made = (queue.make(Crawl(site), lambda event: None) for site in "ab")
        return await asyncio.wait_for(asyncio.gather(*made, return_exceptions=True), 10)

    failed, finished = asyncio.run(both())
    assert isinstance(failed, OSError)
    assert isinstance(finished, Outcome)
