"""The measured day is one in which every column was read well, and new notices came when due."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from nation.__main__ import line, table
from nation.day import Day, Figure
from nation.offices import NEW_EVERY, offices


def test_a_day_of_a_few_offices_is_measured_and_reads_what_is_new(tmp_path: Path) -> None:
    sites = NEW_EVERY // 2
    with offices() as country:
        figures = {one.what: one.value for one in Day(tmp_path / "day", country, sites).measured()}
    assert all(value >= 0 for value in figures.values())
    with closing(sqlite3.connect(tmp_path / "day" / "data" / "zhengxun.db")) as db:
        new = db.execute("SELECT sum(new) FROM checks GROUP BY run_id ORDER BY run_id").fetchall()
    # Of eight columns one has a new notice in the third round, and none in the second.
    assert [sum(new[turn * sites + site][0] for site in range(sites)) for turn in (1, 2)] == [0, 1]
    assert figures["nothing new: received a site"] == 0
    assert figures["nothing new: requests a site"] < figures["first sight: requests a site"]


def test_the_line_leads_through_the_last_two_sizes() -> None:
    assert line([100, 500], [1.0, 5.0]) == "145"
    assert line([100], [1.0]) == ""
    figures = [[Figure("time", 1.0, "s")], [Figure("time", 5.0, "s")]]
    assert table([100, 500], figures).splitlines()[-1] == "| time (s) | 1 | 5 | 145 |"
