"""编者按, moved entries and an issue's own title, in every format; an editor's text is hostile."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from lxml import etree, html

from digest.composing.profile import Profile
from digest.delivery.issue_mail import Printed, subject_line
from digest.models.issue import Digest
from digest.rendering.docx.document import render_docx
from digest.rendering.render_atom import render_atom
from digest.rendering.render_html import render_html, render_mail_html
from digest.rendering.render_json import render_json
from digest.rendering.render_text import render_text
from digest.site.build import add_issue, refresh
from tests.digest.samples import INSTANT, make_entry, one_entry_digest, week_digest

NOTE = "本所已就此提交意见。\n请注册部月底前反馈。"
HOSTILE = "</p><script>alert(1)</script>\u202e<img src=x onerror=alert(1)>\x00'\"&"


def noted(note: str, title: str = "两会专刊") -> Digest:
    entry = replace(make_entry(17), annotation=note)
    return one_entry_digest(entry, title=title, own_title=True)


def docx_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        tree = etree.fromstring(file.read("word/document.xml"))
    return "".join(tree.itertext())


def archived(digest: Digest, folder: Path) -> dict[str, str]:
    add_issue(digest, folder, name="政讯周报")
    refresh(folder, title="政讯周报")
    return {path.name: path.read_text("utf-8") for path in folder.rglob("*.html")}


def test_every_format_shows_the_note_and_the_title(tmp_path: Path) -> None:
    digest = noted(NOTE)
    forms = {
        "html": render_html(digest),
        "mail": render_mail_html(digest),
        "text": render_text(digest),
        "mail text": Printed(digest, Profile()).text,
        "docx": docx_text(render_docx(digest)),
        "feed": render_atom([digest], now=INSTANT).decode(),
        "archive": (tmp_path / "x").name and archived(digest, tmp_path)["n17.html"],
    }
    for name, content in forms.items():
        assert "编者按" in content, name
        for line in NOTE.split("\n"):
            assert line in content, name
        assert "两会专刊" in content, name
    document = json.loads(render_json(digest))
    assert document["title"] == "两会专刊"
    assert document["sections"][0]["groups"][0]["items"][0]["editor_note"] == NOTE
    assert subject_line(digest).startswith("两会专刊 2021-W05")


def test_an_issue_without_an_editor_says_nothing_of_one() -> None:
    for content in (render_html(week_digest()), render_mail_html(week_digest())):
        assert "编者按" not in content
    document = json.loads(render_json(week_digest()))
    assert "title" not in document
    assert "editor_note" not in document["sections"][0]["groups"][1]["items"][0]


def test_an_editors_text_is_text_everywhere(tmp_path: Path) -> None:
    digest = noted(HOSTILE, HOSTILE.replace("\x00", ""))
    pages = {
        "html": render_html(digest),
        "mail": render_mail_html(digest),
        **archived(digest, tmp_path),
    }
    for name, content in pages.items():
        tree = html.document_fromstring(content)
        inline = [node for node in tree.iter("script") if not node.get("src")]
        assert not inline, name
        assert not tree.xpath("//img | //@onerror"), name
    for name, content in pages.items():
        if name in {"html", "mail", "n17.html"}:
            assert "&lt;script&gt;" in content
            assert "\u202e" not in content.split("编者按")[1][:200]
    feed = etree.fromstring(render_atom([digest], now=INSTANT))
    (content,) = feed.xpath("//*[local-name()='content']/text()")
    assert not html.fromstring(content).xpath("//script | //img")
    assert "<script>alert(1)</script>" in docx_text(render_docx(digest))
    assert Document(io.BytesIO(render_docx(digest))).paragraphs
    assert "\x00" not in render_text(digest)


def test_the_archive_keeps_the_name_of_the_series(tmp_path: Path) -> None:
    page = html.document_fromstring(archived(noted(NOTE), tmp_path)["n17.html"])
    (name,) = page.xpath("//header//a[@class='name']/text()")
    assert name == "政讯周报"
    feed = etree.fromstring(render_atom([noted(NOTE)], now=INSTANT, title="政讯周报"))
    assert feed.findtext("{http://www.w3.org/2005/Atom}title") == "盈科瑞政讯周报"


@pytest.mark.parametrize("draft", [True, False])
def test_only_a_draft_shows_the_numbers_an_editor_needs(draft: bool) -> None:
    page = render_html(replace(week_digest(), draft=draft))
    assert ("编号 3" in page) is draft
    assert ("尚未发出" in page) is draft
