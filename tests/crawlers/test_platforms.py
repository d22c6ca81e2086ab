"""The walk every platform shares, on TRS pages."""

import pytest

from crawlers.failures import WallError
from crawlers.items import Failure, NoticeItem
from crawlers.platforms import listing, trs
from tests.crawlers.spider_at_hand import failed, lists, make, notices, run, started

KXJS = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/"


def trs_list(*rows: tuple[str, str, str], tail: str = "") -> str:
    lines = "".join(
        f'<li><a href="{href}" target="_blank">{title}</a><span class="time">{day}</span></li>'
        for href, title, day in rows
    )
    return f'<html><body><ul class="news_list news_list2">{lines}</ul>{tail}</body></html>'


FRESH = ("./202102/t20210203_5346233.html", "关于组织申报项目的通知", "2021-02-03")
OLD = ("./202012/t20201201_5100000.html", "关于年终总结的通知", "2020-12-01")


def test_only_rows_inside_the_window_are_asked_for() -> None:
    spider = make(trs, KXJS)
    found = run(started(spider)[0], trs_list(FRESH, OLD))
    assert notices(found) == ["关于组织申报项目的通知"]
    report = spider.reports["通知公告"]
    assert (report.rows, report.pages, report.newest) == (2, 1, "2021-02-03")


def test_a_relative_link_is_joined_to_the_list_and_keyed_by_its_path() -> None:
    request = run(started(make(trs, KXJS))[0], trs_list(FRESH))[0]
    assert request.url == KXJS + "202102/t20210203_5346233.html"
    assert request.meta["notice"] == {
        "key": "/ZWGK4143/TZGG2079/202102/t20210203_5346233.html",
        "url": KXJS + "202102/t20210203_5346233.html",
        "column": "通知公告",
        "list_title": "关于组织申报项目的通知",
        "list_date": "2021-02-03",
        "place": "",
        "near_on": "",
    }


def test_page_two_of_a_trs_list_is_index_1() -> None:
    following = lists(run(started(make(trs, KXJS))[0], trs_list(FRESH)))
    assert [request.url for request in following] == [KXJS + "index_1.html"]
    third = lists(
        run(following[0], trs_list(("./202102/t20210202_2.html", "二号通知", "2021-02-02")))
    )
    assert [request.url for request in third] == [KXJS + "index_2.html"]


def test_a_page_older_than_the_window_ends_the_walk() -> None:
    assert lists(run(started(make(trs, KXJS))[0], trs_list(OLD))) == []


def test_after_weeks_in_which_nobody_could_read_it_the_window_of_that_column_is_longer() -> None:
    recent = ("./202101/t20210115_3.html", "关于一月事项的通知", "2021-01-15")
    spider = make(trs, KXJS, gaps='{"通知公告": 30, "别的栏目": 300}')
    (page_two,) = lists(run(started(spider)[0], trs_list(recent)))
    found = run(page_two, trs_list(OLD))
    assert notices(found) == []
    assert lists(found) == []
    assert lists(run(started(make(trs, KXJS))[0], trs_list(recent))) == []


def test_a_pinned_old_row_does_not_end_the_walk() -> None:
    found = run(started(make(trs, KXJS))[0], trs_list(OLD, FRESH))
    assert len(lists(found)) == 1
    assert notices(found) == ["关于组织申报项目的通知"]


@pytest.mark.parametrize(
    ("pager", "pages", "total"),
    [("createPageHTML(1, 0, 'index', 'html')", 1, None), ("createPageHTML(7,1,0,'i','htm')", 1, 7)],
)
def test_the_pager_says_which_page_is_the_last(pager: str, pages: int, total: int | None) -> None:
    spider = make(trs, KXJS)
    found = run(started(spider)[0], trs_list(FRESH, tail=f"<script>{pager};</script>"))
    assert len(lists(found)) == pages - 1
    assert spider.reports["通知公告"].total == total


