"""The feed: valid Atom over all issues, newest first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from lxml import etree, html

from digest.rendering.render_atom import render_atom
from tests.digest.samples import INSTANT, make_entry, one_entry_digest, week_digest

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def _texts(feed: bytes, path: str) -> list[str]:
    found = etree.fromstring(feed).xpath(path, namespaces=ATOM)
    return [str(item) for item in found]  # type: ignore[union-attr]


def test_issues_stand_newest_first_with_stable_ids() -> None:
    later = replace(week_digest(), week="2021-W06", instant=INSTANT + timedelta(days=7))
    feed = render_atom([week_digest(), later], now=INSTANT)
    ids = _texts(feed, "//a:entry/a:id/text()")
    assert [name for name in ids if ":issue:" in name] == [
        "urn:zhengxun:issue:2021-W06",
        "urn:zhengxun:issue:2021-W05",
    ]
    assert _texts(feed, "/a:feed/a:updated/text()") == ["2021-02-12T09:00:00Z"]
    assert _texts(feed, "//a:entry[last()]/a:link/@href") == ["issues/2021-W05/digest.html"]
    assert feed == render_atom([later, week_digest()], now=INSTANT)


def test_with_a_public_address_every_link_is_whole_and_leads_into_the_archive() -> None:
    base = "https://news.example.com/weekly"
    feed = render_atom([week_digest()], now=INSTANT, base=base)
    links = _texts(feed, "//a:link/@href")
    assert all(link.startswith(("https://", "http://")) for link in links)
    assert _texts(feed, "/a:feed/a:link[@rel='self']/@href") == [f"{base}/feed.atom"]
    assert f"{base}/issues/2021-W05/index.html" in links


def test_the_content_lists_the_titles_with_their_links() -> None:
    (content,) = _texts(render_atom([week_digest()], now=INSTANT), "//a:content/text()")
    tree = html.fragment_fromstring(content)
    assert len(tree.xpath("//li/a[@href]")) == 8
    assert "知识产权信息篇（2021/01/30~2021/02/05）" in tree.text_content()


def test_each_document_is_an_entry_of_its_own_once() -> None:
    later = replace(week_digest(), week="2021-W06", instant=INSTANT + timedelta(days=7))
    feed = etree.fromstring(render_atom([week_digest(), later], now=INSTANT))
    found = [
        item
        for item in feed.iterfind("a:entry", ATOM)
        if ":notice:" in str(item.findtext("a:id", namespaces=ATOM))
    ]
    assert len(found) == 8
    opinion = found[2]
    link = opinion.find("a:link", ATOM)
    assert link is not None
    assert link.get("href") == "https://www.cde.org.cn/main/news/viewInfoCommon/39dbfc16589f1d5f"
    assert opinion.findtext("a:author/a:name", namespaces=ATOM) == "国家药品监督管理局药品审评中心"
    assert opinion.findtext("a:updated", namespaces=ATOM) == "2021-02-12T09:00:00Z"
    assert "截止：2021-02-18（还有 6 天）征求意见" in str(
        opinion.findtext("a:summary", namespaces=ATOM)
    )


def test_the_feed_has_what_rfc_4287_demands_of_it() -> None:
    feed = etree.fromstring(render_atom([week_digest()], now=INSTANT))
    assert feed.find("a:author", ATOM) is not None  # 4.1.1: or one in every entry
    instant = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # 3.3
    for part in (feed, *feed.iterfind("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"a:{name}", ATOM)) == 1
        assert re.match(r"[a-z]+:.", str(part.findtext("a:id", namespaces=ATOM)))  # 4.2.6: absolute
        assert instant.fullmatch(str(part.findtext("a:updated", namespaces=ATOM)))
        kinds = [(link.get("rel"), link.get("type")) for link in part.iterfind("a:link", ATOM)]
        assert len(set(kinds)) == len(kinds)  # 4.1.1: no two alternates of a type
    ids = _texts(etree.tostring(feed), "//a:id/text()")
    assert len(set(ids)) == len(ids)


def test_markup_in_titles_is_text() -> None:
    digest = one_entry_digest(make_entry(title="<script>x</script>\x00\u202e通知"))
    (content,) = _texts(render_atom([digest], now=INSTANT), "//a:content/text()")
    tree = html.fragment_fromstring(content)
    assert not tree.xpath("//script")
    assert "<script>x</script>通知" in tree.text_content()


def test_a_feed_without_issues_is_a_feed() -> None:
    feed = render_atom([], now=INSTANT)
    assert _texts(feed, "/a:feed/a:updated/text()") == ["2021-02-05T09:00:00Z"]
    assert _texts(feed, "//a:entry") == []
