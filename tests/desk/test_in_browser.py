"""The desk in a real Chromium: by keyboard alone, without fault that axe finds, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.drafts import coming_week
from app.issues import make
from digest.folders import issue_folder
from storage.issues.edits import list_edits
from storage.issues.issues import find_issue
from tests.chromium import chromium, needs_chromium
from tests.desk.running import PASSWORD, RunningDesk, Visitor, context_at, fill, running
from tests.desk.test_sources_and_readers import EVIL_PAGE, keep_failure
from tests.digest.test_in_browser import LOOKS, RULES, Scheme, overhang

pytestmark = needs_chromium

WEEK = "2021-W05"
PAGES = (
    "/issue",
    "/issue/rest?words=通知",
    "/entry/2",
    "/preview?as=text",
    "/preview",
    "/release",
    "/tasks",
    "/tasks/new/2",
    "/notice/2",
    "/add",
    "/cases",
    "/sources",
    "/sources/new",
    "/readers",
    "/readers/one?address=li@example.com",
    "/readers/why?address=li@example.com&words=通知",
    "/sources/cde/evidence?column=通知公告",
    "/deliveries",
    "/history",
    "/people",
    "/notice/999",
)
MISSING = ("/notice/999", "/welcome/x")
OUTSIDE = ("/login", "/forgot", "/welcome/x")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running_browser:
        yield running_browser


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    context = context_at(tmp_path_factory.mktemp("browser"))
    fill(context, 40)
    with context.store() as db:
        span = coming_week(context, db)
        make(context, db, span, issue_folder(context.config.data, span.name), record=True)
    with running(context) as started:
        yield started


@contextmanager
def opened(
    browser: Browser,
    visitor: Visitor,
    width: int = 1280,
    scheme: Scheme = "light",
    *,
    scripts: bool = False,
) -> Iterator[Page]:
    """A page of somebody's, without scripts unless they are asked for: none is needed."""
    context = browser.new_context(
        java_script_enabled=scripts,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        base_url=visitor.origin,
        locale="zh-CN",
    )
    for name, value in visitor.cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": visitor.origin}])
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [words for words in trouble if "Failed to load resource" not in words] == []


def press(page: Page, name: str, *, role: str = "button", exact: bool = True) -> None:
    """Go to a control with the tabulator alone, and press Enter; it must show its focus."""
    focus(page, name, role=role, exact=exact)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def focus(page: Page, name: str, *, role: str = "button", exact: bool = True) -> None:
    wanted = page.get_by_role(role, name=name, exact=exact).first  # type: ignore[arg-type] # a role
    wanted.wait_for(state="visible")
    for _ in range(400):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            style = "one => getComputedStyle(one).outlineStyle + getComputedStyle(one).outlineWidth"
            assert wanted.evaluate(style) == "solid3px", name
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def type_into(page: Page, label: str, words: str) -> None:
    focus(page, label, role="textbox", exact=False)
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


def test_an_editor_with_a_keyboard_alone(browser: Browser, desk: RunningDesk) -> None:
    """The mail's link, a password, choose, order, annotate, preview, a task, release."""
    _, token = desk.invited("wang@example.com", "releaser", "王")
    with opened(browser, desk.visitor()) as page:
        page.goto(f"/welcome/{token}")
        for label in ("新口令", "再输入一次"):
            page.get_by_label(label).wait_for()
        page.keyboard.press("Tab")
        for _ in range(10):
            if page.evaluate("document.activeElement.id") == "password":
                break
            page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        press(page, "保存并进入")
        assert "欢迎使用编辑台" in page.inner_text("main")

        press(page, "其余与查找", role="link")
        chosen = page.get_by_role("checkbox")
        for number in range(10):
            one = chosen.nth(number)
            for _ in range(100):
                page.keyboard.press("Tab")
                if one.evaluate("one => one === document.activeElement"):
                    break
            page.keyboard.press("Space")
        press(page, "选中的列入重点")
        assert "已列入重点 10 条" in page.inner_text("main")

        press(page, "回到本期", role="link")
        press(page, "置顶")
        assert "已置顶" in page.inner_text("main")
        press(page, "下移")
        press(page, "编者按、移动、交办", role="link")
        type_into(page, "编者按", "请注册部月底前反馈")
        press(page, "保存编者按")
        assert "编者按已保存" in page.inner_text("main")
        press(page, "交办", role="link")
        type_into(page, "备注", "月底前")
        focus(page, "负责人", role="combobox")
        page.keyboard.type("张三")
        press(page, "交办")
        assert "已交办：张三" in page.inner_text("main")
        press(page, "办结：", exact=False)
        assert "没有待办事项" in page.inner_text("main")

        press(page, "本期", role="link")
        press(page, "预览", role="link")
        assert page.frame_locator("iframe >> nth=0").locator("body").inner_text().count("第1号通知")
        press(page, "签发", role="link")
        press(page, "现在发出")
        assert f"{WEEK} 已发出" in page.inner_text("main")
    with desk.context.store() as db:
        record = find_issue(db, WEEK)
        acts = list_edits(db, WEEK)
    assert record is not None
    assert not record.waits
    names = [one.act for one in acts if one.who == "王（wang@example.com）"]
    assert names == ["promote"] * 10 + ["pin", "move", "annotate", "release"]


def test_no_page_has_a_fault_that_axe_finds_or_is_too_wide(
    browser: Browser, desk: RunningDesk
) -> None:
    """Each page as a phone in the dark shows it, or a wide window in the light, in turn."""
    visitor = furnished(browser, desk)
    for turn, look in enumerate(LOOKS[1:3]):
        with opened(browser, visitor, *look, scripts=True) as page:
            for path in PAGES[turn::2]:
                check(page, path, look[0])
        with opened(browser, desk.visitor(), *look, scripts=True) as page:
            for path in OUTSIDE:
                check(page, path, look[0])


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_has_a_fault_in_any_look(
    browser: Browser, desk: RunningDesk, width: int, scheme: Scheme
) -> None:
    visitor = furnished(browser, desk)
    with opened(browser, visitor, width, scheme, scripts=True) as page:
        for path in PAGES:
            check(page, path, width)
    with opened(browser, desk.visitor(), width, scheme, scripts=True) as page:
        for path in OUTSIDE:
            check(page, path, width)


def furnished(browser: Browser, desk: RunningDesk) -> Visitor:
    """Somebody who may see every page, and something to be seen on each of them."""
    visitor = desk.person("operator", "boss@example.com")
    visitor.post("/readers/add", {"address": "li@example.com", "name": "李"}, page="/readers")
    form = {"owner": "张三", "due_on": "2021-02-01", "note": "月底前"}
    visitor.post("/tasks/new/2", form, page="/tasks")
    folder = desk.context.config.data / "evidence"
    folder.mkdir()
    (folder / "x.txt").write_text(EVIL_PAGE, encoding="utf-8")
    with opened(browser, desk.visitor()) as page:
        page.goto("/login")
        page.screenshot(path=folder / "x.png")
    keep_failure(desk, "evidence/x.txt", "evidence/x.png", "cde")
    return visitor


def check(page: Page, path: str, width: int) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == (404 if path in MISSING else 200), path
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, (path, [(one["id"], one["nodes"][0]["html"]) for one in found])
    assert overhang(page) <= 0, (path, width)
