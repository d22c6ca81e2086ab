"""Half-written copies whose writer was killed: nobody else would ever remove them."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from storage.processes import is_alive

# A copy under way writes all the time, or is being checked.
_QUIET_SECONDS = 3600.0
# The writer named in a file is gone for certain: what it wrote last is a minute old.
_GONE_SECONDS = 60.0
# Ids of processes are used again, and another container has its own.
_ANY_SECONDS = 86_400.0


def remove_abandoned(folder: Path, name: re.Pattern[str], now: float | None = None) -> list[Path]:
    """Delete the files in `folder` whose whole name is `name` and that nobody writes any more.

    A group `pid` of the pattern is the process that wrote the file. `now` in seconds of the Unix
    clock, as the files' own times. Returns what was deleted; what cannot be deleted stays.
    """
    at = time.time() if now is None else now
    removed: list[Path] = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = name.fullmatch(path.name)
        if match is None or path.is_symlink():
            continue
        pid = match.groupdict().get("pid")
        try:
            if at - path.stat().st_mtime < _patience(int(pid) if pid else None):
                continue
            path.unlink()
        except OSError:
            continue  # another process was faster, or it is not ours to delete
        removed.append(path)
    return removed


def _patience(pid: int | None) -> float:
    """For how long a file must have been left alone, in seconds."""
    if pid is None:
        return _QUIET_SECONDS
    return _ANY_SECONDS if pid != os.getpid() and is_alive(pid) else _GONE_SECONDS
