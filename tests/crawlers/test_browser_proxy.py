"""The proxy of the browser, spoken to as a browser does, on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from crawlers.browser_proxy import MOST_CONNECTIONS, BrowserProxy
from crawlers.reach import Reach
from tests.crawlers.mock_site import Answer, serving

WATCHED = "www.example.gov.cn"


class Names:
    """Answers in turn, and counts how often it was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = [*answers]
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        return [self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]]


def reach(*answers: str) -> Reach:
    return Reach(Names(*answers), named=lambda: frozenset({WATCHED}))


@asynccontextmanager
async def talking(proxy: BrowserProxy) -> AsyncIterator[Callable[[bytes], Awaitable[bytes]]]:
    """A connection to the proxy; what is said there, and all that comes back."""
    host, _, port = proxy.url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    async def say(data: bytes) -> bytes:
        writer.write(data)
        async with asyncio.timeout(10):
            return await reader.read()

    try:
        yield say
    finally:
        writer.close()
        await writer.wait_closed()


def get(url: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {url} HTTP/1.1", f"Host: {WATCHED}", *headers, "", ""]).encode()


@pytest.mark.asyncio
async def test_a_request_goes_to_the_site_and_the_connection_carries_no_other() -> None:
    with serving(lambda asked: Answer(body="通知")) as site:
        port = site.url.rpartition(":")[2]
        async with BrowserProxy(reach("127.0.0.1")) as proxy, talking(proxy) as say:
            got = await say(
                get(f"http://{WATCHED}:{port}/a?b=1", "Proxy-Connection: keep-alive", "Cookie: c=1")
                + get("http://127.0.0.1:1/second")
            )
    head = got.partition(b"\r\n\r\n")[0]
    assert head.startswith(b"HTTP/1.1 200")
    assert b"Connection: close" in head
    (asked,) = site.asked
    assert (asked.target, asked.cookie) == ("/a?b=1", "c=1")
    assert "proxy-connection" not in asked.headers


@pytest.mark.asyncio
@pytest.mark.parametrize("length", [5, 200_000])
async def test_a_body_is_passed_on_whole(length: int) -> None:
    with serving(lambda asked: Answer(body=str(len(asked.body)))) as site:
        port = site.url.rpartition(":")[2]
        head = f"POST http://{WATCHED}:{port}/f HTTP/1.1\r\nHost: x\r\nContent-Length: {length}"
        async with BrowserProxy(reach("127.0.0.1")) as proxy, talking(proxy) as say:
            got = await say(head.encode() + b"\r\n\r\n" + b"a" * length)
    assert got.endswith(str(length).encode())


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "host",
    ["10.0.0.7", "inside.example.com", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001"],
)
async def test_what_is_inside_is_connected_to_by_neither_way(host: str) -> None:
    with serving(lambda asked: Answer(body="内部")) as inner:
        port = inner.url.rpartition(":")[2]
        async with BrowserProxy(reach("127.0.0.1")) as proxy:
            async with talking(proxy) as say:
                assert await say(get(f"http://{host}:{port}/")) == b""
            async with talking(proxy) as say:
                tunnel = f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"
                assert (await say(tunnel.encode())).startswith(b"HTTP/1.1 502")
            assert len(proxy.refused) == 2
    assert inner.asked == []


@pytest.mark.asyncio
async def test_a_name_is_looked_up_once_and_its_second_address_never_used() -> None:
    names = Names("8.8.8.8", "127.0.0.1")
    one = Reach(names)
    assert await one.addresses("WWW.example.com") == await one.addresses("www.example.com")
    assert names.asked == ["www.example.com"]


@pytest.mark.asyncio
async def test_what_was_allowed_goes_on_through_the_operators_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(lambda asked: Answer(body="经代理")) as onward:
        monkeypatch.setenv("http_proxy", onward.url.replace("http://", "http://li:pw@"))
        monkeypatch.setenv("no_proxy", "")
        async with BrowserProxy(reach("8.8.8.8")) as proxy:
            async with talking(proxy) as say:
                assert "经代理".encode() in await say(get("http://www.example.com/a"))
            async with talking(proxy) as say:
                assert await say(get("http://10.0.0.7/a")) == b""
    (asked,) = onward.asked
    assert asked.target == "http://www.example.com/a"
    assert asked.headers["proxy-authorization"] == "Basic bGk6cHc="


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "said", [b"GET / HTTP/1.1\r\n\r\n", b"\x00\x01\r\n\r\n", b"GET ftp://a/ HTTP/1.1\r\n\r\n"]
)
async def test_what_is_no_request_to_a_proxy_is_cut_off(said: bytes) -> None:
    async with BrowserProxy(reach("127.0.0.1")) as proxy, talking(proxy) as say:
        assert await say(said) == b""


@pytest.mark.asyncio
async def test_connections_are_bounded_and_all_end_with_the_proxy() -> None:
    async with BrowserProxy(reach("127.0.0.1")) as proxy:
        host, _, port = proxy.url.removeprefix("http://").rpartition(":")
        made = [await asyncio.open_connection(host, int(port)) for _ in range(MOST_CONNECTIONS + 9)]
        async with asyncio.timeout(10):
            for reader, _ in made[MOST_CONNECTIONS:]:
                assert await reader.read() == b""
    async with asyncio.timeout(10):
        for reader, writer in made:
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()


@pytest.mark.asyncio
async def test_only_the_browser_it_was_started_for_may_use_it() -> None:
    proxy = BrowserProxy(reach("127.0.0.1"), callers=frozenset({"192.0.2.1"}))
    async with proxy, talking(proxy) as say:
        assert await say(b"") == b""
