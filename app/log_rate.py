"""A bound on how fast the log grows: whoever provokes the same line a thousand times fills no disk.

In the attack that asked for it, idle connections made the daemon write 333 MB in six minutes.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

MINUTE = 60.0
OF_A_KIND = 100
"""Records of one kind (logger, level and message before its values are filled in) in a minute."""
OF_ALL = 1500
"""Records of all kinds in a minute, for messages that differ every time."""
LEFT_OUT = "%d log records were left out in a minute, most of them like: %s"

_Kind = tuple[str, int, str]
_ALL: _Kind = ("", 0, "")


class RateLimit(logging.Handler):
    """Hands records on to other handlers, so many a minute; what was left out is said after it.

    Its clock is the records' own. `busy`: loggers of which many records a minute are usual.
    """

    def __init__(self, handlers: Sequence[logging.Handler], *, busy: Sequence[str] = ()) -> None:
        super().__init__()
        self.handlers = handlers
        self.busy = busy
        self.began = 0.0
        self.seen: Counter[_Kind] = Counter()
        self.left_out: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Hand it on, or count it."""
        # A clock that was set back begins a new minute, too.
        if not 0 <= record.created - self.began < MINUTE:
            self._tell()
            self.began = record.created
        if self._is_too_many(record):
            # By its kind: words that differ every time would fill the memory instead.
            self.left_out[str(record.msg)[:200] if len(self.left_out) < OF_ALL else "…"] += 1
            return
        for handler in self.handlers:
            handler.handle(record)

    def close(self) -> None:
        """Say what was left out at the end; the handlers behind are closed by their owner."""
        self._tell()
        super().close()

    def _is_too_many(self, record: logging.LogRecord) -> bool:
        busy = record.name in self.busy
        words = "" if busy or len(self.seen) > OF_ALL else str(record.msg)[:200]
        kind = (record.name, record.levelno, words)
        self.seen[kind] += 1
        if busy or self.seen[kind] > OF_A_KIND:
            return self.seen[kind] > (OF_ALL if busy else OF_A_KIND)
        # What is left out already takes no room from the others.
        self.seen[_ALL] += 1
        return self.seen[_ALL] > OF_ALL

    def _tell(self) -> None:
        if self.left_out:
            [(example, _)] = self.left_out.most_common(1)
            said = (self.left_out.total(), example)
            record = logging.LogRecord(
                "zhengxun", logging.WARNING, __file__, 0, LEFT_OUT, said, None
            )
            for handler in self.handlers:
                handler.handle(record)
        self.seen.clear()
        self.left_out.clear()
