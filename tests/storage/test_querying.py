"""docs/querying.md: every block is run, and finds what it promises on a store made by hand."""

from __future__ import annotations

import re
import shlex
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from storage.database import open_database
from storage.matching.duplicates import link
from storage.models import Attachment, Check, Contact, Deadline
from storage.runs.catalogue import sync_catalogue
from storage.runs.runs import save_check, start_run
from tests.storage.samples import NOW, at, page, saved, site

COOKBOOK = Path(__file__).parents[2] / "docs" / "querying.md"
BLOCK = re.compile(r"^```(sql|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CENTRE = ("国家药品监督管理局药品审评中心",)
NUMBER = "药审业〔2021〕15号"


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(COOKBOOK.read_text("utf-8")) if kind == language]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose store answers each question with one row, and holds what must not."""
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    soon, later = today + timedelta(days=9), today + timedelta(days=40)
    with closing(open_database(tmp_path / "zhengxun.db")) as db:
        sync_catalogue(db, [site("cde", "新闻中心", "公告"), site("tj", "通知")], NOW)
        draft = page(
            "draft",
            title="关于公开征求《改良型新药指导原则》意见的通知",
            published_on=today,
            doc_number=NUMBER,
            issuers=CENTRE,
            deadline_on=soon,
            deadlines=(Deadline(soon, "征求意见", "9日内"),),
            contacts=(Contact("周", "", "zhou@example.org"),),
        )
        original = saved(db, draft, f"{today} 00:00")
        link(
            db,
            saved(db, page("repost", site="tj", published_on=today + timedelta(days=2))),
            original,
            "转载",
        )
        saved(db, page("final", title="改良型新药指导原则", issuers=CENTRE))
        saved(db, page("mention", body_text=f"根据{NUMBER}，现予转发。"))
        call = page(
            "call",
            section="projects",
            title="项目申报通知",
            amounts=("最高100万元", "50万元"),
            deadline_on=later,
            attachments=(Attachment("https://x.cn/a.pdf", "表", text="阿美替尼片"),),
            published_on=date(2021, 3, 1),
        )
        saved(db, call)
        saved(db, page("revised", body_text="旧"), "2021-02-01 02:00")
        saved(db, page("revised", body_text="新", content_hash="b"), "2021-02-02 02:00")
        run = start_run(db, "cde", now=NOW, pid=1)
        for column, verdict in (("新闻中心", "ok"), ("公告", "blocked")):
            check = Check(run, "cde", column, at("2021-02-05 01:00"), verdict, "412")  # type: ignore[arg-type]
            save_check(db, check)
        run = start_run(db, "tj", now=NOW, pid=1)
        save_check(db, Check(run, "tj", "通知", at("2021-02-05 01:00"), "ok", ""))
    return tmp_path


ANSWERS = (
    [("draft",)],
    [(9, "征求意见")],
    [("改良型新药指导原则",)],
    [(9, "zhou@example.org")],
    [("提到",), ("本文",)],
    [("正文", "旧")],
    [("最高100万元、50万元",)],
    [("转载", 2.0)],
    [("公告", "blocked")],
)
TAKEN = (
    lambda row: (row["url"].rsplit("/", 1)[1],),
    lambda row: (row["days_left"], row["what"]),
    lambda row: (row["title"],),
    lambda row: (row["days_left"], row["mail"]),
    lambda row: (row["relation"],),
    lambda row: (row["changed"], row["old_body_text"]),
    lambda row: (row["amounts"],),
    lambda row: (row["duplicate_why"], row["days_later"]),
    lambda row: (row["column"], row["verdict"]),
)


def test_every_statement_answers_its_question(data: Path) -> None:
    statements = blocks("sql")
    assert len(statements) == len(ANSWERS)
    uri = f"{(data / 'zhengxun.db').as_uri()}?mode=ro"
    # An analyst's tool: plain SQLite, without functions of ours.
    with closing(sqlite3.connect(uri, uri=True)) as db:
        db.row_factory = sqlite3.Row
        for statement, taken, answer in zip(statements, TAKEN, ANSWERS, strict=True):
            found = [taken(row) for row in db.execute(statement)]
            assert sorted(found) == sorted(answer), statement


def test_every_command_does_what_it_says(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGXUN_DATA", str(data))
    monkeypatch.chdir(data)
    said = []
    for command in blocks("sh"):
        program, *arguments = shlex.split(command)
        assert program == "zhengxun"
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        said.append(result.output)
    assert len(said) == 2
    assert (data / "医药.xlsx").is_file()
