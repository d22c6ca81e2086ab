"""Subscribers: who gets which sections, groups and keywords, in which formats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.addresses import check_address, check_name
from storage.database import StorageError, transaction
from storage.models import Subscriber
from storage.values import (
    Row,
    clean,
    from_instant,
    from_texts,
    one_line,
    select,
    select_one,
    to_texts,
)

State = Literal["active", "paused", "suspended", "ended"]
FORMATS = ("html", "docx", "ics")
STATES = ("active", "paused", "suspended", "ended")


def add_subscriber(
    db: Database,
    address: str,
    *,
    now: datetime,
    name: str = "",
    sections: Sequence[str] = (),
    groups: Sequence[str] = (),
    keywords: Sequence[str] = (),
    formats: Sequence[str] = ("html", "docx"),
) -> Subscriber:
    """Subscribe an address; empty lists mean everything. One that had ended begins again.

    Raises StorageError for a bad address, name or format, and for one already subscribed.
    """
    address = check_address(address)
    choices = _choices(name, sections, groups, keywords, formats)
    with transaction(db):
        known = find_subscriber(db, address)
        if known is None:
            times = {"added_at": from_instant(now), "updated_at": from_instant(now)}
            db.table("subscribers").insert(
                {"address": address, "state": "active"} | choices | times
            )
        elif known.state == "ended":
            changes = {"state": "active", "updated_at": from_instant(now)} | choices
            db.table("subscribers").update(known.id, changes)
        else:
            raise StorageError(f"{address} is subscribed already ({known.state})")
        return _existing(db, address)


def list_subscribers(db: Database, state: State | None = None) -> list[Subscriber]:
    """All subscribers, or those in one state, in the order they came."""
    rows = select(
        db,
        "SELECT * FROM subscribers WHERE :state IS NULL OR state = :state ORDER BY id",
        {"state": state},
    )
    return [_to_subscriber(row) for row in rows]


def find_subscriber(db: Database, address: str) -> Subscriber | None:
    """The subscriber with this address, in any state; a robot's is CHANNEL:NAME.

    Raises StorageError for a bad address.
    """
    key = address if ":" in address and "@" not in address else check_address(address)
    row = select_one(db, "SELECT * FROM subscribers WHERE address = ?", [key])
    return None if row is None else _to_subscriber(row)


def update_subscriber(
    db: Database,
    address: str,
    *,
    now: datetime,
    name: str | None = None,
    sections: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    keywords: Sequence[str] | None = None,
    formats: Sequence[str] | None = None,
    state: State | None = None,
    note: str = "",
) -> Subscriber:
    """Change what is not None; `note` says why the state changed.

    Raises StorageError for an unknown address or a bad value."""
    if state is not None and state not in STATES:
        raise StorageError(f"{state!r} is not a state; use one of {', '.join(STATES)}")
    with transaction(db):
        old = _existing(db, address)
        changes = _choices(
            old.name if name is None else name,
            old.sections if sections is None else sections,
            old.groups if groups is None else groups,
            old.keywords if keywords is None else keywords,
            old.formats if formats is None else formats,
        )
        changes |= {"state": state or old.state, "updated_at": from_instant(now)}
        changes |= {} if state is None else {"note": one_line(note)}
        db.table("subscribers").update(old.id, changes)
        return _existing(db, address)


def remove_subscriber(db: Database, address: str, *, now: datetime) -> Subscriber:
    """End a subscription; the row stays, because the ledger points to it.

    Raises StorageError for an unknown address.
    """
    return update_subscriber(db, address, now=now, state="ended")


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
        times = {"added_at": now, "updated_at": now}
        row = {"address": robot.address, "state": "active"} | choices | times
        db.table("subscribers").insert(row)
        return
    if old["state"] == "ended":
        choices["state"] = "active"
    if any(old[key] != value for key, value in choices.items()):
        db.table("subscribers").update(old["id"], choices | {"updated_at": now})


def _existing(db: Database, address: str) -> Subscriber:
    found = find_subscriber(db, address)
    if found is None:
        raise StorageError(f"{address} is not subscribed; see: zhengxun subscribers list")
    return found


def _choices(
    name: str,
    sections: Sequence[str],
    groups: Sequence[str],
    keywords: Sequence[str],
    formats: Sequence[str],
) -> Row:
    wrong = [form for form in formats if form not in FORMATS]
    if wrong or not formats:
        raise StorageError(
            f"format {wrong[0] if wrong else ''!r} is unknown; use {', '.join(FORMATS)}"
        )
    return {
        "name": check_name(name),
        "sections": from_texts(dict.fromkeys(map(clean, sections))),
        "groups": from_texts(dict.fromkeys(map(clean, groups))),
        "keywords": from_texts(dict.fromkeys(word for word in map(str.strip, keywords) if word)),
        "formats": from_texts(dict.fromkeys(formats)),
    }


def _to_subscriber(row: Row) -> Subscriber:
    return Subscriber(
        id=row["id"],
        address=row["address"],
        name=row["name"],
        sections=to_texts(row["sections"]),
        groups=to_texts(row["groups"]),
        keywords=to_texts(row["keywords"]),
        formats=to_texts(row["formats"]),
        state=row["state"],
        channel=row["channel"],
        note=row["note"],
    )
