"""Whether a process that left its id in the store is still there."""

from __future__ import annotations

import os
import sys


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
