"""The signs of platforms in list pages nobody described, and selectors for their rows."""

import pytest

from crawlers.catalogue import Selectors
from crawlers.probing import guess_platform, names_of, row_selector
from crawlers.reading.list_page import read_rows
from crawlers.reading.platform import NO_PLATFORM
from evaluation.gold import GoldList, load_lists
from evaluation.ours import decode

PAGES = {gold.name: gold for gold in load_lists() if gold.kind in {"html", "feed"}}
GUESSED = {
    "kxjs_now": "trs",
    "trs_unknown_skin": "trs",
    "most_two_spans": "trs",
    "tten_style": "trs",
    "zscqj_c_xinwen": "easysite",
    "easysite_unknown": "easysite",
    "zscqj_a_script": "hanweb",
    "cnipa_records": "hanweb",
    "hanweb_table": "hanweb",
    "feed_rss": "feed",
    "natcm": "listing",
    "general_cards": "listing",
    "general_table": "listing",
}


def text_of(gold: GoldList) -> str:
    return decode(gold.page, gold.declared)


@pytest.mark.parametrize(("name", "platform"), GUESSED.items())
def test_a_platform_is_known_by_its_signs(name: str, platform: str) -> None:
    assert guess_platform(text_of(PAGES[name]), PAGES[name].url).platform == platform


def test_a_shell_with_a_list_unit_is_jpaas_and_wants_a_browsers_name() -> None:
    shell = """<script parseType="buildstatic" url="/api-gateway/x/build/unit"
      queryData="{'parseType':'buildstatic','tagId':'右侧内容'}"></script>"""
    guess = guess_platform(shell, "https://www.miit.gov.cn/xwfb/index.html")
    assert (guess.platform, guess.site) == ("jpaas", {"user_agent": "browser"})


def test_cdes_form_follows_from_the_lists_address() -> None:
    name = "545cf855a50574699b46b26bcb165f32"
    text = "<script>myAjax('/news/getList', {}, 'post')</script>"
    guess = guess_platform(text, f"https://www.cde.org.cn/main/news/listpage/{name}")
    assert guess.column == {
        "endpoint": "/news/getList",
        "params": {"pageSize": "10", "classId": name},
    }


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("natcm", "ul > li"),
        ("nmpa", "ul > li"),
        ("general_cards", "div.cards > div.card"),
        ("general_day_over_month", "ul.nl > li"),
        ("general_date_in_link", "div.n > p"),
    ],
)
def test_a_selector_for_the_rows_reads_the_same_rows(name: str, css: str) -> None:
    gold = PAGES[name]
    rows, _ = read_rows(text_of(gold), gold.url, Selectors(), NO_PLATFORM)
    found = row_selector(text_of(gold), gold.url, rows)
    assert found == css or not found


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("<title>通知公告-天津市科学技术局</title>", ("天津市科学技术局", "通知公告")),
        ("<title>国家药品监督管理局药品审评中心</title>", ("国家药品监督管理局药品审评中心", "")),
        ("<meta name='SiteName' content='某局'><title>公示</title>", ("某局", "公示")),
        ("", ("", "")),
    ],
)
def test_names_are_the_pages_own(head: str, names: tuple[str, str]) -> None:
    assert names_of(f"<html><head>{head}</head></html>") == names
