"""Addresses as a browser resolves and sends them, and keys that never change."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector
from scrapy import Request

from crawlers.reading.addresses import (
    absolute,
    base_address,
    canonical_url,
    notice_key,
    page_identity,
    route_of,
)
from crawlers.reading.platform import NO_PLATFORM

BASE = "https://kjj.example.gov.cn/zwgk/tzgg/index.html"
HOST = "https://kjj.example.gov.cn"

RESOLVED = {
    "n1.html": "/zwgk/tzgg/n1.html",
    "./n1.html": "/zwgk/tzgg/n1.html",
    "../../n1.html": "/n1.html",
    "../../../../n1.html": "/n1.html",
    "..\\news\\2021\\n1.htm": "/zwgk/news/2021/n1.htm",
    "\\news\\n1.htm": "/news/n1.htm",
    "/a\\b.html?x=c\\d": "/a/b.html?x=c\\d",
    "  n1.html \n": "/zwgk/tzgg/n1.html",
    "n\t1.\r\nhtml": "/zwgk/tzgg/n1.html",
    "\x01n1.html\x1f": "/zwgk/tzgg/n1.html",
    "?id=3": "/zwgk/tzgg/index.html?id=3",
    "/n 1.html?t=a b": "/n%201.html?t=a%20b",
    "https:n1.html": "/zwgk/tzgg/n1.html",
    "https:/n1.html": "/n1.html",
    "HTTPS://KJJ.Example.Gov.CN:443/N1.html": "/N1.html",
    "//kjj.example.gov.cn/n1.html": "/n1.html",
    "\\\\kjj.example.gov.cn\\n1.html": "/n1.html",
    "https:\\\\kjj.example.gov.cn\\n1.html": "/n1.html",
    "https:///kjj.example.gov.cn/n1.html": "/n1.html",
    "/a/./b/%2e%2e/n1.html": "/a/n1.html",
    "/a//b/n1.html": "/a//b/n1.html",
    "/index.php?/tzgg/view/3.html": "/index.php?/tzgg/view/3.html",
    "/show.asp?bt=%B8%DF%C6%F3&lm=1": "/show.asp?bt=%B8%DF%C6%F3&lm=1",
    "/view.jsp;jsessionid=0AF3?id=1": "/view.jsp;jsessionid=0AF3?id=1",
    "/web/index.html#/detail?id=3": "/web/index.html#/detail?id=3",
    "/%E9%80%9A%E7%9F%A5.html": "/%E9%80%9A%E7%9F%A5.html",
    "/关于 通知.html": "/关于%20通知.html",
    "/s?q=中文&n=1": "/s?q=中文&n=1",
    "": "/zwgk/tzgg/index.html",
    "/a'b(c)[d]|e^f`g.html": "/a'b(c)[d]|e%5Ef%60g.html",
    "/x?a=\"b\"&c='d'": "/x?a=%22b%22&c=%27d%27",
}


@pytest.mark.parametrize("printed", RESOLVED)
def test_a_link_is_resolved_as_a_browser_does(printed: str) -> None:
    assert absolute(BASE, printed) == HOST + RESOLVED[printed]


@pytest.mark.parametrize(
    "printed",
    [
        "http://[内网]/1.html", "http://[::1/1.html", "http://x:port/2.html", "http://x:99999/2",
        "http://x:0/2", "javascript:void(0)", "java\nscript:go(1)", "mailto:a@b.cn", "tel:12345",
        "file:///c:/a.html", "data:text/html,x", "http://", "http:// /a", "http://a b.cn/",
        "about:blank", "weixin://x", "http://%zz/", "/x" * 9_000,
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_costs_only_its_own_row(printed: str) -> None:
    assert absolute(BASE, printed) == ""


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "GB18030"])
def test_raw_chinese_in_a_query_is_sent_in_the_pages_encoding(charset: str) -> None:
    url = absolute(BASE, "/show.asp?lm=1&bt=高企申报#中", charset)
    assert url == HOST + "/show.asp?lm=1&bt=%B8%DF%C6%F3%C9%EA%B1%A8#中"
    assert absolute(BASE, "/通知.html?a=1", charset) == HOST + "/通知.html?a=1"


def test_what_an_encoding_cannot_hold_becomes_a_reference() -> None:
    assert absolute(BASE, "/s?q=é中", "big5") == HOST + "/s?q=%26%23233%3B%A4%A4"
    assert absolute(BASE, "/s?q=中", "x-unknown") == HOST + "/s?q=中"


SENT_ENCODED = str.maketrans(
    {"\\": "%5C", "|": "%7C", "[": "%5B", "]": "%5D"}
)  # as servers read them


@pytest.mark.parametrize("printed", RESOLVED)
def test_scrapy_sends_the_address_untouched(printed: str) -> None:
    url = absolute(BASE, printed).partition("#")[0]
    if url.isascii():
        assert Request(url).url == url.translate(SENT_ENCODED)


@pytest.mark.parametrize(
    ("base", "start"),
    [
        ('<base href="https://cdn.example.gov.cn/site/">', "https://cdn.example.gov.cn/site/"),
        ('<base href="/site/">', HOST + "/site/"),
        ('<base href="../">', HOST + "/zwgk/"),
        ('<base target="_blank"><base href="/b/">', HOST + "/b/"),
        ('<base href="http://[内网]/">', BASE),
        ("", BASE),
    ],
)
def test_relative_links_start_from_the_base_of_the_page(base: str, start: str) -> None:
    page = Selector(text=f"<html><head>{base}</head><body><p>x</p></body></html>")
    assert base_address(page, BASE) == start


KEPT = {
    "/a.html?utm_source=x&id=3&_=1#top": "/a.html?id=3",
    "/show.asp?bt=%CD%A8&lm=1&spm=2": "/show.asp?bt=%CD%A8&lm=1",
    "/index.php?/tzgg/view/3.html": "/index.php?/tzgg/view/3.html",
    "/view.jsp;jsessionid=0AF3C1D2?id=1": "/view.jsp?id=1",
    "/view.do;JSESSIONID=0AF3C1D2": "/view.do",
    "/a;jsessionid=1.node2/b.jsp?id=1&PHPSESSID=ab": "/a/b.jsp?id=1",
    "/web/index.html#/detail?id=3": "/web/index.html#/detail?id=3",
    "/web/#!/news/3": "/web/#!/news/3",
    "/web/index.html#/": "/web/index.html",
    "/web/index.html#!": "/web/index.html",
    "/web/index.html#page2": "/web/index.html",
    "/a.jsp?x=1&&y=": "/a.jsp?x=1&y=",
    "/a.jsp?": "/a.jsp",
}


@pytest.mark.parametrize("url", KEPT)
def test_the_address_to_keep_is_the_printed_one_without_noise(url: str) -> None:
    assert canonical_url(HOST + url) == HOST + KEPT[url]


ONE_PAGE = [
    ("/a.jsp?id=1&lm=2", "/a.jsp?lm=2&id=1"),
    ("/a/1/index.html", "/a/1/"),
    ("/a/1/", "/a/1"),
    ("/a//1.html", "/a/1.html"),
    ("/view.jsp;jsessionid=AA?id=1", "/view.jsp;jsessionid=BB?id=1"),
    ("/a.html#top", "/a.html"),
]
TWO_PAGES = [
    ("/a.jsp?id=1&lm=2", "/a.jsp?id=2&lm=1"),
    ("/index.html?id=1", "/index.html?id=2"),
    ("/index.jsp?id=1", "/index.php?id=1"),
    ("/web/#/a?id=1", "/web/#/a?id=2"),
    ("/show.asp?bt=%CD%A8", "/show.asp?bt=%B8%DF"),
    ("/A.html", "/a.html"),
    ("/index.php?/view/3", "/index.php?/view/4"),
    ("/a.jsp?token=" + "a1" * 16, "/a.jsp?token=" + "b2" * 16),
]


@pytest.mark.parametrize(("one", "other"), ONE_PAGE)
def test_two_addresses_of_one_page_are_known_as_one(one: str, other: str) -> None:
    assert page_identity(HOST + one) == page_identity(HOST.replace("https", "http") + other)


@pytest.mark.parametrize(("one", "other"), TWO_PAGES)
def test_two_pages_are_never_joined(one: str, other: str) -> None:
    assert page_identity(HOST + one) != page_identity(HOST + other)
    assert notice_key(HOST + one, NO_PLATFORM) != notice_key(HOST + other, NO_PLATFORM)


def test_a_route_is_told_from_a_place_on_the_page() -> None:
    assert route_of(HOST + "/web/#/detail?id=1") == "/detail?id=1"
    assert route_of(HOST + "/web/#!/detail/1") == "!/detail/1"
    assert [route_of(HOST + f"/web/{end}") for end in ("", "#", "#/", "#!", "#top")] == [""] * 5


# The keys of every store so far were made like this.


def _first_key(base: str, printed: str) -> str:
    printed = re.sub(r"[\r\n\t]", "", printed).strip().replace(" ", "%20")
    parts = urlsplit(urljoin(base, printed))
    noise = r"^(?:utm_\w+|spm|from|isappinstalled|share_\w+|scene|MmEwMD|xxgkhide|timestamp|_)$"
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not re.match(noise, name)
        and not (name == "type" and re.search(r"\.s?html?$", parts.path))
    ]
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query), ""))


names = st.sampled_from(["id", "lm", "type", "page", "_", "from", "columnId", "url", "k"])
values = st.sampled_from(
    ["1", "abc", "中文", "2021-02-04", "a%20b", "%E4%B8%AD", "a/b", "x:y", "a,b", "", "a+b", "(1)"]
) | st.from_regex(r"[A-Za-z0-9._~-]{1,12}", fullmatch=True)
segments = st.sampled_from(
    ["tzgg", "202102", "t20210204_123.html", "index.html", "n1.htm", "关于通知.html", "a b.html"]
) | st.from_regex(r"[A-Za-z0-9._~-]{1,12}", fullmatch=True).filter(
    lambda word: word.strip(".") != ""  # dots alone are a way, which a browser walks
)
queries = st.lists(st.tuples(names, values).map("=".join), max_size=4).map("&".join)


@given(
    start=st.sampled_from(["./", "../", "/", "", HOST + "/", "//x.gov.cn/", "https://X.gov.cn:8080/"]),
    path=st.lists(segments, min_size=1, max_size=4).map("/".join),
    query=queries,
    end=st.sampled_from(["", "#", "#top"]),
)  # fmt: skip
def test_a_normal_address_keeps_the_key_it_always_had(
    start: str, path: str, query: str, end: str
) -> None:
    printed = f"{start}{path}{'?' if query else ''}{query}{end}"
    assert notice_key(absolute(BASE, printed), NO_PLATFORM) == _first_key(BASE, printed)
