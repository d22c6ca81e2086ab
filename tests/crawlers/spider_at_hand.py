"""A spider of one column, and answers put into its hands: no crawl, no network."""

import asyncio
from collections.abc import Iterable
from typing import Any

from scrapy.http import HtmlResponse, Request
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure as TwistedFailure

from crawlers import platforms
from crawlers.catalogue import Site
from crawlers.walking.base import BaseSpider

NOW = "2021-02-05T17:00:00+08:00"


def make(
    module: Any,
    url: str,
    *,
    days: int = 14,
    page_url: str = "",
    walls: Any = (),
    gaps: str = "",
    **column: Any,
) -> BaseSpider:
    """A spider of one column called 通知公告, at a Friday afternoon."""
    platform = module.__name__.rsplit(".", 1)[1]
    site = Site(
        id="site",
        name="某局",
        platform=platform,
        section="projects",
        group="天津市",
        crawl="15 8 * * mon-fri",
        walls=walls,
        warmup_url="https://www.cde.org.cn/",
        columns=({"name": "通知公告", "url": url, **column},),
    )
    spider_class = type(
        "OneSpider", (platforms.spider_class(platform),), {"name": "site", "site": site}
    )
    crawler = get_crawler(spider_class, {"ZX_NOW": NOW, "ZX_DAYS": days})
    spider = spider_class.from_crawler(crawler, url=page_url, gaps=gaps)
    assert isinstance(spider, BaseSpider)
    return spider


def started(spider: BaseSpider) -> list[Request]:
    """The requests a crawl starts with."""

    async def collect() -> list[Request]:
        return [request async for request in spider.start()]

    return asyncio.run(collect())


def answer(request: Request, body: str, kind: Any = HtmlResponse) -> Any:
    """A response to the request."""
    return kind(request.url, body=body.encode(), encoding="utf-8", request=request)


def run(request: Request, body: str, kind: Any = HtmlResponse) -> list[Any]:
    """What the request's callback makes of this body."""
    assert request.callback is not None
    return list(request.callback(answer(request, body, kind), **request.cb_kwargs))


def failed(request: Request, status: int = 404, error: Exception | None = None) -> list[Any]:
    """What its errback makes of a status or an error."""
    response = HtmlResponse(request.url, status=status, request=request)
    failure = TwistedFailure(error or HttpError(response, "ignored"))
    failure.request = request  # type: ignore[attr-defined]
    assert request.errback is not None
    return list(request.errback(failure) or [])


def notices(found: Iterable[Any]) -> list[str]:
    """The list titles of the notice requests."""
    return [
        one.meta["notice"]["list_title"]
        for one in found
        if isinstance(one, Request) and "notice" in one.meta
    ]


def lists(found: Iterable[Any]) -> list[Request]:
    """The other requests: further list pages."""
    return [one for one in found if isinstance(one, Request) and "notice" not in one.meta]
