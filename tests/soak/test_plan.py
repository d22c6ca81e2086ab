"""The plan holds every fault that the issue names, each one ends, and no two hide each other."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from replica.obstacles import EVERYWHERE, MODES
from soak.crash_points import CRASH_POINTS
from soak.plan import ISSUE, OBSTACLES, Event, Plan
from soak.publisher import START


def plan(weeks: int = 52) -> list[Event]:
    return Plan(1, weeks).make()


def test_every_obstacle_of_the_replica_is_met() -> None:
    met = {mode for modes in OBSTACLES.values() for mode in modes} | {"redesign"}
    known = {mode for modes in MODES.values() for mode in modes} | set(EVERYWHERE)
    # The ordinary states of the sites; warm-up is how CDE answers on a good day.
    assert known - met == {"ok", "warmup"}
    planned = {event.detail for event in plan() if event.name == "wall"}
    wanted = {f"{site}={mode}" for site, modes in OBSTACLES.items() for mode in modes}
    assert wanted <= planned


def test_every_fault_ends() -> None:
    names = Counter((event.name, event.detail) for event in plan())
    assert names["disk", "full"] == names["disk", "free"] > 1
    assert names["configuration", "bad"] == names["configuration", "good"] == 2
    assert names["switch off", ""] == names["switch on", ""] > 1
    back = names["mail", "back"]
    assert back == sum(names["mail", word] for word in ("away", "defer", "drop", "refuse"))
    wrong = [event for event in plan() if event.name == "skew" and event.detail != "0"]
    assert {event.detail for event in wrong} == {"5.0", "76.0", "-49.0", "-0.4"}
    assert names["skew", "0"] == len(wrong)
    assert {event.detail for event in plan() if event.name == "redesign"} == {
        event.detail for event in plan() if event.name == "mend"
    }


def test_the_daemon_dies_at_every_bad_moment_but_never_in_the_quiet_part() -> None:
    dies = [event for event in plan() if event.name == "die"]
    assert {event.detail for event in dies} == set(CRASH_POINTS)
    quiet = Plan(1, 52).quiet
    ends = ("die", "cut power", "kill daemon", "switch off")
    weeks = {(event.at - START).days // 7 for event in plan() if event.name in ends}
    assert len(quiet) > 12
    assert not weeks & set(quiet)


def test_what_is_to_meet_a_crawl_is_ready_before_crawls_are_due() -> None:
    kills = [event.at for event in plan() if event.name in ("cut power", "kill daemon")]
    assert kills
    assert {(at.hour, at.minute) for at in kills} == {(8, 55)}


def test_two_deaths_never_share_a_moment() -> None:
    names = ("die", "cut power", "kill daemon", "kill crawl")
    times = [event.at for event in plan() if event.name in names]
    assert len(times) == len(set(times))


def test_the_hours_are_in_order_and_the_issue_hour_is_among_them() -> None:
    times = [event.at for event in plan(6)]
    assert times == sorted(times)
    monday = START.replace(hour=0, minute=0)
    for week in range(6):
        assert monday + timedelta(weeks=week) + ISSUE + timedelta(seconds=30) in times
