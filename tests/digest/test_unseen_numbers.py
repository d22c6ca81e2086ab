"""The foot of an issue names the numbers that a gapless series lacks."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from digest.composing.coverage import coverage_of
from storage.models import Check
from storage.runs.catalogue import sync_catalogue
from storage.runs.number_series import keep_missing
from storage.runs.runs import save_check, start_run
from tests.storage.samples import at, page, saved, site


def test_a_missing_number_stands_beside_its_column_until_it_is_seen(db: Database) -> None:
    sync_catalogue(db, [site("cde", "发布通告", "工作动态")], at("2021-02-01 01:00"))
    notice_id = saved(db, page("n8", column="发布通告"))
    run = start_run(db, "cde", now=at("2021-02-05 08:00"), pid=None)
    for column in ("发布通告", "工作动态"):
        save_check(db, Check(run, "cde", column, at("2021-02-05 08:01"), "ok", rows=10))
    lacking = [("cde", "发布通告", f"通告2021年第{number}号", notice_id) for number in range(1, 8)]
    keep_missing(db, lacking, at("2021-02-05 08:02"))
    first, second = coverage_of(db, date(2021, 1, 30), at("2021-02-05 09:00"))
    assert first.reason.startswith("未见：通告2021年第1号、通告2021年第2号")
    assert first.reason.endswith("等 7 个编号")
    assert (first.verdict, second.reason) == ("ok", "")
    keep_missing(db, [], at("2021-02-06 08:00"))
    assert coverage_of(db, date(2021, 1, 30), at("2021-02-06 09:00"))[0].reason == ""
    assert coverage_of(db, date(2021, 1, 30), at("2021-02-05 09:00"))[0].reason != ""
