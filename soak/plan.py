"""What happens in the simulated year, in order, from a seed: the ordinary hours and the faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from soak.crash_points import CRASH_POINTS
from soak.publisher import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Every obstacle of sites.md that the replica can put up, with the site it is told to.
OBSTACLES: Mapping[str, tuple[str, ...]] = {
    "cde": (
        "down",
        "block",
        "block_all",
        "barred",
        "json400",
        "json202",
        "empty",
        "slow",
        "browser",
    ),
    "miit": ("down", "jsl521", "forbidden", "verify"),
    "tj_kxjs": ("down", "forbidden13"),
    "tj_gyxxh": ("down", "forbidden13"),
    "tj_tten": ("down", "forbidden13"),
    "bj_zscqj": ("down", "forbidden"),
    "wechat": ("verify", "environment"),
    "relay": ("broken", "down"),
}
REDESIGNS = {"tj_kxjs": 0.2, "bj_zscqj": 0.45, "tj_gyxxh": 0.7}  # share of the year
# Hours and minutes from Monday 00:00: nights, crawls with what follows them, the issue.
ORDINARY = (
    *((day, 3, 12) for day in range(7)),
    *((1, 9, 3), (1, 9, 20), (4, 9, 3)),
    *((4, 9, 20), (4, 17, 0), (4, 17, 7), (4, 18, 0), (4, 23, 10)),
)
ISSUE = timedelta(days=4, hours=17)
NIGHT = timedelta(days=2, hours=3, minutes=12)
# The mail server's moods, and for how many hours at most; 48 hours are given up after.
MAIL = (("away", 40.0), ("defer", 12.0), ("away", 20.0), ("drop", 2.0), ("refuse", 4.0))
NOWHERE = -1
# Crawls are due from 9:00 on, jitter included: what is to meet them is made ready before.
BEFORE_IT_IS_DUE = timedelta(minutes=8)
CRAWLS = (timedelta(days=1, hours=9, minutes=3), timedelta(days=4, hours=9, minutes=3))


@dataclass(frozen=True, slots=True)
class Event:
    """At this true time let due work run, after `name` was done with `detail`."""

    at: datetime
    name: str = "ordinary"
    detail: str = ""


class Plan:
    """The events of a soak of so many weeks."""

    def __init__(self, seed: int, weeks: int) -> None:
        self.random = Random(f"plan {seed}")  # noqa: S311 # a rehearsal, not a secret
        self.weeks = weeks
        self.monday = START.replace(hour=0, minute=0)
        # For a third of the year the daemon is never ended, so that growth would show.
        self.quiet = range(int(weeks * 0.55), int(weeks * 0.9))
        self.free = list(range(1, weeks))
        self.for_deaths = weeks // 3
        self.events: list[Event] = []

    def make(self) -> list[Event]:
        """Everything, in order of time."""
        self.events += ordinary(self.weeks)
        self.outages()
        self.redesigns()
        self.exclusive()
        self.deaths()
        self.mail_faults()
        self.configuration()
        return sorted(self.events, key=lambda event: event.at)

    def add(self, week: int, offset: timedelta, name: str = "ordinary", detail: str = "") -> None:
        """One event, if it lies in the year."""
        at = self.monday + timedelta(weeks=week) + offset
        if START < at < self.monday + timedelta(weeks=self.weeks):
            self.events.append(Event(at, name, detail))

    def week_of_its_own(self, *, daemon_ends: bool = False) -> int:
        """A week without another fault of this kind; NOWHERE when none is left.

        Outages of sites come on top of everything; two such faults in one week would only hide
        which of them did what.
        """
        free = [week for week in self.free if not (daemon_ends and week in self.quiet)]
        if not free or len(self.free) <= self.for_deaths:
            return NOWHERE
        week = self.random.choice(free)
        self.free.remove(week)
        return week

    def outages(self) -> None:
        """Each obstacle once, spread over the year; one at a time for each site."""
        for site, modes in OBSTACLES.items():
            order = self.random.sample(modes, len(modes))
            for number, mode in enumerate(order):
                slot = self.weeks / len(order)
                first = self.random.uniform(number * slot, (number + 0.3) * slot)
                longest = min(slot * 0.6 * 7, 17.0)
                days = self.random.choice((0.4, 2.0, 4.5, 8.0, longest))
                start = timedelta(weeks=max(0.2, first))
                self.add(0, start, "wall", f"{site}={mode}")
                self.add(0, start + min(days, longest) * DAY, "wall", f"{site}=ok")

    def redesigns(self) -> None:
        """A new list markup for good; the operator mends it days later."""
        for site, share in REDESIGNS.items():
            start = timedelta(weeks=self.weeks * share, hours=self.random.randint(1, 90))
            self.add(0, start, "redesign", site)
            self.add(0, start + self.random.randint(4, 9) * DAY, "mend", site)

    def exclusive(self) -> None:
        """Faults that get a week each: days off, suspended, a wrong clock, a full disk."""
        for _ in range(max(1, self.weeks // 13)):
            self.switched_off()
            self.disk(CRAWLS[0], 5)
            self.clock_set(76.0)
            self.suspended()
            self.clock_set(-49.0)
            self.disk(ISSUE, 3)
            self.clock_set(5.0)
            self.clock_set(-0.4)

    def switched_off(self) -> None:
        """Off for days, also over an issue."""
        start = timedelta(days=self.random.uniform(0.5, 4.8))
        week = self.week_of_its_own(daemon_ends=True)
        self.add(week, start, "switch off")
        self.add(week, start + timedelta(days=self.random.uniform(1, 5)), "switch on")

    def suspended(self) -> None:
        """A machine that sleeps, its timers with it."""
        start = timedelta(days=self.random.uniform(0.5, 4.8))
        hours = self.random.uniform(6, 80)
        self.add(self.week_of_its_own(), start, "suspend", f"{hours:.1f}")

    def clock_set(self, hours: float) -> None:
        """A clock set wrong by so much, and right again within a day."""
        start = timedelta(days=self.random.uniform(0, 5.5))
        week = self.week_of_its_own()
        self.add(week, start, "skew", str(hours))
        self.add(week, start + self.random.uniform(2, 20) * HOUR, "skew", "0")

    def disk(self, before: timedelta, hours: int) -> None:
        """Not a byte left during a crawl, or when an issue is due."""
        week = self.week_of_its_own()
        self.add(week, before - timedelta(minutes=20), "disk", "full")
        self.add(week, before + hours * HOUR, "disk", "free")

    def deaths(self) -> None:
        """Kills while crawling, and at each of the worst moments; one at a time."""
        weeks = [week for week in self.free if week not in self.quiet]
        slots = [(week, slot) for week in weeks for slot in (*CRAWLS, ISSUE, NIGHT)]
        self.random.shuffle(slots)
        moments = list(CRASH_POINTS)
        for _ in range(max(1, self.weeks // 26)):
            for crash_point in moments:
                self.at_slot(slots, slots_of(crash_point), "die", crash_point)
        for _ in range(max(1, self.weeks // 8)):
            for name in ("cut power", "kill daemon", "kill crawl"):
                self.at_slot(slots, CRAWLS, name)

    def at_slot(
        self,
        slots: list[tuple[int, timedelta]],
        fitting: tuple[timedelta, ...],
        name: str,
        detail: str = "",
    ) -> None:
        """Take one of the free slots, if one fits."""
        found = next((slot for slot in slots if slot[1] in fitting), None)
        if found is not None:
            slots.remove(found)
            self.add(found[0], found[1] - BEFORE_IT_IS_DUE, name, detail)

    def mail_faults(self) -> None:
        """A server that is away, one that puts off, refuses, or hangs up after it took a mail."""
        weeks = self.random.sample(range(1, self.weeks), min(self.weeks - 1, self.weeks // 6 + 3))
        for number, week in enumerate(weeks):
            name, longest = MAIL[number % len(MAIL)]
            self.add(week, ISSUE - HOUR, "mail", name)
            self.add(week, ISSUE + self.random.uniform(1, longest) * HOUR, "mail", "back")

    def configuration(self) -> None:
        """A changed file with a mistake in it, mended hours later."""
        for share in (0.3, 0.8):
            week = int(self.weeks * share)
            self.add(week, timedelta(days=3, hours=10), "configuration", "bad")
            self.add(week, timedelta(days=3, hours=15), "configuration", "good")


def ordinary(weeks: int) -> list[Event]:
    """The hours of so many weeks at which something is due in any case."""
    monday, events = START.replace(hour=0, minute=0), []
    for week in range(weeks):
        for day, hour, minute in ORDINARY:
            seconds = 30 if (hour, minute) == (17, 0) else 0
            at = monday + timedelta(
                weeks=week, days=day, hours=hour, minutes=minute, seconds=seconds
            )
            events += [Event(at)] if at > START else []
    return sorted(events, key=lambda event: event.at)


def slots_of(crash_point: str) -> tuple[timedelta, ...]:
    """When a moment comes about."""
    if crash_point.startswith(("run", "alarm")):
        return CRAWLS
    return (NIGHT,) if "backup" in crash_point else (ISSUE,)
