"""The built-in catalogue: the sites and columns people were promised."""

import re
from datetime import datetime

import pytest

from china_time import SHANGHAI
from crawlers import platforms
from crawlers.catalogue import BUILT_IN, Site, column_urls, load_catalogue
from crawlers.sources_page import PAGE, README, short_list, with_sites, written

SITES = load_catalogue()
PROMISED = {
    "cde": ("pharma", "国家级"),
    "miit": ("projects", "北京市"),
    "tj_kxjs": ("projects", "天津市"),
    "tj_tten": ("projects", "天津市"),
    "tj_gyxxh": ("projects", "天津市"),
    "bj_zscqj": ("ip", "地方级"),
    "wechat": ("ip", "资讯"),
}


def test_the_promised_sites_are_on_and_filed_where_readers_look() -> None:
    enabled = {name: (site.section, site.group) for name, site in SITES.items() if site.enabled}
    assert enabled == PROMISED


@pytest.mark.parametrize("name", list(SITES))
def test_every_site_has_a_platform_and_a_column(name: str) -> None:
    site = SITES[name]
    assert site.platform in platforms.names()
    assert site.columns
    assert all(column.url.startswith("http") for column in site.columns)
    assert site.group in {"国家级", "北京市", "天津市", "地方级", "资讯"}


@pytest.mark.parametrize("site", SITES.values(), ids=list(SITES))
def test_a_columns_address_lies_on_a_named_host(site: Site) -> None:
    assert all(column.url.split("/")[2] in site.hosts for column in site.columns)


def test_cde_lists_name_their_interface() -> None:
    for column in SITES["cde"].columns:
        assert column.endpoint.startswith("/") or not column.enabled
        assert "pageSize" in column.params or not column.enabled


def test_the_years_directory_and_its_parent_are_read_in_january() -> None:
    column = SITES["tj_gyxxh"].columns[0]
    january = datetime(2021, 1, 4, tzinfo=SHANGHAI)
    folder = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/"
    assert column_urls(column, january) == [folder + "2021n/", folder + "2020n/", folder]


def test_home_titles_of_cde_are_shared_out_without_overlap() -> None:
    patterns = [c.extra["home"] for c in SITES["cde"].columns if "home" in c.extra]
    titles = [
        "关于公开征求《某指导原则（征求意见稿）》意见的通知",
        "关于发布《某指导原则》的通告（2021年第7号）",
        "药审中心召开2021年工作会议",
    ]
    assert [sum(bool(re.search(p, title)) for p in patterns) for title in titles] == [1, 1, 1]


def test_every_column_says_what_it_is_built_on() -> None:
    for site in SITES.values():
        for column in site.columns:
            seen, inferred = site.evidence(column)
            assert seen or inferred, f"{site.id} {column.name}"
            assert not (seen and inferred), f"{site.id} {column.name}"


def test_no_front_page_is_dressed_up_as_a_column() -> None:
    """A column at the root of a host is one whose list is asked for elsewhere, or a retired one."""
    for site in SITES.values():
        for column in site.columns:
            is_front = re.fullmatch(r"https?://[^/]+/(?:index\.\w+)?", column.url) is not None
            asks_elsewhere = bool(column.endpoint) or "relay" in column.model_fields_set
            assert not is_front or asks_elsewhere or site.retired, f"{site.id} {column.name}"


def test_the_page_of_the_sites_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == written(), "run python -m crawlers.sources_page"


def test_the_list_in_the_readme_is_up_to_date_and_names_every_site_once() -> None:
    readme = README.read_text("utf-8")
    assert readme == with_sites(readme), "run python -m crawlers.sources_page"
    listed = re.findall(r"`(\w+)`", short_list())
    assert sorted(listed) == sorted(SITES)
    enabled = sum(site.enabled for site in SITES.values())
    assert f"| on ({enabled}) |" in short_list()


def test_a_column_is_a_few_lines_of_toml() -> None:
    blocks = BUILT_IN.read_text("utf-8").split("\n[[")[1:]
    long = [
        block.splitlines()[0]
        for block in blocks
        if len([line for line in block.split("\n\n")[0].splitlines() if line]) - 1 > 8
    ]
    assert long == []
