"""The small chart: right bars, right numbers in words, readable on light and on dark ground."""

from __future__ import annotations

import io
from email import message_from_bytes
from email.policy import SMTP

import docx
import png
from docx.oxml.ns import qn
from lxml import html

from digest.composing.profile import Profile
from digest.delivery.issue_mail import Printed, build_message
from digest.models.issue import Group, Section
from digest.rendering.chart import HEIGHT, NOW, PAST, UNKNOWN, chart_png, chart_rows
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import render_html, render_mail_html
from storage.models import SourceTrend, Subscriber
from tests.digest.samples import INSTANT, make_digest, make_entry, week_digest
from tests.digest.test_mail_clients import contrast

WORDS = "近八周：—、—、2、3、1、4、2、0"


def test_a_source_without_any_notice_in_these_weeks_has_no_row() -> None:
    assert [row.site for row in chart_rows(week_digest())] == ["cde", "miit"]
    assert chart_rows(make_digest()) == []


def test_numbers_are_said_in_words_and_the_mean_leaves_out_unknown_weeks() -> None:
    first, second = chart_rows(week_digest())
    assert (first.now, first.usual) == ("12", "4.7")  # (4+6+3+0+5+8+7) / 7
    assert (second.now, second.usual) == ("0", "2.4")  # (2+3+1+4+2) / 5
    assert second.words == WORDS


def test_bars_stand_on_the_ground_and_are_as_high_as_their_share() -> None:
    digest = make_digest(trend=(SourceTrend("cde", "药审中心", (None, 0, 3, 12)),))
    (row,) = chart_rows(digest)
    assert [(bar.height, bar.kind) for bar in row.bars] == [
        (2, "unknown"),
        (2, "past"),
        (6, "past"),
        (24, "now"),
    ]
    assert {bar.y + bar.height for bar in row.bars} == {HEIGHT}


def test_the_picture_shows_the_bars_on_a_clear_ground() -> None:
    (row,) = chart_rows(make_digest(trend=(SourceTrend("cde", "药审中心", (None, 0, 6, 12)),)))
    width, height, lines, _ = png.Reader(bytes=chart_png(row)).asRGBA8()
    pixels = [bytes(line) for line in lines]
    assert (width, height) == (2 * row.width, 2 * HEIGHT)

    def ink(x: int, y: int) -> tuple[int, ...]:
        return tuple(pixels[2 * y][8 * x : 8 * x + 4])

    assert ink(51 + 6, 0) == (*NOW, 255)  # the last bar reaches the top
    assert ink(34 + 6, 11)[3] == 0  # half as high: clear above its middle
    assert ink(34 + 6, 12) == (*PAST, 255)
    assert ink(6, 23) == (*UNKNOWN, 255)
    assert ink(13, 23)[3] == 0  # the gap


def test_every_colour_is_seen_on_white_and_on_the_dark_ground() -> None:
    for color in (NOW, PAST, UNKNOWN):
        for ground in ("#ffffff", "#1c2229"):
            assert contrast("#{:02x}{:02x}{:02x}".format(*color), ground) >= 3


def test_the_mail_shows_a_picture_a_source_by_its_content_id() -> None:
    person = Subscriber(id=1, address="li@example.com")
    message = build_message(
        Printed(week_digest(), Profile.of(person)),
        person,
        message_id="<a@example.com>",
        sender="news@example.com",
        reply_to="",
        now=INSTANT,
    )
    mail = message_from_bytes(message.as_bytes(), policy=SMTP)
    page = mail.get_body(("html",))
    assert page is not None
    pictures = html.document_fromstring(page.get_content()).xpath("//img")
    asked = [picture.get("src").removeprefix("cid:") for picture in pictures]
    sent = {
        part["Content-ID"].strip("<>"): part
        for part in mail.walk()
        if part.get_content_type() == "image/png"
    }
    assert asked == list(sent) == ["trend-cde@zhengxun", "trend-miit@zhengxun"]
    assert [picture.get("alt") for picture in pictures][1] == WORDS
    for part in sent.values():
        assert part.get_content_disposition() == "inline"
        assert png.Reader(bytes=part.get_content()).read()[0] == 2 * int(pictures[0].get("width"))


def test_a_mail_that_nears_its_size_leaves_the_chart_to_the_files() -> None:
    entries = tuple(make_entry(number, title=f"关于某事项的通知{number}") for number in range(500))
    section = Section("pharma", "医药信息篇", "", (Group("国家级", entries),))
    digest = make_digest(section, trend=week_digest().trend)
    assert "cid:" not in render_mail_html(digest)
    assert "近八周" in render_html(digest)


def test_pages_draw_the_bars_themselves_and_say_the_numbers() -> None:
    tree = html.document_fromstring(render_html(week_digest()))
    charts = tree.xpath("//svg")
    assert [chart.get("aria-label") for chart in charts][1] == f"工业和信息化部，{WORDS}"
    assert [len(chart.xpath("./rect")) for chart in charts] == [8, 8]


def test_the_word_file_has_the_bars_with_their_numbers_read_out() -> None:
    document = docx.Document(io.BytesIO(render_docx(week_digest())))
    drawn = document.element.body.findall(f".//{qn('wp:docPr')}")
    assert [item.get("descr") for item in drawn][1] == WORDS
    assert len({item.get("id") for item in drawn}) == 2
