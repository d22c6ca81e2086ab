"""What pages bring into the store stays words in a browser and in a spreadsheet."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import html as lxml_html

from storage.database import open_database
from storage.datasette.queries import canned_queries
from storage.describe import column_labels, described
from tests.storage.datasette_samples import made, served
from tests.storage.samples import page, saved

SCRIPT = "<script>alert(1)</script>"
BREAKOUT = '"><img src=x onerror=alert(2)>'
FORMULAS = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "＠A1")


def hostile(path: Path) -> None:
    made(path)
    with closing(open_database(path)) as db:
        for number, words in enumerate((SCRIPT, BREAKOUT, "{{7*7}}")):
            saved(
                db,
                page(
                    f"hostile-{number}",
                    title=words,
                    column=words,
                    section=words,
                    grp=words,
                    source=words,
                    doc_number=words,
                    url=f"javascript:alert({number})",
                    body_html=f"<p onclick=alert(3)>{words}</p><svg onload=alert(4)>",
                    warnings=(words,),
                ),
            )


ADDRESSES = (
    "/",
    "/zhengxun",
    "/-/notice/5",
    "/zhengxun/notices/5",
    *(f"/zhengxun/{name}" for name in canned_queries()),
    *(f"/zhengxun/{name}" for name in described()),
    f"/zhengxun/notices?_search={quote(BREAKOUT)}",
    f"/zhengxun/notices?column={quote(SCRIPT)}",
    f"/zhengxun/search?words={quote(SCRIPT)}",
    "/zhengxun?sql=" + quote(f"select title as \"{SCRIPT}\", '{SCRIPT}' from notices"),  # noqa: S608 - a constant
    f"/zhengxun?sql={quote('select ' + SCRIPT)}",
    f"/zhengxun/nothing{quote(SCRIPT)}",
)


@pytest.mark.asyncio
async def test_no_page_holds_or_allows_a_script(path: Path) -> None:
    hostile(path)
    async with served(path) as site:
        for address in ADDRESSES:
            response = await site.client.get(address)
            policy = response.headers["content-security-policy"]
            assert "script-src 'none'" in policy or "default-src 'none'" in policy, address
            assert response.headers["x-content-type-options"] == "nosniff"
            assert acting(response.text) == [], address


def acting(markup: str) -> list[str]:
    """Elements that run, load from nowhere, listen, or lead to a script."""
    tree = lxml_html.document_fromstring(markup)
    found = [element.tag for element in tree.iter("script", "iframe", "object", "embed")]
    for element in tree.iter("*"):
        for name, value in element.attrib.items():
            is_link = name in {"href", "src", "action"}
            if name.startswith("on") or (is_link and value.startswith(("javascript:", "x"))):
                found.append(f"{element.tag} {name}={value}")
    return found


@pytest.mark.asyncio
async def test_csv_opens_in_excel_with_chinese_and_without_formulas(path: Path) -> None:
    made(path)
    with closing(open_database(path)) as db:
        for number, title in enumerate(FORMULAS):
            saved(db, page(f"f{number}", title=title, body_text="长" * 200_000))
    async with served(path) as site:
        table = (await site.client.get("/zhengxun/notices.csv?_stream=on&_dl=on")).content
        query = (await site.client.get("/zhengxun/this_week.csv")).content
        signs = (await site.client.get("/zhengxun.csv?sql=select+-5,+'-5',+'=1'")).content

    assert query.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(table.decode("utf-8-sig"), newline="")))
    assert len(rows) == 4 + len(FORMULAS)
    assert {row["title"] for row in rows} >= {f"'{title}" for title in FORMULAS}
    assert {row["title"] for row in rows} >= {"关于公开征求《中药注册管理专门规定》意见的通知"}
    assert signs.decode("utf-8-sig").splitlines()[1] == "-5,-5,'=1"


@pytest.mark.asyncio
async def test_a_table_offers_all_its_rows_and_chinese_words(path: Path) -> None:
    made(path)
    with closing(open_database(path)) as db:
        for number in range(60):
            saved(db, page(f"m{number}"))
    async with served(path) as site:
        shown = (await site.client.get("/zhengxun/notices?_search=征求")).text
        link = shown.split(">CSV（全部行）<")[0].rsplit('href="', 1)[1].split('"')[0]
        whole = (await site.client.get(link.replace("&amp;", "&"))).content.decode("utf-8-sig")
        facets = (await site.client.get("/zhengxun/checks")).text

    assert len(list(csv.reader(StringIO(whole, newline="")))) == 1 + int(counted(shown))
    for words in ("发布日期", "截止日期", "下一页", "筛选</summary>", "等于"):
        assert words in shown, words
    assert ">国家药监局药品审评中心</a>" in facets
    assert "正常" in facets


def counted(shown: str) -> str:
    return shown.split(" 行，按")[0].rsplit(">", 1)[1].replace(",", "")


@pytest.mark.asyncio
async def test_json_is_chinese_and_whole(path: Path) -> None:
    hostile(path)
    async with served(path) as site:
        answer = await site.client.get("/zhengxun/notices.json?_shape=array&id=5")
    row: dict[str, Any] = json.loads(answer.text)[0]

    assert row["title"] == SCRIPT
    assert answer.headers["content-type"].startswith("application/json")


def test_every_label_is_of_a_column_there_is() -> None:
    labels = column_labels()
    texts = described()

    assert set(labels) - {column for text in texts.values() for column in text.columns} == set()
    for name in ("sites", "columns", "runs", "checks", "notices", "revisions", "attachments"):
        assert set(texts[name].columns) - set(labels) == set(), name
