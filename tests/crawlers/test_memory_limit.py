"""The memory limit of a crawl counts what the crawl holds, not who started it."""

import subprocess
import sys

from tests.installation import ROOT

MEASURED = """
from scrapy.utils.test import get_crawler
from crawlers.memory_limit import OwnMemoryUsage
crawler = get_crawler(settings_dict={"MEMUSAGE_ENABLED": True})
print(OwnMemoryUsage.from_crawler(crawler).get_virtual_size())
"""


def test_a_crawl_started_by_a_large_process_is_not_large() -> None:
    held = bytearray(b"x" * 700_000_000)
    child = [sys.executable, "-c", MEASURED]
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(held) > 2 * int(done.stdout)
