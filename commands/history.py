"""`zhengxun history`: what was done to issues by hand, by whom and when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from app.context import Context
from app.drafts import chapter_titles
from china_time import local_minute
from digest.publish import span_of
from digest.safe_text import clean_line, shorten
from storage.issues.edits import list_edits
from storage.models import Edit
from storage.notices.added_by_hand import ByHand, list_by_hand

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
        pages = [] if name else list_by_hand(db)
    if as_json:
        document = [_document(act) for act in acts]
        document += [line for page in pages for line in _documents(page)]
        document.sort(key=lambda line: str(line["at"]))
        console.file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return 0
    titles = chapter_titles(context)
    lines = [_act_lines(act, titles) for act in acts]
    lines += [line for page in pages for line in _page_lines(page)]
    for at, words in sorted(lines, key=lambda line: line[0]):
        console.print(Text(f"{local_minute(at)}  {words}"), soft_wrap=not console.is_terminal)
    return 0


def _act_lines(act: Edit, titles: dict[str, str]) -> tuple[datetime, str]:
    """One act in one line: narrow terminals fold it where a table would fold every cell."""
    number = "" if act.notice_id is None else f"编号 {act.notice_id}"
    title = shorten(act.title, 40)
    reason = f"（理由：{clean_line(act.reason)}）" if act.reason else ""
    parts = [act.week, act.who, WORDS[act.act], number, title, change(act, titles)]
    return act.made_at, "  ".join(clean_line(part) for part in parts if part) + reason


def _page_lines(page: ByHand) -> Iterator[tuple[datetime, str]]:
    """A page put into the store, and taken back."""
    what = [f"编号 {page.notice_id}", shorten(page.title or page.url, 60)]
    yield page.added_at, "  ".join(map(clean_line, [page.who, "手工加入", *what]))
    if page.removed_at is not None:
        reason = f"（理由：{clean_line(page.reason)}）" if page.reason else ""
        told = "  ".join(map(clean_line, [page.removed_by, "撤回", *what]))
        yield page.removed_at, told + reason


def _documents(page: ByHand) -> Iterator[dict[str, Any]]:
    facts = {"number": page.notice_id, "title": page.title, "url": page.url}
    yield {"at": page.added_at.isoformat(), "who": page.who, "act": "add", **facts}
    if page.removed_at is not None:
        at, who = page.removed_at.isoformat(), page.removed_by
        yield {"at": at, "who": who, "act": "remove", **facts, "reason": page.reason}


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
