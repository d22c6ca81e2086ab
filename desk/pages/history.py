"""Who did what, when: to issues, readers, sources and people."""

from __future__ import annotations

import re

from app.history import history_lines
from desk.visits import Answer, Page, Visit, needs

MOST = 300
_WEEK = re.compile(r"\d{4}-W\d\d")


@needs("look")
def show(visit: Visit) -> Answer:
    """The newest first."""
    week = visit.query.get("week", "")
    week = week if _WEEK.fullmatch(week) else ""
    with visit.context.store() as db:
        lines = history_lines(visit.context, db, week or None)
    return Page(
        "history.html.jinja",
        {"lines": list(reversed(lines[-MOST:])), "total": len(lines), "week": week},
    )
