"""The header of a table over merged cells, and its rows by column."""

from __future__ import annotations

import pytest

from pipelines.downloads.pieces import Cell, Covered, Row
from pipelines.downloads.table_rows import header_of, table_rows

LEFT, ABOVE = Covered.LEFT, Covered.ABOVE


def table(*rows: tuple[Cell, ...], name: str = "表1") -> list[Row]:
    return [Row(name, number, cells) for number, cells in enumerate(rows, 1)]


LIST = table(
    ("2021年度拟立项项目名单", LEFT, LEFT, LEFT),
    ("序号", "承担单位", LEFT, "经费（万元）"),
    (ABOVE, "名称", "所在区", ABOVE),
    ("1", "天津药物研究院有限公司", "滨海新区", "100.5"),
    ("2", "天津天士力", ABOVE, "200"),
)


def test_a_header_of_two_levels_under_a_title_names_the_columns() -> None:
    assert header_of(LIST) == (1, 2)
    rows = table_rows(LIST)
    assert [(row.sheet, row.number) for row in rows] == [("表1", 4), ("表1", 5)]
    assert rows[1].cells == {
        "序号": "2",
        "承担单位/名称": "天津天士力",
        "承担单位/所在区": "滨海新区",
        "经费（万元）": "200",
    }


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([("企业名称", "地址"), ("甲公司", "和平区"), ("乙公司", "河西区")], (0, 1)),
        ([("名单",), ("序号", "企业"), ("1", "甲")], (1, 1)),
        ([("名单",), ("单位：万元",), ("企业", "金额"), ("甲", "5")], (2, 1)),
        ([("", "", ""), ("药品名称", "规格", "厂家"), ("阿司匹林", "25mg", "甲厂")], (1, 1)),
        ([("1", "甲公司", "100"), ("2", "乙公司", "200")], (0, 0)),
        # Without marks of merged cells the levels fill each other's blanks.
        ([("序号", "单位", "", "金额"), ("", "名称", "区", ""), ("1", "甲", "乙", "3")], (0, 2)),
        ([("项目", "单位"), (ABOVE, "乙方"), ("甲", "丙")], (0, 2)),
        ([("企业名称",), ("甲公司",), ("乙公司",)], (0, 1)),
        ([("x" * 60, "y"), ("a", "b")], (0, 0)),
    ],
)
def test_the_header_is_known_by_what_is_below_it(
    rows: list[tuple[Cell, ...]], header: tuple[int, int]
) -> None:
    assert header_of(table(*rows)) == header


def test_columns_without_a_name_and_names_given_twice_stay_apart() -> None:
    rows = table_rows(table(("名称", "", "名称"), ("甲", "x", "乙"), ("丙", "", "丁")))
    assert rows[0].cells == {"名称": "甲", "列2": "x", "名称（2）": "乙"}
    assert rows[1].cells == {"名称": "丙", "名称（2）": "丁"}


def test_a_header_repeated_on_the_next_page_is_no_row() -> None:
    rows = table_rows(table(("企业", "金额"), ("甲", "1"), ("企业", "金额"), ("乙", "2")))
    assert [row.cells["企业"] for row in rows] == ["甲", "乙"]


def test_rows_of_several_tables_keep_to_their_own_headers() -> None:
    two = [*table(("企业",), ("甲",)), *table(("药品", "规格"), ("乙", "3"), name="表2")]
    assert [(row.sheet, row.cells) for row in table_rows(two)] == [
        ("表1", {"企业": "甲"}),
        ("表2", {"药品": "乙", "规格": "3"}),
    ]


def test_no_rows_are_none() -> None:
    assert table_rows([]) == ()
    assert table_rows(table(("一格",))) == ()
