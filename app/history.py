"""What was done to issues, readers and sources by hand, in words: one history for all roads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from app.context import Context
from app.drafts import chapter_titles
from digest.safe_text import clean_line, shorten
from storage.desk.acts import list_acts
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
    "extract": "不用机器摘要",
    "sum_up": "恢复机器摘要",
    "forget": "忘记所学",
}


def history_lines(context: Context, db: Database, week: str | None) -> list[tuple[datetime, str]]:
    """Instant and words of every act, the oldest first: of one issue, or of all and of what was
    done beside them."""
    titles = chapter_titles(context)
    lines = [(act.made_at, act_words(act, titles)) for act in list_edits(db, week)]
    if week is None:
        lines += [line for page in list_by_hand(db) for line in _page_lines(page)]
        lines += [(one.made_at, f"{one.who}  {one.what}") for one in list_acts(db)]
    return sorted(lines, key=lambda line: line[0])


def act_words(act: Edit, titles: Mapping[str, str]) -> str:
    """One act in one line: narrow terminals fold it where a table would fold every cell."""
    number = "" if act.notice_id is None else f"编号 {act.notice_id}"
    title = shorten(act.title, 40)
    reason = f"（理由：{clean_line(act.reason)}）" if act.reason else ""
    word = f"撤销，{WORDS[act.act]}" if "undoes" in act.after else WORDS[act.act]
    parts = [act.week, act.who, word, number, title, change(act, titles)]
    return "  ".join(clean_line(part) for part in parts if part) + reason


def _page_lines(page: ByHand) -> Iterator[tuple[datetime, str]]:
    """A page put into the store, and taken back."""
    what = [f"编号 {page.notice_id}", shorten(page.title or page.url, 60)]
    yield page.added_at, "  ".join(map(clean_line, [page.who, "手工加入", *what]))
    if page.removed_at is not None:
        reason = f"（理由：{clean_line(page.reason)}）" if page.reason else ""
        told = "  ".join(map(clean_line, [page.removed_by, "撤回", *what]))
        yield page.removed_at, told + reason


def change(act: Edit, titles: Mapping[str, str]) -> str:
    """Before and after, in a few words; '' when the act says it all."""
    match act.act:
        case "move":
            return f"{_place(act.before, titles)} → {_place(act.after, titles)}"
        case "annotate":
            return f"{_quoted(act.before, 'note')} → {_quoted(act.after, 'note')}"
        case "retitle":
            return f"{_quoted(act.before, 'title')} → {_quoted(act.after, 'title')}"
        case "hold" if act.after.get("taken_back"):
            return f"收回跳过，至 {act.after.get('until', '')}，共 {act.after.get('entries', 0)} 条"
        case "hold":
            return f"至 {act.after.get('until', '')}，共 {act.after.get('entries', 0)} 条"
        case "release" if act.after.get("skipped"):
            return f"跳过本期，{act.after.get('entries', 0)} 条转入下一期"
        case "release":
            return "到时自动发出" if act.after.get("by_itself") else "人工发出"
        case "correct":
            return f"第{act.after.get('number', '')}号更正：{_quoted(act.after, 'words')}"
        case _:
            return ""


def _place(place: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    section = str(place.get("section", ""))
    parts = [titles.get(section, section), str(place.get("group", ""))]
    if place.get("position"):
        parts.append(f"第 {place['position']} 条")
    return " · ".join(part for part in parts if part)


def _quoted(facts: Mapping[str, Any], key: str) -> str:
    return shorten(str(facts.get(key, "")), 40) or "（无）"
