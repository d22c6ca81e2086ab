"""An issue of 69 entries in two depths: every format has each of them once as an entry."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from lxml import etree, html
from sqlite_utils import Database

from digest.composing.profile import Profile
from digest.delivery.chat_text import Dialect, essentials
from digest.delivery.issue_mail import Printed, build_message, make_message_id
from digest.models.issue import Digest
from digest.rendering.render_atom import render_atom
from digest.rendering.render_json import digest_document
from digest.rendering.render_pdf import render_pdf
from digest.rendering.render_text import render_text
from digest.rendering.write import FULL_TEXTS, write_issue
from digest.site.build import add_issue
from storage.models import Deadline, Subscriber
from tests.digest.samples import INSTANT
from tests.digest.test_render_pdf import needs_weasyprint
from tests.digest.test_two_depths import composer, save

COUNT = 69
_NUMBER = re.compile(r"序列(\d{3})号")
_BODY = re.compile(r"第(\d+)号的正文")
ALL = list(range(1, COUNT + 1))
PARTS = ("entries", "rest")


@pytest.fixture
def issue(db: Database) -> Digest:
    """Two chapters in two depths; a document with its explanation, days, and plain notices."""
    save(db, 1, "关于印发《序列001号中药新药临床试验工作方案》的通知")
    # Its name stands in the title of what explains it: told from a copy by the 解读 before it.
    save(db, 2, "解读序列002号：《中药新药审评改革工作方案》")
    save(db, 3, "关于印发《中药新药审评改革工作方案》序列003号的通知")
    for number in range(4, COUNT + 1):
        place = {"section": "ip", "grp": "地方级"} if number % 3 else {}
        due = date(2021, 2, 10)
        days = {"deadline_on": due, "deadlines": (Deadline(due, "申报", "2月10日前"),)}
        save(
            db,
            number,
            f"关于序列{number:03}号专利申报的通知",
            **place,
            **(days if number < 9 else {}),
        )
    return composer(db, lead=15).compose("2021-W05", instant=INSTANT)


def numbers(texts: Sequence[str]) -> list[int]:
    """The entries that these lines are about, in the order of their numbers."""
    return sorted(int(found) for text in texts for found in _NUMBER.findall(text))


def links_of(page: str, path: str) -> list[int]:
    """The entries whose titles are the links at this place of a page."""
    return numbers([one.text_content() for one in cast(Any, html.fromstring(page).xpath(path))])


def strings_of(tree: etree._Element, path: str) -> list[str]:
    found = tree.xpath(path, namespaces={"a": "http://www.w3.org/2005/Atom"})
    return [str(one) for one in cast(list[object], found)]


def message_of(issue: Digest) -> EmailMessage:
    reader = Subscriber(
        id=7, address="li@example.com", name="李雷", formats=("html", "docx", "full", "ics")
    )
    return build_message(
        Printed(issue, Profile()),
        reader,
        message_id=make_message_id(3, "2021-W05", 7, "news@example.com"),
        sender="news@example.com",
        reply_to="",
        now=INSTANT,
    )


def paragraphs_of(file: bytes, *styles: str) -> list[str]:
    """Paragraphs of a Word file, table cells left out; with `styles` those of these alone."""
    document = docx.Document(io.BytesIO(file))
    return [
        "".join(part.text or "" for part in one._p.iter(qn("w:t")))
        for one in document.paragraphs
        if not styles or (one.style is not None and one.style.name in styles)
    ]


def test_it_is_in_two_depths_with_a_story(issue: Digest) -> None:
    assert issue.total == COUNT
    assert issue.is_folded
    assert 15 <= issue.highlights.lead <= 25
    (told,) = [entry for entry in issue.entries() if entry.under is not None]
    assert told.title.startswith("解读序列002号")


def test_text_and_the_text_of_the_mail_have_each_once(issue: Digest) -> None:
    plain = message_of(issue).get_body(("plain",))
    assert plain is not None
    entry = re.compile(r"^(?:\d+、|· |\s*(?:解读|报道)：)")
    for text in (render_text(issue), plain.get_content()):
        lines = [line for line in text.splitlines() if entry.match(line)]
        assert numbers(lines) == ALL


def test_the_mail_has_each_once(issue: Digest) -> None:
    page = message_of(issue).get_body(("html",))
    assert page is not None
    # The main points and what falls due name some once more, in tables of their own.
    parts = " or ".join(f"contains(concat(' ', @class, ' '), ' {part} ')" for part in PARTS)
    assert links_of(page.get_content(), f"//td[{parts}]//a") == ALL


def test_page_and_archive_have_a_text_for_each(issue: Digest, tmp_path: Path) -> None:
    write_issue(issue, tmp_path)
    page = (tmp_path / "digest.html").read_text(encoding="utf-8")
    anchors = strings_of(html.fromstring(page), "//@id")
    assert all(anchors.count(entry.anchor) == 1 for entry in issue.entries())
    assert sorted(int(found) for found in _BODY.findall(page)) == ALL
    add_issue(issue, tmp_path / "site")
    home = tmp_path / "site" / "issues" / "2021-W05"
    listed = links_of((home / "index.html").read_text(encoding="utf-8"), "//a")
    assert sorted(set(listed)) == ALL
    notices = [one.read_text(encoding="utf-8") for one in home.glob("n*.html")]
    assert len(notices) == COUNT
    bodies = {int(found) for text in notices for found in _BODY.findall(text)}
    assert sorted(bodies) == ALL


def test_word_has_each_once_and_the_second_file_all_texts(issue: Digest, tmp_path: Path) -> None:
    write_issue(issue, tmp_path)
    short, full = ((tmp_path / name).read_bytes() for name in ("digest.docx", FULL_TEXTS))
    assert sorted(set(numbers(paragraphs_of(short)))) == ALL
    assert len(_BODY.findall("\n".join(paragraphs_of(short)))) == issue.highlights.lead
    headings = paragraphs_of(full, "Heading 3")
    assert numbers(headings) == ALL
    assert sorted(int(found) for found in _BODY.findall("\n".join(paragraphs_of(full)))) == ALL


def test_json_and_the_feed_have_each_once(issue: Digest) -> None:
    written = json.loads(json.dumps(digest_document(issue)))
    items = [
        item["title"]
        for section in written["sections"]
        for group in section["groups"]
        for item in group["items"]
    ]
    assert numbers(items) == ALL
    feed = etree.fromstring(render_atom([issue], now=INSTANT))
    own = strings_of(feed, "//a:entry[contains(a:id, ':notice:')]/a:title/text()")
    assert numbers(own) == ALL
    (content,) = strings_of(feed, "//a:entry[contains(a:id, ':issue:')]/a:content/text()")
    assert links_of(content, "//li/a") == ALL


@pytest.mark.parametrize("limit", [900, 4096, 100_000])
def test_a_chat_names_each_once_or_counts_it(issue: Digest, limit: int) -> None:
    said = essentials(issue, Dialect(heading="## "), limit=limit)
    named = numbers([line for line in said.splitlines() if line.startswith("- ")])
    assert len(set(named)) == len(named)
    left = re.findall(r"另有 (\d+) 条", said)
    assert len(named) + sum(int(count) for count in left) == COUNT
    assert bool(left) == (limit < 100_000)


@needs_weasyprint
def test_the_pdf_has_each(issue: Digest) -> None:
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(issue))).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert sorted(set(numbers([text]))) == ALL
