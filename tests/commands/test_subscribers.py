"""Subscribers and the ledger from the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from commands.subscribers import pace_words, state_words
from digest.delivery.sink import Sink
from storage.database import open_database
from storage.issues.issues import record_issue
from storage.readers.bounces import find_by_recipient, record_bounce
from storage.readers.subscribers import find_subscriber, update_subscriber

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@dataclass
class Installation:
    """A data folder and the commands run on it, in this process: a new one takes a second."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def run(self, *arguments: str) -> Result:
        self.monkeypatch.setenv("ZHENGXUN_DATA", str(self.folder / "data"))
        self.monkeypatch.setenv("ZHENGXUN_NOW", NOW.isoformat())
        self.monkeypatch.setenv("COLUMNS", "200")
        return CliRunner().invoke(cli.app, arguments)

    def configure(self, text: str) -> None:
        path = self.folder / "zhengxun.toml"
        path.write_text(text, encoding="utf-8")
        self.monkeypatch.setenv("ZHENGXUN_CONFIG", str(path))


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    folder = tmp_path / "house"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Installation(folder, monkeypatch)


def test_a_choice_can_be_changed_paused_and_resumed(installation: Installation) -> None:
    installation.run(
        "subscribers", "add", "li@example.com", "--keywords", "中药", "--sections", "pharma"
    )
    done = installation.run(
        "subscribers", "change", "li@example.com", "--keywords", "中药,不含兽药"
    )
    assert (done.exit_code, done.stdout) == (0, "已更改 li@example.com\n")
    assert (
        installation.run("subscribers", "pause", "li@example.com").stdout
        == "li@example.com 已暂停\n"
    )
    db = open_database(installation.folder / "data" / "zhengxun.db")
    person = find_subscriber(db, "li@example.com")
    db.close()
    assert person is not None
    assert (person.keywords, person.sections) == (("中药", "不含兽药"), ("pharma",))
    assert person.state == "paused"
    assert (
        installation.run("subscribers", "resume", "li@example.com").stdout
        == "li@example.com 正常\n"
    )


def test_a_change_of_nothing_or_of_nobody_says_what_to_do(installation: Installation) -> None:
    nothing = installation.run("subscribers", "change", "li@example.com")
    nobody = installation.run("subscribers", "pause", "li@example.com")
    assert "nothing to change; give --name" in str(nothing.exception)
    assert "not subscribed; see: zhengxun subscribers list" in str(nobody.exception)


def people(installation: Installation) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        installation.run("subscribers", "list", "--json").stdout
    )
    return found


