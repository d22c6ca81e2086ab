"""A wall is not silence: every way a column can go wrong has its verdict and its reason."""

from datetime import date

import pytest

from crawlers.items import ColumnReport, Failure
from pipelines.monitor import judge

TODAY = date(2021, 2, 5)


def report(**over: object) -> ColumnReport:
    values: dict[str, object] = {
        "column": "通知公告",
        "url": "https://x.cn/",
        "min_rows": 5,
        "rows": 20,
        "pages": 1,
        **over,
    }
    values.setdefault("known", values["rows"])
    return ColumnReport(**values)  # type: ignore[arg-type] # test data


@pytest.mark.parametrize(
    ("seen", "verdict", "words"),
    [
        (report(), "ok", ""),
        (report(rows=4), "broken", "只读到 4 条，至少应有 5 条"),
        (report(rows=0, pages=0), "broken", "只读到 0 条"),
        (report(rows=2, degraded="改读首页新闻"), "degraded", "改读首页新闻；列表只读到 2 条"),
        (report(rows=0, degraded="改读首页新闻"), "broken", "改读首页新闻"),
        (report(degraded="列表没有日期"), "degraded", "列表没有日期"),
        (report(rows=0, pages=0, degraded="没有配置订阅中继"), "degraded", "订阅中继"),
        (report(notice_failures=2), "degraded", "2 篇"),
        (
            report(failure=Failure("blocked", "网站返回 202 验证页", "https://x.cn/", 202)),
            "blocked",
            "202",
        ),
    ],
)
def test_each_state_has_its_verdict(seen: ColumnReport, verdict: str, words: str) -> None:
    found, reason = judge(seen, newest_on=TODAY, today=TODAY, errors=0, finished=True)
    assert found == verdict
    assert words in reason


def test_a_column_without_news_for_too_long_is_quiet() -> None:
    newest = date(2021, 1, 1)
    verdict, reason = judge(report(), newest_on=newest, today=TODAY, errors=0, finished=True)
    assert verdict == "quiet"
    assert "35 天" in reason


def test_parsing_errors_are_never_ok() -> None:
    verdict, reason = judge(report(), newest_on=TODAY, today=TODAY, errors=3, finished=True)
    assert verdict == "degraded"
    assert "3 个页面" in reason


def test_a_column_not_reached_before_the_crawl_was_stopped_is_unreachable() -> None:
    unread = report(rows=0, pages=0)
    verdict, _ = judge(unread, newest_on=None, today=TODAY, errors=0, finished=False)
    assert verdict == "unreachable"
