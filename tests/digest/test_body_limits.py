"""What a stranger's page may cost an issue: cut in every format, and never more than in line."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable

import docx
import pytest

from digest.models.issue import Digest
from digest.rendering import body_limits
from digest.rendering.body_html import body_tree
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import render_html
from digest.rendering.render_json import render_json
from digest.rendering.render_text import render_text
from storage.models import Attachment
from tests.digest.samples import TABLE_BODY, make_entry, one_entry_digest

Build = Callable[[int], str]

KINDS: dict[str, Build] = {
    "lists": lambda n: "<ol><li>项</li></ol>" * n,
    "items": lambda n: "<ol>" + "<li>项</li>" * n + "</ol>",
    "paragraphs": lambda n: "<p>段</p>" * n,
    "headings": lambda n: "<h3>题</h3>" * n,
    "links": lambda n: "".join(f'<p><a href="https://a.cn/{k}">链</a></p>' for k in range(n)),
    "rows": lambda n: "<table>" + "<tr><td>甲</td><td>乙</td></tr>" * n + "</table>",
    "marks": lambda n: "<p>" + "<b>粗</b>细" * n + "</p>",
}
TOO_MANY: dict[str, str] = {
    "lists": "<ol><li>项</li></ol>" * 9_000,
    "paragraphs": "<p>段</p>" * 6_000,
    "lines": "<p>" + "行<br>" * 6_000 + "</p>",
    "links": "<p>" + '<a href="https://a.cn">链</a>' * 2_500 + "</p>",
    "rows": "<table>" + "<tr><td>甲</td><td>乙</td></tr>" * 2_500 + "</table>",
    "cells": "<table>" + ("<tr>" + "<td>甲</td>" * 60 + "</tr>") * 400 + "</table>",
    "gaps": "<table><tr>"
    + "<td>甲</td>" * 60
    + "</tr>"
    + "<tr><td>乙</td></tr>" * 900
    + "</table>",
    "spans": "<table>"
    + '<tr><td rowspan="9999" colspan="60">甲</td><td>乙</td></tr>' * 900
    + "</table>",
    "tables in tables": "<table><tr><td>甲</td><td>" * 40 + "底" + "</td></tr></table>" * 40,
    "boxes": "<div>" * 3_000 + "底" + "</div>" * 3_000,
    "marks": "<p>" + "<b>粗</b>细" * 20_000 + "</p>",
    "text": "<p>" + "药" * 1_100_000 + "</p>",
    "markup": "<p>首</p>" + '<p title="' + "x" * 3_100_000 + '">尾</p>',
}


def issue(body: str) -> Digest:
    return one_entry_digest(make_entry(body_html="<p>首段</p>" + body, body_text="首段"))


def word(content: bytes) -> str:
    return "\n".join(line.text for line in docx.Document(io.BytesIO(content)).paragraphs)


def seconds(digest: Digest) -> float:
    """Processor time of the Word file, the better of two tries."""
    tries = []
    for _ in range(2):
        began = time.process_time()
        render_docx(digest)
        tries.append(time.process_time() - began)
    return min(tries)


@pytest.mark.parametrize("kind", KINDS)
def test_four_times_as_much_takes_four_times_as_long(kind: str) -> None:
    empty = seconds(issue(""))
    few, many = (seconds(issue(KINDS[kind](count))) - empty for count in (300, 1_200))
    # Quadratic would be sixteen times, and was up to sixty.
    assert many < 9 * max(few, 0.05)


@pytest.mark.parametrize("kind", TOO_MANY)
def test_what_is_too_much_is_cut_with_a_sentence_and_the_link(kind: str) -> None:
    digest = issue(TOO_MANY[kind])
    url = next(digest.entries()).url
    page = render_html(digest)
    assert "首段" in page
    assert f'{body_limits.TOO_LONG}：<a href="{url}">{url}</a>' in page


@pytest.mark.parametrize("kind", ["boxes", "spans", "tables in tables", "text"])
def test_the_word_file_is_cut_where_the_page_is(kind: str) -> None:
    digest = issue(TOO_MANY[kind])
    file = word(render_docx(digest))
    assert "首段" in file
    assert f"［{body_limits.TOO_LONG}：{next(digest.entries()).url}］" in file


def test_text_without_markup_is_cut_in_the_same_way() -> None:
    text = "\n".join(f"第{number}行" for number in range(6_000))
    digest = one_entry_digest(make_entry(body_html="", body_text=text))
    item = json.loads(render_json(digest))["sections"][0]["groups"][0]["items"][0]
    shown = (render_text(digest), render_html(digest), word(render_docx(digest)), item["body_text"])
    for form in shown:
        assert "第4999行" in form
        assert "第5000行" not in form
        assert body_limits.TOO_LONG in form
        assert digest.sections[0].groups[0].entries[0].url in form


@pytest.mark.parametrize(
    "body",
    [
        TABLE_BODY,
        "<p>段</p>" * 4_000,
        # A list of firms, its district over many rows.
        "<table>"
        + (
            '<tr><td rowspan="200">区</td><td>1</td><td>甲</td></tr>'
            + "<tr><td>2</td><td>乙</td></tr>" * 199
        )
        * 8
        + "</table>",
        '<table><tr><td colspan="99999999" rowspan="5000">大</td></tr><tr><td>小</td></tr></table>',
        "<section>" * 60 + "<p>文</p>" + "</section>" * 60,
    ],
)
def test_what_a_publisher_writes_stays_whole(body: str) -> None:
    assert body_limits.TOO_LONG not in render_html(issue(body))


def test_what_precedes_the_cut_stays_in_its_order() -> None:
    rows = "".join(f"<tr><td>{number}</td><td>名</td></tr>" for number in range(3_000))
    tree = body_tree(make_entry(body_html=f"<p>前</p><table>{rows}</table><p>后</p>"))
    assert tree is not None
    cells = [cell.text for cell in tree.iter("td")]
    kept = [text for text in cells if text != "名"]
    assert kept == [str(number) for number in range(body_limits.MAX_ROWS)]
    assert "后" not in tree.text_content()
    assert tree.text_content().startswith("前0名1名")


def test_a_long_paragraph_is_cut_and_not_left_out() -> None:
    tree = body_tree(make_entry(body_html="<p>甲<b>乙</b>" + "药" * 1_100_000 + "</p><p>后</p>"))
    assert tree is not None
    text = tree.text_content()
    assert text.startswith("甲乙药药")
    assert body_limits.MAX_TEXT <= len(text) < body_limits.MAX_TEXT + 200


def test_without_a_link_the_sentence_stands_alone() -> None:
    page = render_html(one_entry_digest(make_entry(url="", body_html="<p>段</p>" * 6_000)))
    assert f"<p>［{body_limits.TOO_LONG}］</p>" in page


def test_very_many_files_end_with_how_many_more_there_are() -> None:
    files = tuple(Attachment(f"https://a.cn/{number}.pdf", "附件") for number in range(260))
    entry = make_entry(attachments=files)
    assert len(entry.attachments) == 201
    assert entry.attachments[-1] == Attachment(entry.url, "另有 60 个附件，见原文")
    assert len(make_entry(attachments=files[:200]).attachments) == 200
