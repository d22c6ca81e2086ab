"""The feed: valid Atom over all issues, newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lxml import etree, html

from digest.render_atom import render_atom
from tests.digest.samples import INSTANT, make_entry, one_entry_digest, week_digest

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def _texts(feed: bytes, path: str) -> list[str]:
    found = etree.fromstring(feed).xpath(path, namespaces=ATOM)
    return [str(item) for item in found]  # type: ignore[union-attr]


def test_issues_stand_newest_first_with_stable_ids() -> None:
    later = replace(week_digest(), week="2021-W06", instant=INSTANT + timedelta(days=7))
    feed = render_atom([week_digest(), later], now=INSTANT)
    assert _texts(feed, "//a:entry/a:id/text()") == [
        "urn:zhengxun:issue:2021-W06",
        "urn:zhengxun:issue:2021-W05",
    ]
    assert _texts(feed, "/a:feed/a:updated/text()") == ["2021-02-12T09:00:00Z"]
    assert _texts(feed, "//a:entry[2]/a:link/@href") == ["issues/2021-W05/digest.html"]
    assert feed == render_atom([later, week_digest()], now=INSTANT)


def test_the_content_lists_the_titles_with_their_links() -> None:
    (content,) = _texts(render_atom([week_digest()], now=INSTANT), "//a:content/text()")
    tree = html.fragment_fromstring(content)
    assert len(tree.xpath("//li/a[@href]")) == 8
    assert "知识产权信息篇（2021/01/30~2021/02/05）" in tree.text_content()


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
