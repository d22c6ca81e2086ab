"""What child processes are given of our environment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.child_environment import for_child
from app.context import Context
from config import Config

NOW = datetime(2021, 2, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "ZHENGXUN_SMTP_PASSWORD",
        "ZHENGXUN_IMAP_PASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "DATABASE_URL",
        "ZHENGXUN_SUMMARY_KEY",
    ],
)
def test_no_secret_and_nothing_of_other_programs_is_passed_on(name: str) -> None:
    assert for_child({name: "geheim", "PATH": "/usr/bin"}) == {"PATH": "/usr/bin"}


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "LC_ALL", "TZ", "https_proxy", "SSL_CERT_FILE", "PYTHONWARNINGS"]
)
def test_what_a_crawl_or_a_browser_needs_is_passed_on(name: str) -> None:
    assert for_child({name: "x"}) == {name: "x"}


def test_a_crawl_is_started_without_the_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENGXUN_SMTP_PASSWORD", "geheim")
    monkeypatch.setenv("SOME_PROGRAM", "x")
    given = Context(Config(data=tmp_path, now=NOW)).environment()
    assert "geheim" not in given.values()
    assert "SOME_PROGRAM" not in given
    assert given["ZHENGXUN_DATA"] == str(tmp_path)
