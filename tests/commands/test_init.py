"""`zhengxun init`: the file it writes can be loaded and shows the real defaults."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.context import CommandError
from commands import init
from config import Config, ConfigError, load_config
from config_delivery import ChannelConfig
from config_sections import Section
from tests.commands.spoken import console, said


def test_the_written_file_can_be_loaded_and_holds_the_answers(tmp_path: Path) -> None:
    path = tmp_path / "zhengxun.toml"
    answers = {"host": "smtp.example.com", "sender": '"政讯" <zx@example.com>', "port": "465"}
    assert init.init(path, answers, console(), ask=False) == 0
    config = load_config({"ZHENGXUN_CONFIG": str(path)})
    assert (config.smtp.host, config.smtp.port) == ("smtp.example.com", 465)
    assert config.smtp.sender == '"政讯" <zx@example.com>'
    with pytest.raises(CommandError, match="exists already"):
        init.init(path, answers, console(), ask=False)


TABLES = ("# [[channels]]", "# [sections.projects]")
# Written in [company], [sections.x] and [summary], where readers look for them.
ELSEWHERE = {"profile", "watch", "profiles", "lead_of_chapters", "summary_model"}


def uncommented(text: str) -> str:
    """The file with every commented key in force; all else after a # is prose."""
    lines = [
        line.removeprefix("# ") if " = " in line or line in TABLES else line
        for line in text.splitlines()
    ]
    return "\n".join(line for line in lines if "password_file" not in line)


def test_every_key_is_in_the_file_and_what_is_commented_out_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "zhengxun.toml"
    init.init(path, {}, console(), ask=False)
    values = tomllib.loads(uncommented(path.read_text("utf-8")))
    config = load_config({"ZHENGXUN_CONFIG": str(path)})
    tables = {
        name: table
        for name in Config.model_fields
        if isinstance(table := getattr(config, name), Section)
    }
    assert len(tables) > 8
    for name, table in tables.items():
        keys = set(type(table).model_fields) - {"password_file", "chapters"}
        keys -= ELSEWHERE if name == "digest" else set()
        assert set(values[name]) == keys, name
        is_so = {key: getattr(table, key) for key in keys}
        is_so = {key: [*at] if isinstance(at, tuple) else at for key, at in is_so.items()}
        assert is_so == values[name], name


def test_the_profile_of_the_company_and_of_a_chapter_reach_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "zhengxun.toml"
    init.init(path, {"profile": "中药，专利"}, console(), ask=False)
    path.write_text(uncommented(path.read_text("utf-8")), encoding="utf-8")
    path.chmod(0o600)
    digest = load_config({"ZHENGXUN_CONFIG": str(path)}).digest
    assert digest.profile == "中药，专利"
    assert list(digest.profiles) == ["projects"]
    assert digest.lead_of_chapters == {"projects": 5}
    path.write_text("[sections.nowhere]\nlead = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="no such chapter"):
        load_config({"ZHENGXUN_CONFIG": str(path)})


def test_the_robot_in_the_file_can_be_put_in_force(tmp_path: Path) -> None:
    path = tmp_path / "zhengxun.toml"
    init.init(path, {}, console(), ask=False)
    path.write_text(uncommented(path.read_text("utf-8")), encoding="utf-8")
    path.chmod(0o600)
    (robot,) = load_config({"ZHENGXUN_CONFIG": str(path)}).channels
    assert (robot.kind, robot.name, robot.private) == ("wecom", "研发群", False)
    assert set(ChannelConfig.model_fields) == robot.model_fields_set


@pytest.mark.parametrize("port", ["x", "-1"])
def test_a_port_that_is_no_number_is_bad_usage(tmp_path: Path, port: str) -> None:
    with pytest.raises(CommandError) as caught:
        init.init(tmp_path / "zhengxun.toml", {"port": port}, console(), ask=False)
    assert caught.value.code == 2
    assert not (tmp_path / "zhengxun.toml").exists()


def test_answers_that_no_configuration_takes_leave_no_file(tmp_path: Path) -> None:
    path = tmp_path / "zhengxun.toml"
    for answers in ({"security": "ssl"}, {"port": "70000"}, {"company": "盈\n科"}):
        with pytest.raises(CommandError) as caught:
            init.init(path, answers, console(), ask=False)
        assert caught.value.code == 2
        assert not path.exists()


def test_questions_show_their_defaults_and_enter_takes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(
        ["", "", "smtp.example.com", "465", "tls", "zx", "zx@example.com", "op@example.com"]
    )
    monkeypatch.setattr("builtins.input", lambda *_: next(answers))
    out = console()
    path = tmp_path / "new" / "zhengxun.toml"
    assert init.init(path, {}, out, ask=True) == 0
    assert "[starttls]: " in said(out)
    config = load_config({"ZHENGXUN_CONFIG": str(path)})
    assert (config.digest.company, config.smtp.security) == ("盈科瑞", "tls")
    assert (config.crawl.contact, config.operator.email) == ("op@example.com", "op@example.com")
