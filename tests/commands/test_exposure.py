"""What doctor says is open, or asked inside."""

from __future__ import annotations

from pathlib import Path

from commands.exposure import exposures
from config import Config
from config_delivery import OperatorConfig, PublicConfig
from config_sections import CrawlConfig, MetricsConfig


def test_what_listens_is_told_and_to_whom(tmp_path: Path) -> None:
    config = Config(
        data=tmp_path,
        metrics=MetricsConfig(port=9469, host="0.0.0.0"),  # noqa: S104 - what is told
        public=PublicConfig(url="https://news.example.com", forwarded=True),
    )
    figures, page = exposures(config)
    assert "0.0.0.0:9469" in figures
    assert "没有密码" in figures
    assert "只有本机" in page


def test_what_is_asked_inside_is_told(tmp_path: Path) -> None:
    operator = OperatorConfig(webhook="http://10.1.2.3/hook", ping_url="https://8.8.8.8/ping")
    (line,) = exposures(Config(data=tmp_path, operator=operator))
    assert "10.1.2.3" in line
    assert "webhook" in line


def test_a_browser_on_another_machine_is_told(tmp_path: Path) -> None:
    crawl = CrawlConfig(browser="cdp", browser_cdp_url="http://browser.example.com:9222")
    (line,) = exposures(Config(data=tmp_path, crawl=crawl))
    assert "browser.example.com" in line


def test_an_installation_that_is_closed_has_nothing_to_tell(tmp_path: Path) -> None:
    assert [*exposures(Config(data=tmp_path))] == []
