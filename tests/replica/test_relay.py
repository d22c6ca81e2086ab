"""The feeds of the relay."""

from __future__ import annotations

from datetime import datetime

import pytest
from lxml import etree

from replica.server import Replica
from tests.replica.conftest import SHANGHAI
from tests.replica.visitor import Visitor

RSS = "http://relay.example.net/feeds/IPRdaily.xml"
ATOM = "http://relay.example.net/feeds/zhichanredian.xml"
NAMES = {"a": "http://www.w3.org/2005/Atom"}


def test_the_rss_feed_carries_short_links_and_dates(visitor: Visitor) -> None:
    reply = visitor.get(RSS)
    assert reply.headers["Content-Type"].startswith("application/rss+xml")
    items = etree.fromstring(reply.body).findall("channel/item")
    assert [item.findtext("title") for item in items] == ["专利法'修改'要点", "旧年文章"]
    assert items[0].findtext("link") == "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAA020"
    assert items[0].findtext("pubDate") == "Sun, 31 Jan 2021 20:46:00 +0800"


def test_the_atom_feed_grows_with_time(replica: Replica, visitor: Visitor) -> None:
    replica.set_as_of(datetime(2021, 2, 1, 10, 30, tzinfo=SHANGHAI))
    early = etree.fromstring(visitor.get(ATOM).body).findall("a:entry", NAMES)
    assert [entry.findtext("a:title", namespaces=NAMES) for entry in early] == ["热点文章"]
    replica.set_as_of(None)
    late = etree.fromstring(visitor.get(ATOM).body).findall("a:entry", NAMES)
    assert len(late) == 3
    link = late[0].find("a:link", NAMES)
    assert link is not None
    assert link.get("href") == "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAApic"


def test_a_broken_feed_is_no_xml(replica: Replica, visitor: Visitor) -> None:
    replica.set_wall("relay", "broken")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(visitor.get(RSS).body)


def test_there_are_two_feeds_only(visitor: Visitor) -> None:
    assert visitor.get("http://relay.example.net/feeds/other.xml").status == 404
