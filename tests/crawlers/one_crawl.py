"""Runs one crawl with the project's real settings in a process of its own.

`python -m tests.crawlers.one_crawl JSON`: a site of the catalogue, the requests to make, settings
to override. Prints one JSON line for each answer or failure the spider saw.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse
from scrapy.utils.project import get_project_settings
from twisted.python.failure import Failure as TwistedFailure

from crawlers.catalogue import Site
from crawlers.walls import failure_from

ROOT = Path(__file__).parent.parent.parent
SITE = {
    "id": "testsite",
    "name": "测试网站",
    "platform": "trs",
    "section": "ip",
    "group": "国家级",
    "crawl": "5 8 * * mon-fri",
    "columns": [{"name": "通知公告", "url": "https://www.example.gov.cn/tzgg/"}],
}

# Scrapy's own watch counts the peak of the process that started this one, here the test runner's.
WATCH = {
    "scrapy.extensions.memusage.MemoryUsage": None,
    "crawlers.memory_limit.OwnMemoryUsage": 0,
}


def crawl(
    requests: Sequence[Mapping[str, Any]],
    folder: Path,
    *,
    upstream: str = "",
    site: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """What a spider saw of `requests`; data and cache are kept in `folder`."""
    job = {"site": {**SITE, **(site or {})}, "requests": requests, "settings": settings or {}}
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ZHENGXUN_")}
    environment = {
        **ours,
        "PYTHONPATH": str(ROOT),
        "SCRAPY_SETTINGS_MODULE": "crawlers.settings",
        "ZHENGXUN_DATA": str(folder),
        "ZHENGXUN_UPSTREAM": upstream,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.one_crawl", json.dumps(job)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class OneSpider(Spider):
    """Asks, and prints what came."""

    name = "testsite"
    site: Site
    job: dict[str, Any]

    async def start(self) -> AsyncIterator[Any]:
        for place, ask in enumerate(self.job["requests"]):
            yield Request(**ask, priority=-place, callback=self.answered, errback=self.failed)

    def answered(self, response: Response) -> None:
        """An ordinary answer."""
        text = response.text if isinstance(response, TextResponse) else ""
        _tell(url=response.url, status=response.status, text=text, flags=response.flags)

    def failed(self, failure: TwistedFailure) -> None:
        """An error, as the spiders report it."""
        url = failure.request.url  # type: ignore[attr-defined]
        found = failure_from(failure, url)
        _tell(url=url, verdict=found.verdict, reason=found.reason, status=found.status)


def _tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")


def main() -> None:
    """The child process."""
    job = json.loads(sys.argv[1])
    settings = get_project_settings()
    bare = {
        "SPIDER_MIDDLEWARES": {},
        "ITEM_PIPELINES": {},
        "EXTENSIONS": WATCH,
        "DOWNLOAD_DELAY": 0,
    }
    settings.setdict({**bare, "AUTOTHROTTLE_ENABLED": False, **job["settings"]}, priority="cmdline")
    OneSpider.site = Site.model_validate(job["site"])
    OneSpider.job = job
    process = AsyncCrawlerProcess(settings)
    process.crawl(OneSpider)
    process.start()


if __name__ == "__main__":
    main()