def test_a_missing_page_behind_a_list_without_pager_is_only_its_end() -> None:
    spider = make(trs, KXJS)
    following = lists(run(started(spider)[0], trs_list(FRESH)))[0]
    failed(following, 404)
    report = spider.reports["通知公告"]
    assert (report.failure, report.degraded) == (None, "")


def test_a_later_page_behind_a_wall_is_said_but_does_not_hide_the_first() -> None:
    spider = make(trs, KXJS)
    following = lists(run(started(spider)[0], trs_list(FRESH)))[0]
    wall = Failure("blocked", "网站拒绝访问（403）", following.url, 403)
    failed(following, error=WallError(wall))
    report = spider.reports["通知公告"]
    assert report.failure is None
    assert report.degraded == "第 2 页没有读到：网站拒绝访问（403）"


def test_a_wall_on_the_first_page_is_the_verdict_of_the_column() -> None:
    spider = make(trs, KXJS)
    wall = Failure("blocked", "网站拒绝访问（403）", KXJS, 403)
    failed(started(spider)[0], error=WallError(wall))
    assert spider.reports["通知公告"].failure == wall


def test_the_years_directory_may_be_missing_while_its_parent_answers() -> None:
    spider = make(trs, "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/{year}n/")
    year, parent = started(spider)
    assert (year.url[-6:], parent.url[-9:]) == ("2021n/", "/TZGG644/")
    failed(year, 404)
    found = run(parent, trs_list(FRESH))
    report = spider.reports["通知公告"]
    assert (report.failure, report.degraded, report.rows) == (None, "", 1)
    assert notices(found) == ["关于组织申报项目的通知"]


def test_a_row_in_both_directories_is_listed_once() -> None:
    spider = make(trs, "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/{year}n/")
    year, parent = started(spider)
    first = run(year, trs_list(("./202102/t20210203_1.html", "某某通知", "2021-02-03")))
    second = run(parent, trs_list(("./2021n/202102/t20210203_1.html", "某某通知", "2021-02-03")))
    assert (len(notices(first)), len(notices(second))) == (1, 0)
    assert spider.reports["通知公告"].rows == 1
    assert spider.reports["通知公告"].degraded == ""


def test_all_lists_of_a_column_missing_is_a_failure() -> None:
    spider = make(trs, "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/{year}n/")
    for request in started(spider):
        failed(request, 404)
    failure = spider.reports["通知公告"].failure
    assert failure is not None
    assert failure.verdict == "broken"


def test_a_site_that_repeats_its_first_page_is_noticed() -> None:
    spider = make(trs, KXJS)
    following = lists(run(started(spider)[0], trs_list(FRESH)))[0]
    assert run(following, trs_list(FRESH)) == [] or lists(run(following, trs_list(FRESH))) == []
    spider.prove()
    report = spider.reports["通知公告"]
    assert (report.joined, report.gap) == ("", ("2021-01-22", "2021-02-03"))
    assert report.gap_why == "第 2 页仍是同样的内容"


def test_a_list_without_dates_is_read_one_page_at_first_and_says_so() -> None:
    spider = make(trs, KXJS, selectors={"rows": "p"})
    body = "".join(f"<p><a href='/a/{n}.html'>没有日期的通知{n}</a></p>" for n in (1, 2))
    found = run(started(spider)[0], body)
    assert len(notices(found)) == 2
    assert lists(found) == []
    assert spider.reports["通知公告"].degraded == "列表没有日期"


def test_a_list_only_the_general_reader_could_read_is_degraded() -> None:
    spider = make(listing, "https://www.example.gov.cn/list/")
    rows = "".join(
        f"<div><a href='/n/{n}.html'>某单位第{n}号通知公告</a> <em>2021-02-0{n}</em></div>"
        for n in (4, 3, 2)
    )
    found = run(started(spider)[0], f"<body><div id='box'>{rows}</div></body>")
    assert len(notices(found)) == 3
    assert spider.reports["通知公告"].degraded == "列表版式不认识，由通用阅读器读出"


