"""Who may ask a host now: one owner at a time, until an instant.

An owner is the key of a visit that is made elsewhere, or a process of this machine. Up to the end
of a lease its owner may have asked, so that nobody else does before the host's pause after that is
over too, whether it was given back or ran out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.database import transaction
from storage.processes import is_alive, started
from storage.values import from_instant, marks, select

# Given back, and nobody's: the pause after the last request to the host.
PAUSE = "pause"
_PROCESS = "pid:"


def of_process(pid: int, visit: str) -> str:
    """The owner that a visit in this process is. It ends with the process: another one of the same
    number (a container's is always 1) is another owner."""
    return f"{_PROCESS}{pid}.{started(pid)}:{visit}"


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

    What belonged to a process that has ended is nobody's after another `pause`, and so is what an
    owner left to run out.
    """
    with transaction(db):
        rows = select(
            db,
            f"SELECT owner FROM leases WHERE host IN ({marks(hosts)})"  # noqa: S608 # marks
            " AND until > CASE owner WHEN ? THEN ? ELSE ? END",
            [*hosts, PAUSE, from_instant(now), from_instant(now - pause)],
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


def _holds(owner: str) -> bool:
    """Whether an owner whose time is not over still is one: a process may have died."""
    if not owner.startswith(_PROCESS):
        return True
    process = owner.removeprefix(_PROCESS).partition(":")[0]
    pid, _, since = process.partition(".")
    return is_alive(int(pid)) and started(int(pid)) == since
