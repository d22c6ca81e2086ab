"""The daemon's log: JSON lines in a rotating file, plain lines for a person or the journal."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from app.log_rate import RateLimit

LOG_BYTES = 5 * 1024 * 1024
COPIES = 5
CRAWL = "zhengxun.crawl"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One event a line: at (UTC), level, logger, message, and what was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        values: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        values.update(extra)
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=False, default=str)


class DaemonLog(RotatingFileHandler):
    """The file. What it cannot write, on a full disk, stands in the other log; of the failure
    itself logging would print fifty lines for each."""

    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802 # logging's name
        """Say nothing."""


def keep_journal(folder: Path, stream: IO[str] | None = None) -> list[logging.Handler]:
    """Log to `folder`/daemon.log and to `stream` (default: stderr); the handlers, for closing.

    So many lines a minute, and single events of crawls to the file only. Raises OSError when the
    folder is not writable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = DaemonLog(
        folder / "daemon.log", maxBytes=LOG_BYTES, backupCount=COPIES, encoding="utf-8"
    )
    file.setFormatter(JsonLines())
    lines = logging.StreamHandler(stream or sys.stderr)
    lines.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    lines.addFilter(lambda record: record.name != CRAWL)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    limit = RateLimit([file, lines], busy=[CRAWL])
    root.addHandler(limit)
    # Failures of jobs are told by the daemon itself.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    return [limit, file, lines]


def close_journal(handlers: list[logging.Handler]) -> None:
    """Undo `keep_journal`."""
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
        handler.close()
