"""Sites are data: what a catalogue file may say, and what it is told when it is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawlers.catalogue import Column, Site, begins_on, column_urls, load_catalogue
from crawlers.catalogue_files import CatalogueError

OURS = """
[tj_gyxxh]
name = "天津市工业和信息化局"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "15 8,13 * * mon-fri"
delay = 3

[[tj_gyxxh.columns]]
name = "通知公告"
url = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/{year}n/"
min_rows = 5
selectors = { rows = "ul.list > li", title = ["a::attr(title)", "a::text"] }

[[tj_gyxxh.columns]]
name = "政策文件"
url = "https://gyxxh.tj.gov.cn/ZWGK4147/ZCWJ6355/wjwj/"
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, operator: str | None = None, ours: str = OURS) -> dict[str, Site]:
    theirs = write(folder, "sources.toml", operator) if operator is not None else None
    return load_catalogue(theirs, built_in=write(folder, "built-in.toml", ours))


def mistakes(folder: Path, operator: str) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load(folder, operator)
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_the_shipped_catalogue_holds_the_agreed_sites() -> None:
    sites = load_catalogue()
    agreed = {"cde", "miit", "tj_kxjs", "tj_tten", "tj_gyxxh", "bj_zscqj", "wechat"}
    assert agreed <= {site.id for site in sites.values() if site.enabled}


def test_a_site_is_read_with_its_columns(tmp_path: Path) -> None:
    site = load(tmp_path)["tj_gyxxh"]
    assert (site.id, site.platform, site.delay, site.robots) == ("tj_gyxxh", "trs", 3.0, "obey")
    assert [column.name for column in site.columns] == ["通知公告", "政策文件"]
    assert site.columns[0].selectors.rows == ("ul.list > li",)
    assert site.columns[0].selectors.title == ("a::attr(title)", "a::text")
    assert site.columns[1].min_rows == 1
    assert site.columns[1].max_quiet_days == 30


def test_the_operator_changes_one_key_of_a_column_and_keeps_the_rest(tmp_path: Path) -> None:
    operator = """
    [[tj_gyxxh.columns]]
    name = "通知公告"
    enabled = false
    selectors = { title = "b::text" }
    """
    column = load(tmp_path, operator)["tj_gyxxh"].columns[0]
    assert column.enabled is False
    assert column.min_rows == 5
    assert column.selectors.rows == ("ul.list > li",)
    assert column.selectors.title == ("b::text",)


def test_the_operator_changes_keys_of_a_site_and_adds_a_column(tmp_path: Path) -> None:
    operator = """
    [tj_gyxxh]
    enabled = false
    [[tj_gyxxh.columns]]
    name = "新栏目"
    url = "https://gyxxh.tj.gov.cn/new/"
    """
    site = load(tmp_path, operator)["tj_gyxxh"]
    assert site.enabled is False
    assert site.name == "天津市工业和信息化局"
    assert [column.name for column in site.columns] == ["通知公告", "政策文件", "新栏目"]


def test_the_operator_adds_a_site(tmp_path: Path) -> None:
    operator = OURS.replace("tj_gyxxh", "my_site").replace("天津市工业和信息化局", "我们的网站")
    sites = load(tmp_path, operator)
    assert list(sites) == ["tj_gyxxh", "my_site"]
    assert sites["my_site"].name == "我们的网站"


def test_named_hosts_are_those_the_catalogue_names() -> None:
    site = Site(
        id="wechat",
        name="微信公众号",
        platform="wechat",
        section="ip",
        group="资讯",
        crawl="0 9 * * mon-fri",
        hosts=("MP.weixin.qq.com",),
        columns=(
            Column(
                name="IPRdaily",
                url="https://mp.weixin.qq.com/",
                relay="http://relay.example.net:8080/feeds/IPRdaily.xml",
            ),
        ),
    )
    assert site.named_hosts == {"mp.weixin.qq.com", "relay.example.net"}


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ('platfrom = "trs"', "platfrom: no such key; did you mean 'platform'?"),
        ('platform = "tsr"', "platform: 'tsr' is not one of"),
        ('crawl = "15 8 * * 1-5"', "crawl: '15 8 * * 1-5': write weekdays as names"),
        ('crawl = "61 8 * * mon"', "crawl: '61 8 * * mon': not cron"),
        ('crawl = "daily"', "crawl: 'daily': not cron"),
        ('robots = "ignore"', 'robots = "ignore" needs robots_reason'),
        ('walls = ["warmup"]', 'walls with "warmup" need warmup_url'),
        ('walls = ["proxy"]', "walls.0: 'proxy' is not one of 'warmup', 'browser', 'home'"),
        ('timezone = "Asia/Tianjin"', "timezone: 'Asia/Tianjin': not a time zone"),
        ('delay = "slow"', "delay: "),
        ("delay = -1", "delay: "),
    ],
)
def test_a_mistake_in_a_site_is_told_in_one_line(tmp_path: Path, key: str, told: str) -> None:
    lines = mistakes(tmp_path, f"[tj_gyxxh]\n{key}\n")
    assert len(lines) == 1
    assert lines[0].startswith("sources.toml: [tj_gyxxh]")
    assert told in lines[0]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("minrows = 3", "minrows: no such key; did you mean 'min_rows'?"),
        ('min_rows = "many"', "min_rows: "),
        ('url = "gyxxh.tj.gov.cn/list"', "must be a whole http:// or https:// address"),
        ('url = "https://a.cn/{month}/"', "only {year} may stand in braces"),
        ('selectors = { row = "li" }', "selectors.row: no such key; did you mean 'rows'?"),
        ('selectors = { rows = "li[" }', "'li[' is not a CSS selector"),
    ],
)
def test_a_mistake_in_a_column_is_told_in_one_line(tmp_path: Path, key: str, told: str) -> None:
    lines = mistakes(tmp_path, f'[[tj_gyxxh.columns]]\nname = "政策文件"\n{key}\n')
    assert len(lines) == 1
    assert lines[0].startswith('sources.toml: [tj_gyxxh] column "政策文件" ')
    assert told in lines[0]