def test_a_file_in_the_list_becomes_an_item_without_fetching() -> None:
    row = ("./202102/W020210203001.pdf", "第三批企业名单", "2021-02-03")
    item = run(started(make(trs, KXJS))[0], trs_list(row))[0]
    assert isinstance(item, NoticeItem)
    assert [link.url for link in item.attachments] == [KXJS + "202102/W020210203001.pdf"]
    assert (item.title, item.published, item.complete) == ("第三批企业名单", "2021-02-03", True)


def test_a_link_off_the_watched_sites_is_kept_as_a_link() -> None:
    row = ("http://news.example.com/1.html", "媒体：我市开展活动", "2021-02-03")
    item = run(started(make(trs, KXJS))[0], trs_list(row))[0]
    assert (item.complete, item.problem, item.body_html) == (True, "外部链接", "")
    assert item.read_by == {"title": "list", "published": "list"}


def test_a_link_to_another_watched_site_is_followed() -> None:
    row = ("http://www.most.gov.cn/tztg/202102/t20210203_1.html", "科技部通知", "2021-02-03")
    request = run(started(make(trs, KXJS))[0], trs_list(row))[0]
    assert request.meta["notice"]["key"] == "/tztg/202102/t20210203_1.html"


def test_a_wechat_link_is_followed_under_its_own_address() -> None:
    long = "http://mp.weixin.qq.com/s?__biz=MzA3MDQxNjg3NQ==&amp;mid=2650739956&amp;idx=3&amp;sn=a7&amp;chksm=8&amp;scene=21#wechat_redirect"
    request = run(started(make(trs, KXJS))[0], trs_list((long, "转载：某文", "2021-02-03")))[0]
    kept = "https://mp.weixin.qq.com/s?__biz=MzA3MDQxNjg3NQ==&mid=2650739956&idx=3&sn=a7"
    assert request.meta["notice"]["url"] == kept
    assert request.meta["notice"]["key"] == "MzA3MDQxNjg3NQ==:2650739956:3"


def test_an_http_link_of_an_https_site_is_kept_as_https() -> None:
    row = ("http://kxjs.tj.gov.cn/a/202102/t20210203_1.html?type=4#top", "某某通知", "2021-02-03")
    request = run(started(make(trs, KXJS))[0], trs_list(row))[0]
    assert request.meta["notice"]["url"] == "https://kxjs.tj.gov.cn/a/202102/t20210203_1.html"


def test_a_notice_that_cannot_be_fetched_keeps_what_the_list_said() -> None:
    spider = make(trs, KXJS)
    request = run(started(spider)[0], trs_list(FRESH))[0]
    (item,) = failed(request, 404)
    assert (item.complete, item.problem) == (False, "公告页面已不存在（404）")
    assert (item.title, item.published) == ("关于组织申报项目的通知", "2021-02-03")
    assert spider.reports["通知公告"].notice_failures == 1


def test_an_empty_notice_page_is_incomplete() -> None:
    spider = make(trs, KXJS)
    request = run(started(spider)[0], trs_list(FRESH))[0]
    (item,) = run(request, "<html><body></body></html>")
    assert (item.complete, item.problem) == (False, "页面里没有读到正文")


def test_a_single_page_belongs_to_the_column_it_lies_under() -> None:
    page = KXJS + "202102/t20210203_5346233.html"
    (request,) = started(make(trs, KXJS, page_url=page))
    assert (request.url, request.meta["notice"]["column"]) == (page, "通知公告")
    (other,) = started(make(trs, KXJS, page_url="https://www.example.gov.cn/n/1.html"))
    assert other.meta["notice"]["column"] == "page"


def test_a_notice_on_a_host_below_the_columns_own_is_read_and_a_foreign_one_is_not() -> None:
    rows = (
        ("https://web.kxjs.tj.gov.cn/202102/t20210204_2.html", "关于某事项的通知甲", "2021-02-04"),
        ("https://notkxjs.tj.gov.cn/202102/t20210204_3.html", "关于某事项的通知乙", "2021-02-04"),
    )
    found = run(started(make(trs, KXJS))[0], trs_list(*rows))
    assert notices(found) == ["关于某事项的通知甲"]
