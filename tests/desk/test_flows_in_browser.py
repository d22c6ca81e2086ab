"""What people do at the desk in a real Chromium: by keyboard, with the script and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.drafts import coming_week
from app.issues import make
from digest.folders import issue_folder
from replica.server import Replica
from storage.issues.edits import list_edits
from storage.issues.issues import find_issue
from tests.chromium import chromium, needs_chromium
from tests.desk.running import RunningDesk, context_at, fill, running
from tests.desk.test_in_browser import WEEK, focus, opened, press, type_into
from tests.desk.test_issue_page import do

pytestmark = needs_chromium

LIST = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running_browser:
        yield running_browser


def held(desk: RunningDesk) -> None:
    """The issue is made and waits."""
    context = desk.context
    with context.store() as db:
        span = coming_week(context, db)
        make(context, db, span, issue_folder(context.config.data, span.name), record=True)


@pytest.fixture
def desk(tmp_path: Path, replica: Replica) -> Iterator[RunningDesk]:
    (tmp_path / "zhengxun.toml").write_text("", encoding="utf-8")
    (tmp_path / "sources.toml").write_text("[catalogue]\nbuilt_in = false\n", encoding="utf-8")
    path, two = tmp_path / "zhengxun.toml", {"two_people": True}
    context = context_at(tmp_path / "data", path=path, upstream=replica.origin, desk=two)
    fill(context, 30)
    with running(context) as started:
        held(started)
        yield started


def said(page: Page) -> str:
    return page.locator("main > [role=status]").first.inner_text()


def test_a_second_person_refuses_holds_releases_and_corrects(
    browser: Browser, desk: RunningDesk
) -> None:
    """The first one changed it last and cannot let it go; the second looks, says what is wrong by
    holding it, lets it go when that is mended, and corrects it."""
    first, second = desk.person("releaser", "wang@example.com"), desk.person("releaser", "li@e.com")
    with opened(browser, first) as page:
        page.goto("/issue")
        press(page, "置顶")
        press(page, "签发", role="link")
        assert "须由另一人签发" in page.inner_text("main")
        assert page.get_by_role("button", name="现在发出").count() == 0
    with opened(browser, second) as page:
        page.goto("/release")
        assert "置顶" in page.inner_text("main")
        # How a day is typed into the field differs by the language of the browser.
        page.get_by_label("北京时间，至多七天后").fill("2021-02-06T09:30")
        press(page, "保存时间")
        assert "2月6日 周六 09:30 自动发出" in said(page)
        press(page, "本期", role="link")
        press(page, "撤销最近一步")
        assert "已撤销" in said(page)
    with opened(browser, first) as page:
        page.goto("/release")
        press(page, "现在发出")
        assert f"{WEEK} 已发出" in said(page)
    with opened(browser, second) as page:
        page.goto("/release")
        press(page, "发更正", role="link")
        type_into(page, "更正说明", "第 2 条日期有误")
        press(page, "先看一看")
        assert "第1号更正" in page.inner_text("main").replace(" ", "")
        press(page, "发出更正")
        assert "第 1 号更正已发出" in said(page)
    with desk.context.store() as db:
        acts = [(one.act, one.who.partition("（")[2][:4]) for one in list_edits(db, WEEK)]
        record = find_issue(db, WEEK)
    assert record is not None
    assert record.released_at is not None
    assert acts[1:] == [
        ("pin", "wang"),
        ("hold", "li@e"),
        ("unpin", "li@e"),
        ("release", "wang"),
        ("correct", "li@e"),
    ]


def test_a_site_is_added_by_its_address(browser: Browser, desk: RunningDesk) -> None:
    with opened(browser, desk.person("operator", "boss@example.com")) as page:
        page.goto("/sources")
        press(page, "添加网站", role="link")
        type_into(page, "栏目列表页的网址", LIST)
        press(page, "试读")
        assert desk.server.desk.background.ended("probe", 60) is not None
        page.reload()
        main = page.inner_text("main")
        assert "读到的列表" in main
        assert "其中一条的正文" in main
        type_into(page, "网站名称", "天津市工业和信息化局")
        type_into(page, "栏目名称", "通知公告")
        focus(page, "放在", role="combobox")
        place = page.get_by_label("放在")
        for _ in range(40):
            if place.input_value() == "projects/天津市":
                break
            page.keyboard.press("ArrowDown")
        press(page, "写入 sources.toml")
        assert "已写入 sources.toml" in said(page)
        assert "天津市工业和信息化局" in page.inner_text("main")
    text = (Path(str(desk.context.config.path)).parent / "sources.toml").read_text("utf-8")
    assert 'group = "天津市"' in text


def test_readers_are_imported_and_one_is_paused(
    browser: Browser, desk: RunningDesk, tmp_path: Path
) -> None:
    file = tmp_path / "readers.csv"
    file.write_text("address,name\nli@example.com,李\nzhao@example.com,赵\n", encoding="utf-8")
    with opened(browser, desk.person("operator", "boss@example.com")) as page:
        page.goto("/readers")
        page.get_by_label("第一行是列名", exact=False).set_input_files(file)
        press(page, "导入")
        assert "第 3 行 zhao@example.com 已添加" in page.inner_text("main")
        press(page, "li@example.com", role="link")
        press(page, "暂停")
        assert "li@example.com 已暂停" in said(page)
        type_into(page, "地址或姓名里有", "李")
        press(page, "查找")
        assert "已暂停" in page.inner_text("table")
        assert "zhao@" not in page.inner_text("table")


def test_a_task_is_given_and_closed(browser: Browser, desk: RunningDesk) -> None:
    with opened(browser, desk.person("editor", "li@example.com"), 375) as page:
        page.goto("/entry/2")
        press(page, "交办", role="link")
        focus(page, "负责人", role="combobox")
        page.keyboard.type("某editor")
        press(page, "交办")
        assert "已交办：某editor" in said(page)
        assert "尚未提醒 li@example.com" in page.inner_text("main")
        press(page, "办结：", exact=False)
        assert "没有待办事项" in page.inner_text("main")
        press(page, "重开：", exact=False)
        assert "待办（1）" in page.inner_text("main")


def test_with_the_script_an_act_leaves_the_page_where_it_is(
    browser: Browser, desk: RunningDesk
) -> None:
    with opened(browser, desk.person("editor", "li@example.com"), scripts=True) as page:
        page.goto("/issue")
        page.wait_for_function("window.htmx !== undefined")
        page.evaluate("window.stays = true")
        last = page.get_by_role("button", name="折叠").last
        last.scroll_into_view_if_needed()
        before = page.evaluate("window.scrollY")
        assert before > 300
        last.focus()
        page.keyboard.press("Enter")
        page.get_by_text("已折叠为一行").wait_for()
        assert page.evaluate("window.stays") is True
        assert abs(page.evaluate("window.scrollY") - before) < 300
        assert page.locator("main > [role=status]").is_visible()
        press_refused(page, desk)


def press_refused(page: Page, desk: RunningDesk) -> None:
    """Somebody else acts meanwhile: the refusal stands in the page, with what changed."""
    other = desk.person("editor", "zhao@example.com")
    assert do(other, "fold:9").status == 303
    page.get_by_role("button", name="置顶").first.click()
    page.get_by_text("本期有了别的改动").wait_for()
    assert "zhao@example.com" in page.inner_text("main")
