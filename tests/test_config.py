"""Defaults < zhengxun.toml < environment; every mistake is one line that names the key."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import ConfigError, load_config


def write(folder: Path, text: str) -> dict[str, str]:
    path = folder / "zhengxun.toml"
    path.write_text(text, encoding="utf-8")
    return {"ZHENGXUN_CONFIG": str(path)}


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    config = load_config({}, cwd=tmp_path)
    assert config.database == tmp_path / "data" / "zhengxun.db"
    assert [chapter.id for chapter in config.digest.chapters] == ["ip", "pharma", "projects"]
    assert config.digest.time == "17:00"
    assert not config.upstream


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env = write(tmp_path, 'data = "store"\nupstream = "http://127.0.0.1:1"\n')
    assert load_config(env, cwd=tmp_path).database == tmp_path / "store" / "zhengxun.db"
    env |= {"ZHENGXUN_DATA": "other", "ZHENGXUN_UPSTREAM": "http://127.0.0.1:2/"}
    config = load_config(env, cwd=tmp_path)
    assert config.data == tmp_path / "other"
    assert config.upstream == "http://127.0.0.1:2"


def test_now_is_kept_in_utc(tmp_path: Path) -> None:
    config = load_config({"ZHENGXUN_NOW": "2021-02-05T17:00+08:00"}, cwd=tmp_path)
    assert config.clock() == datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smtp]\nhots = 'x'", "smtp.hots: no such key; did you mean 'host'?"),
        ("[smpt]\nhost = 'x'", "smpt: no such key; did you mean 'smtp'?"),
        ("[digest]\ntime = '5pm'", "digest.time: '5pm' cannot be used; write it like '17:00'"),
        ("[smtp]\nport = 'many'", "smtp.port: "),
        ("[digest]\ntime = '25:00'", "digest.time: "),
        ("[digest]\nweekday = 'friday'", "digest.weekday: "),
        ("[smtp\n", "not readable as TOML"),
        ("upstream = 'localhost:80'", "must look like http://127.0.0.1:8080"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(write(tmp_path, text), cwd=tmp_path)
    assert said in str(error.value)
    assert "zhengxun.toml" in str(error.value)


@pytest.mark.parametrize("now", ["yesterday", "2021-02-05T17:00"])
def test_an_instant_without_a_zone_is_refused(tmp_path: Path, now: str) -> None:
    with pytest.raises(ConfigError, match="ZHENGXUN_NOW"):
        load_config({"ZHENGXUN_NOW": now}, cwd=tmp_path)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a file"):
        load_config({"ZHENGXUN_CONFIG": "nowhere.toml"}, cwd=tmp_path)


def test_a_password_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    env = write(tmp_path, "[smtp]\npassword_file = 'secret'")
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n", encoding="utf-8")
    secret.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_config(env, cwd=tmp_path)
    secret.chmod(0o600)
    config = load_config(env, cwd=tmp_path)
    assert config.smtp_password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(config)


def test_a_signing_key_is_kept_like_a_password(tmp_path: Path) -> None:
    env = write(tmp_path, "[smtp]\ndkim_selector = 'zx'\ndkim_key_file = 'dkim.pem'")
    key = tmp_path / "dkim.pem"
    key.write_text("-----BEGIN s3cret", encoding="utf-8")
    key.chmod(0o640)
    with pytest.raises(ConfigError, match=r"chmod 600 .*dkim\.pem"):
        load_config(env, cwd=tmp_path)
    key.chmod(0o600)
    config = load_config(env, cwd=tmp_path)
    assert config.dkim_key.get_secret_value() == "-----BEGIN s3cret"
    assert "s3cret" not in repr(config)
    write(tmp_path, "[smtp]\ndkim_selector = 'zx'")
    with pytest.raises(ConfigError, match="go together"):
        load_config(env, cwd=tmp_path)


def test_a_file_that_holds_the_keys_of_robots_is_kept_like_a_password(tmp_path: Path) -> None:
    text = "[[channels]]\nkind = 'wecom'\nname = '群'\nurl = 'https://robot.example/?key=s3cret'"
    env = write(tmp_path, text)
    (tmp_path / "zhengxun.toml").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600") as caught:
        load_config(env, cwd=tmp_path)
    assert "s3cret" not in str(caught.value)
    (tmp_path / "zhengxun.toml").chmod(0o600)
    assert "s3cret" not in repr(load_config(env, cwd=tmp_path))
