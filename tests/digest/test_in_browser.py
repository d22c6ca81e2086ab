"""The archive and the pages of an issue in a real Chromium: accessible, narrow, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from digest.rendering.render_html import render_html, render_mail_html
from digest.site.build import add_issue, refresh
from tests.chromium import chromium, needs_chromium
from tests.digest.samples import make_entry, one_entry_digest, week_digest
from tests.digest.test_special_weeks import LONG_TITLE, WIDE

pytestmark = needs_chromium

Scheme = Literal["light", "dark"]
# Best practice too, not only what WCAG 2.2 demands. A mail stands inside another page, which has
# the landmarks.
RULES: dict[str, object] = {"resultTypes": ["violations"]}
MAIL_RULES = RULES | {
    "rules": {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}}
}
PAGES = {
    "index": "index.html",
    "issue": "issues/2021-W05/index.html",
    "notice": "issues/2021-W05/n6.html",
    "empty": "issues/2021-W06/index.html",
    "search": "search.html?q=2021",
}
LOOKS: list[tuple[int, Scheme]] = [(375, "light"), (375, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("site")
    add_issue(week_digest(), folder)
    nothing = tuple(replace(section, groups=()) for section in week_digest().sections)
    add_issue(replace(week_digest(), week="2021-W06", sections=nothing, trend=()), folder)
    refresh(folder, title="政讯周报")
    return folder.as_uri()


@contextmanager
def opened(
    browser: Browser, address: str, width: int = 1280, scheme: Scheme = "light"
) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.goto(address)
    yield page
    context.close()
    assert not trouble


def overhang(page: Page) -> int:
    """CSS pixels by which the page is wider than the window."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_archive_has_no_fault_that_axe_finds(
    browser: Browser, site: str, name: str, width: int, scheme: Scheme
) -> None:
    with opened(browser, f"{site}/{PAGES[name]}", width, scheme) as page:
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert overhang(page) == 0


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_an_issue_has_no_fault_that_axe_finds(
    browser: Browser, tmp_path: Path, width: int, scheme: Scheme
) -> None:
    (tmp_path / "page.html").write_text(render_html(week_digest()), encoding="utf-8")
    with opened(browser, (tmp_path / "page.html").as_uri(), width, scheme) as page:
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert overhang(page) == 0


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_mail_has_no_fault_that_axe_finds(
    browser: Browser, tmp_path: Path, width: int, scheme: Scheme
) -> None:
    # Without its pictures, as a program shows it that has not been told to load them.
    markup = render_mail_html(week_digest()).replace('src="cid:', 'src="data:,')
    (tmp_path / "page.html").write_text(markup, encoding="utf-8")
    with opened(browser, (tmp_path / "page.html").as_uri(), width, scheme) as page:
        found = Axe().run(page, options=MAIL_RULES)
        assert found.violations_count == 0, found.generate_report()
        assert overhang(page) == 0


@pytest.mark.parametrize("body", [WIDE, f"<p>{'a' * 400}</p>"], ids=["wide table", "long word"])
def test_no_body_makes_a_phone_scroll_sideways(browser: Browser, tmp_path: Path, body: str) -> None:
    digest = one_entry_digest(make_entry(1, title=LONG_TITLE, body_html=body))
    add_issue(digest, tmp_path)
    (tmp_path / "digest.html").write_text(render_html(digest), encoding="utf-8")
    (tmp_path / "mail.html").write_text(render_mail_html(digest), encoding="utf-8")
    for name in ("digest.html", "mail.html", "issues/2021-W05/n1.html"):
        with opened(browser, (tmp_path / name).as_uri(), 375) as page:
            assert overhang(page) == 0, name


def test_the_keyboard_alone_reaches_the_text_and_the_search(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/index.html") as page:
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "跳到正文"
        box = skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0  # it comes into view when it has the focus
        for _ in range(4):
            page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("id") == "words"
        page.keyboard.type("两区")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=*")
        assert page.locator("#count").inner_text() == "找到 1 条"
        assert page.locator("#words").input_value() == "两区"


def test_search_narrows_while_typing_and_says_when_nothing_is_found(
    browser: Browser, site: str
) -> None:
    with opened(browser, f"{site}/search.html") as page:
        assert page.locator(":focus").get_attribute("id") == "words"
        assert page.locator("#count").inner_text() == "共 8 条可检索"
        page.keyboard.type("中药 征求意见")
        assert page.locator("#count").inner_text() == "找到 1 条"
        page.locator("#found a").click()
        page.wait_for_url("**/issues/2021-W05/n3.html")
        page.go_back()
        page.locator("#words").fill("没有这样的词")
        assert page.locator("#count").inner_text() == "没有找到"


@pytest.mark.parametrize("address", ["index.html", "issues/2021-W05/n6.html"])
def test_print_leaves_out_what_only_a_screen_can_use_and_is_black_on_white(
    browser: Browser, site: str, address: str
) -> None:
    with opened(browser, f"{site}/{address}", scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        for part in (".bar", ".skip"):
            assert page.locator(part).evaluate("e => getComputedStyle(e).display") == "none"
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        heading = page.locator("h1").evaluate("e => getComputedStyle(e).color")
        assert heading == "rgb(23, 54, 93)"  # the light scheme's #17365d
