"""Ten thousand subscribers with fifty profiles, beside a bare smtplib loop on the same server."""

from __future__ import annotations

import os
import resource
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from digest.delivery.deliver import deliver
from digest.delivery.message_builder import MessageBuilder
from digest.delivery.smtp_client import SmtpSettings
from storage.database import transaction
from storage.readers import deliveries, subscribers
from tests.digest.samples import INSTANT, recorded, week_digest

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 10_000
PROFILES = 50
# After so many of ours, so many by the bare loop: what else the machine does weighs on both.
OURS_AT_A_TIME = 500
BARE_AT_A_TIME = 250
SINK = """
import sys, time
from pathlib import Path
from digest.delivery.sink import Sink
with Sink(Path(sys.argv[1])) as sink:
    print(sink.port, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SmtpSettings]:
    with subprocess.Popen(
        [sys.executable, "-c", SINK, str(tmp_path / "outbox")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        port = int(child.stdout.readline())
        yield SmtpSettings("127.0.0.1", port, security="none", sender="news@example.com")


@dataclass
class Bare:
    """A loop that only sends, run in slices; its time is kept apart."""

    server: SmtpSettings
    content: bytes
    seconds: float = 0.0
    mails: int = 0

    def run(self, smtp: smtplib.SMTP) -> None:
        began = time.monotonic()
        for number in range(BARE_AT_A_TIME):
            smtp.sendmail("news@example.com", [f"r{number}@example.com"], self.content)
        self.seconds += time.monotonic() - began
        self.mails += BARE_AT_A_TIME


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_are_sent_nearly_as_fast_as_a_bare_loop(
    db: Database, server: SmtpSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = week_digest()
    with transaction(db):
        for number in range(PEOPLE):
            subscribers.add_subscriber(
                db,
                f"r{number}@example.com",
                now=INSTANT,
                keywords=(f"不含词{number % PROFILES}",),
                formats=("html",),
            )
    issue = recorded(db, digest)
    builder = MessageBuilder(digest, sender=server.sender, reply_to="")
    one = builder.write(subscribers.list_subscribers(db)[0], "<a@example.com>", INSTANT)
    bare, settled, settle = Bare(server, one), count(1), deliveries.settle

    def settle_and_alternate(*arguments: Any, **options: Any) -> None:
        settle(*arguments, **options)
        if next(settled) % OURS_AT_A_TIME == 0:
            bare.run(smtp)

    with smtplib.SMTP(server.host, server.port) as smtp:
        bare.run(smtp)
        bare.seconds, bare.mails = 0.0, 0  # the first slice warms up
        monkeypatch.setattr(deliveries, "settle", settle_and_alternate)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.monotonic()
        report = deliver(db, issue, digest, smtp=server, now=lambda: INSTANT)
        ours = (time.monotonic() - began - bare.seconds) / PEOPLE
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    ratio = bare.seconds / bare.mails / ours
    sys.stdout.write(
        f"{PEOPLE} mails of {len(one)} bytes, {PROFILES} profiles: {1 / ours:.0f}/s, bare loop "
        f"{bare.mails / bare.seconds:.0f}/s in turns, ratio {ratio:.2f}, memory +{grown:.0f} MiB\n"
    )
    assert report.sent == PEOPLE
    assert grown < 64
    assert ratio >= 0.8
