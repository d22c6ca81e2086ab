"""Whose list a page is: what it calls itself, and where its rows lead."""

from __future__ import annotations

from parsel import Selector

from crawlers.catalogue import Selectors
from crawlers.reading.list_identity import ListIdentity, folder_of, list_identity
from crawlers.reading.list_page import read_list
from crawlers.reading.platform import NO_PLATFORM

HOST = "https://kjj.example.gov.cn"


def block(folder: str, count: int = 4) -> str:
    rows = "".join(
        f"<li><a href='/{folder}/202102/t2021020{n}_{n}.html'>{folder}栏目第{n}号通知</a>"
        f"<span>2021-02-0{n}</span></li>"
        for n in range(count, 0, -1)
    )
    return f"<div class='{folder}'><ul>{rows}</ul></div>"


def identity(body: str, title: str) -> ListIdentity:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    found = read_list(html, HOST + "/tzgg/", Selectors(), NO_PLATFORM)
    return list_identity(Selector(text=html), found.rows, HOST + "/tzgg/")


def test_a_column_names_itself_and_leads_into_its_folder() -> None:
    path = (
        "<div>当前位置：<a href='/'>首页</a> &gt; <a href='/zw/'>政务公开</a> &gt; 通知公告</div>"
    )
    found = identity(path + block("tzgg"), "通知公告-某市科学技术局")
    assert found.names == ("通知公告",)
    assert found.folders == (("kjj.example.gov.cn/tzgg/", 4),)
    assert not found.is_front


def test_a_front_page_has_lists_of_many_folders_and_no_name() -> None:
    found = identity(block("tzgg") + block("zcfg") + block("xwdt"), "某市科学技术局")
    assert len(found.lists) == 3
    assert found.is_front


def test_tabs_on_a_column_page_make_no_front_page() -> None:
    assert not identity(block("tzgg") + block("zcfg") + block("xwdt"), "通知公告-某局").is_front


def test_days_and_numbers_are_no_part_of_a_folder() -> None:
    folders = {
        "/zwgk/tzgg/202102/t20210204_1.html": "/zwgk/tzgg/",
        "/art/2021/2/4/art_74_1.html": "/art/",
        "/tzgg/743939560/index.html": "/tzgg/",
        "/show.asp?id=3": "/",
    }
    assert {url: folder_of(HOST + url)[len("kjj.example.gov.cn") :] for url in folders} == folders
