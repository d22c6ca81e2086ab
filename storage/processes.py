"""Whether a process that left its name in the store is still there."""

from __future__ import annotations

import os
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Literal

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")

Place = Literal["here", "gone", "elsewhere"]


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists on this machine."""
    if sys.platform == "win32":
        # os.kill(pid, 0) would end it there; its rows then wait until they count as abandoned.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def started(pid: int) -> str:
    """When the process of this number began, in the kernel's own words; '' where it does not say.

    With the number it names a process: numbers come again.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # After the program's name, which may hold anything: state is the 3rd field, this the 22nd.
    return stat.rpartition(")")[2].split()[19]


@cache
def home() -> str:
    """Where this process runs: host/boot/namespace of its ids; the last two only on Linux.

    Two containers may share a folder, and both call their process number 1.
    """
    host = socket.gethostname().replace("/", "-")
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
        namespace = str(_NAMESPACE.readlink()).strip("pid:[]")
    except OSError:
        boot = namespace = ""
    return f"{host}/{boot}/{namespace}"


def place(left: str, ours: str | None = None) -> Place:
    """Where the process that left `left` runs: where we do, nowhere any more, or elsewhere.

    'gone': the same host has been started anew since. '' is a name from before there were any.
    """
    ours = home() if ours is None else ours
    if left in ("", ours):
        return "here"
    host, boot, _ = _parts(left)
    our_host, our_boot, _ = _parts(ours)
    return "gone" if host == our_host and boot != our_boot else "elsewhere"


def same_kernel(left: str, ours: str | None = None) -> bool:
    """Whether the process that left `left` ran under our kernel, which then knows its locks."""
    boot = _parts(home() if ours is None else ours)[1]
    return boot != "" and _parts(left)[1] == boot


def _parts(text: str) -> tuple[str, str, str]:
    host, _, rest = text.partition("/")
    boot, _, namespace = rest.partition("/")
    return host, boot, namespace
