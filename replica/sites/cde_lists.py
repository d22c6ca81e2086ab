"""CDE's columns: where each is listed, which form its endpoint wants, how a record looks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from replica.entries import Entry

Kind = Literal[
    "news", "linked", "guide", "policy", "rule", "priority", "breakthrough", "plain", "question"
]
Record = dict[str, Any]

_ZDYZ_FORM: Mapping[str, str | None] = dict.fromkeys(
    ("searchTitle", "zyfl1", "zyfl2", "issueDate1", "issueDate2")
)
_POLICY_FORM: Mapping[str, str | None] = {"fclass": "0", "keyName": "TITLE", "logicC": "bh"}
_CASE_FORM: Mapping[str, str | None] = dict.fromkeys(
    ("noticeType", "acceptid", "drugname", "company")
)
_NEWS_PAGE = "/main/news/listpage/545cf855a50574699b46b26bcb165f32"


@dataclass(frozen=True, slots=True)
class Listing:
    """One column: `form` maps each field besides pageNum and pageSize to its only right value
    (None = any, also empty)."""

    column: str
    page: str
    endpoint: str
    kind: Kind
    form: Mapping[str, str | None] = field(default_factory=dict)


LISTINGS = (
    Listing(
        "政务新闻",
        _NEWS_PAGE,
        "/main/news/getList",
        "news",
        {"classId": "545cf855a50574699b46b26bcb165f32"},
    ),
    Listing("要闻导读", _NEWS_PAGE, "/main/news/getHotNewsList", "news", {"ishot": "1"}),
    Listing("图片新闻", _NEWS_PAGE, "/main/news/getPictureNewsList", "news"),
    Listing(
        "工作动态",
        "/main/news/listpage/3cc45b396497b598341ce3af000490e5",
        "/main/news/getWorkList",
        "news",
        {"classId": "8dc6aac86eb083759b1e01615617a347"},
    ),
    Listing(
        "法律法规",
        "/main/policy/listpage/9f9c74c73e0f8f56a8bfbc646055026d",
        "/main/policy/getPolicyList",
        "policy",
        _POLICY_FORM,
    ),
    Listing(
        "中心规章",
        "/main/policy/listpage/369ac7cfeb67c6000c33f85e6f374044",
        "/main/policy/getRuleList",
        "rule",
        _POLICY_FORM,
    ),
    Listing(
        "发布通告",
        "/zdyz/listpage/2853510d929253719601db17b8a9fd81",
        "/zdyz/getDomesticGuideList",
        "linked",
        {**_ZDYZ_FORM, "isFbtg": "1", "classid": "2853510d929253719601db17b8a9fd81"},
    ),
    Listing(
        "国内指导原则",
        "/zdyz/listpage/9cd8db3b7530c6fa0c86485e563f93c7",
        "/zdyz/getDomesticGuideList",
        "guide",
        _ZDYZ_FORM,
    ),
    Listing(
        "征求意见",
        "/zdyz/listpage/3c49fad55caad7a034c263cfc2b6eb9c",
        "/zdyz/getOpinionList",
        "linked",
        {"searchTitle": None, "issueDate1": None, "issueDate2": None, "fclass": "征求意见"},
    ),
    Listing(
        "优先审评公示",
        "/main/xxgk/listpage/2f78f372d351c6851af7431c7710a731",
        "/main/priority/getPriorityApprovalList",
        "priority",
        _CASE_FORM,
    ),
    Listing(
        "突破性治疗公示",
        "/main/xxgk/listpage/da6efd086c099b7fc949121166f0130c",
        "/main/breakthrough/getBreakthroughCureList",
        "breakthrough",
        _CASE_FORM,
    ),
    Listing(
        "临床试验默示许可",
        "/main/xxgk/listpage/4b5255eb0a84820cef4ca3e8b6bbe20c",
        "/main/xxgk/getCliniCalList",
        "plain",
        {"condition": None},
    ),
    Listing(
        "附条件批准品种",
        "/main/xxgk/listpage/c8d79e513a6df98adf05893281ace198",
        "/main/xxgk/getFtjpzqdList",
        "plain",
        {"drugnamecn": None, "instruction": None, "ssxkcyr": None},
    ),
    Listing(
        "共性问题",
        "/main/xxgk/listpage/07edef25f1e7354bfd8490baa0ce056b",
        "/main/xxgk/getCommonQuestionList",
        "question",
        {"probleContent": None, "probleType": None},
    ),
)
_CODE_FIELDS: Mapping[Kind, str] = {
    "priority": "pridCODE",
    "breakthrough": "bcnidCODE",
    "plain": "nidCODE",
    "question": "idCODE",
}


def code_of(entry: Entry) -> str:
    """The 32 hex digits that name a page: in its address, else made from the address."""
    parts = urlsplit(entry.url)
    asked = parse_qs(parts.query).get("zdyzIdCODE", [""])[0]
    found = re.findall(r"[0-9a-f]{32}", asked or parts.path + parts.fragment + parts.query)
    return (
        found[-1] if found else hashlib.md5(entry.url.encode(), usedforsecurity=False).hexdigest()
    )


def record_of(kind: Kind, entry: Entry) -> Record:
    """One record of a list answer, with the field names of that list."""
    title, day = entry.list_title or entry.title, entry.published.strftime("%Y%m%d")
    if kind == "news":
        return {
            "title": title,
            "newsIdCode": code_of(entry),
            "isPic": 1 if "/newspic/" in entry.url else 0,
            "publishDate": day,
            "content": None,
            "externalLinks": entry.external_url or None,
            "isnew": 0,
        }
    if kind == "linked":
        link = entry.external_url or entry.url
        return {"title": title, "issueDate": day, "externalLinks": link, "isnew": 0}
    if kind == "guide":
        return {
            "issueDate": day,
            "nowstate": entry.record.get("nowstate", "颁布"),
            "fclass": entry.record.get("fclass", "化学药"),
            "title": title,
            "isnew": 0,
            "zdyzIdCODE": code_of(entry),
        }
    if kind in {"policy", "rule"}:
        name = "policyIdCODE" if kind == "policy" else "regulatIdCODE"
        return {"title": title, name: code_of(entry), "publishDate": day, "fclass": "0"}
    return {**entry.record, _CODE_FIELDS[kind]: code_of(entry)}


def notice_type(kind: Kind, entry: Entry) -> str:
    """Which tab of a 公示 list shows a record: for both lists 1 = 拟…公示 (with a closing date),
    2 = 纳入名单, unless the content says otherwise."""
    return entry.record.get("noticeType") or ("1" if entry.record.get("endNoticeDate") else "2")


def page_of(records: list[Record], number: int, size: int) -> Record:
    """The `data` member of a list answer: one page and the paging facts."""
    return {
        "records": records[(number - 1) * size : number * size],
        "total": len(records),
        "size": size,
        "current": number,
        "orders": [],
        "optimizeCountSql": True,
        "searchCount": True,
        "countId": None,
        "maxLimit": None,
        "pages": ceil(len(records) / size),
    }
