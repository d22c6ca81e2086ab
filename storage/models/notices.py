"""What was published, and how a page of it was taken."""

# ruff: noqa: E501 (what is said of a field is left on one line)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Literal

from storage.models.about import About, Shown, about
from storage.models.notice_parts import Attachment, OfItsDay
from storage.models.printed_facts import PrintedFacts

Place = Literal["", "above", "between", "below"]


@dataclass(frozen=True, slots=True)
class Notice(PrintedFacts):
    """One published page, read. What enters the store.

    A field is described here alone, or above in `PrintedFacts` and `Listed`: rows, revisions,
    exports, labels, docs/schema.md, the facts of an issue and digest.json follow; a migration gives
    it its column.

    `body_html` is sanitised, with absolute links; `content_hash` covers title and text in a
    normal form, so white space and counters do not change it. `original_url` is the link a repost
    prints to the original. `read_by` maps field -> reader. `warnings` are sentences for a person
    (Chinese).

    `pictures` are those of a body that has hardly any text, once they are downloaded; they enter the
    store with a notice and never leave it with one.

    `place` and `near_on` are not kept; they help to tell news from what was there before. `place`
    says where the row stood in its list relative to rows known before: above all of them, between
    two, below all; empty: it cannot be told. `near_on` is the day its neighbours stand at. Nor is
    `by_its_row`: set where the page's head alone told the day, and the row tells another or none.
    """

    body_html: str = field(
        default="",
        metadata=about(
            "正文 HTML",
            "Body, sanitised, with absolute links.",
            "正文 HTML，已清除不安全内容，链接为完整网址。",
            Shown.NOWHERE,
            of_text=True,
        ),
    )
    body_text: str = field(
        default="",
        metadata=about(
            "正文",
            "Body as text.",
            "正文的纯文字。",
            Shown.DIGEST | Shown.REREAD,
            export=15,
            of_text=True,
        ),
    )
    summary: str = field(
        default="",
        metadata=about(
            "摘要",
            "Sentences taken from the body.",
            "摘要，摘自正文原句。",
            Shown.DIGEST | Shown.REREAD,
            export=14,
            of_text=True,
        ),
    )
    content_hash: str = field(
        default="",
        metadata=about(
            "内容指纹",
            "SHA-256 of title, text and names of attachments in a normal form; a different one is a change.",
            "标题、正文和附件名称（已统一写法）的 SHA-256；不同即为有改动。",
            Shown.NOWHERE,
            of_text=True,
        ),
    )
    original_url: str = field(
        default="",
        metadata=about(
            "原文链接",
            "Address of the original that a repost prints.",
            "转载页所印的原文网址。",
            Shown.REREAD,
            of_text=True,
        ),
    )
    attachments: tuple[Attachment, ...] = field(
        default=(),
        metadata=about(
            "附件",
            "Its files; they have a table of their own.",
            "附件；另有一表。",
            Shown.DIGEST | Shown.REREAD,
            export=16,
            column=False,
        ),
    )
    pictures: tuple[Attachment, ...] = field(
        default=(),
        metadata=about(
            "正文图片",
            "Pictures that say what the body does not; kept by content in tables of their own.",
            "正文文字很少时的图片；另有表按内容保存。",
            Shown.NOWHERE,
            column=False,
        ),
    )
    read_by: dict[str, str] = field(
        default_factory=dict,
        metadata=about(
            "由何读出",
            "JSON object: field to the reader that answered (column, platform, meta, general, list).",
            "各字段由哪种读法读出，JSON 对象：column 栏目、platform 发布系统、meta 页面元数据、general 通用、list 列表。",
            Shown.NOWHERE,
        ),
    )
    warnings: tuple[str, ...] = field(
        default=(),
        metadata=about(
            "读取提示",
            "JSON list of sentences (Chinese) on what was odd in reading the page.",
            "读取页面时的异常之处，JSON 列表，每项一句中文。",
            Shown.NOWHERE,
        ),
    )
    complete: bool = field(
        default=True,
        metadata=about(
            "读取完整",
            "1 = the page was read; 0 = only title, date and link are known so far.",
            "是（1）= 页面已读取；否（0）= 目前只有标题、日期和链接。",
            Shown.REREAD,
            export=60,
        ),
    )
    place: Place = field(
        default="",
        metadata=about(
            "列表位置",
            "Where its row stood in its list.",
            "首次列出时所处的位置。",
            Shown.NOWHERE,
            column=False,
        ),
    )
    near_on: date | None = field(
        default=None,
        metadata=about(
            "邻近日期",
            "The day its neighbours in the list stand at; not kept.",
            "列表中相邻各行的日期；不保存。",
            Shown.NOWHERE,
            column=False,
        ),
    )
    by_its_row: OfItsDay | None = field(
        default=None,
        compare=False,
        metadata=about(
            "按列表日期",
            "What would be said with the day of its row; not kept.",
            "按列表日期得出的内容；不保存。",
            Shown.NOWHERE,
            column=False,
        ),
    )


# What is said of each field, in their order.
NOTICE_FIELDS: Mapping[str, About] = {one.name: one.metadata["about"] for one in fields(Notice)}
