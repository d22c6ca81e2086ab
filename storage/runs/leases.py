"""Who may ask a host now: one owner at a time, until an instant.

An owner is the key of a visit that is made elsewhere, or a process of this machine. What is over
holds nobody up; what was given back stays barred for the host's pause.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.database import transaction
from storage.processes import is_alive
from storage.values import from_instant, marks, select

# Given back, and nobody's: the pause after the last request to the host.
PAUSE = "pause"
_PROCESS = "pid:"


def of_process(pid: int, visit: str) -> str:
    """The owner that a visit in this process is. It ends with the process."""
    return f"{_PROCESS}{pid}:{visit}"


def take_hosts(
    db: Database,
    hosts: Collection[str],
    owner: str,
    *,
    now: datetime,
    until: datetime,
    pause: timedelta,
) -> bool:
    """Take all of these hosts, or none of them; whether they are the owner's now.

    What belonged to a process that has ended is nobody's after another `pause`.
    """
    with transaction(db):
        rows = select(
            db,
            f"SELECT owner FROM leases WHERE host IN ({marks(hosts)}) AND until > ?",  # noqa: S608 # marks
            [*hosts, from_instant(now)],
        )
        others = {row["owner"] for row in rows} - {owner}
        for other in others:
            if not _holds(other):
                give_back(db, other, until=now + pause)
        if others:
            return False
        db.conn.executemany(
            "INSERT INTO leases (host, owner, until) VALUES (?, ?, ?)"
            " ON CONFLICT (host) DO UPDATE SET owner = excluded.owner, until = excluded.until",
            [(host, owner, from_instant(until)) for host in sorted(hosts)],
        )
        return True


def give_back(db: Database, owner: str, *, until: datetime) -> None:
    """The owner asks no more; nobody else does before `until`, the end of the pause."""
    with transaction(db):
        db.execute(
            "UPDATE leases SET owner = ?, until = ? WHERE owner = ?",
            [PAUSE, from_instant(until), owner],
        )


def forget_past(db: Database, now: datetime) -> None:
    """Drop what is over."""
    with transaction(db):
        db.execute("DELETE FROM leases WHERE until <= ?", [from_instant(now)])


def forget_process(db: Database, pid: int) -> None:
    """Drop what an earlier process of this number held: it is another one now."""
    with transaction(db):
        db.execute("DELETE FROM leases WHERE owner GLOB ?", [f"{_PROCESS}{pid}:*"])


def _holds(owner: str) -> bool:
    """Whether an owner whose time is not over still is one: a process may have died."""
    if not owner.startswith(_PROCESS):
        return True
    return is_alive(int(owner.removeprefix(_PROCESS).partition(":")[0]))