def test_every_choice_and_state_comes_back_from_an_export(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.run(
        *("subscribers", "add", "li@example.com", "--name", "李, 雷", "--keywords", "中药，-兽药"),
        *(
            "--topics",
            "药品注册",
            "--sections",
            "pharma",
            "--groups",
            "国家级",
            "--formats",
            "html",
        ),
        *("--pace", "immediate", "--deadline-days", "7", "--skip-empty"),
    )
    installation.run("subscribers", "pause", "li@example.com", "--until", "2021-03-01")
    for address in ("gone@example.com", "ended@example.com", "wang@example.com"):
        installation.run("subscribers", "add", address)
    installation.run("subscribers", "remove", "ended@example.com")
    db = open_database(installation.folder / "data" / "zhengxun.db")
    note = "=连续 3 期退信"
    update_subscriber(db, "gone@example.com", now=NOW, state="suspended", note=note)
    db.close()
    path = tmp_path / "who.csv"
    assert installation.run("subscribers", "export", str(path)).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert "'=连续" in path.read_text(encoding="utf-8-sig")  # Excel runs no formula of ours
    other = Installation(tmp_path / "other", monkeypatch)
    told = other.run("subscribers", "import", str(path)).stdout
    assert told.splitlines() == [
        "第 2 行 li@example.com 已添加",
        "第 3 行 gone@example.com 已添加",
        "第 4 行 ended@example.com 已添加",
        "第 5 行 wang@example.com 已添加",
    ]
    assert people(other) == people(installation)
    assert [(row["address"], row["state"], row["note"]) for row in people(other)] == [
        ("li@example.com", "paused", ""),
        ("gone@example.com", "suspended", note),
        ("ended@example.com", "ended", ""),
        ("wang@example.com", "active", ""),
    ]
    assert people(other)[0]["paused_until"] == "2021-03-01"
    assert people(other)[0]["keywords"] == ["中药", "-兽药"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_import_reads_what_excel_writes(
    installation: Installation, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "who.csv"
    path.write_bytes("address,name\r\nli@example.com,李雷\r\n\r\n".encode(encoding))
    assert installation.run("subscribers", "import", str(path)).exit_code == 0
    assert [(row["address"], row["name"]) for row in people(installation)] == [
        ("li@example.com", "李雷")
    ]


def test_a_bad_file_is_refused_whole_with_the_numbers_of_its_lines(
    installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "who.csv"
    path.write_text(
        'address,name,topics,state,paused_until\nli@example.com,"李\n雷",,,\n'
        "wang@example.com,,魔法,,\nwang,,,,\n"
        "zhao@example.com,,,asleep,\nqian@example.com,,,active,2021-03-01\n"
        "sun@example.com,,,,\nSUN@example.com,,,,\n",
        encoding="utf-8",
    )
    refused = installation.run("subscribers", "import", str(path))
    said = str(refused.exception)
    assert "nothing was imported; line 2: name " in said
    assert "line 4: --topics: 魔法 is not one of 中药" in said
    assert "line 5: 'wang' is not a mail address" in said
    assert "line 6: state 'asleep' is not one of" in said
    assert "line 7: paused_until goes with state paused" in said
    assert "line 9: SUN@example.com stands on line 8 already" in said
    assert people(installation) == []


def test_an_unknown_column_topic_or_pace_is_bad_usage(
    installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "who.csv"
    path.write_text("address,adress\nli@example.com,x\n", encoding="utf-8")
    assert "line 1: 'adress' is no column" in str(
        installation.run("subscribers", "import", str(path)).exception
    )
    path.write_text("address,name\nli@example.com,x,y\n", encoding="utf-8")
    assert "line 2: more cells than columns" in str(
        installation.run("subscribers", "import", str(path)).exception
    )
    for option, value, words in (
        ("--topics", "魔法", "--topics: 魔法 is not one of"),
        ("--pace", "daily", "--pace: daily is not one of weekly, immediate"),
        ("--pace", "immediate", "needs an occasion"),
        ("--deadline-days", "soon", "--deadline-days: soon is not a number"),
    ):
        refused = installation.run("subscribers", "add", "li@example.com", option, value)
        assert words in str(refused.exception)
    assert people(installation) == []


def test_whoever_unsubscribed_is_not_brought_back_by_a_list(
    installation: Installation, tmp_path: Path
) -> None:
    installation.run("subscribers", "add", "li@example.com")
    path = tmp_path / "who.csv"
    installation.run("subscribers", "export", str(path))
    installation.run("subscribers", "remove", "li@example.com")
    told = installation.run("subscribers", "import", str(path)).stdout
    assert told == "第 2 行 li@example.com 已退订，未恢复；要恢复：zhengxun subscribers add\n"
    assert people(installation)[0]["state"] == "ended"


def test_the_list_shows_pace_and_pause(installation: Installation) -> None:
    installation.run(
        *("subscribers", "add", "li@example.com", "--topics", "中药", "--pace", "immediate"),
        *("--deadline-days", "7"),
    )
    paused = installation.run("subscribers", "pause", "li@example.com", "--until", "2021-03-01")
    assert paused.stdout == "li@example.com 已暂停至 2021-03-01\n"
    assert installation.run("subscribers", "list").exit_code == 0
    db = open_database(installation.folder / "data" / "zhengxun.db")
    person = find_subscriber(db, "li@example.com")
    db.close()
    assert person is not None
    assert pace_words(person) == "每周，即时（截止 7 天内）"
    assert state_words(person) == "已暂停至 2021-03-01"
    early = installation.run("subscribers", "pause", "li@example.com", "--until", "2021-02-05")
    assert "is not after today" in str(early.exception)


def test_the_ledger_shows_and_retries_what_was_refused(
    installation: Installation, tmp_path: Path
) -> None:
    with Sink(tmp_path / "outbox", refuse=["li@example.com"]) as sink:
        installation.configure(
            f'[smtp]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
            'sender = "news@example.com"\n'
        )
        installation.run("subscribers", "add", "li@example.com")
        db = open_database(installation.folder / "data" / "zhengxun.db")
        week = {"week": "2021-W05", "from_on": date(2021, 1, 30), "to_on": date(2021, 2, 5)}
        record_issue(db, **week, instant=NOW, now=NOW, title="政讯周报", entries=[])  # type: ignore[arg-type]
        db.close()
        refused = installation.run("send")
        assert refused.exit_code == 1
        assert "被拒 1" in refused.stdout
        assert "li@example.com: 550 5.1.1 no such mailbox" in refused.stdout
        assert "被拒 1" in installation.run("deliveries").stdout
        sink.refuse.clear()
        assert "已重新排队 1 封" in installation.run("deliveries", "--retry").stdout
        assert "已发 1" in installation.run("send").stdout
    rows = json.loads(installation.run("deliveries", "--json").stdout)
    assert [(row["address"], row["state"]) for row in rows] == [("li@example.com", "sent")]
    told = installation.run("deliveries", "--to", "LI@example.com").stdout
    assert " 被拒 550 5.1.1 no such mailbox\n" in told
    assert " 已发 250 OK: kept\n" in told
    (row,) = json.loads(installation.run("deliveries", "--to", "li@example.com", "--json").stdout)
    assert [item["state"] for item in row["history"]] == ["refused", "sent"]


def test_the_ledger_says_what_came_back_and_what_was_not_wanted(
    installation: Installation, tmp_path: Path
) -> None:
    with Sink(tmp_path / "outbox") as sink:
        installation.configure(
            f'[smtp]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
            'sender = "news@example.com"\n'
        )
        installation.run("subscribers", "add", "li@example.com", "--formats", "html")
        installation.run(
            "subscribers", "add", "wang@example.com", "--keywords", "无", "--skip-empty"
        )
        db = open_database(installation.folder / "data" / "zhengxun.db")
        week = {"week": "2021-W05", "from_on": date(2021, 1, 30), "to_on": date(2021, 2, 5)}
        record_issue(db, **week, instant=NOW, now=NOW, title="政讯周报", entries=[])  # type: ignore[arg-type]
        db.close()
        assert "已发 1" in installation.run("send").stdout
    db = open_database(installation.folder / "data" / "zhengxun.db")
    mail = find_by_recipient(db, "li@example.com", now=NOW)
    assert mail is not None
    record_bounce(db, mail, "soft", "5.2.2 mailbox full", NOW)
    db.close()
    assert installation.run("deliveries").stdout.splitlines()[0] == "已退回 1，不发 1"
    rows = json.loads(installation.run("deliveries", "--json").stdout)
    assert [(row["state"], row["bounce"], row["omitted"]) for row in rows] == [
        ("sent", "soft", ""),
        ("queued", "", "没有符合订阅的内容，按订户的选择不发"),
    ]
