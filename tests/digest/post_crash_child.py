"""Post, mailbox and restoration, killed: the process that test_post_crash_matrix.py kills.

Reads one JSON line an order: {"job", "now", "kill": {"step", "nth"} | {"after"} | {}}. Each runs
in a forked child (`deadly_fork`). Prints one JSON line:
{"killed": …, "done": …}.
"""

from __future__ import annotations

import json
import smtplib
import sqlite3
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from app import jobs
from app.context import Context
from commands.restore import restore
from config import Config
from config_delivery import MailboxConfig, SmtpConfig
from digest.inbound import imap, mailbox
from storage.operation import backup as copies
from storage.readers import bulletins, deliveries, mailboxes
from tests.digest.deadly_fork import in_child

# What leaves a trace here, at the mail server or in the folder.
STEPS: dict[str, tuple[Any, str]] = {
    "enter bulletin": (bulletins, "enter_bulletin"),
    "claim bulletin": (bulletins, "claim"),
    "settle bulletin": (bulletins, "settle"),
    "enrol": (deliveries, "ensure_deliveries"),
    "claim": (deliveries, "claim"),
    "settle": (deliveries, "settle"),
    "body": (smtplib.SMTP, "send"),
    "reply": (smtplib.SMTP, "getreply"),
    "begin message": (mailboxes, "begin_message"),
    "end message": (mailboxes, "end_message"),
    "record bounce": (mailbox, "record_bounce"),
    "finish message": (imap.Folder, "finish"),
    "copy": (copies, "_copy"),
    "account": (copies, "_account_for"),
    "aside": (copies, "_keep_former"),
    "in place": (Path, "replace"),
}


def context_of(order: dict[str, Any]) -> Context:
    return Context(
        Config(
            data=Path(order["data"]),
            now=datetime.fromisoformat(order["now"]),
            smtp=SmtpConfig(
                host="127.0.0.1", port=order["smtp"], security="none", sender="x@example.com"
            ),
            mailbox=MailboxConfig(
                host="127.0.0.1",
                port=order["imap"],
                security="none",
                username="leave@example.com",
                after="move",
                move_to="Done",
            ),
            imap_password="geheim",  # type: ignore[arg-type] # taken as a secret
        )
    )


def carry_out(order: dict[str, Any]) -> dict[str, Any]:
    """A round of the daemon, or a restoration by hand."""
    context = context_of(order)
    if order["job"] == "restore":
        copy = max(context.config.backups.glob("zhengxun-*.db"))
        restore(context, copy, Console(file=sys.stderr, quiet=True))
    else:
        jobs.tell_readers(context)
        jobs.read_mailbox(context)
        jobs.compose_due(context)
        jobs.deliver_outstanding(context)
    return {"killed": False, "done": True}


def main() -> None:
    sqlite3.enable_callback_tracebacks(True)
    for line in sys.stdin:
        order = json.loads(line)
        outcome = in_child(partial(carry_out, order), order["kill"], STEPS)
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
