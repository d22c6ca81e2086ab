"""Cookies are kept like a browser keeps them, without asking anybody for a list."""

from __future__ import annotations

import socket
from typing import NoReturn

import pytest
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawlers.cookies import OfflineCookiesMiddleware

PAGE = "https://www.cde.org.cn/main/list"


def cookies_after(set_cookie: str, next_url: str) -> bytes | None:
    middleware = OfflineCookiesMiddleware.from_crawler(get_crawler(Spider))
    response = Response(PAGE, headers={"Set-Cookie": set_cookie})
    middleware.process_response(Request(PAGE), response)
    following = Request(next_url)
    middleware.process_request(following)
    return following.headers.get("Cookie")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise AssertionError("a cookie must not cause a connection")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_a_cookie_returns_to_its_own_host() -> None:
    assert cookies_after("FSSBB=1; Path=/", "https://www.cde.org.cn/zdyz/index") == b"FSSBB=1"


def test_a_cookie_of_a_domain_reaches_its_other_hosts() -> None:
    assert cookies_after("a=1; Domain=cde.org.cn; Path=/", "https://old.cde.org.cn/") == b"a=1"


def test_a_cookie_for_a_whole_registry_is_dropped() -> None:
    assert cookies_after("a=1; Domain=org.cn; Path=/", "https://www.other.org.cn/") is None
