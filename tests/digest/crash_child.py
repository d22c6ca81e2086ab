"""Sends an issue and is killed: the process that tests/digest/test_crash_matrix.py kills.

Reads one JSON line a pass: {"week", "now", "kill": {"step", "nth"} | {"after"} | {}}. Each pass
runs in a forked child, so that a kill costs no start-up; SIGKILL is real. A step is where the
child kills itself; `after` is a time in seconds at which its parent does. Prints one JSON line.
"""

from __future__ import annotations

import json
import smtplib
import sys
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from digest.composing.profile import Profile
from digest.delivery.deliver import deliver
from digest.delivery.issue_mail import Printed
from digest.delivery.smtp_client import SmtpSettings
from digest.models.issue import Digest
from storage.database import open_database
from storage.issues.issues import find_issue
from storage.readers import deliveries
from tests.digest.deadly_fork import in_child
from tests.digest.samples import week_digest

# Before and after every step that leaves a trace here or at the server.
STEPS = {
    "enrol": (deliveries, "ensure_deliveries"),
    "reclaim": (deliveries, "reclaim_sending"),
    "claim": (deliveries, "claim"),
    "settle": (deliveries, "settle"),
    "connect": (smtplib.SMTP, "connect"),
    "ehlo": (smtplib.SMTP, "ehlo"),
    "mail": (smtplib.SMTP, "mail"),
    "rcpt": (smtplib.SMTP, "rcpt"),
    "data": (smtplib.SMTP, "docmd"),
    "body": (smtplib.SMTP, "send"),
    "reply": (smtplib.SMTP, "getreply"),
    "quit": (smtplib.SMTP, "quit"),
}


def send(store: Path, port: int, order: dict[str, Any], digest: Digest) -> dict[str, Any]:
    """One pass, as `zhengxun send` makes it."""
    now = datetime.fromisoformat(order["now"])
    smtp = SmtpSettings(
        host="127.0.0.1", port=port, security="none", sender="news@example.com", timeout=10
    )
    db = open_database(store)
    issue = find_issue(db, order["week"])
    assert issue is not None
    report = deliver(db, issue, digest, smtp=smtp, now=lambda: now)
    db.close()
    return {"killed": False, "sent": report.sent, "repeated": report.repeated}


def main() -> None:
    store, port = Path(sys.argv[1]), int(sys.argv[2])
    digest = week_digest()
    # What is loaded at the first rendering is loaded before the forks.
    Printed(digest, Profile()).html  # noqa: B018 # a cached property
    for line in sys.stdin:
        started = time.monotonic()
        order = json.loads(line)
        outcome = in_child(partial(send, store, port, order, digest), order["kill"], STEPS)
        outcome["seconds"] = time.monotonic() - started
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
