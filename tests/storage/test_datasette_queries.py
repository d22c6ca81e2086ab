"""What analysts find: the search box, every named query, titles and descriptions."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlite_utils import Database

from storage.database import open_database
from storage.datasette.metadata import metadata
from storage.datasette.queries import canned_queries
from tests.storage.datasette_samples import made, served
from tests.storage.samples import page, saved

ASKED = {
    "search": "words=中药",
    "in_lists": "words=盈科瑞",
    "doc_number": "doc_number=药审业",
    "issue": "week=2021-w05",
}


async def rows(site: Any, address: str) -> list[dict[str, Any]]:
    response = await site.client.get(address)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()
    return found


async def asked(site: Any, query: str, **parameters: str) -> list[dict[str, Any]]:
    words = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
    return await rows(site, f"/zhengxun/{query}.json?_shape=array&{words}")


async def searched(site: Any, words: str, table: str = "notices") -> set[int]:
    address = f"/zhengxun/{table}.json?_shape=array&_search={quote(words)}"
    return {row["id"] for row in await rows(site, address)}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("中药", {1}),
        ("药", {1, 2, 3, 4}),
        ("注册管理", {1}),
        ("中药 意见", {1}),
        ("〔2021〕15号", {1}),
        ("[2021]15号", {2}),
        ("不存在的词", set()),
        ('药" OR "通', set()),
        ("   ", set()),
    ],
)
async def test_the_search_box_finds_words_of_any_length(
    site: Any, words: str, found: set[int]
) -> None:
    assert await searched(site, words) == found


@pytest.mark.asyncio
async def test_the_search_box_finds_what_was_written_after_the_server_started(
    site: Any, path: Path
) -> None:
    with closing(open_database(path)) as db:
        added = saved(db, page("late", title="疫苗追溯公告"))

    assert await searched(site, "疫苗") == {added}


@pytest.mark.asyncio
async def test_views_about_notices_can_be_searched_too(site: Any) -> None:
    assert await searched(site, "中药", "v_same_document") == {1}


@pytest.mark.asyncio
@pytest.mark.parametrize("query", canned_queries())
async def test_every_named_query_answers_with_rows(site: Any, query: str) -> None:
    parameters = ASKED.get(query, "")

    assert await rows(site, f"/zhengxun/{query}.json?_shape=array&{parameters}")

    shown = await site.client.get(f"/zhengxun/{query}?{parameters}")
    assert shown.status_code == 200
    assert f"<h1>{canned_queries()[query]['title']}</h1>" in shown.text
    assert "没有符合的记录" not in shown.text


@pytest.mark.asyncio
@pytest.mark.parametrize("query", canned_queries())
async def test_every_named_query_answers_on_an_empty_store(path: Path, query: str) -> None:
    open_database(path).close()
    async with served(path) as empty:
        assert await asked(empty, query) == []


@pytest.mark.asyncio
async def test_this_week_is_the_seven_days_up_to_the_day_asked_for(site: Any) -> None:
    of_the_clock = await asked(site, "this_week")
    on_the_last_day = await asked(site, "this_week", day="2021-02-09")
    a_day_later = await asked(site, "this_week", day="2021-02-10")

    assert {row["编号"] for row in of_the_clock} == {1, 3, 4}  # 2 is another page of 1
    assert len(on_the_last_day) == 3
    assert a_day_later == []


@pytest.mark.asyncio
async def test_deadlines_say_how_many_days_are_left(site: Any) -> None:
    (due,) = await asked(site, "deadlines")

    assert (due["截止日期"], due["剩余天数"], due["编号"]) == ("2021-03-05", 28, 1)
    assert await asked(site, "deadlines", day="2021-03-06") == []


@pytest.mark.asyncio
@pytest.mark.parametrize("number", ["药审业〔2021〕15号", "药审业[2021]15号", "药审业（2021）15"])
async def test_a_number_is_found_however_its_brackets_are_written(site: Any, number: str) -> None:
    found = await asked(site, "doc_number", doc_number=number)

    assert [(row["编号"], row["关系"]) for row in found] == [(1, "本文"), (2, "文中提到")]


@pytest.mark.asyncio
async def test_sources_that_cannot_be_read_come_first(site: Any) -> None:
    found = await asked(site, "sources")

    assert [row["状况"] for row in found] == ["被拦截", "正常", "未检查"]
    assert found[0]["说明"] == "返回 412，需要浏览器"
    assert found[0]["上次检查"] == "2021-02-05 09:01"


@pytest.mark.asyncio
async def test_months_count_pages_and_documents(site: Any) -> None:
    found = await asked(site, "monthly")

    assert [(row["月份"], row["来源"], row["页数"], row["文件数"]) for row in found] == [
        ("2021-02", "国家药监局药品审评中心", 3, 3),
        ("2021-02", "天津市科学技术局", 1, 0),
    ]


@pytest.mark.asyncio
async def test_search_results_show_the_hit_and_lead_to_the_notice(site: Any) -> None:
    (hit,) = await asked(site, "search", words="规范中药")
    shown = await site.client.get("/zhengxun/search?words=" + quote("规范中药"))

    assert hit["摘录"].startswith("为【规范中药】注册")
    assert '<a href="/-/notice/1">' in shown.text


@pytest.mark.asyncio
async def test_every_table_and_view_of_the_store_is_titled_and_described(site: Any) -> None:
    tables = metadata()["databases"]["zhengxun"]["tables"]
    database = site.get_database()
    names = [*await database.table_names(), *await database.view_names()]
    visible = set(names) - set(await database.hidden_table_names())

    assert visible == {name for name in tables if not tables[name].get("hidden")}
    for name in visible:
        table = tables[name]
        assert table["description"]
        assert table["title"] != name
        assert set(table["columns"]) == set(await database.table_columns(name))
        shown = await site.client.get(f"/zhengxun/{name}")
        assert shown.status_code == 200
        assert table["title"] in shown.text


@pytest.mark.asyncio
async def test_facets_order_and_labels_are_set(site: Any) -> None:
    checks = (await site.client.get("/zhengxun/checks.json")).json()
    notices = (await site.client.get("/zhengxun/notices.json?_shape=objects")).json()
    attachments = (await site.client.get("/zhengxun/attachments.json?_labels=on")).json()

    assert list(checks["facet_results"]) == ["verdict", "site", "column"]
    assert set(notices["facet_results"]) == {"section", "site", "column"}
    assert [row["id"] for row in notices["rows"]] == [4, 3, 2, 1]
    label = attachments["rows"][0]["notice_id"]["label"]
    assert label == "关于公开征求《中药注册管理专门规定》意见的通知"


@pytest.mark.asyncio
async def test_the_first_page_offers_the_queries_by_their_chinese_names(site: Any) -> None:
    shown = (await site.client.get("/")).text

    names = "本周新增 即将截止 同一文件多处发布 修订 各来源状况 某文号 按月数量 搜索"
    for name in names.split():
        assert f">{name}</a>" in shown


@pytest.mark.asyncio
async def test_a_query_is_downloaded_as_a_spreadsheet_without_formulas(path: Path) -> None:
    made(path)
    with closing(open_database(path)) as db:
        saved(db, page("formula", title="=HYPERLINK(1)"))
    async with served(path) as site:
        answer = await site.client.get("/zhengxun/this_week.xlsx")
        offered = (await site.client.get("/zhengxun/this_week")).text

    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    heads, *found = list(sheet.iter_rows(values_only=True))
    assert heads[:3] == ("编号", "标题", "摘要")
    assert [row[1] for row in found if row[0] == 5] == ["'=HYPERLINK(1)"]
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert answer.headers["content-disposition"] == 'attachment; filename="this_week.xlsx"'
    assert ">Excel</a>" in offered


@pytest.mark.asyncio
async def test_an_undated_page_is_of_the_week_in_which_it_was_first_seen(
    site: Any, path: Path
) -> None:
    with closing(open_database(path)) as db:
        # 2 February in China, and 3 February.
        second = saved(db, page("u1", published_on=None), "2021-02-02 15:59")
        third = saved(db, page("u2", published_on=None), "2021-02-02 16:00")

    on_the_ninth = {row["编号"] for row in await asked(site, "this_week", day="2021-02-09")}

    assert second not in {row["编号"] for row in await asked(site, "this_week", day="2021-02-01")}
    assert second in {row["编号"] for row in await asked(site, "this_week", day="2021-02-08")}
    assert second not in on_the_ninth
    assert third in on_the_ninth


@pytest.mark.asyncio
async def test_without_a_number_all_that_have_one_are_listed(site: Any) -> None:
    assert [row["编号"] for row in await asked(site, "doc_number", doc_number="")] == [1]
    assert [row["编号"] for row in await asked(site, "doc_number", doc_number="〔〕")] == [1]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("doc_number__contains=2021", [1]),
        ("doc_number__startswith=药审业", [1]),
        ("doc_number__endswith=15号", [1]),
        ("doc_number__contains=2021&doc_number__contains=2022", []),
        ("doc_number__startswith=2021", []),
        ("doc_number__contains=%25", [4, 3, 2, 1]),
        ("doc_number__contains=2021&_search=药品", []),
        ("doc_number__contains=2021&_search=中药", [1]),
    ],
)
async def test_a_filter_on_the_number_finds_what_it_found(
    site: Any, condition: str, expected: list[int]
) -> None:
    address = f"/zhengxun/notices.json?_shape=array&{quote(condition, safe='=&%')}"

    assert [row["id"] for row in await rows(site, address)] == expected


@pytest.mark.asyncio
async def test_hidden_tables_are_not_counted(site: Any) -> None:
    answer = (await site.client.get("/zhengxun.json?_show_hidden=1")).json()
    counts = {table["name"]: table["count"] for table in answer["tables"]}
    shown = (await site.client.get("/zhengxun?_show_hidden=1")).text

    assert (counts["notices"], counts["issues"], counts["alarms"]) == (4, 1, 0)
    assert {counts["bands"], counts["notices_fts_data"], counts["search_queue"]} == {None}
    assert "很多" not in shown


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        ("deadlines", {"notices_by_last_deadline", "notices_by_deadline"}),
        ("this_week", {"notices_by_day"}),
        ("same_document", {"notices_by_group"}),
        ("monthly", {"notices_by_column"}),
        ("incomplete", {"notices_incomplete"}),
        ("doc_number", {"notices_by_doc_number", "notices_by_published"}),
    ],
)
def test_no_query_reads_every_notice(db: Database, query: str, indexes: set[str]) -> None:
    for name, count in (("today", 0), ("section_title", 1), ("china_minute", 1), ("zh_key", 1)):
        db.conn.create_function(name, count, lambda *_: "2021-02-05", deterministic=bool(count))
    db.conn.create_function("zh_number_hits", 2, lambda *_: "[]")
    sql = "EXPLAIN QUERY PLAN " + canned_queries()[query]["sql"]
    plan = [row[3] for row in db.execute(sql, {"day": "", "doc_number": "1"}).fetchall()]

    assert all(any(index in step for step in plan) for index in indexes), plan
    assert not {"SCAN n", "SCAN m", "SCAN notices"} & set(plan)
