"""Lists whose layout nobody described: every row with its title, address and day, and no other."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers.catalogue import Selectors
from crawlers.reading.list_page import Reading, read_list
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.printed_dates import day_of

LAYOUTS = tomllib.loads(Path(__file__).with_name("list_layouts.toml").read_text("utf-8"))
HOST = "https://kjj.example.gov.cn"
TITLES = [
    "关于组织申报高新技术企业的通知",
    "关于开展科技型中小企业评价工作的公告",
    "2020年度重点实验室考核结果公示",
    "市科技局关于技术合同登记的通知",
    "转发《药品注册管理办法》的通知",
    "关于征求《实施细则（征求意见稿）》意见的函",
]
DAYS = ["2021-02-04", "2021-02-03", "2021-02-01", "2021-01-28", "2021-01-15", "2020-12-30"]
URLS = [f"/tzgg/n{number}.html" for number in range(6)]
ENGLISH = ["Jan", "Feb", "", "", "", "", "", "", "", "", "", "Dec"]
ABOVE = """<div class="top"><a href="/">首页</a><a href="/zwgk/">政务公开</a></div>
<ul class="leftlist"><li><a href="/jg/">机构职能设置情况</a></li>
<li><a href="/ld/">局领导信息公开</a></li><li><a href="/tzgg/">通知公告栏目</a></li></ul>"""
BELOW = """<div class="bottom"><a href="http://www.gov.cn/">中国政府网</a>
<a href="/sitemap.html">网站地图</a><p>版权所有 2021 备案号 津ICP备05001234号-1</p></div>"""


def rows_printed(layout: dict[str, Any]) -> str:
    """The markup of a layout of which only a row is told."""
    printed = []
    for n, day in enumerate(map(date.fromisoformat, DAYS)):
        values = {
            "T": TITLES[n], "U": layout.get("urls", URLS)[n], "D": DAYS[n],
            "n": str(n + 1), "cut": TITLES[n][:10], "cut9": TITLES[n][:9],
            "y": f"{day.year}", "y2": f"{day:%y}", "m": f"{day.month:02}", "d": f"{day.day:02}",
            "mon": ENGLISH[day.month - 1],
            "unix": str((day - date(1970, 1, 1)).days * 86_400 + 4 * 3_600),
        }  # fmt: skip
        printed.append(
            re.sub(r"\{(\w+)\}", lambda found, told=values: told[found[1]], layout["row"])
        )
    rows = "\n".join(printed)
    return f"{layout.get('before', '<ul>')}{rows}{layout.get('after', '</ul>')}"


def read(markup: str, today: date | None = date(2021, 2, 5)) -> Reading:
    for letter, values in (("T", TITLES), ("U", URLS), ("D", DAYS)):
        markup = re.sub(rf"\{{{letter}(\d)\}}", lambda m, v=values: v[int(m[1])], markup)
    page = f"<html><title>通知公告</title><body>{ABOVE}<div>{markup}</div>{BELOW}</body></html>"
    return read_list(page, f"{HOST}/tzgg/index.html", Selectors(), NO_PLATFORM, today=today)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_row_of_a_list_is_read_and_no_other(layout: dict[str, Any]) -> None:
    titles, urls = layout.get("titles", TITLES), layout.get("urls", URLS)
    wanted = [
        (
            titles[n],
            urls[n] if urls[n].startswith("http") else HOST + urls[n],
            None if layout.get("undated") else date.fromisoformat(DAYS[n]),
        )
        for n in layout.get("order", range(6))
    ]
    rows = read(layout.get("markup") or rows_printed(layout)).rows
    assert [(row.title, row.url, day_of(row.date)) for row in rows] == wanted
    assert [n for n, row in enumerate(rows) if row.pinned] == layout.get("pinned", [])


def rows_of(days: list[str]) -> str:
    return "".join(
        f"<li><a href='/tzgg/{n}.html'>{TITLES[n % 6]}（{n}）</a><span>{day}</span></li>"
        for n, day in enumerate(days)
    )


@pytest.mark.parametrize(
    ("printed", "days"),
    [
        (
            ["02-04", "01-15", "12-30", "11-02"],
            ["2021-02-04", "2021-01-15", "2020-12-30", "2020-11-02"],
        ),
        (
            ["02-04", "06-30", "01-04", "12-20"],
            ["2021-02-04", "2020-06-30", "2020-01-04", "2019-12-20"],
        ),
        (["02-06", "02-05"], ["2021-02-06", "2021-02-05"]),  # a day ahead is a clock ahead
        (
            ["02-03", "02-04", "02-02", "02-03"],
            ["2021-02-03", "2021-02-04", "2021-02-02", "2021-02-03"],
        ),
    ],
)
def test_days_without_a_year_get_it_from_the_day_of_the_reading(
    printed: list[str], days: list[str]
) -> None:
    assert [row.date for row in read(f"<ul>{rows_of(printed)}</ul>").rows] == days


def test_an_old_row_kept_on_top_does_not_put_the_list_into_its_year() -> None:
    printed = ["11-23", *(f"02-{day:02}" for day in range(4, 0, -1)), "01-29", "01-20", "01-04"]
    days = [row.date for row in read(f"<ul>{rows_of(printed)}</ul>").rows]
    assert days == ["2020-11-23", *(f"2021-{day}" for day in printed[1:])]


def test_a_column_of_few_notices_a_year_goes_back_over_the_years() -> None:
    printed = ["01-23", "06-30", "05-04", "03-20", "02-11", "12-20", "11-02", "10-01"]
    days = [row.date for row in read(f"<ul>{rows_of(printed)}</ul>").rows]
    assert (days[0], days[1], days[-1]) == ("2021-01-23", "2020-06-30", "2019-10-01")


def test_days_without_a_year_in_no_order_stay_without_one() -> None:
    printed = ["02-04", "11-02", "01-15", "12-30", "01-02", "12-20"]
    assert {row.date for row in read(f"<ul>{rows_of(printed)}</ul>").rows} == {""}


def test_days_without_a_year_are_not_guessed_without_a_clock() -> None:
    found = read(f"<ul>{rows_of(['02-04', '01-15', '12-30'])}</ul>", today=None)
    assert {row.date for row in found.rows} == {""}


def test_a_list_that_comes_by_script_is_said_to_do_so() -> None:
    found = read("<ul id=rows></ul><script>$.post('/list.do',{lm:3},draw)</script>")
    assert "脚本" in "".join(found.doubts) or found.rows


def test_a_list_without_end_is_read_in_part_and_says_so() -> None:
    rows = "".join(
        f"<li><a href='/tzgg/{n}.html'>{TITLES[n % 6]}（{n}）</a><span>2021-02-04</span></li>"
        for n in range(3_000)
    )
    found = read(f"<ul>{rows}</ul>")
    assert len(found.rows) == 2_000
    assert any("2000" in doubt for doubt in found.doubts)
