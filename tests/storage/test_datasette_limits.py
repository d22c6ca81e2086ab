"""What one answer may cost, and what a file says that does not hold everything."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from contextlib import closing
from io import BytesIO, StringIO
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from openpyxl import load_workbook

from storage.database import open_database
from storage.datasette import store_database
from storage.datasette.text_diff import MOST_CHARACTERS, Effort, compare, within
from tests.storage.datasette_samples import served

ROWS = (
    "with recursive n(x) as (select 1 union all select x + 1 from n where x < {}) select x from n"
)


@pytest_asyncio.fixture
async def empty(path: Path) -> AsyncIterator[Any]:
    """Datasette on an empty store: the queries here need no tables."""
    with closing(open_database(path)):
        pass
    async with served(path) as datasette:
        yield datasette


async def file(site: Any, kind: str, sql: str, more: str = "") -> Any:
    return await site.client.get(f"/zhengxun.{kind}?sql={quote(sql)}{more}")


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(content))
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


@pytest.mark.asyncio
async def test_a_file_has_all_rows_of_a_query(empty: Any) -> None:
    sql = ROWS.format(5000)
    table = (await file(empty, "csv", sql)).text
    assert len([*csv.reader(StringIO(table.lstrip("\ufeff"), newline=""))]) == 5001
    assert len(sheets((await file(empty, "xlsx", sql)).content)["查询结果"]) == 5001
    assert len((await file(empty, "json", sql, "&_shape=array")).json()) == 5000
    assert (await file(empty, "json", sql)).json()["truncated"] is False


@pytest.mark.asyncio
async def test_a_file_that_was_cut_says_so(empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_database.FileAnswer, "__init__", _few)
    sql = ROWS.format(31)
    table = (await file(empty, "csv", sql)).text
    rows = [*csv.reader(StringIO(table.lstrip("\ufeff"), newline=""))]
    assert (len(rows), rows[-2]) == (32, ["30"])
    assert "结果还有更多" in rows[-1][0]
    book = sheets((await file(empty, "xlsx", sql)).content)
    assert [*book] == ["说明", "查询结果"]
    assert "结果还有更多" in str(book["说明"][0][0])
    assert "结果还有更多" in str(book["查询结果"][-1][0])
    assert (await file(empty, "json", sql)).json()["truncated"] is True
    bare = await file(empty, "json", sql, "&_shape=array")
    assert bare.status_code == 400
    assert "结果还有更多" in json.loads(bare.text)["error"]


def _few(self: store_database.FileAnswer) -> None:
    self.most_rows, self.is_cut = 30, False


@pytest.mark.asyncio
async def test_a_page_still_shows_the_first_rows_and_says_so(empty: Any) -> None:
    page = await empty.client.get(f"/zhengxun?sql={quote(ROWS.format(5000))}")
    assert "超过" in page.text
    assert "2,000 行" in page.text


@pytest.mark.asyncio
# Holds two gigabytes while it asks, and slows what the same process does afterwards.
@pytest.mark.slow
@pytest.mark.parametrize(
    "sql",
    [
        "select hex(zeroblob(40000000))",
        ROWS.format(2000).replace("select x from n", "select hex(zeroblob(10000000 + x)) from n"),
        ROWS.format(2000).replace(
            "select x from n", "select group_concat(hex(zeroblob(99999))) from n"
        ),
        "select 'a' like '" + "%a" * 200 + "'",
    ],
)
async def test_a_query_holds_no_more_memory_than_it_may(empty: Any, sql: str) -> None:
    answer = await file(empty, "json", sql)
    assert answer.status_code == 400 or answer.json()["truncated"]
    assert len(answer.content) < 2 * 64 * 1024 * 1024


@pytest.mark.asyncio
@pytest.mark.parametrize("function", ["zh_key", "fold", "grams", "zh_excerpt", "zh_hits"])
@pytest.mark.parametrize("text", ["〔", "a ", "中药"])
async def test_a_function_reads_so_much_of_a_text_and_no_more(
    empty: Any, function: str, text: str
) -> None:
    call = "zh_hits({}, 5)" if function == "zh_hits" else "zh_excerpt({0}, {0})"
    call = call if function.startswith("zh_") and function != "zh_key" else f"{function}({{}})"

    async def took(times: int) -> float:
        long = f"replace(hex(zeroblob({times})), '00', '{text}')"
        began = process_time()
        answer = await file(empty, "json", f"select length({call.format(long)})")
        assert answer.status_code == 200
        return process_time() - began

    await took(10)
    assert await took(4_000_000) < 3 * await took(2_000_000) + 0.5


HOSTILE = {
    "the same line": lambda size: ("甲\n乙\n" * size, "乙\n甲\n" * size),
    "one line": lambda size: ("甲乙" * size, "乙甲" * size),
    "lines alike": lambda size: (
        "\n".join(f"第{n}条甲甲甲乙乙" for n in range(size)),
        "\n".join(f"第{n}条乙乙甲甲甲" for n in range(size, 0, -1)),
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_texts_made_to_be_slow_are_compared_in_bounded_time(kind: str) -> None:
    def took(size: int) -> float:
        began = process_time()
        compare(*HOSTILE[kind](size), Effort(2_000_000))
        return process_time() - began

    took(100)
    # A busy machine can spoil one measurement; a cost that grows too fast spoils each.
    assert any(took(10_000) < 3 * took(5_000) + 0.5 for _ in range(3))


def test_what_is_not_compared_is_shown_whole() -> None:
    old, new = "甲乙" * 3000 + "\n一样", "乙甲" * 3000 + "\n一样"
    pieces = [piece for shown in compare(old, new, Effort(10_000)) for piece in shown.pieces]
    assert "".join(piece.text for piece in pieces if piece.kind != "added").startswith("甲乙甲乙")
    for kind, text in (("gone", "甲乙" * 3000), ("added", "乙甲" * 3000)):
        assert "".join(one.text for one in within(text, "", Effort(0)) if one.kind == "gone") in (
            text,
            "",
        )
        assert sum(len(piece.text) for piece in pieces if piece.kind in (kind, "same")) >= 6000


def test_a_text_too_long_to_compare_says_so() -> None:
    long = "一二三四五\n" * (MOST_CHARACTERS // 6 + 10)
    (*_, last) = compare(long, long.replace("五", "六", 1))
    assert "只比较前" in last.pieces[0].text
