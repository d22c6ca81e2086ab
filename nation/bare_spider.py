"""A spider as Scrapy's tutorial writes one, over the invented offices: what pages cost by itself.

`python -m nation.bare_spider ORIGIN OFFICES OUT`; nothing of the product is in it.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse

from nation.offices import COLUMNS, host_of


class BareSpider(Spider):
    """Lists, their notices, title, day and text of each."""

    name = "bare"
    origin = ""
    offices = 0

    async def start(self) -> AsyncIterator[Any]:
        """Every list."""
        for office in range(self.offices):
            for column in COLUMNS:
                yield self._asked(f"/{column}/", host_of(office))

    def parse(self, response: Response) -> Iterator[Any]:
        """A list."""
        assert isinstance(response, TextResponse)  # noqa: S101 # for mypy
        for row in response.css("ul.news_list li"):
            asked = self._asked(row.css("a::attr(href)").get(""), response.meta["office"])
            yield asked.replace(callback=self.parse_notice)

    def parse_notice(self, response: Response) -> Iterator[dict[str, Any]]:
        """A notice."""
        assert isinstance(response, TextResponse)  # noqa: S101 # for mypy
        yield {
            "url": response.url,
            "title": response.css("h1::text").get(),
            "day": response.css('meta[name="PubDate"]::attr(content)').get(),
            "text": "\n".join(response.css(".TRS_Editor p::text").getall()),
        }

    def _asked(self, path: str, host: str) -> Request:
        return Request(
            f"{self.origin}{path}?{host}",
            headers={"Host": host},
            meta={"office": host, "download_slot": host},
        )


def main() -> None:
    """Crawl, and write JSON lines."""
    origin, offices, out = sys.argv[1:]
    settings = {
        "LOG_LEVEL": "INFO",
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "FEEDS": {out: {"format": "jsonlines"}},
    }
    process = CrawlerProcess(settings)
    process.crawl(type("Bare", (BareSpider,), {"origin": origin, "offices": int(offices)}))
    process.start()


if __name__ == "__main__":
    main()
