"""What runs under the daemon, as the operating system tells it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path


def children_of(pid: int) -> list[int]:
    """Process ids of the living children."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return sorted(found)


def crawls_of(pid: int) -> list[int]:
    """Those of the living children that crawl."""
    found = []
    for child in children_of(pid):
        with suppress(OSError):
            command = (Path("/proc") / str(child) / "cmdline").read_bytes()
            if b"scrapy" in command or b"crawlers.visits" in command:
                found.append(child)
    return found


def site_of(crawl: int) -> set[str]:
    """The site that a process crawls alone; those that share one are visited again."""
    with suppress(OSError):
        words = (Path("/proc") / str(crawl) / "cmdline").read_bytes().split(b"\0")
        return {words[words.index(b"crawl") + 1].decode()} if b"crawl" in words else set()
    return set()


def kill(pid: int) -> None:
    """kill -9, if it still lives."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
