"""What a page says of the document: numbers, bodies, days, sums, people."""

# ruff: noqa: E501 (what is said of a field is left on one line)

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from storage.models.about import Shown, about
from storage.models.listed import Listed
from storage.models.notice_parts import Contact, Deadline


@dataclass(frozen=True, slots=True)
class PrintedFacts(Listed):
    """What the readers of `pipelines/facts/` find in a page; empty: none was read.

    `published_on` is the page's word, never ours. `topic_words` maps a topic to the words it was
    found by, the commonest first.
    """

    doc_number: str = field(
        default="",
        metadata=about(
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
        metadata=about(
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
        metadata=about(
            "来源",
            "来源 as printed.",
            "页面上所印的来源。",
            Shown.DIGEST | Shown.PAGE | Shown.REREAD,
            export=5,
        ),
    )
    published_on: date | None = field(
        default=None,
        metadata=about(
            "发布日期",
            "Publication date the page prints; NULL = it prints none. Never our own date.",
            "页面上所印的发布日期；空（NULL）= 页面未印。绝不以我们自己的日期代替。",
            Shown.DIGEST | Shown.REREAD,
            export=6,
        ),
    )
    published_time: str = field(
        default="",
        metadata=about(
            "发布时刻",
            "Time of publication as printed, Asia/Shanghai; empty = none.",
            "页面上所印的发布时刻，北京时间；空 = 未印。",
            Shown.REREAD,
        ),
    )
    written_on: date | None = field(
        default=None,
        metadata=about(
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
        metadata=about(
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
        metadata=about(
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
        metadata=about(
            "各截止日期",
            "JSON list of {on, what, printed, computed}; computed = worked out from a relative term.",
            "各截止日期，JSON 列表，每项为 {on 日期, what 事项, printed 原文表述, computed 推算}；computed = 按文内期限推算得出。",
            Shown.REREAD,
            of_text=True,
        ),
    )
    amounts: tuple[str, ...] = field(
        default=(),
        metadata=about(
            "金额",
            "JSON list of sums of money, as printed.",
            "金额，JSON 列表，照页面所印。",
            Shown.PAGE | Shown.REREAD,
            of_text=True,
        ),
    )
    topics: tuple[str, ...] = field(
        default=(),
        metadata=about(
            "主题",
            "JSON list of topics found in title and text.",
            "标题与正文涉及的主题，JSON 列表。",
            Shown.PAGE | Shown.REREAD,
            of_text=True,
        ),
    )
    topic_words: dict[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=about(
            "主题依据",
            "JSON object: topic to the words it was found by, the commonest first; {} = read before they were kept.",
            "各主题所依据的词，JSON 对象，常见的在前；{} = 读取时尚未保存。",
            Shown.NOWHERE,
            of_text=True,
        ),
    )
    repeals: tuple[str, ...] = field(
        default=(),
        metadata=about(
            "废止",
            "JSON list of documents this one repeals.",
            "本文废止的文件，JSON 列表。",
            Shown.PAGE | Shown.REREAD,
            of_text=True,
        ),
    )
    contacts: tuple[Contact, ...] = field(
        default=(),
        metadata=about(
            "联系方式",
            "JSON list of {name, phone, email}, as printed.",
            "联系方式，JSON 列表，每项为 {name 姓名, phone 电话, email 邮箱}，照页面所印。",
            Shown.PAGE | Shown.REREAD,
            of_text=True,
        ),
    )
