"""The editor's verbs as an editor types them; every act with its trace in the history."""

from __future__ import annotations

import io
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

import cli
from app.context import Context, os_user
from app.history import change
from commands import issue
from config import load_config
from storage.database import open_database
from storage.issues.edits import list_edits
from storage.notices.notices import get_notice, save_notice
from storage.summaries.cache import MachineSummary, save_summary, summary_key
from tests.digest.samples import SEEN, make_notice

NOON = "2021-02-05T11:00:00+08:00"


@dataclass
class Installation:
    """A data folder and the commands run on it, in this process: a new one takes a second."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    now: str = NOON

    def run(self, *arguments: str, text: str = "") -> Result:
        self.monkeypatch.setenv("ZHENGXUN_DATA", str(self.folder / "data"))
        self.monkeypatch.setenv("ZHENGXUN_NOW", self.now)
        self.monkeypatch.setenv("COLUMNS", "200")
        return CliRunner().invoke(cli.app, arguments, input=text)

    def said(self, *arguments: str, text: str = "") -> str:
        done = self.run(*arguments, text=text)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    def fails(self, *arguments: str) -> str:
        return str(self.run(*arguments).exception)

    def draft(self) -> dict[str, Any]:
        return dict(json.loads(self.said("edit", "list", "--json")))

    def order(self) -> list[int]:
        return [row["number"] for row in self.draft()["entries"]]

    def acts(self) -> list[dict[str, Any]]:
        return list(json.loads(self.said("history", "--json")))


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    db = open_database(tmp_path / "data" / "zhengxun.db")
    for number, title in ((1, "甲通知"), (2, "乙通知"), (3, "丙公告")):
        facts = {
            "key": f"k{number}",
            "url": f"https://www.cde.org.cn/{number}",
            "title": title,
            "content_hash": f"h{number}",
        }
        save_notice(db, make_notice(**facts), now=SEEN, run_id=None)
    db.close()
    return Installation(tmp_path, monkeypatch)


def test_the_list_names_entries_by_numbers_that_do_not_shift(installation: Installation) -> None:
    printed = installation.said("edit", "list")
    assert "尚未编定，2021-02-05 17:00 截止" in printed
    assert "医药信息篇 · 国家级" in printed
    assert installation.order() == [1, 2, 3]
    installation.said("edit", "drop", "1", "--reason", "无关")
    assert installation.order() == [2, 3]
    assert "已删去" in installation.said("edit", "list")
    assert installation.draft()["dropped"] == [
        {"number": 1, "title": "甲通知", "url": "https://www.cde.org.cn/1", "reason": "无关"}
    ]


@pytest.mark.parametrize("name", ["2", "#2", "n2", "https://www.cde.org.cn/2", "乙"])
def test_an_entry_is_named_by_number_link_or_words(installation: Installation, name: str) -> None:
    assert "置顶 2 乙通知" in installation.said("edit", "pin", name)
    assert installation.order() == [2, 1, 3]


def test_a_name_that_fits_none_or_several_says_what_to_do(installation: Installation) -> None:
    assert "fits 2 entries, name one by its number: 1 甲通知; 2" in installation.fails(
        "edit", "pin", "通知"
    )
    assert "no entry '99' in issue 2021-W05; see: zhengxun edit list" in installation.fails(
        "edit", "pin", "99"
    )


def test_many_are_dropped_at_once_or_all_but_a_few(installation: Installation) -> None:
    assert "name the entries" in installation.fails("edit", "drop")
    assert "name the entries" in installation.fails("edit", "drop", "1", "--keep", "2")
    assert "no entry" in installation.fails("edit", "drop", "1", "7-9")
    assert installation.order() == [1, 2, 3]
    said = installation.said("edit", "drop", "1-2", "丙")
    assert "共删去 3 条，本期还有 0 条" in said
    assert installation.order() == []
    for number in ("1", "2", "3"):
        installation.said("edit", "restore", number)
    installation.said("edit", "drop", "--keep", "2,3", "--reason", "无关")
    assert sorted(installation.order()) == [2, 3]
    assert [act["reason"] for act in installation.acts() if act["act"] == "drop"][-1] == "无关"
    history = installation.said("history")
    assert "删去  编号 1  甲通知（理由：无关）" in history
    assert "2021-02-05 11:00" in history


def test_a_drop_can_be_taken_back(installation: Installation) -> None:
    installation.said("edit", "drop", "甲", "--reason", "无关")
    assert "dropped already" in installation.fails("edit", "drop", "1", "--reason", "x")
    installation.said("edit", "restore", "甲")
    assert installation.order() == [1, 2, 3]
    assert "no dropped entry" in installation.fails("edit", "restore", "1")


def test_a_move_is_checked_against_the_configured_chapters(installation: Installation) -> None:
    said = installation.said("edit", "move", "3", "--chapter", "科技项目篇", "--group", "天津市")
    assert "3 丙公告 → 科技项目篇 · 天津市 第 1 条" in said
    assert "第 1 条" in installation.said("edit", "move", "2", "--position", "1")
    assert installation.order() == [2, 1, 3]
    assert "chapters: ip (知识产权信息篇)" in installation.fails(
        "edit", "move", "1", "--chapter", "x"
    )
    assert "--group 国家级 | 地方级" in installation.fails(
        "edit", "move", "1", "--chapter", "pharma", "--group", "火星"
    )
    assert "say where to" in installation.fails("edit", "move", "1")


def test_a_note_comes_from_the_line_or_from_stdin_and_goes_again(
    installation: Installation,
) -> None:
    installation.said("edit", "annotate", "1", "请关注")
    installation.said("edit", "annotate", "2", "-", text="一\n二\n")
    notes = [row["note"] for row in installation.draft()["entries"]]
    assert notes == ["请关注", "一\n二", ""]
    assert "撤下" in installation.said("edit", "annotate", "1", "")
    assert installation.draft()["entries"][0]["note"] == ""
    assert "at most 2000" in installation.fails("edit", "annotate", "1", "长" * 2001)


def test_the_title_is_the_issues_own_until_it_is_taken_back(installation: Installation) -> None:
    assert "标题为 专刊" in installation.said("edit", "retitle", "专刊")
    assert installation.draft()["title"] == "专刊"
    assert "标题为 政讯周报" in installation.said("edit", "retitle", "")


def test_the_preview_shows_what_would_go_and_records_nothing(installation: Installation) -> None:
    installation.said("edit", "annotate", "1", "请关注")
    installation.said("edit", "drop", "3", "--reason", "无关")
    printed = installation.said("digest", "--preview")
    page = installation.folder / "data/issues/preview-2021-W05/digest.html"
    assert str(page) in printed.replace("\n", "")
    text = page.read_text("utf-8")
    assert "请关注" in text
    assert "编号 1" in text
    assert "丙公告" not in text
    db = open_database(installation.folder / "data" / "zhengxun.db")
    assert db["issues"].count == 0
    db.close()


def test_every_act_is_in_the_history(installation: Installation) -> None:
    installation.said("edit", "drop", "1", "--reason", "无关")
    installation.said("edit", "move", "2", "--chapter", "ip", "--group", "国家级")
    installation.said("edit", "retitle", "专刊")
    drop, move, title = installation.acts()
    assert drop == {
        "at": datetime.fromisoformat(NOON).astimezone(UTC).isoformat(),
        "who": os_user(),
        "week": "2021-W05",
        "act": "drop",
        "number": 1,
        "title": "甲通知",
        "before": {"dropped": False},
        "after": {"dropped": True},
        "reason": "无关",
    }
    assert move["before"] == {"section": "pharma", "group": "国家级", "position": 1}
    assert move["after"] == {"section": "ip", "group": "国家级"}
    assert title["after"] == {"title": "专刊"}
    printed = installation.said("history", "--week", "2021-W05")
    for word in ("删去", "移动", "改标题", "无关"):
        assert word in printed
    assert json.loads(installation.said("history", "--week", "2021-W06", "--json")) == []


def test_an_issue_that_has_gone_out_is_refused_and_its_drops_come_back_late(
    installation: Installation,
) -> None:
    installation.said("edit", "drop", "1", "--reason", "无关")
    installation.now = "2021-02-05T17:00:00+08:00"
    installation.said("digest")
    refusal = installation.fails("edit", "pin", "2", "--week", "2021-W05")
    assert "2021-W05 has gone out" in refusal
    assert "zhengxun correct --week 2021-W05" in refusal
    assert "gone out with issue 2021-W05" in installation.fails("edit", "pin", "2")
    # Without --week the next issue is meant; what was dropped returns to it when restored.
    assert installation.draft()["week"] == "2021-W06"
    assert installation.order() == []
    assert "恢复 1 甲通知" in installation.said("edit", "restore", "甲")
    installation.now = "2021-02-08T09:00:00+08:00"
    (row,) = installation.draft()["entries"]
    assert (row["number"], row["late"]) == (1, True)


def test_every_verb_shows_an_example() -> None:
    for verb in ("list", "drop", "restore", "pin", "unpin", "move", "annotate", "retitle"):
        said = " ".join(CliRunner().invoke(cli.app, ["edit", verb, "--help"]).stdout.split())
        assert f"zhengxun edit {verb}" in said
    assert "zhengxun history" in CliRunner().invoke(cli.app, ["history", "--help"]).stdout


@pytest.mark.parametrize("terminal", [True, False])
def test_on_a_terminal_the_preview_opens_in_the_browser(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    installation.said("edit", "list")  # sets the environment
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    context = Context(load_config())
    screen = Console(file=io.StringIO(), force_terminal=terminal)
    span = issue.choose_span(context, "", "", "", preview=True)
    assert issue.digest(context, span, None, screen, preview=True, as_json=False) == 0
    page = installation.folder / "data/issues/preview-2021-W05/digest.html"
    assert opened == ([page.as_uri()] if terminal else [])
    assert isinstance(screen.file, io.StringIO)
    assert str(page) in screen.file.getvalue()


def test_the_history_says_in_words_what_changed(installation: Installation) -> None:
    installation.said("edit", "move", "2", "--chapter", "ip", "--group", "国家级")
    installation.said("edit", "annotate", "1", "请关注")
    installation.said("edit", "retitle", "专刊")
    db = open_database(installation.folder / "data" / "zhengxun.db")
    acts = list_edits(db)
    db.close()
    assert [change(act, {"ip": "知识产权信息篇", "pharma": "医药信息篇"}) for act in acts] == [
        "医药信息篇 · 国家级 · 第 2 条 → 知识产权信息篇 · 国家级",
        "（无） → 请关注",
        "政讯周报 → 专刊",
    ]


def test_a_model_s_summary_is_taken_out_and_put_back(installation: Installation) -> None:
    settings = '[summary]\nendpoint = "http://127.0.0.1:9/v1"\nmodel = "m1"\n'
    (installation.folder / "zhengxun.toml").write_text(settings, encoding="utf-8")
    assert "has no summary by a model" in installation.fails("edit", "extract", "2")
    with closing(open_database(installation.folder / "data" / "zhengxun.db")) as db:
        key = summary_key(get_notice(db, 2).notice.body_text, "m1")
        save_summary(db, key, "m1", MachineSummary("现公开征求意见。", "", "{}"), SEEN)
    assert "机器摘要" in installation.said("edit", "list")
    told = [installation.said("edit", act, "2") for act in ("extract", "sum-up")]
    assert ["机器摘要：现公开" in line for line in told] == [False, True]
    installation.said("edit", "extract", "乙")
    rows = {row["number"]: row["machine_summary"] for row in installation.draft()["entries"]}
    # The others have the very same text.
    assert rows == {1: True, 2: False, 3: True}
    assert [act["act"] for act in installation.acts()] == ["extract", "sum_up", "extract"]
    assert "不用机器摘要" in installation.said("history")


def test_an_entry_is_promoted_folded_and_kept(installation: Installation) -> None:
    first, second, third = installation.order()
    assert "折叠为一行" in installation.said("edit", "fold", str(first))
    rows = {row["number"]: row for row in installation.draft()["entries"]}
    assert rows[first]["folded"] is True
    assert rows[first]["reasons"][0] == "编者折叠"
    assert installation.order()[-1] == first
    assert "列入重点" in installation.said("edit", "promote", str(first))
    installation.said("edit", "keep", str(second))
    rows = {row["number"]: row for row in installation.draft()["entries"]}
    assert rows[first]["folded"] is False
    assert [act["act"] for act in installation.acts()] == ["fold", "promote", "keep"]
    installation.said("edit", "drop", str(third), "--reason", "无关")
    assert "is dropped; restore it first" in installation.fails("edit", "keep", str(third))


def test_the_list_says_the_score_and_why(installation: Installation) -> None:
    assert "评分与理由" in installation.said("edit", "list")
    assert "通告" in installation.said("edit", "list")


def test_what_was_learned_is_shown_and_forgotten(installation: Installation) -> None:
    installation.said("edit", "keep", "甲通知")
    installation.said("edit", "drop", "乙通知", "--reason", "无关")
    learned = json.loads(installation.said("learn", "--json"))
    assert learned["chapters"]["pharma"]["wanted"] == 1
    assert learned["chapters"]["all"]["unwanted"] == 1
    assert learned["weeks"] == [{"week": "2021-W05", "confirmed": 1, "changed": 1}]
    assert "判断不足 20 条" in installation.said("learn")
    assert "no chapter" in installation.fails("forget", "nowhere")
    assert "不再采用" in installation.said("forget", "医药信息篇")
    assert "pharma" not in json.loads(installation.said("learn", "--json"))["chapters"]
