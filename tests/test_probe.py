"""`zhengxun sources probe` on the replica's list pages, as a person adds a site.

The built-in catalogue is switched off for the crawl, so that nothing is known beforehand.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from replica.server import Replica
from tests.installation import Installation

slow = pytest.mark.slow


@pytest.fixture
def installation(tmp_path: Path, replica: Replica) -> Installation:
    return Installation(tmp_path / "house", upstream=replica.origin, sources="")


@pytest.mark.parametrize(
    ("url", "platform", "fewest"),
    [
        ("https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/", "trs", 5),
        pytest.param("https://www.miit.gov.cn/jgsj/xfpgys/wjfb/index.html", "jpaas", 5, marks=slow),
        pytest.param("https://gyxxh.tj.gov.cn/ZWXX5652/GXDT9285/", "trs", 3, marks=slow),
        pytest.param("https://i.tten.cn/news/tzgg/", "trs", 5, marks=slow),
        pytest.param(
            "https://zscqj.beijing.gov.cn/zscqj/zwgk/tzgg/index.html", "easysite", 5, marks=slow
        ),
        pytest.param(
            "https://zscqj.beijing.gov.cn/col/col5652/index.html", "hanweb", 3, marks=slow
        ),
        pytest.param(
            "https://www.cde.org.cn/main/news/listpage/545cf855a50574699b46b26bcb165f32",
            "cde",
            3,
            marks=slow,
        ),
        pytest.param("https://www.gov.cn/zhengce/zuixin/", "json", 50, marks=slow),
        pytest.param("http://exportcontrol.mofcom.gov.cn/", "json", 15, marks=slow),
        pytest.param("http://relay.example.net/feeds/IPRdaily.xml", "feed", 3, marks=slow),
    ],
)
def test_a_list_page_is_recognised_and_its_table_can_be_pasted(
    installation: Installation, url: str, platform: str, fewest: int
) -> None:
    done = installation.run("sources", "probe", url)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"平台：{platform}" in done.stdout
    assert "published_on" in done.stdout  # a notice, as read
    pasted = done.stdout[done.stdout.index("# paste") :]
    ((name, site),) = tomllib.loads(pasted).items()
    (column,) = site["columns"]
    assert (site["platform"], column["url"]) == (platform, url)
    assert 2 * column["min_rows"] + 1 >= fewest
    assert not (installation.folder / "data" / "zhengxun.db").exists()
    installation.sources = f"[catalogue]\nbuilt_in = false\n\n{pasted}"
    listed = installation.run("sources", "--json")
    assert listed.returncode == 0, listed.stderr
    assert name in listed.stdout


@pytest.mark.parametrize("url", ["kxjs.tj.gov.cn/ZWGK4143/", "https://mp.weixin.qq.com/"])
def test_what_is_no_list_page_is_bad_usage(installation: Installation, url: str) -> None:
    done = installation.run("sources", "probe", url)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
