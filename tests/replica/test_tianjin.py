"""Tianjin's TRS pages: lists in their several markups, year directories, copies, charsets."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest

from replica.server import Replica, start_replica
from tests.replica.conftest import SHANGHAI
from tests.replica.numbered import write_notices
from tests.replica.visitor import Visitor

KXJS = "https://kxjs.tj.gov.cn"
GYXXH = "https://gyxxh.tj.gov.cn"
TTEN = "https://i.tten.cn"
NOTICE = KXJS + "/ZWGK4143/TZGG2079/202102/t20210203_100.html"


def test_a_kxjs_list_has_its_rows_and_both_kinds_of_relative_links(visitor: Visitor) -> None:
    text = visitor.get(KXJS + "/ZWGK4143/TZGG2079/").text
    assert '<ul class="news_list news_list2">' in text
    assert '<a href="./202102/t20210203_100.html" target="_blank"' in text
    assert 'href="../../ZCFG148_1/ZCFB4222/202102/t20210202_101.html"' in text
    assert '<span class="time">2021-02-04</span>' in text


def test_the_directory_and_its_index_are_one_page(visitor: Visitor) -> None:
    folder = KXJS + "/ZWGK4143/TZGG2079/"
    assert visitor.get(folder).body == visitor.get(folder + "index.html").body


def test_page_two_is_index_1_and_pages_end(tmp_path: Path) -> None:
    pattern = KXJS + "/ZWGK4143/TZGG2079/202101/t20210101_{number}.html"
    write_notices(tmp_path, "tj_kxjs", "通知公告", pattern, 17)
    folder = KXJS + "/ZWGK4143/TZGG2079/"
    with start_replica(tmp_path) as replica:
        visitor = Visitor(replica.port)
        first, second = visitor.get(folder).text, visitor.get(folder + "index_1.html").text
        missing = [visitor.get(f"{folder}index_{n}.html").status for n in (0, 2)]
    assert 'createPageHTML(2, 0, "index", "html");' in first
    assert 'createPageHTML(2, 1, "index", "html");' in second
    assert (first.count("<li>"), second.count("<li>")) == (15, 2)
    assert "第1号公告" in second
    assert missing == [404, 404]


def test_gyxxh_tells_its_pager_the_number_of_records_too(tmp_path: Path) -> None:
    pattern = GYXXH + "/ZWXX5652/GXDT9285/202101/t20210101_{number}.html"
    write_notices(tmp_path, "tj_gyxxh", "工信动态", pattern, 16)
    with start_replica(tmp_path) as replica:
        text = Visitor(replica.port).get(GYXXH + "/ZWXX5652/GXDT9285/").text
    assert 'createPageHTML(16, 2, 0, "index", "html");' in text


def test_the_public_information_columns_have_other_rows(visitor: Visitor) -> None:
    policy = visitor.get(KXJS + "/ZCFG148_1/ZCFB4222/").text
    assert '<ul class="xl-r2-list">' in policy
    assert '<div class="xl-r2li-s3">发文日期：2021年02月02日</div>' in policy
    approved = visitor.get(KXJS + "/BSFW9672/XMGL4742/XMLX1772/").text
    assert '<ul class="xl-r-list">' in approved
    assert "<span>2021-01-29</span>" in approved


def test_a_year_directory_holds_its_year_and_the_parent_holds_all(visitor: Visitor) -> None:
    parent = visitor.get(GYXXH + "/ZWXX5652/TZGG644/").text
    assert '<div class="commonList-body">' in parent
    assert 'href="./2021n/202102/t20210204_200.html"' in parent
    assert 'href="./2020n/202012/t20201230_201.html"' in parent
    year = visitor.get(GYXXH + "/ZWXX5652/TZGG644/2021n/").text
    assert 'href="./202102/t20210204_200.html"' in year
    assert "<p>2021-02-05</p>" in year
    assert "上年的通知" not in year


def test_a_year_without_pages_has_no_directory(replica: Replica, visitor: Visitor) -> None:
    assert visitor.get(GYXXH + "/ZWXX5652/TZGG644/2019n/").status == 404
    replica.set_as_of(datetime(2021, 1, 4, 9, tzinfo=SHANGHAI))
    assert visitor.get(GYXXH + "/ZWXX5652/TZGG644/2021n/").status == 404
    assert visitor.get(GYXXH + "/ZWXX5652/TZGG644/2020n/").status == 200


def test_the_date_in_an_address_is_not_the_printed_one(visitor: Visitor) -> None:
    text = visitor.get(NOTICE).text
    assert "<span>来源:综合处</span> <span>发布时间:2021-02-04 08:34</span>" in text
    assert '<div class="common-content-mainTitle">市科技局关于申报项目的通知</div>' in text
    assert '<div class="page_info">' in text
    assert "分享到:" in text


def test_the_meta_tags_have_their_real_faults(visitor: Visitor) -> None:
    kxjs = visitor.get(NOTICE).text
    assert '<meta name="SiteDomain"content="kxjs.tj.gov.cn" />' in kxjs
    assert '<meta name="contentSource" content="综合处" />' in kxjs
    assert '<meta name="url" content="./t20210203_100.html" />' in kxjs
    gyxxh = visitor.get(GYXXH + "/ZWXX5652/TZGG644/2021n/202102/t20210204_200.html").text
    assert '<meta name="ColumnName" content="2021年" />' in gyxxh
    assert '<meta name="ContentSource" content="" />' in gyxxh


def test_a_public_information_page_prints_the_number_in_a_table(visitor: Visitor) -> None:
    text = visitor.get(KXJS + "/ZCFG148_1/ZCFB4222/202102/t20210202_101.html").text
    assert '<div class="qt-title">市科技局 市财政局关于印发管理办法的通知</div>' in text
    assert "<td>津科规〔2021〕1号</td>" in text
    assert "<td>天津市科学技术局 天津市财政局</td>" in text
    assert 'class="view TRS_UEDITOR trs_paper_default trs_external"' in text


def test_gyxxh_articles_have_the_classes_of_their_sister(visitor: Visitor) -> None:
    text = visitor.get(GYXXH + "/ZWXX5652/TZGG644/2021n/202102/t20210204_200.html").text
    assert '<p class="ty-content-main-title">市工业和信息化局关于平台申报的通知</p>' in text
    assert '<span id="content_fbrq">发布时间：2021-02-05 08:34</span>' in text


def test_a_copy_on_tten_names_the_original(visitor: Visitor) -> None:
    listing = visitor.get(TTEN + "/news/tzgg/").text
    assert '<ul style="list-style-type:none">' in listing
    assert "<span>2021/02/05</span>" in listing
    text = visitor.get(TTEN + "/news/tzgg/202102/t20210205_300.html").text
    original = "http://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202102/t20210203_100.html"
    assert (
        f'阅读原文/下载相关附件请前往:<a href="{original}" target="_blank">{original}</a>' in text
    )
    assert "资料来源:天津市科学技术局 kxjs.tj.gov.cn" in text
    assert "<meta name=" not in text


def test_files_lie_beside_their_page_and_can_be_opened(visitor: Visitor) -> None:
    page = visitor.get(NOTICE).text
    assert '<a href="./W020210203100.docx" title="1.申报书.docx"' in page
    folder = NOTICE.rpartition("/")[0]
    word = docx.Document(io.BytesIO(visitor.get(f"{folder}/W020210203100.docx").body))
    assert "1.申报书.docx" in word.paragraphs[0].text
    pdf = pypdf.PdfReader(io.BytesIO(visitor.get(f"{folder}/W020210203101.pdf").body))
    assert "2.指南.pdf" in pdf.pages[0].extract_text()
    book = openpyxl.load_workbook(io.BytesIO(visitor.get(f"{folder}/W020210203102.xlsx").body))
    assert "3.名单.xlsx" in str(book.worksheets[0]["A1"].value)
    assert visitor.get(f"{folder}/W020210203999.docx").status == 404


def test_a_row_may_lead_straight_to_a_file(visitor: Visitor) -> None:
    folder = GYXXH + "/ZWGK4147/ZCWJ6355/wjwj/"
    assert 'href="./202101/W020210125600218835471.pdf"' in visitor.get(folder).text
    reply = visitor.get(folder + "202101/W020210125600218835471.pdf")
    assert reply.headers["Content-Type"] == "application/pdf"
    assert reply.body.startswith(b"%PDF-1.4")


def test_a_file_is_the_same_bytes_every_time(visitor: Visitor) -> None:
    url = NOTICE.rpartition("/")[0] + "/W020210203102.xlsx"
    tag = visitor.get(url).headers["ETag"]
    assert visitor.get(url, headers={"If-None-Match": tag}).status == 304


def test_the_header_leaves_the_charset_to_the_page(visitor: Visitor) -> None:
    assert visitor.get(NOTICE).headers["Content-Type"] == "text/html"


def test_pages_come_in_gb18030_honestly_and_wrongly_declared(visitor: Visitor) -> None:
    honest = visitor.get(KXJS + "/ZXGZ7816/KJJR3268/GZDT5932/202101/t20210128_103.html").body
    assert b"charset=gb18030" in honest
    assert "对接会举行。" in honest.decode("gb18030")
    wrong = visitor.get(KXJS + "/BSFW9672/XMGL4742/XMLX1772/202101/t20210129_102.html").body
    assert b"charset=utf-8" in wrong
    assert "公示内容。" in wrong.decode("gb18030")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_both_schemes_answer(visitor: Visitor, scheme: str) -> None:
    assert visitor.get(NOTICE.replace("https", scheme)).status == 200


@pytest.mark.parametrize("host", ["kxjs.tj.gov.cn", "gyxxh.tj.gov.cn", "i.tten.cn"])
def test_foreign_visitors_get_thirteen_bytes(replica: Replica, visitor: Visitor, host: str) -> None:
    replica.set_wall("tianjin", "forbidden13")
    reply = visitor.get(f"https://{host}/")
    assert (reply.status, reply.body) == (403, b"<html></html>")
    assert len(reply.body) == 13
