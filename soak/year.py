"""Carries out the plan: one event after the other, looking at the truth after each week."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from soak.checks import Truth, check
from soak.household import READERS, SETTINGS, Household
from soak.plan import Event
from soak.publisher import START
from soak.vitals import Sample, growth, sample
from soak.witness import Witness

BAD_SETTINGS = SETTINGS + '[digest_]\ncolour = "red"\n'
AWAY = timedelta(minutes=25)
Say = Callable[[str], None]


class Year:
    """The state of the soak between two events."""

    def __init__(
        self, house: Household, witness: Witness, truth: Truth, *, seed: int, say: Say
    ) -> None:
        self.house = house
        self.witness = witness
        self.truth = truth
        self.say = say
        self.random = Random(f"year {seed}")  # noqa: S311 # a rehearsal, not a secret
        self.samples: list[Sample] = []
        self.violations: dict[str, None] = {}
        self.did: Counter[str] = Counter()
        self.off_since: datetime | None = None
        self.disturbed = False
        self.during: Callable[[], None] | None = None

    def run(self, events: list[Event]) -> None:
        """The whole plan."""
        self.house.subscribe(READERS)
        self.house.start()
        self.look()
        week = START.isocalendar()[:2]
        for event in events:
            if event.at.isocalendar()[:2] != week:
                self.week_is_over()
                week = event.at.isocalendar()[:2]
            self.carry_out(event)
        self.house.set_clock()
        self.week_is_over()
        for line in growth(self.samples):
            self.complain(line)
        self.house.stop()

    def carry_out(self, event: Event) -> None:
        """Do what is planned, then let time pass up to it."""
        if event.name == "ordinary":
            self.pass_time(event)
            return
        self.did[event.name] += 1
        self.pass_time(event)
        getattr(self, event.name.replace(" ", "_"))(event.detail)

    def pass_time(self, event: Event) -> None:
        """Up to the event, with what is then due; a daemon that died starts again."""
        during, self.during = self.during, None
        alive = self.house.step(event.at, during=during)
        self.disturbed |= during is not None
        if not alive and self.off_since is None:
            self.disturbed = True
            self.look()
            self.revive()
        self.look()
        if self.house.alive and event.name == "ordinary":
            taken = sample(self.house.pid, event.at)
            self.samples += [taken] if taken and event.at.hour == 3 else []

    def revive(self) -> None:
        """Start a dead daemon again some minutes later, as systemd would.

        On a full disk it cannot run: it is tried again at the next event.
        """
        self.did["restart"] += 1
        self.house.now += AWAY * self.random.random()
        for _ in range(3):
            if self.house.start():
                return
            self.look()
        if not self.disk_is_full():
            self.complain(f"the daemon did not start again on {self.house.now:%Y-%m-%d %H:%M}")

    def look(self) -> None:
        """Take note of what crawls could see."""
        self.witness.look(self.house.now, disturbed=self.disturbed)
        self.disturbed = self.disk_is_full()

    def week_is_over(self) -> None:
        """Compare with the truth."""
        found = check(
            self.house.data,
            self.truth,
            self.house.sink.received,
            self.house.now,
            off_since=self.off_since,
        )
        for line in found:
            self.complain(line)
        last = self.samples[-1] if self.samples else None
        memory = f", {last.rss:.0f} MB" if last else ""
        self.say(f"{self.house.now:%G-W%V} {len(self.violations)} violations{memory}")

    def complain(self, line: str) -> None:
        """One violation, told once."""
        if line not in self.violations:
            self.violations[line] = None
            self.say(f"VIOLATION {line}")

    # --- faults, each named as in the plan

    def wall(self, detail: str) -> None:
        """An obstacle goes up or comes down."""
        site, _, mode = detail.partition("=")
        self.witness.modes[site] = mode
        standing = "redesign" if site in self.witness.redesigned and mode == "ok" else mode
        self.house.replica.set_wall(site, standing)

    def redesign(self, site: str) -> None:
        """Another list markup from now on."""
        self.witness.redesigned.add(site)
        if self.witness.modes.get(site, "ok") == "ok":
            self.house.replica.set_wall(site, "redesign")

    def mend(self, site: str) -> None:
        """The operator gives selectors."""
        self.house.mended.add(site)
        self.witness.mended.add(site)
        self.house.configure()
        if self.house.alive:
            self.house.reload()
            self.look()

    def cut_power(self, _detail: str) -> None:
        """Daemon and crawls end in the middle of the next step."""
        self.during = lambda: self.after_a_while(self.house.cut_power)

    def kill_daemon(self, _detail: str) -> None:
        """The daemon ends in the middle of the next step, its crawls go on."""
        self.during = lambda: self.after_a_while(self.house.kill_daemon)

    def kill_crawl(self, _detail: str) -> None:
        """One crawl ends in the middle of the next step."""
        self.during = lambda: self.after_a_while(self.house.kill_a_crawl)

    def after_a_while(self, act: Callable[[], object]) -> None:
        """Some real seconds into the step."""
        time.sleep(self.random.uniform(0.1, 6.0))
        with suppress(ProcessLookupError):
            act()

    def die(self, moment: str) -> None:
        """The daemon kills itself at the next occurrence."""
        self.truth.alarms_in_flight += moment == "alarm sent, not marked"
        self.house.say(f"die {moment}")

    def switch_off(self, _detail: str) -> None:
        """SIGTERM, and nobody starts it again for days."""
        if self.house.alive:
            status = self.house.stop()
            if status != 0:
                self.complain(f"the daemon ended with {status} on {self.house.now:%m-%d}")
        self.off_since = self.house.now

    def switch_on(self, _detail: str) -> None:
        """It is started again."""
        self.off_since = None
        if not self.house.alive:
            self.house.start()
            self.look()

    def suspend(self, hours: str) -> None:
        """The machine sleeps and wakes; its timers knew nothing of it."""
        wake = self.house.now + timedelta(hours=float(hours))
        self.house.step(wake, asleep=True)
        self.look()
        self.house.step(wake + timedelta(seconds=35))
        self.look()

    def skew(self, hours: str) -> None:
        """The clock is set wrong, or right again."""
        self.house.skew = timedelta(hours=float(hours))
        self.house.step(self.house.now, asleep=True)
        self.house.step(self.house.now + timedelta(seconds=35))
        self.disturbed = True
        self.look()

    def mail(self, what: str) -> None:
        """The mail server is away, refuses, puts off, or hangs up after it took a mail."""
        sink = self.house.sink
        sink.cut = {"EHLO": 10**9} if what == "away" else {}
        sink.defer = {READERS[0]} if what == "defer" else set()
        sink.refuse = {READERS[2]} if what == "refuse" else set()
        sink.drop_after_data = {READERS[1]} if what == "drop" else set()

    def disk(self, what: str) -> None:
        """Fill the disk of the data folder to the last byte, or make room."""
        ballast = self.house.data / "ballast"
        if what == "free":
            ballast.unlink(missing_ok=True)
        elif self.house.data.is_mount():
            with suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(65536))
        self.disturbed = self.disk_is_full()

    def disk_is_full(self) -> bool:
        """Whether it is full now."""
        return (self.house.data / "ballast").exists()

    def configuration(self, what: str) -> None:
        """SIGHUP with a mistake in the file, or with the good one."""
        self.house.configure(BAD_SETTINGS if what == "bad" else SETTINGS)
        if self.house.alive:
            self.house.reload()
