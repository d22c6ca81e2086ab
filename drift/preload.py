"""Loads what a crawl and an issue need before the children are forked: once, not in each."""

from __future__ import annotations

import gc
import pkgutil
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("crawlers", "pipelines", "storage", "digest", "texts")
# Read anew for each crawl; or only needed by what a seed does not do.
LEFT_OUT = (
    *("crawlers.settings", "crawlers.browser", "storage.datasette", "digest.inbound"),
    *("digest.delivery", "pipelines.downloads.text_reader", "pipelines.pictures"),
)
# Of libraries, what is loaded late. None of it may start the reactor: each child has its own.
LATE = (
    *("scrapy.core.engine", "scrapy.core.scheduler", "scrapy.core.downloader.handlers.http11"),
    *("scrapy.downloadermiddlewares.httpcache", "scrapy.downloadermiddlewares.httpcompression"),
    *("scrapy.downloadermiddlewares.redirect", "scrapy.downloadermiddlewares.retry"),
    *("scrapy.downloadermiddlewares.httpproxy", "scrapy.downloadermiddlewares.httpauth"),
    *("scrapy.downloadermiddlewares.defaultheaders", "scrapy.downloadermiddlewares.useragent"),
    *("scrapy.downloadermiddlewares.downloadtimeout", "scrapy.downloadermiddlewares.stats"),
    *("scrapy.spidermiddlewares.depth", "scrapy.spidermiddlewares.httperror"),
    *("scrapy.spidermiddlewares.referer", "scrapy.spidermiddlewares.urllength"),
    *("scrapy.extensions.memusage", "scrapy.extensions.corestats", "scrapy.extensions.httpcache"),
    *("scrapy.extensions.closespider", "scrapy.extensions.throttle", "scrapy.dupefilters"),
    *("scrapy.robotstxt", "scrapy.pqueues", "scrapy.squeues", "queuelib", "protego"),
    *("chinese_calendar", "requests", "rapidfuzz.fuzz", "rensa", "tldextract", "_strptime"),
)


def preload() -> None:
    """Import it all, and let the garbage collector leave it alone. Raises RuntimeError when
    something started the reactor."""
    for room in ROOMS:
        package = import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.startswith(LEFT_OUT):
                import_module(module.name)
    for name in LATE:
        import_module(name)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("the reactor is there before the fork")
    gc.collect()
    gc.freeze()
    # A seed is over in seconds: what it leaves behind goes with its process.
    gc.set_threshold(50_000, 20, 100)
