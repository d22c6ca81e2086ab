"""Weeks that are not ordinary: nothing new, a huge one, and texts that want to break the page."""

from __future__ import annotations

import io

import docx
import pytest
from docx.enum.section import WD_ORIENT
from lxml import html
from lxml.html import HtmlElement

from digest.composing.highlights import weightiest
from digest.models.issue import Digest
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import MAX_MAIL_BYTES, render_html, render_mail_html
from digest.rendering.render_ics import render_ics
from digest.rendering.render_json import render_json
from digest.rendering.render_text import render_text
from tests.digest.samples import make_digest, make_entry, one_entry_digest, week_digest

LONG_TITLE = "关于进一步做好某事项的通知" * 15 + "结尾词语"
WIDE = "<table><tr>" + "".join(f"<td>第{n}列</td>" for n in range(30)) + "</tr></table>"
LONG_BODY = "".join(f"<p>第{n}段。" + "正文" * 60 + "</p>" for n in range(4000))
RARE = "👩‍🔬 药物研究 𠮷田 𬭊"


def _word(digest: Digest) -> str:
    document = docx.Document(io.BytesIO(render_docx(digest)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in document.paragraphs), *cells])


def _page(digest: Digest) -> str:
    tree: HtmlElement = html.document_fromstring(render_html(digest))
    return str(tree.text_content())


def test_a_week_without_news_goes_out_in_every_format() -> None:
    digest = make_digest()
    for shown in (_word(digest), _page(digest), render_text(digest), render_mail_html(digest)):
        assert "本周没有新通知" in shown
    assert b"BEGIN:VEVENT" not in render_ics(digest)
    assert '"sections"' in render_json(digest)


def test_a_title_of_two_hundred_characters_is_whole_wherever_there_is_room() -> None:
    assert len(LONG_TITLE) >= 199
    digest = one_entry_digest(make_entry(title=LONG_TITLE))
    for shown in (_word(digest), _page(digest), render_text(digest), render_mail_html(digest)):
        assert LONG_TITLE in shown


@pytest.mark.parametrize("text", [RARE, "e\u0301tude"])
def test_emoji_and_rare_characters_survive(text: str) -> None:
    digest = one_entry_digest(make_entry(title=text, body_html=f"<p>{text}</p>"))
    for shown in (_word(digest), _page(digest), render_text(digest), render_mail_html(digest)):
        assert text.split()[-1] in shown


def test_a_table_of_thirty_columns_is_whole_and_scrolls_in_its_own_box() -> None:
    digest = one_entry_digest(make_entry(body_html=WIDE))
    for shown in (_word(digest), _page(digest)):
        assert "第0列" in shown
        assert "第29列" in shown
    (table,) = html.document_fromstring(render_html(digest)).find_class("many")
    box = table.getparent()
    assert (box.get("class"), box.get("tabindex")) == ("wide", "0")
    assert ".wide { overflow-x: auto; }" in render_html(digest)


def test_a_wide_table_lies_on_pages_of_its_own_turned_on_their_side() -> None:
    digest = one_entry_digest(make_entry(body_html=f"<p>前</p>{WIDE}<p>后</p>"))
    document = docx.Document(io.BytesIO(render_docx(digest)))
    shapes = [(page.orientation, page.header.is_linked_to_previous) for page in document.sections]
    upright, turned = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert shapes == [(upright, False), (turned, True), (upright, True)]
    middle = document.sections[1]
    room = middle.page_width - middle.left_margin - middle.right_margin
    (table,) = (found for found in document.tables if len(found.columns) == 30)
    assert sum(column.width or 0 for column in table.columns) <= room


def test_a_body_of_three_hundred_pages_is_whole_and_leaves_the_mail_small() -> None:
    digest = one_entry_digest(make_entry(body_html=LONG_BODY))
    for shown in (_word(digest), _page(digest)):
        assert "第3999段" in shown
    assert len(render_mail_html(digest).encode()) < MAX_MAIL_BYTES


@pytest.mark.parametrize("mark", list("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"))
def test_no_format_carries_a_direction_override(mark: str) -> None:
    digest = one_entry_digest(make_entry(title=f"通知{mark}fdp.exe"))
    for shown in (
        _word(digest),
        _page(digest),
        render_text(digest),
        render_mail_html(digest),
        render_json(digest),
        render_ics(digest).decode(),
    ):
        assert mark not in shown


def test_the_three_lines_at_the_top_of_the_mail_are_links() -> None:
    digest = week_digest()
    page = render_mail_html(digest)
    top = page[page.index("本周要点") : page.index("两周内截止")]
    assert top.count("<a ") == 3
    assert all(f'href="{entry.url}"' in top for entry in weightiest(digest, 3))
