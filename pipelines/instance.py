"""One daemon per data folder, and the sign of life that it leaves there."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

LOCK = "daemon.lock"
HEARTBEAT = "heartbeat"


class InstanceError(Exception):
    """Another daemon has the data folder; one line that says which."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last sign of life: when (UTC), of which process, and whether all was well."""

    at: datetime
    pid: int
    healthy: bool


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the lock of the data folder; it falls with the process, however it ends.

    Raises InstanceError naming the process that holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _owner(file)
            raise InstanceError(f"a daemon runs on {data} already ({owner})") from None
        file.truncate(0)
        file.write(f"{os.getpid()} {socket.gethostname()}\n")
        file.flush()
        yield
        file.truncate(0)


def lock_owner(data: Path) -> str:
    """Who holds the lock now, as 'process 12 on host'; '' when nobody does."""
    path = data / LOCK
    if not path.is_file():
        return ""
    with path.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _owner(file)
    return ""


def beat(data: Path, now: datetime, *, healthy: bool) -> None:
    """Leave a sign of life; the file's own time serves a watcher from outside."""
    path = data / HEARTBEAT
    partial = path.with_suffix(".partial")
    values = {"at": now.isoformat(), "pid": os.getpid(), "healthy": healthy}
    partial.write_text(json.dumps(values) + "\n", encoding="utf-8")
    partial.replace(path)


def last_beat(data: Path) -> Heartbeat | None:
    """The last sign of life, None when there is none that can be read."""
    try:
        values = json.loads((data / HEARTBEAT).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(values["at"])
        return Heartbeat(at, int(values["pid"]), bool(values["healthy"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _owner(file: IO[str]) -> str:
    file.seek(0)
    pid, _, host = file.read().strip().partition(" ")
    return f"process {pid or 'unknown'}" + (f" on {host}" if host else "")
