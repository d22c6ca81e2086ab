"""The next page of a list, whatever turns it, and how far the list goes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from parsel import Selector

from crawlers.reading.pager import Pager, read_pager

PAGERS = tomllib.loads(Path(__file__).with_name("pagers.toml").read_text("utf-8"))
HERE = "https://kjj.example.gov.cn/tzgg/index.html"
ROWS = (
    "<ul class='list'>"
    + "".join(
        f'<li><a href="n{n}.html">某局关于第{n}个事项的通知</a><span>2021-02-0{n}</span></li>'
        for n in (4, 3, 2)
    )
    + "</ul>"
)


def pager(markup: str, url: str = HERE, asked: int = 1, rows: int = 3, column: str = HERE) -> Pager:
    html = f"<html><head><title>通知公告</title></head><body>{ROWS}{markup}</body></html>"
    page = Selector(text=html)
    return read_pager(page, url, asked=asked, column_url=column, rows=rows)


def at(path: str) -> str:
    return "https://kjj.example.gov.cn" + path


@pytest.mark.parametrize("layout", PAGERS["links"].values(), ids=PAGERS["links"])
def test_a_link_that_turns_the_page_is_found(layout: dict[str, Any]) -> None:
    found = pager(layout["markup"])
    assert found.next_url == at(layout["next"]), found
    assert not found.stuck
    assert not found.is_end
    assert not found.guessed


@pytest.mark.parametrize("layout", PAGERS["scripts"].values(), ids=PAGERS["scripts"])
def test_a_pager_drawn_by_script_is_worked_out(layout: dict[str, Any]) -> None:
    found = pager(layout["markup"])
    assert found.next_url == at(layout["next"]), found
    assert (found.last, found.total) == (layout["last"], layout.get("total"))
    assert not found.guessed


@pytest.mark.parametrize("layout", PAGERS["calls"].values(), ids=PAGERS["calls"])
def test_a_control_that_calls_a_function_of_the_page_is_followed(layout: dict[str, Any]) -> None:
    assert pager(layout["markup"]).next_url == at(layout["next"])


def test_a_form_that_is_posted_says_what_to_post() -> None:
    found = pager(
        """<form action="list.do" method="post"><input type="hidden" name="lm" value="12">
        <input name="page" value="1"><a href="javascript:go(2)">下一页</a></form>
        <script>function go(n){ document.forms[0].page.value = n; document.forms[0].submit(); }
        </script>"""
    )
    assert found.next_url == at("/tzgg/list.do")
    assert found.form == (("lm", "12"), ("page", "2"))


def test_a_post_back_sends_the_state_with_the_page() -> None:
    found = pager(
        """<form method="post" action="list.aspx?id=3"><input type="hidden" name="__VIEWSTATE"
        value="dDw="><input type="submit" name="go" value="转">
        <a href="javascript:__doPostBack('Pager1','2')">下一页</a></form>"""
    )
    assert found.next_url == at("/tzgg/list.aspx?id=3")
    assert dict(found.form) == {
        "__VIEWSTATE": "dDw=", "__EVENTTARGET": "Pager1", "__EVENTARGUMENT": "2",
    }  # fmt: skip


COUNTS = {
    "共132条 第1/14页": (1, 14, 132, None),
    "共 132 条记录　1/14 页": (1, 14, 132, None),
    "<b>当前第<em>1</em>页</b> <b>共<em>14</em>页</b>": (1, 14, None, None),
    "总记录数：<span>132</span>，每页显示 10 条，当前页：<span>1/14</span>": (1, 14, 132, 10),
    "共有<font color=red>132</font>条信息 每页10条 共14页": (None, 14, 132, 10),
    "页次：1/14页 10条/页 共132条": (1, 14, 132, 10),
}


@pytest.mark.parametrize("words", COUNTS)
def test_the_counts_are_read_as_printed(words: str) -> None:
    found = pager(f'<div class="p">{words} <a href="?page=2">下一页</a></div>')
    current, last, total, size = COUNTS[words]
    assert (found.current, found.last, found.total, found.size) == (current, last, total, size)


def test_counts_in_attributes_are_read() -> None:
    found = pager('<input type="hidden" name="x" totalpage="14"><a href="a-2.html">下一页</a>')
    assert found.last == 14


def test_a_number_in_a_title_is_no_count() -> None:
    found = pager("<p>我市出台共35条措施</p><h3>2021年1/2月份共12条线索的通报</h3>")
    assert found == Pager()


@pytest.mark.parametrize("layout", PAGERS["ends"].values(), ids=PAGERS["ends"])
def test_the_last_page_is_known_by_itself(layout: dict[str, Any]) -> None:
    asked = layout["asked"]
    found = pager(
        f"<div class='p'>{layout['markup']}</div>", at(f"/tzgg/index.html?page={asked}"), asked
    )
    assert found.is_end, found
    assert found.next_url is None


def test_all_rows_on_the_first_page_prove_the_end() -> None:
    assert pager("<p>共 3 条</p>").is_end


@pytest.mark.parametrize("layout", PAGERS["stuck"].values(), ids=PAGERS["stuck"])
def test_pages_that_nobody_can_turn_to_are_said(layout: dict[str, Any]) -> None:
    found = pager(layout["markup"])
    assert found.stuck, found
    assert found.next_url is None
    assert not found.is_end
    assert found.sign


def test_an_address_that_follows_from_other_pages_is_a_guess() -> None:
    found = pager('<div>第1/14页 <a href="index_13.html">尾页</a></div>')
    assert (found.next_url, found.guessed) == (at("/tzgg/index_1.html"), True)


@pytest.mark.parametrize("layout", PAGERS["nowhere"].values(), ids=PAGERS["nowhere"])
def test_nothing_else_is_taken_for_a_next_page(layout: dict[str, Any]) -> None:
    assert pager(layout["markup"]).next_url is None


def test_a_page_without_a_pager_says_nothing() -> None:
    assert pager("") == Pager()


def test_the_pager_starts_from_the_base_of_the_page() -> None:
    html = f'<html><head><base href="/site/"></head><body>{ROWS}<a href="p2.html">下一页</a></body>'
    found = read_pager(Selector(text=html), HERE)
    assert found.next_url == at("/site/p2.html")
