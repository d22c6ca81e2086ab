"""The search box of a table: it lists the best hits, says when there are more, and loses none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio

from storage.database import open_database
from storage.datasette import found
from storage.models import Attachment
from storage.runs.catalogue import sync_catalogue
from tests.storage.datasette_samples import served
from tests.storage.samples import at, page, saved, site

CUT = "这里只列最相关的 3 条"


@pytest_asyncio.fixture
async def small(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """Seven notices with 药品, of which a page lists three at most."""
    monkeypatch.setattr(found, "MOST", 3)
    with closing(open_database(path)) as db:
        sites = [site("cde", "新闻中心"), site("tj_kxjs", "通知公告", section="projects")]
        sync_catalogue(db, sites, at("2021-02-01 00:00"))
        for number in (1, 2, 3, 4):
            text = f"第{number}件，涉及药品。"
            day = date(2021, 2, number)
            saved(db, page(f"text{number}", title="公告", body_text=text, published_on=day))
        for key, over in (
            ("old", {"title": "药品目录", "published_on": date(2020, 5, 1)}),
            (
                "other",
                {"title": "通知", "body_text": "药品", "site": "tj_kxjs", "column": "通知公告"},
            ),
            ("numbered", {"title": "批复", "doc_number": "药品〔2021〕7号", "body_text": "同意。"}),
        ):
            saved(db, page(key, **over))
    async with served(path) as datasette:
        yield datasette


async def listed(datasette: Any, table: str = "notices", **parameters: str) -> list[int]:
    address = f"/zhengxun/{table}.json?{urlencode({'_shape': 'array', **parameters})}"
    response = await datasette.client.get(address)
    assert response.status_code == 200, response.text
    return [row["id"] for row in response.json()]


async def shown(datasette: Any, address: str) -> str:
    response = await datasette.client.get(address)
    assert response.status_code == 200, response.text
    return str(response.text)


@pytest.mark.asyncio
async def test_of_many_hits_the_best_are_listed_and_the_page_says_so(small: Any) -> None:
    text = await shown(small, f"/zhengxun/notices?_search={quote('药品')}")
    answer = (await small.client.get(f"/zhengxun/notices.json?_search={quote('药品')}")).json()

    # In the title 5, in the number 7, and the newest of the others; the table is by day.
    assert set(await listed(small, _search="药品")) == {5, 7, 4}
    assert CUT in text
    assert "only the best 3 of more" in answer["human_description_en"]
    assert answer["filtered_table_rows_count"] == 3


@pytest.mark.asyncio
async def test_the_best_hits_stand_above_the_table_with_the_place_of_the_word(small: Any) -> None:
    text = await shown(small, f"/zhengxun/notices?_search={quote('药品')}")
    best = text[text.index('<section class="best">') : text.index("</section>")]

    assert best.index("/-/notice/5") < best.index("/-/notice/7") < best.index("/-/notice/4")
    assert "【药品】〔2021〕7号" in best
    assert "第4件，涉及【药品】。" in best


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"site": "tj_kxjs"}, {6}),
        ({"published_on__lt": "2021-02-03"}, {1, 2, 5}),
        ({"title__contains": "公告", "published_on__lte": "2021-02-02"}, {1, 2}),
        ({"section": "projects"}, set()),
        ({"_where": "published_on = '2021-02-01'"}, {1}),
        ({"id__in": "1,2"}, {1, 2}),
        ({"doc_number__notblank": "1"}, {7}),
    ],
)
async def test_conditions_come_before_the_bound(
    small: Any, narrowed: dict[str, str], expected: set[int]
) -> None:
    asked = {"_search": "药品", **narrowed}

    assert set(await listed(small, **asked)) == expected
    assert CUT not in await shown(small, f"/zhengxun/notices?{urlencode(asked)}")


@pytest.mark.asyncio
async def test_conditions_that_leave_many_rows_are_looked_at_hit_by_hit(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "MANY", 2)

    assert await listed(small, _search="药品", site="tj_kxjs") == [6]
    assert set(await listed(small, _search="药品", published_on__lt="2021-02-03")) == {1, 2, 5}
    assert await listed(small, _search="药品", title="没有") == []


@pytest.mark.asyncio
async def test_fewer_are_listed_of_words_that_are_looked_for_in_the_texts(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "MOST_OF_LONG", 2)

    assert set(await listed(small, _search="涉及药品")) == {3, 4}
    text = await shown(small, f"/zhengxun/notices?_search={quote('涉及药品')}")
    assert "这里只列最相关的 2 条" in text


@pytest.mark.asyncio
@pytest.mark.parametrize("condition", ["", "&published_on__lt=2021-02-03"])
async def test_the_sql_of_a_search_can_be_taken_on(small: Any, condition: str) -> None:
    text = await shown(small, f"/zhengxun/notices?_search={quote('药品')}{condition}")
    link = re.search(r'href="([^"]+)">改写 SQL', text)
    assert link
    address = unescape(link[1]).replace("/zhengxun?", "/zhengxun.json?") + "&_shape=array"

    answer = (await small.client.get(address)).json()

    expected = {1, 2, 5} if condition else {4, 5, 7}
    assert {row["id"] for row in answer} == expected


@pytest.mark.asyncio
async def test_a_sort_order_that_was_asked_for_stands_alone(small: Any) -> None:
    asked = urlencode({"_search": "药品", "_sort": "id"})

    assert await listed(small, _search="药品", _sort="id") == [4, 5, 7]
    assert '<section class="best">' not in await shown(small, f"/zhengxun/notices?{asked}")


@pytest.mark.asyncio
async def test_a_word_in_the_text_of_a_file_is_found_too(path: Path) -> None:
    with closing(open_database(path)) as db:
        files = (
            Attachment(
                "https://www.cde.org.cn/f/1.docx", "附件.docx", "docx", text="阿美替尼说明书"
            ),
        )
        notice = saved(db, page("files", title="通知", body_text="见附件。", attachments=files))
    async with served(path) as datasette:
        assert await listed(datasette, _search="阿美替尼") == [notice]
        assert await listed(datasette, "attachments", _search="阿美替尼") == [1]


@pytest.mark.asyncio
async def test_a_search_that_takes_too_long_says_what_to_do(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(small._settings, "sql_time_limit_ms", -1)

    response = await small.client.get(f"/zhengxun/notices?_search={quote('药品')}")

    assert response.status_code == 400
    assert "请再加网站或日期条件" in response.text
