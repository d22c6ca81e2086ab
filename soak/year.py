"""Carries out the plan: one event after the other, looking at the truth after each week."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from soak.checks import Truth, check
from soak.harness import READERS, SETTINGS, Harness
from soak.observer import Observer
from soak.plan import Event
from soak.process_metrics import Sample, growth, sample
from soak.publisher import START

BAD_SETTINGS = SETTINGS + '[digest_]\ncolour = "red"\n'
AWAY = timedelta(minutes=25)
Say = Callable[[str], None]


class Year:
    """The state of the soak between two events."""

    def __init__(
        self, harness: Harness, observer: Observer, truth: Truth, *, seed: int, say: Say
    ) -> None:
        self.harness = harness
        self.observer = observer
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
        self.harness.subscribe(READERS)
        self.harness.start()
        self.look()
        week = START.isocalendar()[:2]
        for event in events:
            if event.at.isocalendar()[:2] != week:
                self.week_is_over()
                week = event.at.isocalendar()[:2]
            self.carry_out(event)
        self.harness.set_clock()
        self.week_is_over()
        for line in growth(self.samples):
            self.complain(line)
        self.harness.stop()

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
        alive = self.harness.step(event.at, during=during)
        self.disturbed |= during is not None
        if not alive and self.off_since is None:
            self.disturbed = True
            self.look()
            self.revive()
        self.look()
        if self.harness.alive and event.name == "ordinary":
            taken = sample(self.harness.pid, event.at)
            self.samples += [taken] if taken and event.at.hour == 3 else []

    def revive(self) -> None:
        """Start a dead daemon again some minutes later, as systemd would.

        On a full disk it cannot run: it is tried again at the next event.
        """
        self.did["restart"] += 1
        self.harness.now += AWAY * self.random.random()
        for _ in range(3):
            if self.harness.start():
                return
            self.look()
        if not self.disk_is_full():
            self.complain(f"the daemon did not start again on {self.harness.now:%Y-%m-%d %H:%M}")

    def look(self) -> None:
        """Take note of what crawls could see."""
        killed = self.harness.killed
        self.observer.look(self.harness.now, disturbed=self.disturbed, killed=killed)
        killed.clear()
        self.disturbed = self.disk_is_full()

    def week_is_over(self) -> None:
        """Compare with the truth."""
        found = check(
            self.harness.data,
            self.truth,
            self.harness.sink.received,
            self.harness.now,
            off_since=self.off_since,
        )
        for line in found:
            self.complain(line)
        last = self.samples[-1] if self.samples else None
        memory = f", {last.rss:.0f} MB" if last else ""
        self.say(f"{self.harness.now:%G-W%V} {len(self.violations)} violations{memory}")

    def complain(self, line: str) -> None:
        """One violation, told once."""
        if line not in self.violations:
            self.violations[line] = None
            self.say(f"VIOLATION {line}")

    # --- faults, each named as in the plan

    def wall(self, detail: str) -> None:
        """An obstacle goes up or comes down."""
        site, _, mode = detail.partition("=")
        self.observer.modes[site] = mode
        standing = "redesign" if site in self.observer.redesigned and mode == "ok" else mode
        self.harness.replica.set_wall(site, standing)

    def redesign(self, site: str) -> None:
        """Another list markup from now on."""
        self.observer.redesigned.add(site)
        if self.observer.modes.get(site, "ok") == "ok":
            self.harness.replica.set_wall(site, "redesign")

    def mend(self, site: str) -> None:
        """The operator gives selectors."""
        self.harness.mended.add(site)
        self.observer.mended.add(site)
        self.harness.configure()
        if self.harness.alive:
            self.harness.reload()
            self.look()

    def cut_power(self, _detail: str) -> None:
        """Daemon and crawls end in the middle of the next step."""
        self.during = lambda: self.after_a_while(self.harness.cut_power)

    def kill_daemon(self, _detail: str) -> None:
        """The daemon ends in the middle of the next step, its crawls go on."""
        self.during = lambda: self.after_a_while(self.harness.kill_daemon)

    def kill_crawl(self, _detail: str) -> None:
        """One crawl ends in the middle of the next step."""
        self.during = lambda: self.after_a_while(self.harness.kill_a_crawl)

    def after_a_while(self, act: Callable[[], object]) -> None:
        """Some real seconds into the step."""
        time.sleep(self.random.uniform(0.1, 6.0))
        with suppress(ProcessLookupError):
            act()

    def die(self, crash_point: str) -> None:
        """The daemon kills itself at the next occurrence."""
        self.truth.alarms_in_flight += crash_point == "alarm sent, not marked"
        self.harness.say(f"die {crash_point}")

    def switch_off(self, _detail: str) -> None:
        """SIGTERM, and nobody starts it again for days."""
        if self.harness.alive:
            status = self.harness.stop()
            if status != 0:
                self.complain(f"the daemon ended with {status} on {self.harness.now:%m-%d}")
        self.off_since = self.harness.now

    def switch_on(self, _detail: str) -> None:
        """It is started again."""
        self.off_since = None
        if not self.harness.alive:
            self.harness.start()
            self.look()

    def suspend(self, hours: str) -> None:
        """The machine sleeps and wakes; its timers knew nothing of it."""
        wake = self.harness.now + timedelta(hours=float(hours))
        self.harness.step(wake, asleep=True)
        self.look()
        self.harness.step(wake + timedelta(seconds=35))
        self.look()

    def skew(self, hours: str) -> None:
        """The clock is set wrong, or right again."""
        self.harness.skew = timedelta(hours=float(hours))
        self.harness.step(self.harness.now, asleep=True)
        self.harness.step(self.harness.now + timedelta(seconds=35))
        self.disturbed = True
        self.look()

    def mail(self, what: str) -> None:
        """The mail server is away, refuses, puts off, or hangs up after it took a mail."""
        sink = self.harness.sink
        sink.cut = {"EHLO": 10**9} if what == "away" else {}
        sink.defer = {READERS[0]} if what == "defer" else set()
        sink.refuse = {READERS[2]} if what == "refuse" else set()
        sink.drop_after_data = {READERS[1]} if what == "drop" else set()

    def disk(self, what: str) -> None:
        """Fill the disk of the data folder to the last byte, or make room."""
        ballast = self.harness.data / "ballast"
        if what == "free":
            ballast.unlink(missing_ok=True)
        elif self.harness.data.is_mount():
            with suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(65536))
        self.disturbed = self.disk_is_full()

    def disk_is_full(self) -> bool:
        """Whether it is full now."""
        return (self.harness.data / "ballast").exists()

    def configuration(self, what: str) -> None:
        """SIGHUP with a mistake in the file, or with the good one."""
        self.harness.configure(BAD_SETTINGS if what == "bad" else SETTINGS)
        if self.harness.alive:
            self.harness.reload()
