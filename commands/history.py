"""`zhengxun history`: what was done to issues by hand, by whom and when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from app.context import Context
from app.history import history_lines
from china_time import local_minute
from digest.publish import span_of
from storage.desk.acts import list_acts
from storage.issues.edits import list_edits
from storage.models import Edit
from storage.notices.added_by_hand import ByHand, list_by_hand


def history(context: Context, week: str, console: Console, *, as_json: bool) -> int:
    """Every act, the oldest first, of one issue or of all."""
    name = span_of(context.config.digest, week).name if week else None
    with context.store() as db:
        acts = list_edits(db, name)
        pages = [] if name else list_by_hand(db)
        others = [] if name else list_acts(db)
        lines = history_lines(context, db, name)
    if as_json:
        document = [_document(act) for act in acts]
        document += [line for page in pages for line in _documents(page)]
        document += [
            {"at": one.made_at.isoformat(), "who": one.who, "act": "desk", "what": one.what}
            for one in others
        ]
        document.sort(key=lambda line: str(line["at"]))
        console.file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return 0
    for at, words in lines:
        console.print(Text(f"{local_minute(at)}  {words}"), soft_wrap=not console.is_terminal)
    if not lines:
        console.print("还没有编辑记录")
    return 0


def _documents(page: ByHand) -> Iterator[dict[str, Any]]:
    facts = {"number": page.notice_id, "title": page.title, "url": page.url}
    yield {"at": page.added_at.isoformat(), "who": page.who, "act": "add", **facts}
    if page.removed_at is not None:
        at, who = page.removed_at.isoformat(), page.removed_by
        yield {"at": at, "who": who, "act": "remove", **facts, "reason": page.reason}


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
