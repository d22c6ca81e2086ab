"""Cells for people: titles lead to the page of the notice, lists read as lists, trouble shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from datasette import hookimpl
from markupsafe import Markup

from storage.datasette.notice_body import web_address

# Headings of titles, each with the heading of the notice's id that may stand in the same row.
_TITLES = {
    "标题": "编号",
    "另一标题": "另一编号",
    "title": "id",
    "title_now": "notice_id",
}
# Tables whose `id` is that of a notice; None is a query.
_OF_NOTICES = {"notices", "v_this_week", "v_deadlines", "v_same_document"}
_TROUBLE = {"blocked", "broken", "unreachable", "被拦截", "读取失败", "无法访问"}
_ADDRESSES = {"网址", "另一网址"}
_LISTS = {"issuers", "topics", "amounts", "repeals", "warnings", "原因"}


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
def render_cell(
    row: Any, value: Any, column: str, table: str | None, datasette: Any
) -> str | Markup | None:
    """The cell as it is shown, or None to leave it to Datasette."""
    if not isinstance(value, str) or not value:
        return None
    if column in _TITLES:
        return _title_link(dict(row), value, column, table, datasette)
    if column in _ADDRESSES:
        return _host_link(value)
    if column in {"verdict", "状况"} and value in _TROUBLE:
        return Markup('<span class="bad">{}</span>').format(value)
    return _joined(value) if column in _LISTS else None


def _title_link(
    row: Mapping[str, Any], title: str, column: str, table: str | None, datasette: Any
) -> Markup | None:
    heading = _TITLES[column]
    if heading == "id" and table not in _OF_NOTICES:
        heading = "notice_id"
    notice_id = row.get(heading)
    if isinstance(notice_id, dict):  # a foreign key that Datasette has put its label on
        notice_id = notice_id.get("value")
    if not isinstance(notice_id, int):
        return None
    address = datasette.urls.path(f"/-/notice/{notice_id}")
    return Markup('<a href="{}">{}</a>').format(address, title)


def _host_link(url: str) -> Markup | None:
    """A query has many columns: the name of the host says enough."""
    address = web_address(url)
    if not address:
        return None
    link = Markup('<a href="{}" rel="noopener noreferrer">{}</a>')
    return link.format(address, urlsplit(address).hostname or address)


def _joined(value: str) -> str | None:
    try:
        items = json.loads(value)
    except ValueError:
        return None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return None
    return "、".join(items) or None
