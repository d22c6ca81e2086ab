"""A log file for each of several crawls that share a process.

Scrapy has one log for a process. Which crawl a line belongs to is known from where it is written:
whatever a crawl's task calls, or starts, carries its log along.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from scrapy.settings import BaseSettings
from scrapy.utils.log import TopLevelFormatter, get_scrapy_root_handler

_LOG: ContextVar[logging.Handler | None] = ContextVar("visit_log", default=None)


class VisitLogs(logging.Handler):
    """Hands every record to the log of the crawl it belongs to; others are complaints."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__()
        self.elsewhere = logging.StreamHandler(sys.stderr)
        self.elsewhere.setLevel(logging.WARNING)
        self.elsewhere.setFormatter(_formatter(settings))

    def emit(self, record: logging.LogRecord) -> None:
        """Into the right file."""
        log = _LOG.get() or self.elsewhere
        if record.levelno >= log.level:
            log.handle(record)


@contextmanager
def kept_in(path: Path, settings: BaseSettings) -> Iterator[None]:
    """Whatever is called and started within writes its log into this file, as Scrapy would."""
    log = logging.FileHandler(path, encoding="utf-8", delay=True)
    log.setFormatter(_formatter(settings))
    log.setLevel(settings.get("LOG_LEVEL", "INFO"))
    if settings.getbool("LOG_SHORT_NAMES"):
        log.addFilter(TopLevelFormatter(["scrapy"]))
    token = _LOG.set(log)
    try:
        yield
    finally:
        _LOG.reset(token)
        log.close()


def log_of_this_crawl() -> logging.Handler | None:
    """The log of the crawl that asks: its own, or the process's."""
    return _LOG.get() or get_scrapy_root_handler()


def _formatter(settings: BaseSettings) -> logging.Formatter:
    return logging.Formatter(settings.get("LOG_FORMAT"), settings.get("LOG_DATEFORMAT"))
