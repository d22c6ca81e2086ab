"""Invented notices, sites and instants for the tests of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlite_utils import Database

from storage.models import IssueEntry, IssueRecord, Notice
from storage.notices.notices import save_notice
from storage.runs.catalogue import ColumnRow, SiteRow

NOTICE = Notice(
    site="cde",
    column="新闻中心",
    key="n1",
    url="https://www.cde.org.cn/main/news/n1",
    title="关于公开征求意见的通知",
    section="pharma",
    grp="国家级",
    published_on=date(2021, 2, 3),
    body_text="为加强药品审评，现公开征求意见。",
    body_html="<p>为加强药品审评，现公开征求意见。</p>",
    content_hash="hash-1",
)


def at(text: str) -> datetime:
    """`2021-02-05 17:00` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = at("2021-02-05 09:00")


def page(key: str = "n1", **over: Any) -> Notice:
    """A notice with its own key, address, title and text unless given."""
    own: dict[str, Any] = {
        "key": key,
        "url": f"https://www.cde.org.cn/main/news/{key}",
        "title": f"关于公开征求意见的通知（{key}）",
        "content_hash": f"hash-{key}",
    }
    return replace(NOTICE, **(own | over))


def saved(
    db: Database, notice: Notice, seen: str = "2021-02-03 02:00", run: int | None = None
) -> int:
    """Save a notice as first seen at an instant; its id."""
    return save_notice(db, notice, now=at(seen), run_id=run).id


def site(site_id: str = "cde", *columns: str, **over: Any) -> SiteRow:
    """A site with columns."""
    rows = tuple(ColumnRow(site_id, name, f"https://{site_id}.example.cn/") for name in columns)
    row = SiteRow(site_id, f"网站{site_id}", "listing", "pharma", "国家级", columns=rows)
    return replace(row, **over)


def issue(
    db: Database, week: str, from_on: str, to_on: str, instant: str, *notice_ids: int
) -> IssueRecord:
    """Record an issue that holds these notices."""
    from storage.issues.issues import record_issue

    return record_issue(
        db,
        week=week,
        from_on=date.fromisoformat(from_on),
        to_on=date.fromisoformat(to_on),
        instant=at(instant),
        now=at(instant),
        title="政讯周报",
        entries=[
            IssueEntry(notice_id, "pharma", "国家级", position)
            for position, notice_id in enumerate(notice_ids)
        ],
    )
