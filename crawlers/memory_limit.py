"""The memory limit of a crawl, by what the crawl itself holds."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_STATUS = Path("/proc/self/status")


def most_held() -> int:
    """The most memory that this program has held so far, in bytes.

    Linux's ru_maxrss does not say that: it begins with the peak of the process that started this
    one. Elsewhere it is what there is (bytes on macOS, KiB on other systems).
    """
    if not _STATUS.exists():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    lines = _STATUS.read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


class OwnMemoryUsage(MemoryUsage):
    """Scrapy's limit, by this program's own peak.

    With Scrapy's own measure a crawl started by a large process ended before it asked for a page.
    """

    def get_virtual_size(self) -> int:
        """The most memory held so far, in bytes."""
        return most_held()
