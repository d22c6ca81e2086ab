"""One daemon per data folder, and the sign of life that it leaves there."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from errors import ZhengxunError
from storage.processes import home, place, same_kernel

LOCK = "daemon.lock"
HEARTBEAT = "heartbeat"
# Seconds between two signatures, and for how many of them a lock left elsewhere is watched.
SIGN_EVERY = 15.0
WATCH_SIGNS = 3

log = logging.getLogger("zhengxun")


class InstanceError(ZhengxunError):
    """Another daemon has the data folder; one line that says which."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last sign of life: when (UTC), of which process, and whether all was well."""

    at: datetime
    pid: int
    healthy: bool


@contextmanager
def only_one(
    data: Path, *, pause: Callable[[float], object] = time.sleep, sign_every: float = SIGN_EVERY
) -> Iterator[None]:
    """Hold the lock of the data folder; it falls with the process, however it ends.

    The lock is the kernel's, so it holds between containers too. Another machine that shares the
    folder may not see it: there, what counts is that the owner signs the file every `sign_every`
    seconds, and a folder whose owner was elsewhere is watched for a while first.
    Raises InstanceError naming the process that holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    path = data / LOCK
    path.touch()
    with path.open("r+", encoding="utf-8") as file:
        if not _locked(file, pause) or _signs_elsewhere(file, pause, sign_every):
            raise InstanceError(f"a daemon runs on {data} already ({_owner(file)})")
        with _signing(file, sign_every):
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
        fresh = time.time() - os.fstat(file.fileno()).st_mtime < WATCH_SIGNS * SIGN_EVERY
        return _owner(file) if fresh and _is_far(_home(file)) else ""


def beat(data: Path, now: datetime, *, healthy: bool) -> None:
    """Leave a sign of life; the file's own time serves a watcher from outside."""
    path = data / HEARTBEAT
    partial = path.with_suffix(".partial")
    values = {"at": now.isoformat(), "pid": os.getpid(), "healthy": healthy}
    try:
        partial.write_text(json.dumps(values) + "\n", encoding="utf-8")
        partial.replace(path)
    finally:
        # On a full disk it was made, and nothing written into it.
        partial.unlink(missing_ok=True)


def last_beat(data: Path) -> Heartbeat | None:
    """The last sign of life, None when there is none that can be read."""
    try:
        values = json.loads((data / HEARTBEAT).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(values["at"])
        return Heartbeat(at, int(values["pid"]), bool(values["healthy"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _locked(file: IO[str], pause: Callable[[float], object]) -> bool:
    """Whether the lock is ours now. `lock_owner` holds it for an instant, so we ask twice."""
    for _ in range(2):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pause(0.2)
        else:
            return True
    return False


def _signs_elsewhere(file: IO[str], pause: Callable[[float], object], sign_every: float) -> bool:
    """Whether the last owner runs on a machine whose lock we do not see: it signs again.

    Its clock is not asked, only whether the file changes; one that died does not sign.
    """
    if not _is_far(_home(file)):
        return False
    log.warning("%s was the last owner; waiting to see whether it still runs", _owner(file))
    before = _read(file)
    for _ in range(WATCH_SIGNS):
        pause(sign_every)
        if _read(file) != before:
            return True
    return False


@contextmanager
def _signing(file: IO[str], sign_every: float) -> Iterator[None]:
    """Sign the file now and then every so many seconds, in a thread, until the block ends."""
    done = threading.Event()

    def sign(count: int) -> None:
        # Always of the same length, so that a reader never sees half of it.
        file.seek(0)
        file.write(f"{os.getpid()} {socket.gethostname()} {home()} {count:09d}\n")
        file.flush()

    def keep_signing() -> None:
        count = 1
        while not done.wait(sign_every):
            count += 1
            sign(count)

    file.truncate(0)
    sign(1)
    thread = threading.Thread(target=keep_signing, name="sign", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _read(file: IO[str]) -> str:
    # Read anew: on a network file system what was read before may be kept for a while.
    return Path(file.name).read_text(encoding="utf-8")


def _is_far(left: str) -> bool:
    """Whether a lock of the process that left this would not be seen here."""
    return place(left) == "elsewhere" and not same_kernel(left)


def _home(file: IO[str]) -> str:
    return [*_read(file).split(), "", "", ""][2]


def _owner(file: IO[str]) -> str:
    pid, host = [*_read(file).split(), "", ""][:2]
    return f"process {pid or 'unknown'}" + (f" on {host}" if host else "")
