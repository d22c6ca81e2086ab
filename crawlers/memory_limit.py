"""The memory limit of a crawl, by what the crawl itself holds."""

from __future__ import annotations

from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_STATUS = Path("/proc/self/status")


class OwnMemoryUsage(MemoryUsage):
    """Scrapy's limit, measured since this program began.

    Linux's ru_maxrss, which Scrapy reads, begins with what the process held that started this one:
    a crawl started by a large one was ended before it asked for anything.
    """

    def get_virtual_size(self) -> int:
        """The most memory held so far, in bytes."""
        if not _STATUS.exists():
            return super().get_virtual_size()
        lines = _STATUS.read_text(encoding="utf-8").splitlines()
        (peak,) = (line for line in lines if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024
