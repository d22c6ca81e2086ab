"""`zhengxun desk`: people from the machine itself, and the server as an operator starts it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from storage.database import open_database
from storage.desk.acts import list_acts
from tests.desk.running import Visitor, free_port
from tests.installation import Installation


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHENGXUN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "zhengxun.toml").write_text('[desk]\nlisten = "127.0.0.1:8010"\n')
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["desk", *arguments])


def said(*arguments: str) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_people_are_let_in_helped_and_ended_from_the_machine(folder: Path) -> None:
    printed = said("invite", "li@example.com", "--role", "operator", "--name", "李工")
    assert re.search(r"^http://127\.0\.0\.1:8010/welcome/[\w-]{43}$", printed, re.MULTILINE)
    assert "尚未设口令" in said("people")
    assert "/welcome/" in said("unlock", "LI@example.com")
    assert "is the last operator" in str(run("end", "li@example.com").exception)
    said("invite", "boss@example.com", "--role", "operator")
    assert "已停用 li@example.com" in said("end", "li@example.com")
    assert "nobody's at the desk" in str(run("unlock", "li@example.com").exception)
    assert "is not one of" in str(run("invite", "x@example.com", "--role", "god").exception)
    assert "is not a mail address" in str(run("invite", "x y", "--role", "editor").exception)
    db = open_database(folder / "data" / "zhengxun.db")
    done = [one.what for one in list_acts(db)]
    db.close()
    assert done[:2] == ["邀请 li@example.com，角色 operator", "解锁 li@example.com"]
    history = CliRunner().invoke(cli.app, ["history"]).stdout
    assert "停用 li@example.com" in history


def test_a_desk_that_is_off_says_how_to_turn_it_on(folder: Path) -> None:
    (folder / "zhengxun.toml").write_text("")
    assert 'set listen = "127.0.0.1:8010" under [desk]' in str(run().exception)


def test_the_verb_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    house = Installation(tmp_path / "house", settings=f'[desk]\nlisten = "127.0.0.1:{port}"\n')
    environment = house.environment()
    child = subprocess.Popen(
        [sys.executable, "-m", "cli", "desk"],
        env=environment,
        cwd=house.folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert f"http://127.0.0.1:{port}" in child.stdout.readline()
        assert Visitor(f"http://127.0.0.1:{port}").get("/login").status == 200
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
