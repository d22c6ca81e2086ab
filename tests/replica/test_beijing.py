"""The Beijing office's three designs."""

from __future__ import annotations

import re
from pathlib import Path

from replica.server import start_replica
from tests.replica.numbered import write_notices
from tests.replica.visitor import Visitor

ZSCQJ = "https://zscqj.beijing.gov.cn"
NOTICE = ZSCQJ + "/zscqj/zwgk/tzgg/10938642/index.html"


def test_era_a_fills_its_list_by_script(visitor: Visitor) -> None:
    text = visitor.get(ZSCQJ + "/col/col5652/index.html").text
    row = (
        'urls[i]=\'/art/2019/4/7/art_5652_680001.html\';headers[i]="关于\\"两区\\"的旧公告";'
        "year[i]='2019';month[i]='4';day[i]='7';"
    )
    assert row in text
    assert '<ul class="subpageCon-conList"></ul>' in text
    assert "旧公告正文" in visitor.get(ZSCQJ + "/art/2019/4/7/art_5652_680001.html").text


def test_era_b_rows_name_the_source_and_may_lead_to_wechat(visitor: Visitor) -> None:
    text = visitor.get(ZSCQJ + "/zwxx/mtbd/pc_index_list.html").text
    assert '<ul class="subpageCon-conList">' in text
    assert ">北京日报：知识产权保护中心揭牌</a><span>2020-01-10</span>" in text
    assert 'href="https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMA==&amp;mid=' in text
    article = visitor.get(ZSCQJ + "/zwxx/mtbd/202001/t20200110_1.html").text
    assert '<div class="article-word">' in article


def test_era_b_numbers_its_pages_from_two(tmp_path: Path) -> None:
    write_notices(tmp_path, "bj_zscqj", "媒体报道", ZSCQJ + "/zwxx/mtbd/{number}.html", 17)
    folder = ZSCQJ + "/zwxx/mtbd/pc_index_list"
    with start_replica(tmp_path) as replica:
        visitor = Visitor(replica.port)
        second = visitor.get(folder + "_2.html")
        missing = [visitor.get(f"{folder}_{n}.html").status for n in (1, 3)]
    assert second.text.count("<li>") == 2
    assert missing == [404, 404]


def test_era_c_rows_have_no_date_in_their_address(visitor: Visitor) -> None:
    text = visitor.get(ZSCQJ + "/zscqj/zwgk/tzgg/index.html").text
    assert (
        '<p class="article-title xinwen"><a href="/zscqj/zwgk/tzgg/10938642/index.html" '
        'target="_blank" title="关于印发工作措施的通知">关于印发工作措施的通知</a>'
        "<span>2021-02-03</span></p>"
    ) in text


def test_era_c_pages_hang_on_eight_hex_digits(tmp_path: Path) -> None:
    pattern = ZSCQJ + "/zscqj/zwgk/xwdt/7435{number:05d}/index.html"
    write_notices(tmp_path, "bj_zscqj", "信息动态", pattern, 17)
    with start_replica(tmp_path) as replica:
        visitor = Visitor(replica.port)
        first = visitor.get(ZSCQJ + "/zscqj/zwgk/xwdt/index.html").text
        link = re.search(r'tagname="([^"]+-2\.html)" onclick="queryArticleByCondition\(', first)
        assert link is not None
        second = visitor.get(ZSCQJ + link[1]).text
        beyond = visitor.get(ZSCQJ + link[1].replace("-2.html", "-3.html")).status
    assert re.fullmatch(r"/zscqj/zwgk/xwdt/[0-9a-f]{8}-2\.html", link[1])
    assert 'name="article_paging_list_hidden" totalpage="2"' in first
    assert second.count('class="article-item"') == 2
    assert "-3.html" not in second
    assert beyond == 404


def test_an_era_c_page_has_the_easysite_parts(visitor: Visitor) -> None:
    text = visitor.get(NOTICE).text
    assert '<div class="easysite-news-title"><h2>关于印发工作措施的通知</h2></div>' in text
    assert "<span>来源：北京市知识产权局</span>" in text
    assert "<span>发布时间：2021-02-03 16:20</span>" in text
    assert 'id="easysiteText"' in text
    assert '<meta name="PubDate" content="2021-02-03 16:20:00">' in text


def test_document_facts_stand_in_a_list_and_dashes_mean_none(visitor: Visitor) -> None:
    text = visitor.get(NOTICE).text
    items = re.findall(r"<li><span>\[(.+?)\]</span> (.+?)</li>", text)
    assert items[1] == ("发文机构", "北京市知识产权局")
    assert items[2] == ("联合发文单位", "北京市财政局")
    assert items[5] == ("发文字号", "京知局〔2021〕35号")
    other = visitor.get(ZSCQJ + "/zscqj/zwgk/flfg18/10938643/index.html").text
    assert "<li><span>[发文字号]</span> ----</li>" in other


def test_attachments_can_be_fetched(visitor: Visitor) -> None:
    link = re.search(r'href="([^"]+2021020316201234\.pdf)"', visitor.get(NOTICE).text)
    assert link is not None
    assert visitor.get(ZSCQJ + link[1]).body.startswith(b"%PDF-1.4")


def test_a_number_nobody_published_is_404(visitor: Visitor) -> None:
    assert visitor.get(ZSCQJ + "/zscqj/zwgk/tzgg/1/index.html").status == 404
