"""A notice page in new clothes is read by what is known of two notices; markup drawn at random."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawlers.catalogue import Selectors
from crawlers.items import KNOWN_CHARACTERS, NoticeItem
from crawlers.reading.learned_body import agreement
from crawlers.reading.learned_page import Sample, derive_page, is_telling, words_of
from crawlers.reading.learned_titles import letters
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.printed_dates import day_of
from pipelines.learning.learned_selectors import stored_text
from tests.crawlers.clothes import BASE, Clothes, drawn, known, told


def read(page: str, selectors: Selectors) -> NoticeItem:
    item = NoticeItem("site", "通知公告", "1", BASE, "projects", "天津市", list_title="市科技局…")
    fill_from_page(item, page, selectors, NO_PLATFORM)
    return item


@pytest.mark.parametrize("seed", range(30))
def test_a_new_notice_is_read_as_its_publisher_wrote_it(seed: int) -> None:
    rng = drawn(seed)
    clothes, notices = Clothes(rng), told(12, rng)
    samples = [
        Sample(clothes.notice_page(one, notices[7:10]), BASE, row)
        for one, row in zip(notices[5:7], known(notices[5:7]), strict=True)
    ]
    learned = derive_page(samples)
    assert learned is not None, clothes.drawn
    for one in notices[:3]:
        item = read(clothes.notice_page(one, notices[6:9]), learned)
        assert item.read_by["body_html"] == "column"
        assert agreement(words_of(item.body_html, BASE), "\n".join(one.paragraphs)) > 0.97, (
            clothes.drawn
        )
        assert letters(item.title) == letters(one.title)
        assert day_of(item.published) == one.day


def test_a_page_that_does_not_hold_the_known_text_teaches_nothing() -> None:
    rng = drawn(1)
    clothes, notices = Clothes(rng), told(4, rng)
    row = known(notices)[1]
    assert derive_page([Sample(clothes.notice_page(notices[0], []), BASE, row)]) is None
    assert derive_page([Sample("", BASE, row)]) is None
    assert derive_page([]) is None


def test_pages_that_are_laid_out_differently_teach_nothing_together() -> None:
    notices = told(2, drawn(9))
    rows = known(notices)
    heads = [f"<h1>{one.title}</h1><p>发布时间：{one.day}</p>" for one in notices]
    texts = ["".join(f"<p>{line}</p>" for line in one.paragraphs) for one in notices]
    side = f"<div class='side'>{'<p>政务服务与办事指南的说明文字。</p>' * 60}</div>"
    one = Sample(f"<body>{heads[0]}<div class='text'>{texts[0]}</div>{side}", BASE, rows[0])
    two = Sample(f"<body>{heads[1]}{side}<table><td>{texts[1]}</table>", BASE, rows[1])
    assert derive_page([one]) is not None
    assert derive_page([two]) is not None
    assert derive_page([one, two]) is None


def test_a_text_that_is_short_or_known_in_part_is_no_example() -> None:
    row = known(told(1, drawn(1)))[0]
    assert is_telling(row)
    assert not is_telling(replace(row, text="见附件。"))
    assert not is_telling(replace(row, text="申报" * KNOWN_CHARACTERS))


def test_what_is_left_out_of_a_body_is_said_by_a_selector() -> None:
    page = (
        "<body><div class='main'><h1>关于开展申报工作的通知</h1><p class='info'>2021-02-05</p>"
        "<p>各有关单位：</p><p>现将有关事项通知如下。</p><div class='share'>分享</div></div></body>"
    )
    selectors = Selectors(notice_body=("div.main",), notice_drop=("h1", "p.info", ".share"))
    assert words_of(read(page, selectors).body_html, BASE) == "各有关单位： 现将有关事项通知如下。"


def test_lines_that_the_store_leaves_out_are_no_difference_and_are_not_dropped() -> None:
    """科服网 ends its reposts with the original's address, which is kept apart from the text."""
    note = "<p>阅读原文/下载相关附件请前往:http://kxjs.tj.gov.cn/t20210205_1.html</p>"
    notices = told(2, drawn(9))
    samples = [
        Sample(
            f"<body><h1>{one.title}</h1><p>{one.day}</p><div id='text'>"
            f"{''.join(f'<p>{line}</p>' for line in one.paragraphs[:3])}{note}</div></body>",
            BASE,
            replace(row, text="\n".join(one.paragraphs[:3])),
        )
        for one, row in zip(notices, known(notices), strict=True)
    ]
    learned = derive_page(samples, stored_text)
    assert learned is not None
    assert (learned.notice_body, learned.notice_drop) == (("#text",), ())
