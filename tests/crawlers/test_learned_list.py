"""A list in new clothes is read by what is known of it: markup drawn at random, nothing told."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.items import KnownRow
from crawlers.reading.learned_css import is_stable
from crawlers.reading.learned_list import derive_list
from crawlers.reading.list_page import read_rows
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.printed_dates import day_of
from crawlers.reading.rows import Row
from tests.crawlers.clothes import BASE, Clothes, Told, drawn, known, told


def read(rows: list[Row]) -> list[tuple[str, str, date | None]]:
    return [(row.url, row.title, day_of(row.date)) for row in rows]


def printed(notices: list[Told]) -> list[tuple[str, str, date | None]]:
    return [(f"https://www.example.gov.cn{one.path}", one.title, one.day) for one in notices]


@pytest.mark.parametrize("seed", range(40))
def test_every_row_old_and_new_is_read_with_address_title_and_day(seed: int) -> None:
    rng = drawn(seed)
    clothes, notices = Clothes(rng), told(30, rng)
    hot = rng.sample(notices[:20], 6)
    learned = derive_list(clothes.list_page(notices[:15], hot), BASE, known(notices[4:20]))
    assert learned is not None, clothes.drawn
    assert read(learned.rows) == printed(notices[:15]), clothes.drawn
    # The next page, on which nothing is known, wears the same clothes.
    second = clothes.list_page(notices[15:], hot)
    rows, reader = read_rows(second, BASE, learned.selectors, NO_PLATFORM)
    assert reader == "column"
    if not any("nth-of-type" in css for css in learned.selectors.rows):
        assert read(rows) == printed(notices[15:]), clothes.drawn


def test_what_was_learned_is_a_columns_selectors_word_for_word() -> None:
    rng = drawn(3)
    clothes, notices = Clothes(rng), told(20, rng)
    page = clothes.list_page(notices[:15], notices[:6])
    learned = derive_list(page, BASE, known(notices[4:]))
    assert learned is not None
    pasted = Selectors.model_validate(learned.selectors.model_dump(exclude_defaults=True))
    assert read(read_rows(page, BASE, pasted, platforms.platform("trs"))[0]) == printed(
        notices[:15]
    )


def test_two_known_notices_are_too_few_to_learn_from() -> None:
    rng = drawn(5)
    clothes, notices = Clothes(rng), told(20, rng)
    page = clothes.list_page(notices[:15], notices[:3])
    assert derive_list(page, BASE, known(notices[4:6])) is None


def test_a_sidebar_that_shows_some_known_notices_is_not_taken_for_the_list() -> None:
    rows = known(told(15, drawn(1)))
    side = "".join(f'<li><a href="{row.url}">{row.title}</a></li>' for row in rows[:4])
    text = "".join(f"<p>其他页面里也提到{row.title}一文，但没有链接。</p>" for row in rows[4:])
    assert derive_list(f"<body><ul>{side}</ul><div>{text}</div></body>", BASE, rows) is None


def test_a_list_that_prints_other_days_than_all_that_are_known_is_not_believed() -> None:
    rows = known(told(15, drawn(1)))
    items = "".join(
        f'<li><a href="{row.url}">{row.title}</a><span>2019-01-0{index % 9 + 1}</span></li>'
        for index, row in enumerate(rows)
    )
    assert derive_list(f"<body><ul class='news'>{items}</ul></body>", BASE, rows) is None


def test_a_menu_and_a_page_without_known_titles_teach_nothing() -> None:
    rows = [KnownRow("1", "https://x/1", "关于甲的通知全文"), KnownRow("2", "https://x/2", "乙")]
    page = "<body><ul>" + "<li><a href='/a'>乙</a></li>" * 5 + "</ul></body>"
    assert derive_list(page, BASE, rows) is None
    assert derive_list("", BASE, rows) is None


def test_a_deep_and_a_wide_page_end_in_time() -> None:
    rows = known(told(20, drawn(2)))
    deep = "<div>" * 3000 + rows[0].title + "</div>" * 3000
    wide = "".join(f"<li><a href='/{n}'>{rows[n % 20].title}</a></li>" for n in range(4000))
    derive_list(f"<body>{deep}</body>", BASE, rows)
    derive_list(f"<body><ul>{wide}</ul></body>", BASE, rows)


@pytest.mark.parametrize("name", ["xl-r2-list", "list2", "TRS_UEDITOR", "h_wz_m", "ContentBoox"])
def test_a_name_somebody_chose_is_used(name: str) -> None:
    assert is_stable(name)


@pytest.mark.parametrize("name", ["css-1x7gk2", "item__3kd9A", "sc-bdVaJa", "active", "x20210204"])
def test_a_name_made_by_a_tool_or_a_state_is_not(name: str) -> None:
    assert not is_stable(name)


def test_a_day_without_a_year_beside_the_day_of_the_last_change_is_the_day() -> None:
    notices = told(12, drawn(2))
    rows = "".join(
        f'<a class="_x3kD9f" href="{one.path}"><span class="_u7Gq2">更新：2021-02-05 06:00</span>'
        f'<span class="_d8Hw3">[{one.day:%m-%d}]</span><span>各有关单位：现将事项通知如下……</span>'
        f"<div>{one.title}</div></a>"
        for one in notices
    )
    learned = derive_list(f"<body><div class='list'>{rows}</div></body>", BASE, known(notices[2:]))
    assert learned is not None
    assert [row.title for row in learned.rows] == [one.title for one in notices]
    assert [row.date for row in learned.rows] == [f"--{one.day:%m-%d}" for one in notices]
