"""What the configuration makes of the crawl."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

SETTINGS = Path(__file__).parent.parent.parent / "crawlers" / "settings.py"


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def read(toml: str = "", **environment: str) -> dict[str, Any]:
        path = tmp_path / "zhengxun.toml"
        path.write_text(toml, encoding="utf-8")
        for name in ("DATA", "NOW", "UPSTREAM"):
            monkeypatch.delenv(f"ZHENGXUN_{name}", raising=False)
        monkeypatch.setenv("ZHENGXUN_CONFIG", str(path))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


def test_one_request_at_a_time_with_pauses_and_robots(configured: Any) -> None:
    settings = configured()
    assert settings["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1
    assert settings["DOWNLOAD_DELAY"] == 2.0
    assert settings["AUTOTHROTTLE_ENABLED"] is True
    assert settings["ROBOTSTXT_OBEY"] is True


def test_nothing_listens_during_a_crawl(configured: Any) -> None:
    settings = configured()
    assert settings["TELNETCONSOLE_ENABLED"] is False
    assert settings["REMOTE_CONTROL_ENABLED"] is False


def test_an_upstream_on_this_machine_needs_no_pauses(configured: Any) -> None:
    settings = configured(ZHENGXUN_UPSTREAM="http://127.0.0.1:8080")
    assert settings["ZX_UPSTREAM"] == "http://127.0.0.1:8080"
    assert settings["DOWNLOAD_DELAY"] == 0
    assert settings["AUTOTHROTTLE_ENABLED"] is False


def test_pauses_the_operator_asked_for_hold_behind_an_upstream_too(configured: Any) -> None:
    settings = configured("[crawl]\ndelay = 5\n", ZHENGXUN_UPSTREAM="http://127.0.0.1:8080")
    assert settings["DOWNLOAD_DELAY"] == 5
    assert settings["AUTOTHROTTLE_ENABLED"] is True


def test_we_say_who_we_are_and_whom_to_write_to(configured: Any) -> None:
    assert configured()["USER_AGENT"] == "Zhengxun/0.1"
    told = configured('[crawl]\ncontact = "ops@example.com"\n')
    assert told["USER_AGENT"] == "Zhengxun/0.1 (+ops@example.com)"


def test_the_instant_and_the_data_folder_are_handed_on(configured: Any, tmp_path: Path) -> None:
    settings = configured(ZHENGXUN_NOW="2021-02-05T17:00+08:00", ZHENGXUN_DATA=str(tmp_path / "d"))
    assert settings["ZX_NOW"] == "2021-02-05T09:00:00+00:00"
    assert settings["ZX_DATABASE"] == str(tmp_path / "d" / "zhengxun.db")
    assert settings["HTTPCACHE_DIR"] == str(tmp_path / "d" / "httpcache")
