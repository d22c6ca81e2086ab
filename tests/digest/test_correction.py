"""A correction in every form; an editor's text is as hostile as a page's."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from lxml import html

import digest
from digest.delivery.channel import Means
from digest.delivery.channels import bot_kinds, open_channel
from digest.delivery.chat_bot import ChatBot
from digest.delivery.chat_bots import ChatChannel
from digest.delivery.correction_messages import CorrectionMessages
from digest.rendering.docx.correction import correction_docx
from digest.rendering.render_correction import correction_json, correction_page, correction_text
from digest.rendering.render_html import mail_page
from storage.models import Subscriber
from tests.digest.samples import INSTANT, make_correction

HOSTILE = "</p><script>alert(1)</script>\u202e<img src=x onerror=alert(1)>\x00"
NOW = INSTANT + timedelta(days=3)


def test_the_text_says_what_was_wrong_and_what_is_right() -> None:
    assert correction_text(make_correction()) == (
        "政讯周报 2021-W05 第1号更正\n"
        "2021-02-08 17:00（北京时间）\n"
        "\n"
        "第 3 条截止日期有误。\n"
        "\n"
        "1、关于公开征求意见的通知\n"
        "    误：2月8日\n"
        "    正：2月18日\n"
        "    原文：https://www.cde.org.cn/3\n"
        "\n"
        "原第 2021-W05 期不作改动，以本更正为准。\n"
    )


def test_hostile_words_stay_words() -> None:
    hostile = make_correction(HOSTILE, HOSTILE, HOSTILE)
    for page in (
        correction_page(hostile),
        mail_page("correction_mail.html.jinja", correction=hostile, foot=""),
    ):
        tree = html.document_fromstring(page)
        assert not tree.xpath("//script | //img | //@onerror")
        assert "\u202e" not in page
        assert page.count("&lt;script&gt;") >= 3
    assert "\x00" not in correction_text(hostile)
    assert "\u202e" not in correction_text(hostile)
    assert "<script>" in json.loads(correction_json(hostile))["text"]


def test_a_subject_cannot_begin_a_header_of_its_own() -> None:
    builder = CorrectionMessages(
        make_correction("有误\r\nBcc: all@example.com"), sender="news@example.com", reply_to=""
    )
    mail = builder.write(Subscriber(1, "li@example.com"), "<a@example.com>", NOW)
    head = mail.partition(b"\r\n\r\n")[0]
    assert not any(line.lower().startswith(b"bcc:") for line in head.split(b"\r\n"))


def test_the_word_file_opens_and_is_the_same_each_time() -> None:
    content = correction_docx(make_correction())
    document = Document(io.BytesIO(content))
    words = [paragraph.text for paragraph in document.paragraphs]
    assert words[:3] == [
        "政讯周报 2021-W05 第1号更正",
        "盈科瑞 · 2021-02-08 17:00",
        "第 3 条截止日期有误。",
    ]
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert cells == ["条目", "误", "正", "关于公开征求意见的通知", "2月8日", "2月18日"]
    assert content == correction_docx(make_correction())
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


@pytest.mark.parametrize("kind", bot_kinds())
def test_robots_get_it_within_their_limits(kind: Any) -> None:
    bot = ChatBot(kind=kind, name="群", url="https://example.com/hook")
    for correction in (make_correction(), make_correction("长" * 4000, "<@all>", "乙")):
        channel = open_channel(bot.kind, Means(bot))
        assert isinstance(channel, ChatChannel)
        payload = channel.correction_payload(correction, "<a@example.com>")
        text = json.dumps(payload, ensure_ascii=False)
        assert "第1号更正" in text
        if channel.limit is not None:
            assert len(text.encode()) < channel.limit + 300
            assert "<@all>" not in text


def test_the_file_has_the_shape_of_the_schema() -> None:
    schema = json.loads(
        (Path(str(digest.__file__)).parent / "digest.schema.json").read_text("utf-8")
    )
    shape = schema["$defs"]["correction"]
    document = json.loads(correction_json(make_correction()))
    assert sorted(document) == sorted(shape["properties"])
    assert shape["required"] == [key for key in shape["properties"] if key != "week"]
    assert list(document["items"][0]) == shape["properties"]["items"]["items"]["required"]


def test_a_kind_of_robot_nobody_described_is_an_error_not_another_ones_message() -> None:
    kind: Any = "pager"
    bot = ChatBot(kind=kind, name="值班", url="https://example.com/hook")
    with pytest.raises(KeyError, match="pager"):
        open_channel(bot.kind, Means(bot))
