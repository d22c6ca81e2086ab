"""What mail programs do with the mail: a check of features against what caniemail.com records.

Outlook for Windows lays out with Word: no flex, grid, position, float of blocks, CSS variables,
calc() or background pictures. Gmail drops a whole <style> over 8 192 characters, or with a
nested at-rule or url() in it, and cuts messages over 102 kB. QQ Mail and WeCom keep inline
styles and may drop <style> altogether, so nothing may depend on it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from lxml import html
from lxml.html import HtmlElement

from digest.models.issue import Digest
from digest.rendering.render_html import MAX_MAIL_BYTES, mail_page, render_mail_html
from tests.digest.samples import (
    make_correction,
    make_digest,
    make_entry,
    one_entry_digest,
    week_digest,
)

UNSUPPORTED = (
    "flex", "grid", "position", "float", "transform", "animation", "transition", "filter",
    "background-image", "box-shadow", "object-fit", "clip-path", "z-index", "gap", "columns",
)  # fmt: skip
MAX_STYLE = 8192
MAX_WIDTH = 680
MIN_CONTRAST = 4.5
ALLOWED = frozenset({
    "a", "b", "body", "br", "div", "h1", "h2", "h3", "head", "html", "meta", "p", "span", "style",
    "table", "tbody", "td", "th", "title", "tr",
})  # fmt: skip


@pytest.fixture(
    scope="module",
    params=["week", "empty", "one", "noted", "correction"],
    ids=["a week", "nothing new", "one entry", "a 编者按", "a 更正"],
)
def page(request: pytest.FixtureRequest) -> str:
    if request.param == "correction":
        return mail_page("correction_mail.html.jinja", correction=make_correction(), foot="退订：…")
    digests: dict[str, Digest] = {
        "week": week_digest(),
        "empty": make_digest(),
        "one": one_entry_digest(make_entry(late=True)),
        "noted": one_entry_digest(replace(make_entry(), annotation="请关注")),
    }
    return render_mail_html(digests[request.param])


@pytest.fixture(scope="module")
def tree(page: str) -> HtmlElement:
    return html.document_fromstring(page)


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def _all_css(tree: HtmlElement) -> str:
    return " ".join([*tree.xpath("//@style"), *(node.text or "" for node in tree.iter("style"))])


def test_only_elements_that_every_program_shows(tree: HtmlElement) -> None:
    used = {str(element.tag) for element in tree.iter() if isinstance(element.tag, str)}
    assert used <= ALLOWED | {"img"}
    assert all(picture.get("alt") for picture in tree.iter("img"))


def test_no_property_that_outlook_ignores(tree: HtmlElement) -> None:
    for style in tree.xpath("//@style"):
        names = _declarations(style)
        assert not [name for name in names if name in UNSUPPORTED or name.startswith("--")]
        assert not re.search(r"flex|grid|var\(|calc\(|\brem\b|\dv[hw]\b", style)


def test_nothing_remote(page: str, tree: HtmlElement) -> None:
    assert "url(" not in page
    assert "@import" not in page
    assert not tree.xpath("//@background | //link | //script | //iframe | //object | //form")
    assert all(source.startswith("cid:") for source in tree.xpath("//@src"))


def test_the_style_block_is_one_that_gmail_keeps(tree: HtmlElement) -> None:
    blocks = [node.text or "" for node in tree.iter("style")]
    assert sum(len(block) for block in blocks) < MAX_STYLE
    for block in blocks:
        depth = 0
        for mark in re.findall(r"[{}]", block):
            depth += 1 if mark == "{" else -1
            assert depth <= 2  # a rule in a media query; no at-rule inside another


def test_tables_for_layout_say_so_and_are_narrow(tree: HtmlElement) -> None:
    for table in tree.iter("table"):
        assert table.get("role") == "presentation" or table.xpath("./tbody/tr/th | ./tr/th")
        width = table.get("width") or ""
        assert width == "100%" or int(width) <= MAX_WIDTH
    for style in tree.xpath("//@style"):
        for size in re.findall(r"(?:^|;)\s*(?:max-|min-)?width:\s*(\d+)px", style):
            assert int(size) <= MAX_WIDTH


def test_the_mail_is_not_cut(page: str) -> None:
    assert len(page.encode()) < MAX_MAIL_BYTES < 102 * 1024


def _rgb(color: str) -> tuple[float, float, float]:
    digits = color.lstrip("#")
    assert re.fullmatch("[0-9a-f]{6}", digits), f"write colours as six digits, not {color}"
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def _luminance(color: str) -> float:
    """Relative luminance by WCAG 2.1."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(color)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours by WCAG 2.1, 1..21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def _inherited(element: HtmlElement, name: str, attribute: str = "") -> str:
    node: HtmlElement | None = element
    while node is not None:
        value = _declarations(node.get("style") or "").get(name) or node.get(attribute or " ")
        if value:
            return value
        node = node.getparent()
    return ""


def test_every_text_is_legible_in_light(tree: HtmlElement) -> None:
    checked = 0
    for element in tree.body.iter():
        hidden = element.get("class") == "preheader"
        if hidden or not isinstance(element.tag, str) or not (element.text or "").strip():
            continue
        ink = _inherited(element, "color")
        ground = _inherited(element, "background-color", "bgcolor")
        # Where <style> is dropped, a link is the browser's own blue; with it, ours.
        inks = ("#0000ee", "#1d4f91") if element.tag == "a" else (ink,)
        for color in inks:
            assert contrast(color, ground) >= MIN_CONTRAST, (element.text, color, ground)
        checked += 1
    assert checked > 5


def test_every_colour_is_legible_in_dark(tree: HtmlElement) -> None:
    css = " ".join(node.text or "" for node in tree.iter("style"))
    dark = css[css.index("prefers-color-scheme: dark") : css.index("max-width: 480px")]
    grounds = ("#1c2229", "#252d36")
    for rule in re.findall(r"\{([^{}]*)\}", dark):
        found = _declarations(rule.replace("!important", ""))
        if "color" in found:
            own = found.get("background-color")
            for ground in (own,) if own else grounds:
                assert contrast(found["color"], ground) >= MIN_CONTRAST, rule


def test_every_colour_of_a_class_changes_in_dark(tree: HtmlElement) -> None:
    """A dark ink that stayed on a dark ground could not be read."""
    css = " ".join(node.text or "" for node in tree.iter("style"))
    names = set(re.findall(r"\.([a-z][a-z-]*)", css))
    for element in tree.body.iter():
        if isinstance(element.tag, str) and "color" in _declarations(element.get("style") or ""):
            own = set((element.get("class") or "").split())
            known = own & names or element.tag in {"td", "th"} or "preheader" in own
            assert known, html.tostring(element)[:200]


def test_headings_follow_the_reading_order(tree: HtmlElement) -> None:
    text = tree.text_content()
    parts = ("本周要点", "信息来源状况", "原文以发布机关网站为准")
    if "号更正" in (tree.findtext(".//title") or ""):
        parts = ("第1号更正", "误", "不作改动")
    order = [text.rindex(words) for words in parts]
    assert all(first < second for first, second in pairwise(order))
