"""`zhengxun learn` and `zhengxun forget`: what the editor's acts taught the choice of entries."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.context import CommandError, Context, os_user
from app.drafts import chapter_titles
from digest.choosing.learning import ENOUGH, Counts
from digest.composing.judging import taught_by
from storage.issues.edits import record_edit
from storage.issues.issues import NEVER
from storage.issues.judgements import agreement, list_judgements

_SHOWN = 8
_WEEKS = 8


def learn(context: Context, console: Console, *, as_json: bool) -> int:
    """Labels by chapter, the pairs that speak most for and against an entry, and how often the
    editor agreed."""
    with context.store() as db:
        taught = taught_by(list_judgements(db, before=NEVER))
        weeks = agreement(db, most=_WEEKS)
    chapters = {"": taught.pooled, **taught.chapters}
    if as_json:
        document = {
            "enough": ENOUGH,
            "chapters": {name or "all": _document(counts) for name, counts in chapters.items()},
            "weeks": [
                {"week": one.week, "confirmed": one.confirmed, "changed": one.changed}
                for one in weeks
            ],
        }
        console.file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return 0
    titles = chapter_titles(context)
    table = Table(box=None, pad_edge=False)
    for heading in ("篇章", "想要", "不要", "说明要的字对", "说明不要的字对"):
        table.add_column(heading, overflow="fold")
    for name, counts in chapters.items():
        best, worst = extremes(counts)
        cells = (
            titles.get(name, name) or "合计",
            f"{counts.kept_total:.0f}",
            f"{counts.left_total:.0f}",
            "、".join(best),
            "、".join(worst),
        )
        table.add_row(*map(Text, cells))
    console.print(table)
    if taught.pooled.total < ENOUGH:
        console.print(f"判断不足 {ENOUGH} 条，尚未用于排序。")
    for one in weeks:
        console.print(f"{one.week}：编辑认可 {one.confirmed} 条，改动 {one.changed} 条")
    return 0


def forget(context: Context, chapter: str, console: Console) -> int:
    """Use nothing of what was learned so far, of one chapter or of all; the acts stay written."""
    titles = chapter_titles(context)
    known = {title: name for name, title in titles.items()}
    name = known.get(chapter, chapter)
    if name and name not in titles:
        raise CommandError(f"there is no chapter {chapter!r}; chapters: {', '.join(titles)}", 2)
    with context.store() as db:
        record_edit(
            db,
            week="",
            act="forget",
            before={},
            after={"chapter": name},
            who=os_user(),
            now=context.config.clock(),
        )
    console.print(f"{titles.get(name, '各篇章')}：此前所学不再采用。")
    return 0


def extremes(counts: Counts) -> tuple[list[str], list[str]]:
    """The pairs of characters that speak most for an entry, and most against it."""
    odds = {name: counts.log_odds(name) for name in {*counts.kept, *counts.left}}
    ranked = sorted(odds, key=lambda name: (odds[name], name))
    worst = [name for name in ranked[:_SHOWN] if odds[name] < 0]
    return [name for name in ranked[::-1][:_SHOWN] if odds[name] > 0], worst


def _document(counts: Counts) -> dict[str, Any]:
    best, worst = extremes(counts)
    return {
        "wanted": round(counts.kept_total, 1),
        "unwanted": round(counts.left_total, 1),
        "for": best,
        "against": worst,
    }
