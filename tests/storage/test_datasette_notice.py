"""The page of a notice: what it shows, and that nothing on it can run."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from storage.database import open_database
from storage.datasette.notice_body import safe_body, web_address
from storage.models import Attachment
from tests.storage.datasette_samples import served, tree
from tests.storage.samples import page, saved


async def read(site: Any, notice_id: int) -> Any:
    return await tree(site, f"/-/notice/{notice_id}")


def words(tree: Any, path: str) -> str:
    return " ".join(" ".join(found.text_content().split()) for found in tree.xpath(path))


@pytest.mark.asyncio
async def test_it_reads_like_a_notice(site: Any) -> None:
    tree = await read(site, 1)

    assert words(tree, "//h1") == "关于公开征求《中药注册管理专门规定》意见的通知"
    assert words(tree, "//article/p[@class='place']").startswith("医药信息篇 › 国家级")
    meta = words(tree, "//article/p[@class='meta']")
    assert "国家药监局药品审评中心 · 2021-02-03 · 药审业〔2021〕15号" in meta
    assert "2021-03-05 征求意见" in words(tree, "//dl")
    assert "国家药监局、国家卫生健康委" in words(tree, "//dl")
    assert "为规范中药注册" in words(tree, "//div[@class='body']")
    assert "已收入周报 2021-W05" in words(tree, "//section[@class='origin']")


@pytest.mark.asyncio
async def test_attachments_are_linked_only_where_a_browser_may_go(site: Any) -> None:
    tree = await read(site, 1)
    links = tree.xpath("//section[h2='附件']//a/@href")

    assert links == ["https://www.cde.org.cn/files/1.docx"]
    assert "征求意见稿.docx DOCX，20.0 KB" in words(tree, "//section[h2='附件']")
    assert "坏附件" in words(tree, "//section[h2='附件']")


@pytest.mark.asyncio
async def test_the_other_pages_of_a_document_name_each_other(site: Any) -> None:
    original, repost = await read(site, 1), await read(site, 2)

    assert original.xpath("//section[@id='also']//a/@href")[0] == "/-/notice/2"
    assert repost.xpath("//section[@id='also']//a/@href")[0] == "/-/notice/1"
    assert "转载页印有原文链接" in words(original, "//section[@id='also']")
    assert "另有主条目" in words(repost, "//article")


@pytest.mark.asyncio
async def test_a_revision_shows_what_went_and_what_came(site: Any) -> None:
    tree = await read(site, 1)

    assert words(tree, "//section[@id='revisions']//summary") == "2021-02-04 11:30 正文"
    diff = tree.xpath("//div[@class='diff']")[0]
    assert [found.text for found in diff.iter("del")] == ["5"]
    assert [found.text for found in diff.iter("ins")] == ["31"]
    assert "为规范中药注册，现公开征求意见。" in words(tree, "//div[@class='diff']/p")


@pytest.mark.asyncio
async def test_a_notice_that_could_not_be_read_says_so(site: Any) -> None:
    tree = await read(site, 4)

    assert "未能完整读取" in words(tree, "//article")
    assert "页面是图片" in words(tree, "//p[@class='warning']")


@pytest.mark.asyncio
async def test_conflicts_are_shown_from_both_sides(site: Any) -> None:
    for notice_id, other in ((1, "/-/notice/3"), (3, "/-/notice/1")):
        tree = await read(site, notice_id)
        assert tree.xpath("//section[@id='conflicts']//a/@href")[0] == other


@pytest.mark.asyncio
async def test_scripts_in_a_body_are_gone_and_forbidden(site: Any) -> None:
    response = await site.client.get("/-/notice/3")
    tree: Any = html.document_fromstring(response.text)

    for tag in ("script", "iframe", "svg", "style", "object", "embed", "base", "meta[@http-equiv]"):
        assert not tree.xpath(f"//{tag}"), tag
    attributes = {name.lower() for element in tree.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
    addresses = tree.xpath("//@href | //@src | //@action")
    assert not [found for found in addresses if found.lower().startswith(("javascript", "data"))]
    assert tree.xpath("//form/@action") == ["/zhengxun/search"]
    assert "正文" in words(tree, "//div[@class='body']")

    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; img-src https: data:; script-src 'none';")
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.asyncio
async def test_hostile_words_elsewhere_stay_words(path: Path) -> None:
    attack = "<script>alert(1)</script>"
    with closing(open_database(path)) as db:
        hostile = page(
            "x",
            title=attack,
            source=attack,
            summary=attack,
            url="javascript:alert(1)",
            original_url="javascript:alert(2)",
            body_html="",
            body_text=attack,
            attachments=(Attachment("https://a.example/1", attack),),
            warnings=(attack,),
        )
        first = saved(db, hostile)
        saved(db, page("x", title=attack + "！", url="javascript:alert(1)", content_hash="2"))
    async with served(path) as site:
        tree = await read(site, first)
        query = await site.client.get("/zhengxun/this_week")
        table = await site.client.get("/zhengxun/notices")

    assert not tree.xpath("//script")
    assert not [url for url in tree.xpath("//@href") if url.startswith("javascript")]
    for shown in (query.text, table.text):
        assert attack not in shown
        assert "&lt;script&gt;alert(1)" in shown
        assert 'href="javascript' not in shown


@pytest.mark.asyncio
async def test_an_unknown_notice_is_not_found(site: Any) -> None:
    for notice_id in ("99", "9" * 18):
        response = await site.client.get(f"/-/notice/{notice_id}")
        assert response.status_code == 404
        assert "没有编号为" in response.text


@pytest.mark.parametrize(
    ("markup", "safe"),
    [
        ("<p>甲</p>", "<p>甲</p>"),
        ("<h1>甲</h1>", "<h4>甲</h4>"),
        ("<p onclick='x()'>甲</p>", "<p>甲</p>"),
        ("<math><mi><style><img src=x onerror=x()></style></mi></math>甲", "甲"),
        ('<a href="/-/notice/1">甲</a>', '<a rel="noopener noreferrer nofollow">甲</a>'),
        ('<a href=" jAvascript:x()">甲</a>', '<a rel="noopener noreferrer nofollow">甲</a>'),
        (
            '<a href="https://a.example/">甲</a>',
            '<a href="https://a.example/" rel="noopener noreferrer nofollow">甲</a>',
        ),
        ('<img src="http://a.example/1.png" onerror="x()">', None),
        ('<td colspan="2">甲</td>', None),
    ],
)
def test_markup_is_reduced_to_what_only_shows(markup: str, safe: str | None) -> None:
    found = safe_body(markup, "")

    assert "x()" not in found
    if safe is not None:
        assert found == safe


def test_a_picture_that_may_not_be_loaded_becomes_a_link() -> None:
    shown = safe_body('<p><img src="http://a.example/1.png" alt="公章"></p>', "")

    assert '<a href="http://a.example/1.png"' in shown
    assert "［图：公章］" in shown
    assert "<img" not in shown


def test_pictures_by_https_are_shown_without_telling_where_from() -> None:
    shown = safe_body('<img src="https://a.example/1.png">', "")

    assert 'src="https://a.example/1.png"' in shown
    assert 'referrerpolicy="no-referrer"' in shown


def test_a_body_known_only_as_text_keeps_its_paragraphs() -> None:
    assert safe_body("", "甲\n\n<b>乙") == "<p>甲</p><p>&lt;b&gt;乙</p>"
    assert safe_body("<script>x()</script>", "甲") == "<p>甲</p>"


@pytest.mark.parametrize("url", ["javascript:x()", "data:text/html,x", "//a", "/x", "", "http://["])
def test_only_web_addresses_are_followed(url: str) -> None:
    assert web_address(url) == ""
    assert web_address(" https://a.example/x ") == "https://a.example/x"
