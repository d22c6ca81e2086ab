"""Lists whose rows stand in parts of different boxes are read whole; what stands beside them is not
joined."""

from __future__ import annotations

from collections.abc import Sequence

from crawlers.catalogue import Selectors
from crawlers.reading.list_page import read_list
from crawlers.reading.platform import Platform

URL = "https://a.gov.cn/tzgg/"
SUBJECTS = "人工智能", "生物医药", "绿色制造", "商标品牌", "专利导航", "海水淡化", "智能网联"


def rows(days: Sequence[int], tag: str = "li") -> str:
    return "".join(
        f'<{tag}><a href="./202103/t202103{day:02}_{day}.html">关于征集{subject}典型案例的通知</a>'
        f"<span>2021-03-{day:02}</span></{tag}>"
        for day, subject in zip(days, SUBJECTS, strict=False)
    )


def page(*parts: str) -> str:
    return f"<html><body><div>{''.join(parts)}</div></body></html>"


def read(html: str, *selectors: str) -> tuple[list[str], str]:
    reading = read_list(html, URL, Selectors(rows=selectors), Platform("none"))
    return [row.date[-2:] for row in reading.rows], reading.reader


def test_the_first_rows_in_another_box_belong_to_the_list() -> None:
    html = page(
        f"<x-boxs>{rows([19, 18, 17])}</x-boxs>",
        '<div class="line"></div>',
        f"<ul>{rows([16, 15, 14, 13, 12])}</ul>",
        f"<ol>{rows([11, 10, 9])}</ol>",
    )
    days = ["19", "18", "17", "16", "15", "14", "13", "12", "11", "10", "09"]
    assert read(html) == (days, "general")


def test_selectors_that_find_a_part_of_the_list_are_not_believed() -> None:
    html = page(f"<x-boxs>{rows([19, 18])}</x-boxs>", f"<ul>{rows([16, 15, 14, 13, 12])}</ul>")
    assert read(html, "ul > li") == (["19", "18", "16", "15", "14", "13", "12"], "general")


def test_selectors_that_find_all_of_it_are() -> None:
    html = page(f"<ul>{rows([16, 15, 14, 13, 12])}</ul>")
    assert read(html, "ul > li") == (["16", "15", "14", "13", "12"], "column")


def test_a_hot_list_that_begins_anew_is_not_joined() -> None:
    hot = f"<ol>{rows([18, 11, 17])}</ol>"
    html = page(f"<ul>{rows([19, 16, 15, 14, 13, 12])}</ul>", hot)
    assert read(html, "ul > li") == (["19", "16", "15", "14", "13", "12"], "column")
    assert read(html)[0] == ["19", "16", "15", "14", "13", "12"]


def test_a_list_under_a_heading_of_its_own_is_not_joined() -> None:
    html = page(
        f"<ul>{rows([19, 18, 17, 16, 15, 14])}</ul>",
        "<h3>往期回顾</h3>",
        f"<ol>{rows([12, 11, 10])}</ol>",
    )
    assert read(html, "ul > li") == (["19", "18", "17", "16", "15", "14"], "column")


def test_a_list_whose_box_has_a_heading_is_not_joined() -> None:
    html = page(
        f"<section>{rows([19, 18, 17, 16, 15, 14])}</section>",
        f"<aside><b>热点</b>{rows([12, 11, 10])}</aside>",
    )
    assert read(html)[0] == ["19", "18", "17", "16", "15", "14"]
