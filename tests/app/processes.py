"""What tests ask about processes that are not theirs."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def gone(pid: int) -> bool:
    """Whether a process ended; one that nobody waits for has, too."""
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True
