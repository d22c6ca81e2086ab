"""跟踪事项 in every format of an issue, and only there: who does what until when."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import docx
import jsonschema

from digest.models.follow_up import FollowUp
from digest.models.issue import Digest
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import MAX_MAIL_BYTES, render_html, render_mail_html
from digest.rendering.render_json import render_json
from digest.rendering.render_text import render_text
from digest.site.build import add_issue
from tests.digest.samples import make_entry, one_entry_digest

LINK = "https://www.cde.org.cn/1"
SCHEMA = Path(__file__).parents[2] / "digest" / "digest.schema.json"


def task(number: int, owner: str, due_on: date | None, *, is_done: bool = False) -> FollowUp:
    return FollowUp(number, f"第{number}号通知", LINK, owner, due_on, "备齐材料", is_done)


def issue(*items: FollowUp) -> Digest:
    return one_entry_digest(make_entry(), follow_ups=items)


FOUR = issue(
    task(1, "张三", date(2021, 2, 2)),
    task(2, "李四", date(2021, 2, 5)),
    task(3, "王五", None),
    task(4, "赵六", date(2021, 2, 1), is_done=True),
)


def test_every_format_says_who_does_what_until_when() -> None:
    document = docx.Document(io.BytesIO(render_docx(FOUR)))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["2021-02-02", "张三", "逾期 3 天", "第1号通知 备齐材料"] in cells
    assert ["未定", "王五", "待办", "第3号通知 备齐材料"] in cells
    for page in (render_text(FOUR), render_html(FOUR), render_mail_html(FOUR)):
        assert page.index("跟踪事项") < page.index("信息来源状况")
        for words in ("张三", "逾期 3 天", "今天截止", "未定", "待办", "已办结", "备齐材料", LINK):
            assert words in page, words
    told = json.loads(render_json(FOUR))
    jsonschema.validate(told, json.loads(SCHEMA.read_text("utf-8")))
    assert [one["state"] for one in told["follow_ups"]] == ["open", "open", "open", "done"]
    assert told["follow_ups"][2]["due_on"] is None


def test_without_tasks_nothing_is_said() -> None:
    for page in (render_text(issue()), render_html(issue()), render_mail_html(issue())):
        assert "跟踪事项" not in page
    assert "follow_ups" not in json.loads(render_json(issue()))
    document = docx.Document(io.BytesIO(render_docx(issue())))
    assert not [line for line in document.paragraphs if "跟踪事项" in line.text]


def test_the_archive_names_no_colleague(tmp_path: Path) -> None:
    """It may be public; who in the company does what is for the readers of the issue."""
    add_issue(FOUR, tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert "张三" not in path.read_text("utf-8"), path


def test_what_was_typed_is_shown_as_words() -> None:
    evil = FollowUp(1, "<script>x</script>", "javascript:1", "<b>张三</b>", None, "‮<i>", False)
    for page in (render_html(issue(evil)), render_mail_html(issue(evil))):
        assert "<script>x" not in page
        assert "<b>张三" not in page
        assert "javascript:1" not in page
        assert "‮" not in page


def test_hundreds_do_not_burst_the_mail() -> None:
    many = issue(*(task(number, "张三" * 20, date(2021, 2, 2)) for number in range(500)))
    page = render_mail_html(many)
    assert len(page.encode()) < MAX_MAIL_BYTES
    assert "共 500 项，其余见附件" in page
