"""The records of CDE's JSON lists: rows with a page of their own, or whole notices without one.

Field names were read in public crawlers; a captured answer of the guide list is in the tests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urljoin

from crawlers.reading.addresses import absolute
from crawlers.reading.printed_dates import from_unix
from crawlers.reading.rows import Row

Record = dict[str, Any]

_PAGES = (  # id field -> where its page is; {} is the id
    ("zdyzIdCODE", "/zdyz/domesticinfopage?zdyzIdCODE={}"),
    ("regulatIdCODE", "/main/policy/regulatview/{}"),
    ("policyIdCODE", "/main/policy/view/{}"),
)
_CODES = ("pridCODE", "bcnidCODE", "nidCODE", "ftjpzidCODE", "idCODE", "acceptid")
_DAYS = (
    "publishDate",
    "publishTime",
    "issueDate",
    "noticeDate",
    "createdate",
    "createDate",
    "applyDate",
)
_LABELS = {
    "acceptid": "受理号",
    "drgnamecn": "药品名称",
    "drugnamecn": "药品名称",
    "company": "注册申请人",
    "companys": "申请人",
    "ssxkcyr": "上市许可持有人",
    "lcmsxkIndication": "适应症",
    "lcmsxkRegisterkind": "注册分类",
    "instruction": "适应症及附条件要求",
    "probleContent": "问题",
    "answerContent": "解答",
    "applyDate": "申请日期",
    "createdate": "承办日期",
    "noticeDate": "公示日期",
    "endNoticeDate": "公示截止日期",
}
_WALL_CODES = {202, 400, 401, 403, 412}


class RefusedListError(ValueError):
    """The list was not given. `blocked` tells a wall from an answer that cannot be read."""

    def __init__(self, reason: str, *, blocked: bool) -> None:
        super().__init__(reason)
        self.blocked = blocked


@dataclass(slots=True)
class CdePage:
    """One page of a list: its records, how many there are in all, and the last page's number."""

    records: list[Record] = field(default_factory=list)
    total: int | None = None
    pages: int = 1


def read_page(text: str) -> CdePage:
    """Read one answer. Raises RefusedListError when it is not a list with `code` 200."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise RefusedListError("列表接口返回的不是 JSON", blocked=True) from None
    code = answer.get("code") if isinstance(answer, dict) else None
    if str(code) != "200":
        message = str(answer.get("msg") or "") if isinstance(answer, dict) else ""
        reason = f"列表接口返回 code={code} {message}".strip()
        raise RefusedListError(reason, blocked=code in _WALL_CODES)
    data = answer.get("data")
    if isinstance(data, list):  # the home page's short lists have no paging around them
        return CdePage([record for record in data if isinstance(record, dict)], len(data))
    if not isinstance(data, dict) or not isinstance(data.get("records"), list):
        raise RefusedListError("列表接口的回答里没有 records", blocked=False)
    records = [record for record in data["records"] if isinstance(record, dict)]
    total, pages = str(data.get("total")), str(data.get("pages"))
    return CdePage(
        records,
        int(total) if total.isdigit() else None,
        int(pages) if pages.isdigit() else 1,
    )


def record_row(record: Record, list_url: str) -> Row:
    """The row of one record. A record without a page gets the list's address and its code."""
    title = " ".join(str(record.get("title") or "").split())
    day = record_day(record)
    return Row(_address(record, list_url), title or record_title(record), day)


def has_page(record: Record) -> bool:
    """Whether the record leads to a page of its own."""
    links = ("externalLinks", "newsIdCode", *(name for name, _ in _PAGES))
    return any(str(record.get(name) or "").strip() for name in links)


def record_code(record: Record) -> str:
    """What identifies a record without a page; empty when it carries no code at all."""
    return next((str(record[name]) for name in _CODES if record.get(name)), "")


def record_day(record: Record) -> str:
    """The day a record was published, as printed; milliseconds become text in Asia/Shanghai."""
    for name in _DAYS:
        value = str(record.get(name) or "").strip()
        if value.isdigit() and len(value) == 13:
            return from_unix(int(value) / 1000)[:10]
        if value:
            return value
    return ""


def record_title(record: Record, kind: str = "") -> str:
    """A title made of the record's fields: `kind：药品（受理号，企业）`."""
    question = " ".join(str(record.get("probleContent") or "").split())
    if question:
        return question
    drug = str(record.get("drgnamecn") or record.get("drugnamecn") or "").strip()
    company = record.get("company") or record.get("companys") or record.get("ssxkcyr")
    inside = "，".join(str(part).strip() for part in (record.get("acceptid"), company) if part)
    words = f"{drug}（{inside}）" if drug and inside else drug or inside
    return f"{kind}：{words}" if kind and words else words


def record_table(record: Record) -> str:
    """The labelled fields of a record as a two-column table."""
    rows = []
    for name, label in _LABELS.items():
        value = str(record.get(name) or "").strip()
        if value.isdigit() and len(value) == 13:
            value = from_unix(int(value) / 1000)[:10]
        if value:
            rows.append(f"<tr><th>{label}</th><td>{escape(value)}</td></tr>")
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _address(record: Record, list_url: str) -> str:
    outside = str(record.get("externalLinks") or "").strip()
    if outside:
        return absolute(list_url, outside) or list_url
    if record.get("newsIdCode"):
        picture = str(record.get("isPic") or "").lower() in {"1", "true"}
        kind = "newspic/view" if picture else "news/viewInfoCommon"
        return urljoin(list_url, f"/main/{kind}/{record['newsIdCode']}")
    for name, page in _PAGES:
        if record.get(name):
            return urljoin(list_url, page.format(record[name]))
    return f"{list_url}#{record_code(record)}"