def test_a_new_column_needs_an_address(tmp_path: Path) -> None:
    assert mistakes(tmp_path, '[[tj_gyxxh.columns]]\nname = "新栏目"\n') == [
        'sources.toml: [tj_gyxxh] column "新栏目" url: missing; it must be given'
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    operator = '[tj_gyxxh]\nplatform = "x"\ngruop = "天津市"\n[nowhere]\nname = "无"\n'
    lines = mistakes(tmp_path, operator)
    assert [line for line in lines if "[tj_gyxxh] platform" in line]
    assert [line for line in lines if "[tj_gyxxh] gruop" in line]
    assert [line for line in lines if "[nowhere] columns: missing" in line]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = '[[tj_gyxxh.columns]]\nname = "甲"\nurl = "https://a.cn/"\n' * 2
    assert mistakes(tmp_path, twice) == [
        "sources.toml: [tj_gyxxh] columns: two columns are named '甲'; names must differ"
    ]


def test_a_mistake_of_ours_names_our_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"built-in\.toml: \[tj_gyxxh\] platform"):
        load(tmp_path, "[tj_gyxxh]\nenabled = false\n", OURS.replace('"trs"', '"tsr"'))


@pytest.mark.parametrize("text", ["[tj_gyxxh\n", 'name = "甲"\n'])
def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, text: str) -> None:
    assert mistakes(tmp_path, text)[0].startswith("sources.toml: ")


@pytest.mark.parametrize("columns", ["columns = 3", 'columns = ["甲"]'])
def test_columns_that_are_no_tables_are_refused(tmp_path: Path, columns: str) -> None:
    assert mistakes(tmp_path, f"[tj_gyxxh]\n{columns}\n")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="No such file"):
        load_catalogue(tmp_path / "sources.toml")


YEARLY = Column(name="通知公告", url="https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/{year}n/")


def test_a_yearly_directory_is_read_with_its_parent() -> None:
    assert column_urls(YEARLY, datetime(2021, 2, 5, 9, tzinfo=UTC)) == [
        "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/",
        "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/",
    ]


def test_in_january_last_year_is_read_too_and_the_year_is_shanghais() -> None:
    assert column_urls(YEARLY, datetime(2020, 12, 31, 16, 30, tzinfo=UTC)) == [
        "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/",
        "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2020n/",
        "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/",
    ]


def test_a_directory_of_a_year_begins_with_it() -> None:
    urls = column_urls(YEARLY, datetime(2021, 1, 5, 9, tzinfo=UTC))
    assert [begins_on(YEARLY, url) for url in urls] == [date(2021, 1, 1), date(2020, 1, 1), None]
    assert begins_on(Column(name="甲", url="https://a.cn/2021/"), "https://a.cn/2021/") is None


def test_an_ordinary_column_has_one_list() -> None:
    column = Column(name="甲", url="https://a.cn/list/")
    assert column_urls(column, datetime(2021, 1, 5, tzinfo=UTC)) == ["https://a.cn/list/"]


def test_the_built_in_catalogue_can_be_left_out(tmp_path: Path) -> None:
    own = OURS.replace("tj_gyxxh", "tj_other")
    assert set(load(tmp_path, own)) == {"tj_gyxxh", "tj_other"}
    assert set(load(tmp_path, f"[catalogue]\nbuilt_in = false\n{own}")) == {"tj_other"}


def test_the_catalogues_switch_takes_nothing_else(tmp_path: Path) -> None:
    for wrong in ("built_in = 0", "built_in = false\nother = 1"):
        (line,) = mistakes(tmp_path, f"[catalogue]\n{wrong}\n")
        assert "built_in = true or false" in line


MINE = """
[my_city]
name = "某市"
platform = "trs"
section = "projekts"
group = "天津市"
crawl = "15 8 * * *"
[[my_city.columns]]
name = "通知"
url = "https://a.gov.cn/tz/"
section = "{section}"
"""


def test_a_chapter_that_does_not_exist_is_named_with_the_likely_one(tmp_path: Path) -> None:
    path = write(tmp_path, "sources.toml", MINE.format(section="xyz"))
    built_in = write(tmp_path, "built-in.toml", OURS)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path, built_in=built_in, sections=["ip", "tcm"])
    first, second = str(caught.value).splitlines()
    assert first.endswith(
        "[my_city] section: there is no chapter 'projekts'; did you mean 'projects'?"
    )
    assert second.endswith(
        "[my_city] column \"通知\" section: there is no chapter 'xyz';"
        " chapters: ip, pharma, projects, tcm"
    )
    path.write_text(
        path.read_text("utf-8").replace("projekts", "tcm").replace("xyz", "ip"), "utf-8"
    )
    assert "my_city" in load_catalogue(path, built_in=built_in, sections=["ip", "tcm"])
