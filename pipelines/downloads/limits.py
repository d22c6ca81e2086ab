"""Work on files made by strangers, in a fork of this process that may not use more than a little
time and memory. The limits are the kernel's: a zip bomb or a malicious PDF ends in a sentence."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

OUT_OF_TIME = "读取超过时限，未提取文字"
OUT_OF_MEMORY = "读取超过内存限制，未提取文字"
FAILED = "读取时出错，未提取文字"
_PIECE = 65536

Record = tuple[object, ...]
"""What the work tells, one after the other: a name and values that JSON can carry."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Address space in bytes, processor seconds, seconds by the clock."""

    memory: int
    cpu: int
    seconds: float


def limited(work: Callable[[], Iterable[Record]], limits: Limits) -> list[Record]:
    """What `work` yields in a fork with limits; when it ended early, with a last ("note", why).

    Call it where there is one thread only.
    """
    receiving, sending = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_child(work, sending, limits)
    os.close(sending)
    answer, is_late = _receive(receiving, time.monotonic() + limits.seconds)
    if is_late:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    # Only whole lines count: a child that was stopped wrote half of one.
    found: list[Record] = [tuple(json.loads(line)) for line in answer.split(b"\n")[:-1]]
    code = os.waitstatus_to_exitcode(status)
    if is_late or code in {-signal.SIGXCPU, -signal.SIGKILL}:
        found.append(("note", OUT_OF_TIME))
    elif code:
        # Libraries in other languages abort where Python would raise MemoryError.
        found.append(("note", OUT_OF_MEMORY if code == -signal.SIGABRT else FAILED))
    return found


def _be_child(work: Callable[[], Iterable[Record]], sending: int, limits: Limits) -> NoReturn:
    """Exits without cleaning up: everything inherited belongs to the parent."""
    try:
        _limit(memory=limits.memory, cpu=limits.cpu)
        # A library that aborts says so on its way; nobody reads that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with os.fdopen(sending, "wb") as pipe:
            for record in _guarded(work):
                pipe.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
                pipe.write(b"\n")
                pipe.flush()
        os._exit(0)
    finally:
        os._exit(1)


def _guarded(work: Callable[[], Iterable[Record]]) -> Iterator[Record]:
    try:
        yield from work()
    except MemoryError:
        yield "note", OUT_OF_MEMORY
    except Exception:  # noqa: BLE001 - whatever a hostile file makes a library raise is a note
        yield "note", FAILED


def _limit(*, memory: int, cpu: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Reading a file is no reason to write one.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # macOS does not keep to this limit; the clock still does.
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _receive(pipe: int, until: float) -> tuple[bytes, bool]:
    """All that is written to a pipe, and whether `until` (monotonic) came first."""
    pieces: list[bytes] = []
    try:
        while True:
            ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return b"", True
            piece = os.read(pipe, _PIECE)
            if not piece:
                return b"".join(pieces), False
            pieces.append(piece)
    finally:
        os.close(pipe)
