"""A day that a redesign put into the head of every page is no notice's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.items import NoticeItem
from pipelines.normalise import normalise
from pipelines.template_days import DAY_UNKNOWN, TemplateDays, as_decided, with_day_of_row
from storage.models import Notice
from tests.pipelines.test_arrival import Crawls, page

NOW = datetime(2021, 2, 8, 9, 0, tzinfo=UTC)
TEMPLATE = "2021-02-06 02:00"
BODY = "<p>各有关单位：</p><p>公示期为5个工作日，自发布之日起施行。</p>"


def read(number: int, listed: str = "", published: str = TEMPLATE, by: str = "meta") -> Notice:
    """A page whose head tells `published`, its row `listed`."""
    place = ("miit", "文件公示", f"k{number}", f"https://m.gov.cn/art_{number}.html")
    item = NoticeItem(*place, "projects", "北京市", title=f"关于第{number}批名单的公示")
    item.published, item.list_date, item.body_html = published, listed, BODY
    item.read_by = {"published": by}
    return normalise(item, NOW)


def test_what_is_said_because_of_the_day_is_said_for_the_rows_day_too() -> None:
    of_row, by_head = read(1, "2021-02-01", "2021-02-01", "platform"), read(1, "2021-02-01")
    redone = with_day_of_row(by_head)

    assert by_head.deadlines != of_row.deadlines
    for name in ("published_on", "published_time", "deadlines", "deadline_on", "effective_on"):
        assert getattr(redone, name) == getattr(of_row, name)
    assert redone.summary == of_row.summary
    assert redone.read_by == {"published_on": "list"} | {
        name: by for name, by in by_head.read_by.items() if name != "published"
    }
    assert "以列表为准" in redone.warnings[0]


@pytest.mark.parametrize(
    ("listed", "by"), [("2021-02-06", "meta"), ("2021-02-01", "platform"), ("", "general")]
)
def test_a_day_that_the_row_bears_out_or_the_page_prints_is_in_no_doubt(
    listed: str, by: str
) -> None:
    assert read(1, listed, by=by).by_its_row is None


def test_a_day_that_known_notices_deny_is_the_templates() -> None:
    days = TemplateDays()
    for number in (1, 2):
        known = read(number, f"2021-01-1{number}", f"2021-01-1{number}", "platform")
        days.note(read(number, f"2021-01-1{number}"), known)
    new, other = read(3, "2021-02-05"), read(4, "2021-02-05", "2021-02-07 10:00")
    days.note(new, None)
    days.note(other, None)

    assert days.bears_one(new)
    assert not days.bears_one(other)


def test_one_instant_on_pages_whose_rows_differ_is_the_templates() -> None:
    days, bare = TemplateDays(), TemplateDays()
    for number in (1, 2, 3):
        days.note(read(number, f"2021-02-0{number}"), None)
        bare.note(read(number, f"2021-02-0{number}", "2021-02-06"), None)

    assert days.bears_one(read(1, "2021-02-01"))
    # Put up on one day with the days of their signing in the list: the head may well be right.
    assert not bare.bears_one(read(1, "2021-02-01", "2021-02-06"))


def test_pages_put_up_together_keep_the_instant_that_their_heads_tell() -> None:
    days = TemplateDays()
    for number in (1, 2, 3):
        days.note(read(number, "2021-02-05"), None)

    assert not days.bears_one(read(1, "2021-02-05"))


def test_without_any_other_day_the_notice_is_incomplete() -> None:
    redone = with_day_of_row(read(1))
    assert (redone.published_on, redone.complete) == (None, False)
    assert DAY_UNKNOWN in redone.warnings


def test_a_page_read_again_from_its_copy_keeps_the_day_that_the_crawl_chose() -> None:
    page_again = read(1, "2021-02-01")
    kept = as_decided(with_day_of_row(read(1, "2021-02-01")), page_again)

    assert kept.published_on == date(2021, 2, 1)
    assert as_decided(page_again, page_again).published_on == date(2021, 2, 6)


def test_new_notices_of_a_redesigned_site_have_the_day_of_their_row(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "zhengxun.db")
    crawls.crawl(page(0), page(1))

    def of_template(number: int, listed: date) -> Notice:
        made, read_by = read(number, f"{listed}"), {"published": "meta", "body_html": "platform"}
        own = page(number)
        return replace(
            own,
            published_on=made.published_on,
            published_time=made.published_time,
            by_its_row=made.by_its_row,
            read_by=read_by,
        )

    monday = date(2021, 2, 1)
    later = [of_template(number, monday + timedelta(days=number)) for number in (2, 3)]
    crawls.crawl(*later, of_template(0, monday), of_template(1, monday))

    found = {one.notice.key: one.notice.published_on for one in crawls.stored()}
    assert found == {
        "old-0": monday,
        "old-1": monday,
        "old-2": date(2021, 2, 3),
        "old-3": date(2021, 2, 4),
    }
    assert crawls.changes() == []
