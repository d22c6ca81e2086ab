"""Addresses a page must not send us to."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from pathlib import Path

import pytest
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from twisted.internet.address import IPv4Address

from crawlers.catalogue import Site
from crawlers.guard import GuardMiddleware, reach_of, refusal
from crawlers.reach import JudgedNames, Reach, RefusedAddress, Resolve, is_private_literal
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.crawlers.one_crawl import SITE, crawl


def crawler_of(site: dict[str, object], *, upstream: str = "") -> Crawler:
    crawler = get_crawler(Spider, {"ZX_UPSTREAM": upstream})
    spider = crawler._create_spider("testsite")
    spider.site = Site.model_validate({**SITE, **site})  # type: ignore[attr-defined]
    crawler.spider = spider
    return crawler


def guard_of(crawler: Crawler, resolve: Resolve) -> GuardMiddleware:
    return GuardMiddleware(crawler, reach_of(crawler, resolve))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://localhost:8080/",
        "http://printer.local/",
        "http://10.1.2.3/",
        "http://172.16.0.9/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://224.0.0.1/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[::10.0.0.1]/",
        "http://[fec0::1]/",
    ],
)
def test_addresses_of_this_network_are_recognised(url: str) -> None:
    assert is_private_literal(url)


@pytest.mark.parametrize(
    "url", ["https://www.cde.org.cn/", "http://114.114.114.114/", "http://[2400:3200::1]/"]
)
def test_public_addresses_are_not(url: str) -> None:
    assert not is_private_literal(url)


@pytest.mark.parametrize(
    "url",
    ["ftp://www.cde.org.cn/a", "file:///etc/passwd", "http://user:pw@www.cde.org.cn/", "http:///a"],
)
def test_what_is_not_an_ordinary_web_address_is_refused(url: str) -> None:
    assert refusal(url)


def test_an_ordinary_web_address_is_not_refused() -> None:
    assert refusal("https://www.cde.org.cn/main/news?x=1") == ""


@pytest.mark.asyncio
async def test_a_link_into_this_network_is_refused() -> None:
    guard = GuardMiddleware.from_crawler(crawler_of({}))
    with pytest.raises(RefusedAddress):
        await guard.process_request(Request("http://192.168.1.1/admin"))


@pytest.mark.asyncio
async def test_a_link_into_this_network_is_refused_behind_an_upstream_too() -> None:
    guard = GuardMiddleware.from_crawler(crawler_of({}, upstream="http://127.0.0.1:9"))
    with pytest.raises(RefusedAddress):
        await guard.process_request(Request("http://192.168.1.1/admin"))


@pytest.mark.asyncio
async def test_a_host_the_operator_named_is_allowed() -> None:
    column = {"name": "内网", "url": "http://192.168.1.1/list"}
    guard = GuardMiddleware.from_crawler(crawler_of({"columns": [column]}))
    await guard.process_request(Request("http://192.168.1.1/page"))


async def resolves_inside(host: str) -> list[str]:
    return ["114.114.114.114", "10.0.0.7"]


async def resolves_nowhere(host: str) -> list[str]:
    raise OSError("no such name")


@pytest.mark.asyncio
async def test_a_name_that_leads_into_this_network_is_refused() -> None:
    guard = guard_of(crawler_of({}), resolves_inside)
    with pytest.raises(RefusedAddress):
        await guard.process_request(Request("http://inside.example.com/"))


class Told:
    """What Twisted is told of a name."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = asyncio.Event()

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802 - Twisted's interface
        """It is being looked up."""

    def addressResolved(self, address: IPv4Address) -> None:  # noqa: N802
        self.addresses.append(f"{address.host}:{address.port}")

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete.set()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (["8.8.8.8", "2400:3200::1"], ["8.8.8.8:80", "2400:3200::1:80"]),
        (["8.8.8.8", "10.0.0.7"], []),
        (["::ffff:127.0.0.1"], []),
    ],
)
async def test_the_network_is_told_only_addresses_that_were_judged(
    answers: list[str], told: list[str]
) -> None:
    asked: list[str] = []

    async def resolve(host: str) -> list[str]:
        asked.append(host)
        return answers if len(asked) == 1 else ["127.0.0.1"]

    reach = Reach(resolve)
    for _ in range(2):  # the second answer of a name that changes its mind is never asked for
        receiver = Told()
        JudgedNames(reach).resolveHostName(receiver, "www.example.com", 80)
        await receiver.complete.wait()
        assert receiver.addresses == told
    assert asked == ["www.example.com"]


def test_a_crawl_does_not_connect_to_a_name_of_this_machine(tmp_path: Path) -> None:
    """The name of the machine says an address of its own, which no literal shows."""
    with serving(lambda asked: Answer(body="内部")) as inner:
        port = inner.url.rpartition(":")[2]
        page = {"url": f"http://{socket.gethostname()}:{port}/"}
        (seen,) = crawl([page], tmp_path)
    assert (seen["verdict"], seen["reason"]) in {
        ("broken", "地址指向内网或不是网页地址，已拒绝访问"),
        ("unreachable", "域名无法解析"),
    }
    assert inner.asked == []


def test_a_crawl_connects_to_a_host_of_this_machine_that_the_catalogue_names(
    tmp_path: Path,
) -> None:
    with serving(lambda asked: Answer(body="<p>通知</p>")) as inner:
        port = inner.url.rpartition(":")[2]
        site = {"hosts": ["localhost"]}
        (seen,) = crawl([{"url": f"http://localhost:{port}/"}], tmp_path, site=site)
    assert (seen["status"], seen["text"]) == (200, "<p>通知</p>")


@pytest.mark.asyncio
async def test_names_are_not_resolved_behind_an_upstream() -> None:
    guard = guard_of(crawler_of({}, upstream="http://127.0.0.1:9"), resolves_inside)
    await guard.process_request(Request("http://www.example.gov.cn/"))


@pytest.mark.asyncio
async def test_an_unknown_name_is_left_to_the_download_to_report() -> None:
    guard = guard_of(crawler_of({}), resolves_nowhere)
    await guard.process_request(Request("http://www.example.gov.cn/"))


def test_an_answer_from_inside_is_refused_whatever_the_name_said_before() -> None:
    guard = GuardMiddleware.from_crawler(crawler_of({}))
    url = "http://rebound.example.com/"
    response = Response(url, body=b"secret", ip_address=ip_address("10.0.0.7"))
    with pytest.raises(RefusedAddress):
        guard.process_response(Request(url), response)


def test_a_redirect_into_this_network_is_not_followed(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        return Answer(302, headers=(("Location", "http://169.254.169.254/latest/"),))

    with serving(respond) as upstream:
        page = {"url": "http://www.example.gov.cn/a"}
        seen = crawl([page], tmp_path, upstream=upstream.url)
    assert [(one["verdict"], one["reason"]) for one in seen] == [
        ("broken", "地址指向内网或不是网页地址，已拒绝访问")
    ]
    assert {one.host for one in upstream.asked} == {"www.example.gov.cn"}
