"""Subscribers and the ledger from the command line."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from digest.sink import Sink
from storage.database import open_database
from storage.issues import record_issue
from storage.subscribers import find_subscriber

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@dataclass
class House:
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
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    folder = tmp_path / "house"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return House(folder, monkeypatch)


def test_a_choice_can_be_changed_paused_and_resumed(house: House) -> None:
    house.run("subscribers", "add", "li@example.com", "--keywords", "中药", "--sections", "pharma")
    done = house.run("subscribers", "change", "li@example.com", "--keywords", "中药,不含兽药")
    assert (done.exit_code, done.stdout) == (0, "已更改 li@example.com\n")
    assert house.run("subscribers", "pause", "li@example.com").stdout == "li@example.com 已暂停\n"
    db = open_database(house.folder / "data" / "zhengxun.db")
    person = find_subscriber(db, "li@example.com")
    db.close()
    assert person is not None
    assert (person.keywords, person.sections) == (("中药", "不含兽药"), ("pharma",))
    assert person.state == "paused"
    assert house.run("subscribers", "resume", "li@example.com").stdout == "li@example.com 正常\n"


def test_a_change_of_nothing_or_of_nobody_says_what_to_do(house: House) -> None:
    nothing = house.run("subscribers", "change", "li@example.com")
    nobody = house.run("subscribers", "pause", "li@example.com")
    assert "nothing to change; give --name" in str(nothing.exception)
    assert "not subscribed; see: zhengxun subscribers list" in str(nobody.exception)


def test_an_export_is_read_back_by_import(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.run("subscribers", "add", "li@example.com", "--name", "李, 雷", "--keywords", "中药,专利")
    house.run("subscribers", "pause", "li@example.com")
    path = tmp_path / "who.csv"
    assert house.run("subscribers", "export", str(path)).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["address"], row["name"], row["keywords"], row["state"]) for row in rows] == [
        ("li@example.com", "李, 雷", "中药,专利", "paused")
    ]
    other = House(tmp_path / "other", monkeypatch)
    assert other.run("subscribers", "import", str(path)).exit_code == 0
    db = open_database(other.folder / "data" / "zhengxun.db")
    person = find_subscriber(db, "li@example.com")
    db.close()
    assert person is not None
    assert (person.name, person.keywords, person.state) == ("李, 雷", ("中药", "专利"), "paused")


def test_the_ledger_shows_and_retries_what_was_refused(house: House, tmp_path: Path) -> None:
    with Sink(tmp_path / "outbox", refuse=["li@example.com"]) as sink:
        house.configure(
            f'[smtp]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
            'sender = "news@example.com"\n'
        )
        house.run("subscribers", "add", "li@example.com")
        db = open_database(house.folder / "data" / "zhengxun.db")
        week = {"week": "2021-W05", "from_on": date(2021, 1, 30), "to_on": date(2021, 2, 5)}
        record_issue(db, **week, instant=NOW, now=NOW, title="政讯周报", entries=[])  # type: ignore[arg-type]
        db.close()
        refused = house.run("send")
        assert refused.exit_code == 1
        assert "被拒 1" in refused.stdout
        assert "li@example.com: 550 5.1.1 no such mailbox" in refused.stdout
        assert "被拒 1" in house.run("deliveries").stdout
        sink.refuse.clear()
        assert "已重新排队 1 封" in house.run("deliveries", "--retry").stdout
        assert "已发 1" in house.run("send").stdout
    rows = json.loads(house.run("deliveries", "--json").stdout)
    assert [(row["address"], row["state"]) for row in rows] == [("li@example.com", "sent")]
