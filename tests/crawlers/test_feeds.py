"""Feeds as they are sent: dates that move, old encodings, broken ends, other forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from scrapy.http import XmlResponse

from crawlers.reading.charset import readable
from crawlers.reading.feed_page import (
    NotAFeedError,
    is_cut,
    read_feed,
    without_moved,
)
from crawlers.reading.rows import Row

URL = "https://kjj.example.gov.cn/rss/tzgg.xml"
NOW = datetime(2021, 2, 5, 9, 0, tzinfo=timezone(timedelta(hours=8)))


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


def item(n: int, day: str = "", more: str = "") -> str:
    date = f"<pubDate>{day}</pubDate>" if day else ""
    return f"<item><title>通知{n}</title><link>/tzgg/{n}.html</link>{date}{more}</item>"


def test_a_day_that_is_only_the_last_rebuild_is_no_day() -> None:
    stamp = "Fri, 05 Feb 2021 08:30:00 +0800"
    rows = read_feed(rss(item(1, stamp) + item(2, stamp)), URL, NOW)
    assert [row.date for row in rows] == ["", ""]


@pytest.mark.parametrize(
    "days",
    [
        ["Fri, 05 Feb 2021 08:30:00 +0800"],
        ["Fri, 05 Feb 2021 08:30:00 +0800", "Fri, 05 Feb 2021 08:31:00 +0800"],
        ["Mon, 01 Feb 2021 08:30:00 +0800"] * 2,
    ],
)
def test_real_days_stay(days: list[str]) -> None:
    rows = read_feed(rss("".join(item(n, day) for n, day in enumerate(days))), URL, NOW)
    assert all(row.date for row in rows)


def test_days_that_moved_since_the_last_reading_are_no_days() -> None:
    rows = [Row(f"{URL}{n}", f"通知{n}", f"2021-02-05 08:3{n}") for n in range(4)]
    before = {row.url: "2021-02-04 08:30" for row in rows[:3]}
    assert [row.date for row in without_moved(rows, before)] == [""] * 4
    one_edited = {row.url: row.date for row in rows[1:]} | {rows[0].url: "2021-02-01"}
    assert without_moved(rows, one_edited) == rows


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "utf-8", ""])
@pytest.mark.parametrize("sent", ["gb18030", "utf-8"])
def test_a_feed_is_read_in_the_encoding_it_is_in(declared: str, sent: str) -> None:
    head = f' encoding="{declared}"' if declared else ""
    text = (
        rss("".join(item(n) for n in range(3)))
        .replace("通知", "申报项目")
        .replace('"1.0"', f'"1.0"{head}')
    )
    response = XmlResponse(URL, body=text.encode(sent), headers={"Content-Type": "text/xml"})
    decoded = readable(response).text
    assert [row.title for row in read_feed(decoded, URL)] == [f"申报项目{n}" for n in range(3)]
    assert not is_cut(decoded)


def test_a_feed_without_its_end_or_with_a_lost_entry_is_cut() -> None:
    whole = rss(item(1) + item(2))
    assert not is_cut(whole)
    assert not is_cut(whole.replace("通知1", "甲&乙"))  # nothing is lost by it
    assert not is_cut(whole + "\n<!-- made in 3 ms -->\n")
    assert not is_cut(rss(item(1, more="<description><![CDATA[<item>]]></description>")))
    assert is_cut(whole[:-30])
    assert is_cut(whole[:-30] + "</rss><")


def test_control_characters_cost_nothing() -> None:
    rows = read_feed(rss(item(1).replace("通知1", "通\x0b知\x001")), URL)
    assert [row.title for row in rows] == ["通知1"]


def test_links_are_found_in_every_form() -> None:
    guid = "<item><title>a</title><guid>https://kjj.example.gov.cn/g.html</guid></item>"
    opaque = "<item><title>b</title><guid>12345</guid></item>"
    marked = '<item><title>c</title><guid isPermaLink="false">https://x/1</guid><link>c.html</link></item>'
    rows = read_feed(rss(guid + opaque + marked), URL)
    assert [row.url for row in rows] == [
        "https://kjj.example.gov.cn/g.html", "https://kjj.example.gov.cn/rss/c.html",
    ]  # fmt: skip


def test_the_base_of_an_atom_feed_is_heeded() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://kjj.example.gov.cn/site/">'
        "<entry><title>a</title><link href='1.html'/><updated>2021-02-04T23:30:00Z</updated>"
        "</entry></feed>"
    )
    assert read_feed(feed, URL) == [
        Row("https://kjj.example.gov.cn/site/1.html", "a", "2021-02-05 07:30")
    ]


def test_the_text_a_feed_brings_is_kept() -> None:
    more = (
        '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        "<![CDATA[<p>正文</p>]]></content:encoded>"
    )
    assert read_feed(rss(item(1, more=more)), URL)[0].body_html == "<p>正文</p>"


def test_a_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "1", "url": "/tzgg/1.html", "title": "通知1", "content_html": "<p>正文</p>",
             "date_published": "2021-02-04T09:00:00+08:00"},
            {"id": "2"}, "x",
        ],
    }  # fmt: skip
    assert read_feed(json.dumps(feed), URL, datetime(2021, 2, 5, tzinfo=UTC)) == [
        Row(
            "https://kjj.example.gov.cn/tzgg/1.html",
            "通知1",
            "2021-02-04 09:00",
            body_html="<p>正文</p>",
        )
    ]


@pytest.mark.parametrize(
    "text", ["", "{}", '{"items": []}', "<html><body>x</body></html>", "{half"]
)
def test_what_is_no_feed_is_said_to_be_none(text: str) -> None:
    with pytest.raises(NotAFeedError):
        read_feed(text, URL)
