"""What Datasette is told about the store: titles, descriptions, facets, order, named queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from storage.datasette.queries import canned_queries
from storage.describe import described

_TITLES = {
    "sites": "网站",
    "columns": "栏目",
    "runs": "抓取记录",
    "checks": "栏目检查",
    "gaps": "漏读时段",
    "listed_rows": "上次列表",
    "notices": "通知",
    "aliases": "其他网址",
    "revisions": "修订（旧版本）",
    "attachments": "附件",
    "attachment_rows": "附件表格的行",
    "picture_files": "图片与扫描件",
    "picture_pages": "图片识别各页",
    "body_pictures": "正文图片",
    "picture_facts": "图片识别所得",
    "machine_summaries": "机器摘要",
    "summary_requests": "机器摘要的请求",
    "conflicts": "内容矛盾",
    "saved_pages": "留存的网页",
    "rereadings": "重新读取",
    "learned_readers": "学到的选择器",
    "missing_numbers": "缺号",
    "witnesses": "他处提到的文件",
    "leases": "主机由谁访问",
    "away_visits": "交给工作机的访问",
    "fleet_state": "工作机状况",
    "settlements": "人工裁定",
    "restorations": "恢复记录",
    "signatures": "相似度特征",
    "bands": "相似度分段",
    "search_queue": "待编入索引",
    "issues": "周报",
    "issue_items": "周报条目",
    "issue_contents": "周报内容存底",
    "edits": "编辑记录",
    "corrected_items": "更正条目",
    "subscribers": "订户",
    "deliveries": "发送台账",
    "bulletins": "快讯与回执",
    "bulletin_items": "快讯条目",
    "mailboxes": "退信邮箱",
    "delivery_attempts": "发送记录",
    "alarms": "运维报警",
    "tasks": "交办事项",
    "task_reminders": "事项提醒",
    "desk_acts": "编辑台操作记录",
    "v_this_week": "本周文件",
    "v_deadlines": "截止事项",
    "v_sources": "来源状况",
    "v_same_document": "同一文件的各页",
    "v_revisions": "修订前后对照",
    "v_weekly_counts": "每周数量",
    "v_missing_numbers": "目前的缺号",
    "v_list_rows": "名单各行",
    "added_by_hand": "人工加入的网页",
}
# Which column of a table or view holds the id of a notice, where words can be searched for.
_SEARCHED_BY = {
    "notices": "id",
    "v_this_week": "id",
    "v_deadlines": "id",
    "v_same_document": "id",
    "v_revisions": "notice_id",
    "v_list_rows": "id",
    "revisions": "notice_id",
    "attachments": "notice_id",
    "body_pictures": "notice_id",
    "picture_facts": "notice_id",
    "issue_items": "notice_id",
    "edits": "notice_id",
    "tasks": "notice_id",
    "corrected_items": "notice_id",
    "bulletin_items": "notice_id",
}
_EXTRAS: dict[str, dict[str, Any]] = {
    "sites": {"label_column": "name", "sort": "position", "facets": ["section", "enabled"]},
    "columns": {"label_column": "name", "sort": "position", "facets": ["site", "enabled"]},
    "runs": {"sort_desc": "started_at", "facets": ["site", "state"]},
    "checks": {"sort_desc": "checked_at", "facets": ["verdict", "site", "column"]},
    "listed_rows": {"label_column": "title", "sort": "position", "facets": ["site", "column"]},
    "gaps": {"sort_desc": "opened_at", "facets": ["site", "column"]},
    "notices": {
        "label_column": "title",
        "sort_desc": "published_on",
        "facets": ["section", "site", "column"],
    },
    "aliases": {"label_column": "url"},
    "revisions": {"label_column": "changed", "sort_desc": "seen_at"},
    "attachments": {"label_column": "name", "facets": ["type"]},
    "attachment_rows": {"label_column": "cells"},
    "picture_files": {"label_column": "text", "sort_desc": "id", "facets": ["type"]},
    "picture_pages": {"label_column": "text"},
    "body_pictures": {"label_column": "url"},
    "picture_facts": {"label_column": "doc_number"},
    "machine_summaries": {"label_column": "text", "sort_desc": "made_at", "facets": ["model"]},
    "summary_requests": {"sort_desc": "id", "facets": ["outcome"]},
    "conflicts": {"label_column": "why", "sort_desc": "found_at"},
    "settlements": {"sort_desc": "settled_at", "facets": ["verdict"]},
    "signatures": {"hidden": True},
    "bands": {"hidden": True},
    "search_queue": {"hidden": True},
    "people": {"hidden": True},
    "invitations": {"hidden": True},
    "desk_sessions": {"hidden": True},
    "desk_tries": {"hidden": True},
    "tasks": {"sort_desc": "id", "facets": ["state", "owner"]},
    "task_reminders": {"sort_desc": "id", "facets": ["kind", "state"]},
    "desk_acts": {"sort_desc": "id", "facets": ["who"]},
    "issues": {"label_column": "week", "sort_desc": "to_on"},
    "issue_items": {"label_column": "title", "facets": ["issue_id", "section", "grp"]},
    "edits": {"sort_desc": "id", "facets": ["week", "act", "who"]},
    "corrected_items": {"label_column": "title"},
    "subscribers": {"label_column": "address", "sort": "address", "facets": ["state"]},
    "deliveries": {"sort_desc": "updated_at", "facets": ["state", "issue_id"]},
    "bulletins": {"sort_desc": "updated_at", "facets": ["kind", "state"]},
    "bulletin_items": {"label_column": "why"},
    "mailboxes": {"label_column": "name"},
    "delivery_attempts": {"sort_desc": "id", "facets": ["route", "state"]},
    "alarms": {"sort_desc": "id", "facets": ["kind"]},
    "v_sources": {"facets": ["verdict", "site"]},
    "v_this_week": {"facets": ["section", "site_name", "column"]},
    "v_deadlines": {"facets": ["section", "site_name"]},
}


def metadata(
    database: str = "zhengxun",
    *,
    today: date | None = None,
    sections: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Datasette's metadata for a store whose file is called `database`.db.

    Descriptions of tables and columns are the Chinese ones of `storage.describe`. `today` (China)
    fixes the day of the queries, None is the real one; `sections` gives chapters their titles.
    """
    return {
        "title": "政讯周报 · 通知库",
        "description": "监管部门网站通知，只读。",
        "extra_css_urls": ["/assets/desk.css"],
        "databases": {
            database: {
                "title": "政讯周报 · 通知库",
                "description": "查询与数据表",
                "queries": canned_queries(),
                "tables": _tables(),
            }
        },
        "plugins": {
            "zhengxun": {
                "today": today.isoformat() if today else "",
                "sections": dict(sections or {}),
            }
        },
    }


def _tables() -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {"_sqlite_migrations": {"hidden": True}}
    for name, text in described().items():
        table: dict[str, Any] = {
            "title": f"{_TITLES[name]} {name}" if name in _TITLES else name,
            "description": text.about.zh,
            "columns": {column: words.zh for column, words in text.columns.items()},
            **_EXTRAS.get(name, {}),
        }
        if name in _SEARCHED_BY:
            # For plugins/chinese_search.py: Datasette's own fts_table would know the index only.
            table["searched_by"] = _SEARCHED_BY[name]
        tables[name] = table
    return tables
