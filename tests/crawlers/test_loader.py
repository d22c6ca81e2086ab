"""Every site of the catalogue is a spider, without code."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy import Request
from scrapy.settings import Settings

from crawlers.loader import CatalogueSpiderLoader

OPERATOR = """
[tj_kxjs]
enabled = false

[my_site]
name = "我们的网站"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "15 8 * * mon-fri"
delay = 7
user_agent = "browser"
[[my_site.columns]]
name = "通知公告"
url = "https://www.example.gov.cn/tzgg/"
"""


def loader(folder: Path, **over: object) -> CatalogueSpiderLoader:
    path = folder / "sources.toml"
    path.write_text(OPERATOR, encoding="utf-8")
    settings = {"SPIDER_MODULES": [], "ZX_OPERATOR_SOURCES": str(path)}
    own = {"ZX_BROWSER_USER_AGENT": "Browser/1", "ZX_UPSTREAM": ""}
    return CatalogueSpiderLoader.from_settings(Settings({**settings, **own, **over}))


def test_enabled_sites_are_listed_and_disabled_ones_only_loadable(tmp_path: Path) -> None:
    spiders = loader(tmp_path)
    assert {"miit", "tj_gyxxh", "my_site"} <= set(spiders.list())
    assert "tj_kxjs" not in spiders.list()
    assert spiders.load("tj_kxjs").name == "tj_kxjs"


def test_a_spider_knows_its_site(tmp_path: Path) -> None:
    spider = loader(tmp_path).load("my_site")
    assert spider.name == "my_site"
    assert spider.__name__ == "MySiteSpider"
    assert spider.site.name == "我们的网站"  # type: ignore[attr-defined]


def test_delay_and_user_agent_of_a_site_are_its_spiders_settings(tmp_path: Path) -> None:
    own = loader(tmp_path).load("my_site").custom_settings or {}
    assert own["DOWNLOAD_DELAY"] == 7
    assert own["USER_AGENT"] == "Browser/1"


def test_behind_an_upstream_a_site_has_no_delay_of_its_own(tmp_path: Path) -> None:
    own = loader(tmp_path, ZX_UPSTREAM="http://127.0.0.1:9").load("my_site").custom_settings
    assert "DOWNLOAD_DELAY" not in (own or {})


def test_an_unknown_site_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"no site 'tj_gyxx'; known: .*tj_gyxxh"):
        loader(tmp_path).load("tj_gyxx")


def test_a_request_belongs_to_the_sites_that_name_its_host(tmp_path: Path) -> None:
    request = Request("https://www.example.gov.cn/tzgg/202101/t20210105_1.html")
    assert loader(tmp_path).find_by_request(request) == ["my_site"]


def test_a_hand_written_spider_takes_its_site_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "from scrapy import Spider\n"
    module += "class Odd(Spider):\n    name = 'my_site'\n    odd = True\n"
    module += "class Alone(Spider):\n    name = 'alone'\n"
    (tmp_path / "zx_own_spiders.py").write_text(module, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    spiders = loader(tmp_path, SPIDER_MODULES=["zx_own_spiders"])
    taken = spiders.load("my_site")
    assert taken.odd is True  # type: ignore[attr-defined]
    assert taken.site.id == "my_site"  # type: ignore[attr-defined]
    assert spiders.list().count("my_site") == 1
    assert "alone" in spiders.list()
    assert spiders.load("alone").name == "alone"
