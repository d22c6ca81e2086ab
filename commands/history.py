"""`zhengxun history`: what was done to issues by hand, by whom and when."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.context import Context
from china_time import local_minute
from commands.draft import chapter_titles
from digest.publish import span_of
from digest.safe_text import clean_line, shorten
from storage.issues.edits import list_edits
from storage.models import Edit

WORDS = {
    "drop": "删去",
    "restore": "恢复",
    "pin": "置顶",
    "unpin": "取消置顶",
    "move": "移动",
    "annotate": "编者按",
    "retitle": "改标题",
    "hold": "待审",
    "release": "发出",
    "correct": "更正",
    "keep": "认可",
    "promote": "列入重点",
    "fold": "折叠",
    "forget": "忘记所学",
}


def history(context: Context, week: str, console: Console, *, as_json: bool) -> int:
    """Every act, the oldest first, of one issue or of all."""
    name = span_of(context.config.digest, week).name if week else None
    with context.store() as db:
        acts = list_edits(db, name)
    if as_json:
        document = [_document(act) for act in acts]
        console.file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return 0
    table = Table(box=None, pad_edge=False)
    for heading in ("时间", "谁", "期", "动作", "编号", "条目", "变动", "理由"):
        table.add_column(heading, overflow="fold")
    titles = chapter_titles(context)
    for act in acts:
        cells = (
            local_minute(act.made_at),
            act.who,
            act.week,
            WORDS[act.act],
            "" if act.notice_id is None else str(act.notice_id),
            shorten(act.title, 40),
            change(act, titles),
            act.reason,
        )
        table.add_row(*(Text(clean_line(cell)) for cell in cells))
    console.print(table)
    return 0


def change(act: Edit, titles: dict[str, str]) -> str:
    """Before and after, in a few words; '' when the act says it all."""
    match act.act:
        case "move":
            return f"{_place(act.before, titles)} → {_place(act.after, titles)}"
        case "annotate":
            return f"{_quoted(act.before, 'note')} → {_quoted(act.after, 'note')}"
        case "retitle":
            return f"{_quoted(act.before, 'title')} → {_quoted(act.after, 'title')}"
        case "hold":
            return f"至 {act.after.get('until', '')}，共 {act.after.get('entries', 0)} 条"
        case "release":
            return "到时自动发出" if act.after.get("by_itself") else "人工发出"
        case "correct":
            return f"第{act.after.get('number', '')}号更正：{_quoted(act.after, 'words')}"
        case _:
            return ""


def _place(place: dict[str, Any], titles: dict[str, str]) -> str:
    section = str(place.get("section", ""))
    parts = [titles.get(section, section), str(place.get("group", ""))]
    if place.get("position"):
        parts.append(f"第 {place['position']} 条")
    return " · ".join(part for part in parts if part)


def _quoted(facts: dict[str, Any], key: str) -> str:
    return shorten(str(facts.get(key, "")), 40) or "（无）"


def _document(act: Edit) -> dict[str, Any]:
    return {
        "at": act.made_at.isoformat(),
        "who": act.who,
        "week": act.week,
        "act": act.act,
        "number": act.notice_id,
        "title": act.title,
        "before": act.before,
        "after": act.after,
        "reason": act.reason,
    }
