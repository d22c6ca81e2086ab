"""Chinese words for columns and for the ids and codes in them, for the templates."""

from __future__ import annotations

import re
from typing import Any

from datasette import hookimpl

from storage.datasette.plugins.chinese_search import china_minute, verdict_words
from storage.describe import column_labels

_LABELS = column_labels()
_YES_NO = {
    "enabled", "complete", "computed", "representative", "late", "revised", "moved", "skip_empty",
    "bounced", "counts",
}  # fmt: skip
# Called like one of those, but a number.
_NUMBERS = {("checks", "revised")}
_OPERATORS = {
    "exact": "等于", "not": "不等于", "contains": "包含", "notcontains": "不包含",
    "startswith": "开头是", "endswith": "结尾是", "gt": "大于", "gte": "不小于", "lt": "小于",
    "lte": "不大于", "like": "LIKE", "notlike": "NOT LIKE", "glob": "GLOB",
    "in": "属于（逗号分隔）", "notin": "不属于（逗号分隔）", "arraycontains": "列表含",
    "arraynotcontains": "列表不含", "date": "日期为", "isnull": "为 NULL", "notnull": "非 NULL",
    "isblank": "空白", "notblank": "非空白",
}  # fmt: skip
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00$")
_SITES = "SELECT id, name FROM sites"


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
async def extra_template_vars(table: str | None, datasette: Any) -> dict[str, Any]:
    """`zh_column(name)`, `zh_value(column, value)` and `zh_operator(key, words)`."""
    answer = await datasette.get_database().execute(_SITES)
    sites = {row["id"]: row["name"] for row in answer.rows}
    sections = (datasette.plugin_config("zhengxun") or {}).get("sections", {})

    def zh_value(column: str, value: object) -> str:
        """What a person reads in place of an id or code; the value itself where there is none."""
        text = "" if value is None else str(value)
        if column == "verdict":
            return verdict_words(text)
        if _is_time(column) and _INSTANT.match(text):
            return china_minute(text) or text
        if column in _YES_NO and (table, column) not in _NUMBERS and text in {"0", "1"}:
            return "是" if text == "1" else "否"
        known = {"site": sites, "section": sections}.get(column, {})
        return str(known.get(text, text))

    return {
        "zh_column": lambda name: _LABELS.get(name, name),
        "zh_value": zh_value,
        "zh_operator": lambda key, words: _OPERATORS.get(key, words),
    }


def _is_time(column: str) -> bool:
    """Whether a column is called as those are that hold a time (UTC), not a day."""
    return column.endswith("_at") or column == "instant"
