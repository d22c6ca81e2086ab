"""Missing numbers in the store: from when to when, and what an operator dismissed."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from pipelines.learning.missing_numbers import note_missing
from storage.database import StorageError
from storage.runs.number_series import dismiss_missing, open_missing
from storage.values import select
from tests.storage.samples import at, page, saved


def fill(db: Database, *numbers: int, seen: str = "2021-02-03 02:00") -> None:
    for number in numbers:
        title = f"关于发布指导原则的通告（2021年第{number}号）"
        saved(db, page(f"n{number}", title=title, doc_number=f"2021年第{number}号"), seen)


def test_a_number_is_missing_until_it_is_seen(db: Database) -> None:
    fill(db, *(number for number in range(1, 13) if number != 7))
    note_missing(db, at("2021-02-05 09:00"))
    assert open_missing(db) == []
    note_missing(db, at("2021-02-12 09:00"))
    [missing] = open_missing(db)
    assert (missing.site, missing.column, missing.name) == ("cde", "新闻中心", "通告2021年第7号")
    assert [row["name"] for row in select(db, "SELECT * FROM v_missing_numbers")] == [missing.name]
    fill(db, 7, seen="2021-02-13 02:00")
    note_missing(db, at("2021-02-14 09:00"))
    assert open_missing(db) == []
    # An issue of the days between said so, and says so when it is composed again.
    assert [one.name for one in open_missing(db, at("2021-02-13 09:00"))] == [missing.name]
    assert open_missing(db, at("2021-02-11 09:00")) == []


def test_a_dismissed_number_stays_dismissed(db: Database) -> None:
    fill(db, *(number for number in range(1, 13) if number != 7))
    note_missing(db, at("2021-02-12 09:00"))
    [missing] = open_missing(db)
    dismiss_missing(db, missing.id, "未公开", at("2021-02-12 10:00"))
    note_missing(db, at("2021-02-13 09:00"))
    assert open_missing(db) == []
    with pytest.raises(StorageError, match="sources missing"):
        dismiss_missing(db, missing.id, "", at("2021-02-14 10:00"))
