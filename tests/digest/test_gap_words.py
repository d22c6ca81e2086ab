"""Days that may be incomplete are named to readers and to the operator, with what can be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.alerts.rules import review_gaps
from digest.rendering.coverage_table import coverage_rows
from storage.database import open_database
from storage.models import Gap
from storage.operation import alarms
from storage.runs.catalogue import sync_catalogue
from storage.runs.gaps import read_over, record_gap
from tests.digest.samples import make_coverage, make_digest
from tests.storage.samples import site

NOW = datetime(2021, 2, 5, 9, tzinfo=UTC)
GAP = Gap(
    "cde", "新闻", date(2021, 1, 29), date(2021, 2, 3), NOW, "第 2 页没有读到：网站出错（502）"
)


@pytest.mark.parametrize(
    ("to_on", "words"),
    [
        (date(2021, 2, 3), "2021年1月29日至2月3日"),
        (date(2021, 1, 29), "2021年1月29日"),
        (date(2022, 1, 2), "2021年1月29日至2022年1月2日"),
    ],
)
def test_days_are_written_as_people_write_them(to_on: date, words: str) -> None:
    assert replace(GAP, to_on=to_on).days == words


def test_the_foot_names_the_days_the_reason_and_what_is_done() -> None:
    told = make_coverage(verdict="degraded", reason=GAP.words, gaps=(GAP,))
    (row,) = coverage_rows(make_digest(coverage=(told,)))
    assert row.tone == "bad"
    assert row.reason == (
        "2021年1月29日至2月3日发布的通知可能没有收全（第 2 页没有读到：网站出错（502））；"
        "以后每次读取都会往回补读，补上之前请到原网页核对"
    )


def test_an_older_gap_is_named_behind_an_outage_too() -> None:
    told = make_coverage(verdict="blocked", reason="网站拒绝访问（403）", gaps=(GAP,))
    (row,) = coverage_rows(make_digest(coverage=(told,)))
    assert row.reason.startswith("网站拒绝访问（403）；2021年1月29日至2月3日")


def test_an_outage_says_since_when_notices_may_be_missing() -> None:
    told = make_coverage(verdict="unreachable", reason="连接超时")
    (row,) = coverage_rows(make_digest(coverage=(told,)))
    assert row.reason == "连接超时；2月5日以来发布的通知可能没有收到，恢复后自动补读"


def test_the_operator_hears_once_of_a_gap_and_once_when_it_is_read_over(tmp_path: Path) -> None:
    db = open_database(tmp_path / "zhengxun.db")
    sync_catalogue(db, [site("cde", "新闻")], NOW)
    record_gap(
        db, site="cde", column="新闻", from_on=GAP.from_on, to_on=GAP.to_on,
        reason=GAP.reason, now=NOW,
    )  # fmt: skip
    review_gaps(db, now=NOW)
    review_gaps(db, now=NOW)
    (raised,) = alarms.open_alarms(db)
    assert raised.title == "网站cde·新闻 可能漏收：2021年1月29日至2月3日"
    assert "第 2 页没有读到" in raised.text
    assert "zhengxun crawl cde --days 14" in raised.text
    read_over(db, site="cde", column="新闻", since=GAP.from_on, now=NOW)
    review_gaps(db, now=NOW)
    assert alarms.open_alarms(db) == []
    db.close()
