"""The foot of an issue says which enabled columns rest on an inference nobody has confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlite_utils import Database

from digest.composing.coverage import UNCONFIRMED, coverage_of
from storage.models import Check
from storage.runs.catalogue import sync_catalogue
from storage.runs.runs import save_check, start_run
from tests.storage.samples import at, site


def test_an_inferred_column_says_so_until_its_first_good_reading(db: Database) -> None:
    row = site("nhc", "规范性文件", "政策解读")
    inferred = replace(row.columns[0], inferred=True)
    sync_catalogue(db, [replace(row, columns=(inferred, row.columns[1]))], at("2021-02-01 01:00"))
    run = start_run(db, "nhc", now=at("2021-02-05 08:00"), pid=None)
    save_check(db, Check(run, "nhc", "规范性文件", at("2021-02-05 08:01"), "broken", "没有列表"))
    save_check(db, Check(run, "nhc", "政策解读", at("2021-02-05 08:01"), "broken", "没有列表"))
    first, second = coverage_of(db, date(2021, 1, 30), at("2021-02-05 09:00"))
    assert (first.reason, second.reason) == (f"没有列表；{UNCONFIRMED}", "没有列表")
    later = start_run(db, "nhc", now=at("2021-02-06 08:00"), pid=None)
    save_check(db, Check(later, "nhc", "规范性文件", at("2021-02-06 08:01"), "ok", rows=20))
    (first, _) = coverage_of(db, date(2021, 1, 30), at("2021-02-06 09:00"))
    assert UNCONFIRMED not in first.reason
    again = start_run(db, "nhc", now=at("2021-02-07 08:00"), pid=None)
    save_check(db, Check(again, "nhc", "规范性文件", at("2021-02-07 08:01"), "broken", "没有列表"))
    (first, _) = coverage_of(db, date(2021, 1, 30), at("2021-02-07 09:00"))
    assert first.reason == "没有列表"
