"""Group robots as recipients: they stand among the subscribers, so that one ledger serves all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Subscriber
from storage.values import from_instant, from_texts, select, select_one


def sync_robots(db: Database, robots: Sequence[Subscriber], *, now: datetime) -> None:
    """Make the group robots of the configuration recipients; those gone from it are ended.

    A robot's address is CHANNEL:NAME, so it never collides with a mail address.
    """
    wanted = {robot.address: robot for robot in robots}
    with transaction(db):
        for row in select(db, "SELECT * FROM subscribers WHERE channel <> 'mail'"):
            if row["address"] not in wanted and row["state"] != "ended":
                changes = {"state": "ended", "updated_at": from_instant(now)}
                db.table("subscribers").update(row["id"], changes)
        for robot in wanted.values():
            _save_robot(db, robot, from_instant(now))


def _save_robot(db: Database, robot: Subscriber, now: str) -> None:
    choices = {
        "name": robot.name,
        "sections": from_texts(robot.sections),
        "groups": from_texts(robot.groups),
        "keywords": from_texts(robot.keywords),
        "formats": from_texts(()),
        "channel": robot.channel,
    }
    old = select_one(db, "SELECT * FROM subscribers WHERE address = ?", [robot.address])
    if old is None:
        times = {"added_at": now, "updated_at": now, "began_at": now}
        row = {"address": robot.address, "state": "active"} | choices | times
        db.table("subscribers").insert(row)
        return
    if old["state"] == "ended":
        choices["state"] = "active"
    if any(old[key] != value for key, value in choices.items()):
        db.table("subscribers").update(old["id"], choices | {"updated_at": now})
