"""名单命中: an entry whose lists name the company is told in full, and every format says why."""

from __future__ import annotations

from dataclasses import replace

from sqlite_utils import Database

from digest.composing.judging import Choice
from digest.models.entry import file_facts
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import render_html
from digest.rendering.render_json import digest_document
from digest.rendering.render_text import render_text
from storage.models import Attachment, TableRow
from tests.digest.samples import INSTANT
from tests.digest.test_two_depths import composer, fill, save, words_of

TITLE = "第99次工作情况通报"
LIST = Attachment(
    "https://www.cde.org.cn/list.xls",
    "名单.xls",
    "xls",
    sha256="a" * 64,
    text="名单",
    rows=(TableRow("名单", 2, {"企业": "北京盈科瑞创新医药股份有限公司"}),),
)


def test_a_watched_name_in_a_list_is_a_badge_in_every_format(db: Database) -> None:
    fill(db)
    save(db, 99, TITLE, attachments=(LIST,))
    plain = composer(db, lead=1)
    [before] = [
        one for one in plain.compose("2021-W05", instant=INSTANT).entries() if one.title == TITLE
    ]
    assert before.folded

    watching = replace(plain, choice=replace(plain.choice, watch=("天士力", "盈科瑞")))
    issue = watching.compose("2021-W05", instant=INSTANT)
    [entry] = [one for one in issue.entries() if one.title == TITLE]
    assert not entry.folded
    assert entry.reasons[0] == "名单命中：盈科瑞"
    pages = (
        render_text(issue),
        render_html(issue),
        str(digest_document(issue)),
        words_of(render_docx(issue)),
    )
    assert all("名单命中：盈科瑞" in page for page in pages)
    assert sum("名单命中" in str(one.reasons) for one in issue.entries()) == 1


def test_without_names_to_watch_nothing_is_marked(db: Database) -> None:
    save(db, 99, TITLE, attachments=(LIST,))
    issue = replace(composer(db), choice=Choice()).compose("2021-W05", instant=INSTANT)
    assert not any("名单命中" in str(one.reasons) for one in issue.entries())


def test_an_attachment_says_what_it_is_and_how_long(db: Database) -> None:
    file = replace(LIST, bytes=22_528, extent="3 页")
    save(db, 99, TITLE, attachments=(file, Attachment("https://www.cde.org.cn/a.pdf", "指南.pdf")))
    issue = composer(db).compose("2021-W05", instant=INSTANT)
    pages = (render_text(issue), render_html(issue), words_of(render_docx(issue)))
    for page in pages:
        assert "（XLS，22 KB，3 页）" in page
        assert "指南.pdf（" not in page
    assert file_facts(replace(file, bytes=3_500_000, extent="")) == "（XLS，3.3 MB）"
    assert file_facts(replace(file, bytes=90, extent="")) == "（XLS，90 字节）"
    told = replace(file, gist="表：通过名单，共 128 行")
    assert file_facts(told) == "（XLS，22 KB，3 页；表：通过名单，共 128 行）"
    assert file_facts(replace(told, gist="名单")) == "（XLS，22 KB，3 页）"
