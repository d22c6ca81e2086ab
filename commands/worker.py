"""`zhengxun worker`: visits sites for the machine that has the store (docs/scale.md)."""

from __future__ import annotations

import re
from pathlib import Path

from app.context import CommandError, Context

QUEUE = re.compile(r"[a-z][a-z0-9-]{0,30}")


def worker(context: Context, queues: str, processes: int, folder: Path) -> int:
    """Work off the queues until stopped. Raises CommandError for what cannot begin."""
    names = [name.strip() for name in queues.split(",") if name.strip()]
    if not names or not all(QUEUE.fullmatch(name) for name in names):
        raise CommandError(f"--queues {queues!r}: names of a-z, 0-9 and -, by commas", 2)
    try:
        from app.fleet.opening import check
        from app.fleet.worker import work
    except ModuleNotFoundError as error:
        raise CommandError(f"{error.name} is missing; run: pip install 'zhengxun[fleet]'") from None
    check(context)
    work(context, names, processes, folder.resolve())
    return 0
