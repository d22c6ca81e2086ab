"""Rows of lists in the store: kept with their file, found by any cell."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from storage.models import Attachment, TableRow
from storage.notices.table_rows import search_lists, watched_in_lists
from tests.storage.samples import page, saved

ROWS = (
    TableRow("拟立项名单", 4, {"序号": "1", "承担单位/名称": "北京盈科瑞创新医药股份有限公司"}),
    TableRow("拟立项名单", 5, {"序号": "2", "承担单位/名称": "ＡＢＣ公司", "区": "滨海新区"}),
)
LIST = Attachment(
    "https://x.example/list.xls",
    "名单.xls",
    "xls",
    10,
    "a" * 64,
    "files/aa/a.xls",
    "名单",
    rows=ROWS,
)


def test_a_row_is_found_by_words_of_any_of_its_cells(db: Database) -> None:
    notice = saved(db, page("n1", attachments=(LIST,)))
    [hit] = search_lists(db, ["盈科瑞"])
    assert (hit.notice_id, hit.file, hit.sheet, hit.row) == (notice, "名单.xls", "拟立项名单", 4)
    assert hit.cells == ROWS[0].cells
    assert [hit.row for hit in search_lists(db, ["abc", "滨海"])] == [5]
    assert search_lists(db, ["盈科瑞", "滨海"]) == search_lists(db, []) == []
    assert search_lists(db, ["盈科瑞"], since=date(2031, 1, 1)) == []
    assert len(search_lists(db, ["公司"], limit=1)) == 1


def test_the_same_file_in_another_notice_has_the_same_rows(db: Database) -> None:
    saved(db, page("n1", attachments=(LIST,)))
    other = replace(LIST, url="https://y.example/list.xls", rows=None)
    second = saved(db, page("n2", attachments=(other,)))
    assert watched_in_lists(db, second, ["盈科瑞"]) == ("盈科瑞",)


def test_a_file_that_was_read_anew_replaces_its_rows(db: Database) -> None:
    saved(db, page("n1", attachments=(LIST,)))
    newer = replace(LIST, sha256="b" * 64, text="新名单", rows=ROWS[1:])
    saved(db, page("n1", attachments=(newer,)))
    assert search_lists(db, ["盈科瑞"]) == []
    assert len(search_lists(db, ["公司"])) == 1


def test_watched_names_are_found_in_their_own_order(db: Database) -> None:
    notice = saved(db, page("n1", attachments=(LIST,)))
    assert watched_in_lists(db, notice, ["abc公司", "丙", "盈科瑞", ""]) == ("abc公司", "盈科瑞")
    assert watched_in_lists(db, notice, []) == ()


def test_analysts_see_the_rows_with_their_notice(db: Database, path: Path) -> None:
    saved(db, page("n1", attachments=(LIST,)))
    with closing(sqlite3.connect(path)) as plain:
        rows = plain.execute("SELECT name, sheet, row FROM v_list_rows").fetchall()
    assert rows == [("名单.xls", "拟立项名单", 4), ("名单.xls", "拟立项名单", 5)]
