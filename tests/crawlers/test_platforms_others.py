"""EasySite, Hanweb, feeds and WeChat."""

from scrapy.http import TextResponse

from crawlers.platforms import easysite, feed, hanweb, wechat
from tests.crawlers.spider_at_hand import lists, make, notices, run, started

ZSCQJ = "https://zscqj.beijing.gov.cn/zscqj/zwgk/tzgg/index.html"


def test_an_easysite_list_is_keyed_by_number_and_paged_by_its_page_files() -> None:
    body = """<p class="article-title xinwen">
      <a href="/zscqj/zwgk/tzgg/10938105/index.html">关于征求意见的公告</a>
      <span>2021-02-03</span></p><span class="page_border"><b>
      <a tagname="/zscqj/zwgk/tzgg/3b5a6f1c-2.html"
      onclick="queryArticleByCondition(this,'/zscqj/zwgk/tzgg/3b5a6f1c-2.html')">下一页</a></b></span>
      <input name="article_paging_list_hidden" totalpage="2">"""
    found = run(started(make(easysite, ZSCQJ))[0], body)
    assert found[0].meta["notice"]["key"] == "10938105"
    following = lists(found)[0]
    assert following.url == "https://zscqj.beijing.gov.cn/zscqj/zwgk/tzgg/3b5a6f1c-2.html"
    second = body.replace("10938105", "10938104")
    assert lists(run(following, second)) == []


def test_the_static_lists_of_2019_are_paged_by_number() -> None:
    url = "https://zscqj.beijing.gov.cn/zwxx/mtbd/pc_index_list.html"
    row = '<li><a href="/zwxx/mtbd/1.html">报道一则在此</a><span>2021-02-03</span></li>'
    following = lists(
        run(started(make(easysite, url))[0], f'<ul class="subpageCon-conList">{row}</ul>')
    )[0]
    assert following.url.endswith("/zwxx/mtbd/pc_index_list_2.html")
    assert following.meta["guessed"]


COL = "https://www.cnipa.gov.cn/col/col74/index.html"


def hanweb_record(number: int, day: str) -> str:
    return (
        f'<record><![CDATA[<li><a href="/art/2021/2/{number}/art_74_{number}.html" '
        f'title="某某政策通知{number}号">'
        f"某某政策</a><span>{day}</span></li>]]></record>"
    )


def test_hanweb_records_are_read_and_the_next_group_followed() -> None:
    link = '<a href="/module/web/jpage/dataproxy.jsp?page=1&amp;columnid=74"></a>'
    rows = hanweb_record(3, "2021-02-03")
    store = f"<nextgroup><![CDATA[{link}]]></nextgroup><recordset>{rows}</recordset>"
    body = f"<script type='text/xml'><datastore>{store}</datastore></script>"
    found = run(started(make(hanweb, COL))[0], body)
    assert notices(found) == ["某某政策通知3号"]
    assert found[0].meta["notice"]["key"] == "art_74_3"
    assert (
        lists(found)[0].url
        == "https://www.cnipa.gov.cn/module/web/jpage/dataproxy.jsp?page=1&columnid=74"
    )


def test_hanweb_without_a_next_group_asks_the_data_proxy_by_number() -> None:
    body = f"""<script type="text/xml"><datastore><totalrecord>40</totalrecord><recordset>
      {hanweb_record(3, "2021-02-03")}</recordset></datastore></script>
      <script>var p = {{columnid:74,unitid:'669',webid:'1',perPage:'15'}};</script>"""
    following = lists(run(started(make(hanweb, COL))[0], body))[0]
    assert "startrecord=16&endrecord=30&perpage=15&columnid=74&unitid=669&webid=1" in following.url


RELAY = "http://relay.example.net/feeds/a.xml"
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><item>
<title>商标注册流程</title>
<link>https://mp.weixin.qq.com/s/f7sCO8zhy8FhkjWClJUAIj</link>
<pubDate>Mon, 01 Feb 2021 23:10:00 GMT</pubDate></item></channel></rss>"""


def test_an_account_without_relay_says_so_and_asks_nothing() -> None:
    spider = make(wechat, "https://mp.weixin.qq.com/")
    assert started(spider) == []
    assert spider.reports["通知公告"].degraded.startswith("没有配置订阅中继（relay）")


def test_a_relays_entries_are_articles_dated_in_shanghai() -> None:
    (request,) = started(make(wechat, "https://mp.weixin.qq.com/", relay=RELAY))
    assert request.url == RELAY
    (article,) = run(request, RSS, TextResponse)
    assert article.meta["notice"]["list_date"] == "2021-02-02 07:10"
    assert article.meta["notice"]["key"] == "s/f7sCO8zhy8FhkjWClJUAIj"


def test_a_relay_that_answers_a_page_is_broken() -> None:
    spider = make(feed, RELAY)
    assert run(started(spider)[0], "<html><body>登录</body></html>", TextResponse) == []
    failure = spider.reports["通知公告"].failure
    assert failure is not None
    assert failure.reason == "订阅地址返回的不是 RSS 或 Atom"


def test_a_deleted_article_keeps_the_lists_words_and_the_reason() -> None:
    spider = make(wechat, "https://mp.weixin.qq.com/", relay=RELAY)
    (article,) = run(started(spider)[0], RSS, TextResponse)
    notice = '<title></title><h2 class="weui-msg__title">该内容已被发布者删除</h2>'
    (item,) = run(article, notice)
    assert (item.title, item.complete, item.problem) == (
        "商标注册流程",
        False,
        "该内容已被发布者删除",
    )
