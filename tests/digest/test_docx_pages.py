"""The page numbers in the contents of the Word file."""

from __future__ import annotations

import io

import docx
import pytest

from digest.models.issue import Digest, Group, Section
from digest.rendering.docx.document import render_docx
from digest.rendering.docx.page_numbers import count_lines
from tests.digest.samples import make_digest, make_entry, week_digest


def _numbers(digest: Digest) -> list[int]:
    document = docx.Document(io.BytesIO(render_docx(digest)))
    lines = [
        line.text
        for line in document.paragraphs
        if line.style is not None and (line.style.name or "").startswith("toc")
    ]
    return [int(line.rsplit("\t", 1)[1]) for line in lines]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("一二三四五六七八九十", 10, 1),
        ("一二三四五六七八九十一", 10, 2),
        ("一二三四五六七八 notification", 10, 2),
        ("https://example.com/" + "a" * 100, 10, 6),
    ],
)
def test_lines_are_counted_by_the_width_of_characters(text: str, width: float, lines: int) -> None:
    assert count_lines(text, width) == lines


def test_a_first_line_indent_takes_its_room() -> None:
    assert count_lines("一二三四五六七八九十", 10, first=2) == 2


def test_page_numbers_rise_and_chapters_begin_on_their_own_pages() -> None:
    numbers = _numbers(week_digest())
    assert numbers == sorted(numbers)
    assert numbers[0] == 1  # what expires soon, after the title
    assert numbers[1] == 3  # after the contents, which go on to the second page


def test_a_long_body_pushes_what_follows_it() -> None:
    # 100 paragraphs of one line of 19 points and 3 after: 32 to a page of 708 points.
    body = "".join(f"<p>第{number}段</p>" for number in range(100))
    long = make_entry(1, body_html=body)
    digest = make_digest(Section("ip", "篇", "部", (Group("国家级", (long, make_entry(2))),)))
    chapter, _group, first, second, *_ = _numbers(digest)
    assert (chapter, first) == (2, 2)
    assert second == 5
