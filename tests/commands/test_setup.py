"""`zhengxun init`, `doctor` and `restore`."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from commands import archive, setup
from commands.desk import CommandError, Desk
from config import Config, SmtpConfig, load_config
from digest.sink import Sink
from pipelines.instance import only_one
from replica.server import Replica, start_replica
from storage.database import StorageError

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with start_replica(as_of=NOW) as started:
        yield started


def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def said(made: Console) -> str:
    assert isinstance(made.file, io.StringIO)
    return made.file.getvalue()


def test_the_written_file_can_be_loaded_and_holds_the_answers(tmp_path: Path) -> None:
    path = tmp_path / "zhengxun.toml"
    answers = {"host": "smtp.example.com", "sender": '"政讯" <zx@example.com>', "port": "465"}
    assert setup.init(path, answers, console(), ask=False) == 0
    config = load_config({"ZHENGXUN_CONFIG": str(path)})
    assert (config.smtp.host, config.smtp.port) == ("smtp.example.com", 465)
    assert config.smtp.sender == '"政讯" <zx@example.com>'
    with pytest.raises(CommandError, match="exists already"):
        setup.init(path, answers, console(), ask=False)


def test_every_key_that_is_commented_out_exists_with_that_default(tmp_path: Path) -> None:
    path = tmp_path / "zhengxun.toml"
    setup.init(path, {}, console(), ask=False)
    lines = path.read_text("utf-8").splitlines()
    # "# key = value" is a default; everything else after a # is prose.
    shown = [line.removeprefix("# ") if " = " in line else line for line in lines]
    values = tomllib.loads("\n".join(line for line in shown if "password_file" not in line))
    config = load_config({"ZHENGXUN_CONFIG": str(path)})
    for section in ("digest", "smtp", "crawl", "operator", "upkeep"):
        for key, value in values[section].items():
            assert getattr(getattr(config, section), key) == value, f"{section}.{key}"


@pytest.mark.parametrize("port", ["x", "-1"])
def test_a_port_that_is_no_number_is_bad_usage(tmp_path: Path, port: str) -> None:
    with pytest.raises(CommandError) as caught:
        setup.init(tmp_path / "zhengxun.toml", {"port": port}, console(), ask=False)
    assert caught.value.code == 2
    assert not (tmp_path / "zhengxun.toml").exists()


def test_doctor_is_content_and_asks_every_site_for_its_rules(
    tmp_path: Path, replica: Replica
) -> None:
    with Sink(tmp_path / "mail") as sink:
        smtp = SmtpConfig(
            host="127.0.0.1", port=sink.port, security="none", sender="a@example.com", timeout=5
        )
        desk = Desk(Config(data=tmp_path / "data", now=NOW, upstream=replica.origin, smtp=smtp))
        out = console()
        code = setup.doctor(desk, out, sites=True)
        assert not sink.received
    assert code == 0, said(out)
    assert "time zone: Asia/Shanghai" in said(out)
    assert "tj_kxjs: https://kxjs.tj.gov.cn answers" in said(out)
    asked = {request.path for request in replica.requests}
    assert "/robots.txt" in asked


def test_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    desk = Desk(Config(data=tmp_path / "data", now=NOW, upstream="http://127.0.0.1:9"))
    out = console()
    assert setup.doctor(desk, out, sites=True) == 1
    assert "set smtp.host and smtp.sender" in said(out)
    assert "cannot be reached" in said(out)


def test_a_backup_can_be_put_back_when_the_daemon_is_stopped(tmp_path: Path) -> None:
    desk = Desk(Config(data=tmp_path / "data", now=NOW))
    archive.backup(desk, None, 3, console())
    (copy,) = desk.config.backups.iterdir()
    with only_one(desk.config.data), pytest.raises(CommandError, match="stop it"):
        archive.restore(desk, copy, console())
    out = console()
    assert archive.restore(desk, copy, out) == 0
    assert "zhengxun-replaced-20210205T090000Z.db" in said(out).replace("\n", "")
    with pytest.raises(StorageError, match="does not exist"):
        archive.restore(desk, tmp_path / "nothing.db", console())
