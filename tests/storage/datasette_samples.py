"""A store that holds one of everything an analyst looks at, for the tests of Datasette."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path
from typing import Any

from lxml import html as lxml_html
from sqlite_utils import Database

from storage.database import open_database
from storage.datasette.app import build, close
from storage.matching.duplicates import link, record_conflict
from storage.models import Attachment, Check, Contact, Deadline, TableRow
from storage.readers.deliveries import ensure_deliveries
from storage.readers.subscribers import add_subscriber, list_subscribers
from storage.runs.catalogue import sync_catalogue
from storage.runs.runs import finish_run, save_check, start_run
from tests.storage.samples import at, issue, page, saved, site

TODAY = date(2021, 2, 5)
ATTACK = (
    "<p>正文<script>alert(1)</script></p>"
    '<img src="https://www.cde.org.cn/x.png" onerror="alert(2)">'
    '<a href="javascript:alert(3)">点我</a>'
    '<svg onload="alert(4)"></svg><iframe src="https://evil.example/"></iframe>'
    '<form action="https://evil.example/"><input name="q"></form>'
    '<style>body { display: none }</style><p style="position:fixed" onclick="alert(5)">尾</p>'
)
LIST = Attachment(
    "https://www.cde.org.cn/files/2.xls",
    "名单.xls",
    "xls",
    sha256="a" * 64,
    path="files/aa/a.xls",
    rows=(TableRow("名单", 2, {"企业": "盈科瑞"}),),
)


def fill(db: Database) -> dict[str, int]:
    """Put the samples in; name -> id of the notice."""
    catalogue = [
        site("cde", "新闻中心", name="国家药监局药品审评中心"),
        site("tj_kxjs", "通知公告", "政策法规", name="天津市科学技术局", section="projects"),
    ]
    sync_catalogue(db, catalogue, at("2021-02-01 00:00"))
    ids = {
        "guide": saved(db, _guide(), "2021-02-03 02:00"),
        "repost": saved(db, _repost(), "2021-02-04 02:00"),
        "attack": saved(
            db, page("attack", title="含脚本的通知", body_html=ATTACK, attachments=(LIST,))
        ),
        "incomplete": saved(
            db, page("half", title="读不全的通知", complete=False, warnings=("页面是图片",))
        ),
    }
    link(db, ids["repost"], ids["guide"], "转载页印有原文链接")
    saved(db, _guide(body_text=_GUIDE_NOW, content_hash="guide-2"), "2021-02-04 03:30")
    record_conflict(db, ids["guide"], ids["attack"], "同一文号，正文不同", at("2021-02-04 04:00"))
    _runs(db)
    told = issue(db, "2021-W05", "2021-01-30", "2021-02-05", "2021-02-05 09:00", ids["guide"])
    add_subscriber(db, "reader@example.com", now=at("2021-02-01 00:00"))
    people = list_subscribers(db)
    ensure_deliveries(
        db,
        told.id,
        people,
        {person.id: "<1@example.com>" for person in people},
        at("2021-02-05 09:01"),
    )
    return ids


@asynccontextmanager
async def served(path: Path, **options: Any) -> AsyncIterator[Any]:
    """Datasette on the store at `path`, as `zhengxun serve` builds it."""
    datasette = build(path, today=TODAY, sections={"pharma": "医药信息篇"}, **options)
    await datasette.invoke_startup()
    try:
        yield datasette
    finally:
        close(datasette)


async def tree(site: Any, address: str) -> Any:
    """A page that is there, parsed."""
    response = await site.client.get(address)
    assert response.status_code == 200, response.text
    return lxml_html.document_fromstring(response.text)


def made(path: Path) -> dict[str, int]:
    """Make the store at `path`; name -> id of the notice."""
    with closing(open_database(path)) as db:
        return fill(db)


_GUIDE_WAS = "为规范中药注册，现公开征求意见。\n意见请于2021年3月5日前反馈。\n联系人：张三"
_GUIDE_NOW = "为规范中药注册，现公开征求意见。\n意见请于2021年3月31日前反馈。\n联系人：张三"


def _guide(**over: Any) -> Any:
    fields: dict[str, Any] = {
        "title": "关于公开征求《中药注册管理专门规定》意见的通知",
        "doc_number": "药审业〔2021〕15号",
        "issuers": ("国家药监局", "国家卫生健康委"),
        "body_text": _GUIDE_WAS,
        "body_html": "<h1>通知</h1><p>为规范中药注册，现公开征求意见。</p>"
        '<p><img src="http://www.cde.org.cn/seal.png" alt="公章"></p>',
        "summary": "公开征求意见至2021年3月5日。",
        "deadline_on": date(2021, 3, 5),
        "deadlines": (Deadline(date(2021, 3, 5), "征求意见", "2021年3月5日前"),),
        "contacts": (Contact("张三", "010-12345678"),),
        "attachments": (
            Attachment("https://www.cde.org.cn/files/1.docx", "征求意见稿.docx", "docx", 20480),
            Attachment("javascript:alert(6)", "坏附件"),
        ),
        "read_by": {"title": "platform"},
        "topics": ("中药",),
    }
    return page("guide", **(fields | over))


def _repost() -> Any:
    return page(
        "repost",
        site="tj_kxjs",
        column="通知公告",
        url="http://kxjs.tj.gov.cn/t1.html",
        title="转发药审中心通知",
        section="projects",
        grp="天津市",
        body_text="根据药审业[2021]15号文件，现予转发。药品企业请关注。",
    )


def _runs(db: Database) -> None:
    for site_id, column, verdict, reason in (
        ("cde", "新闻中心", "ok", ""),
        ("tj_kxjs", "通知公告", "blocked", "返回 412，需要浏览器"),
    ):
        run = start_run(db, site_id, now=at("2021-02-05 01:00"), pid=1)
        checked = at("2021-02-05 01:01")
        save_check(db, Check(run, site_id, column, checked, verdict, reason, rows=20))  # type: ignore[arg-type]
        finish_run(db, run, now=at("2021-02-05 01:02"), state="finished")
