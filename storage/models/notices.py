"""What was published, and how a page of it was taken."""

# ruff: noqa: E501 (what is said of a field is left on one line)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from storage.models.about import About, Shown
from storage.models.notice_parts import Attachment, Contact, Deadline, OfItsDay

Place = Literal["", "above", "between", "below"]


def _about(*words: Any, **more: Any) -> dict[str, About]:
    return {"about": About(*words, **more)}


@dataclass(frozen=True, slots=True)
class Notice:
    """One published page, read. What enters the store.

    A field is described here alone: rows, revisions, exports, labels, docs/schema.md, the facts of
    an issue and digest.json follow; a migration gives it its column.

    `body_html` is sanitised, with absolute links; `content_hash` covers title and text in a
    normal form, so white space and counters do not change it. `published_on` is the page's
    word, never ours. `original_url` is the link a repost prints to the original. `topic_words`
    maps a topic to the words it was found by, the commonest first; `read_by` maps field ->
    reader. `warnings` are sentences for a person (Chinese).

    `pictures` are those of a body that has hardly any text, once they are downloaded; they enter the
    store with a notice and never leave it with one.

    `place` and `near_on` are not kept; they help to tell news from what was there before. `place`
    says where the row stood in its list relative to rows known before: above all of them, between
    two, below all; empty: it cannot be told. `near_on` is the day its neighbours stand at. Nor is
    `by_its_row`: set where the page's head alone told the day, and the row tells another or none.
    """

    site: str = field(
        metadata=_about(
            "网站",
            "Site it was found on; not always one of `sites`: pages can be added by hand.",
            "见于哪个网站；不一定在“网站”（sites）表中：页面可由人工添加。",
            Shown.NOWHERE,
            export=12,
        )
    )
    column: str = field(
        metadata=_about(
            "栏目", "Column it was first found in.", "首次见于哪个栏目。", Shown.NOWHERE, export=13
        )
    )
    key: str = field(
        metadata=_about(
            "站内标识",
            "What identifies the page inside its site for ever.",
            "页面在本网站内的标识，永久不变。",
            Shown.NOWHERE,
        )
    )
    url: str = field(
        metadata=_about("网址", "Its address.", "网址。", Shown.DIGEST, export=2, heading="链接")
    )
    title: str = field(
        metadata=_about(
            "标题",
            "Title as printed on the page.",
            "页面上所印的标题。",
            Shown.DIGEST | Shown.REREAD,
            export=1,
        )
    )
    section: str = field(
        metadata=_about("篇章", "Chapter of the digest.", "周报篇章。", Shown.REREAD, export=10)
    )
    grp: str = field(
        metadata=_about(
            "分组", "Heading within the chapter.", "篇章内的分组。", Shown.REREAD, export=11
        )
    )
    doc_number: str = field(
        default="",
        metadata=_about(
            "文号",
            "文号 in its normal form; empty = none printed.",
            "文号，已统一写法；空 = 页面未印。",
            Shown.DIGEST | Shown.REREAD,
            export=3,
            of_text=True,
        ),
    )
    issuers: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "发文机关",
            "JSON list of the issuing bodies.",
            "发文机关，JSON 列表。",
            Shown.DIGEST | Shown.PAGE | Shown.REREAD,
            export=4,
            of_text=True,
        ),
    )
    source: str = field(
        default="",
        metadata=_about(
            "来源",
            "来源 as printed.",
            "页面上所印的来源。",
            Shown.DIGEST | Shown.PAGE | Shown.REREAD,
            export=5,
        ),
    )
    published_on: date | None = field(
        default=None,
        metadata=_about(
            "发布日期",
            "Publication date the page prints; NULL = it prints none. Never our own date.",
            "页面上所印的发布日期；空（NULL）= 页面未印。绝不以我们自己的日期代替。",
            Shown.DIGEST | Shown.REREAD,
            export=6,
        ),
    )
    published_time: str = field(
        default="",
        metadata=_about(
            "发布时刻",
            "Time of publication as printed, Asia/Shanghai; empty = none.",
            "页面上所印的发布时刻，北京时间；空 = 未印。",
            Shown.REREAD,
        ),
    )
    written_on: date | None = field(
        default=None,
        metadata=_about(
            "成文日期",
            "成文日期; NULL = none was read.",
            "成文日期；空（NULL）= 未读到。",
            Shown.PAGE | Shown.REREAD,
            export=7,
            of_text=True,
        ),
    )
    effective_on: date | None = field(
        default=None,
        metadata=_about(
            "施行日期",
            "施行日期; NULL = none was read.",
            "施行日期；空（NULL）= 未读到。",
            Shown.FACT | Shown.PAGE | Shown.REREAD,
            export=8,
            of_text=True,
        ),
    )
    deadline_on: date | None = field(
        default=None,
        metadata=_about(
            "截止日期",
            "The first day by which a reader must act; NULL = none was read.",
            "读者须办事项中最早的截止日期；空（NULL）= 未读到。",
            Shown.DIGEST | Shown.PAGE | Shown.REREAD,
            export=9,
            of_text=True,
        ),
    )
    deadlines: tuple[Deadline, ...] = field(
        default=(),
        metadata=_about(
            "各截止日期",
            "JSON list of {on, what, printed, computed}; computed = worked out from a relative term.",
            "各截止日期，JSON 列表，每项为 {on 日期, what 事项, printed 原文表述, computed 推算}；computed = 按文内期限推算得出。",
            Shown.REREAD,
            of_text=True,
        ),
    )
    amounts: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "金额",
            "JSON list of sums of money, as printed.",
            "金额，JSON 列表，照页面所印。",
            Shown.PAGE | Shown.REREAD,
            of_text=True,
        ),
    )
    topics: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "主题",
            "JSON list of topics found in title and text.",
            "标题与正文涉及的主题，JSON 列表。",
            Shown.PAGE | Shown.REREAD,
            of_text=True,
        ),
    )
    topic_words: dict[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=_about(
            "主题依据",
            "JSON object: topic to the words it was found by, the commonest first; {} = read before they were kept.",
            "各主题所依据的词，JSON 对象，常见的在前；{} = 读取时尚未保存。",
            Shown.NOWHERE,
            of_text=True,
        ),
    )
    repeals: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "废止",
            "JSON list of documents this one repeals.",
            "本文废止的文件，JSON 列表。",
            Shown.PAGE | Shown.REREAD,
            of_text=True,
        ),
    )
    contacts: tuple[Contact, ...] = field(
        default=(),
        metadata=_about(
            "联系方式",
            "JSON list of {name, phone, email}, as printed.",
            "联系方式，JSON 列表，每项为 {name 姓名, phone 电话, email 邮箱}，照页面所印。",
            Shown.PAGE | Shown.REREAD,
            of_text=True,
        ),
    )
    body_html: str = field(
        default="",
        metadata=_about(
            "正文 HTML",
            "Body, sanitised, with absolute links.",
            "正文 HTML，已清除不安全内容，链接为完整网址。",
            Shown.NOWHERE,
            of_text=True,
        ),
    )
    body_text: str = field(
        default="",
        metadata=_about(
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
        metadata=_about(
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
        metadata=_about(
            "内容指纹",
            "SHA-256 of title, text and names of attachments in a normal form; a different one is a change.",
            "标题、正文和附件名称（已统一写法）的 SHA-256；不同即为有改动。",
            Shown.NOWHERE,
            of_text=True,
        ),
    )
    original_url: str = field(
        default="",
        metadata=_about(
            "原文链接",
            "Address of the original that a repost prints.",
            "转载页所印的原文网址。",
            Shown.REREAD,
            of_text=True,
        ),
    )
    attachments: tuple[Attachment, ...] = field(
        default=(),
        metadata=_about(
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
        metadata=_about(
            "正文图片",
            "Pictures that say what the body does not; kept by content in tables of their own.",
            "正文文字很少时的图片；另有表按内容保存。",
            Shown.NOWHERE,
            column=False,
        ),
    )
    read_by: dict[str, str] = field(
        default_factory=dict,
        metadata=_about(
            "由何读出",
            "JSON object: field to the reader that answered (column, platform, meta, general, list).",
            "各字段由哪种读法读出，JSON 对象：column 栏目、platform 发布系统、meta 页面元数据、general 通用、list 列表。",
            Shown.NOWHERE,
        ),
    )
    warnings: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "读取提示",
            "JSON list of sentences (Chinese) on what was odd in reading the page.",
            "读取页面时的异常之处，JSON 列表，每项一句中文。",
            Shown.NOWHERE,
        ),
    )
    complete: bool = field(
        default=True,
        metadata=_about(
            "读取完整",
            "1 = the page was read; 0 = only title, date and link are known so far.",
            "是（1）= 页面已读取；否（0）= 目前只有标题、日期和链接。",
            Shown.REREAD,
            export=60,
        ),
    )
    place: Place = field(
        default="",
        metadata=_about(
            "列表位置",
            "Where its row stood in its list.",
            "首次列出时所处的位置。",
            Shown.NOWHERE,
            column=False,
        ),
    )
    near_on: date | None = field(
        default=None,
        metadata=_about(
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
        metadata=_about(
            "按列表日期",
            "What would be said with the day of its row; not kept.",
            "按列表日期得出的内容；不保存。",
            Shown.NOWHERE,
            column=False,
        ),
    )


# What is said of each field, in their order.
NOTICE_FIELDS: Mapping[str, About] = {one.name: one.metadata["about"] for one in fields(Notice)}
