"""What editors said of entries, act by act and issue by issue: what can be learned from.

The last act on a document in a week is a strong word. A document of an issue that waited for its
editor and went out as it was is a weak one: somebody may have looked.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from storage.values import select

MOST = 100_000
_KEEPS = ("restore", "pin", "move", "keep", "promote")
_LEAVES = ("drop", "fold")

_LABELS = f"""
WITH forgotten AS (
    SELECT coalesce(json_extract(after, '$.chapter'), '') AS chapter, max(made_at) AS until
    FROM edits WHERE act = 'forget' GROUP BY 1
),
acts AS (
    SELECT e.week, coalesce(n.duplicate_of, n.id) AS document, n.id AS notice_id, e.act, e.made_at,
           coalesce(json_extract(e.after, '$.section'), n.section) AS chapter,
           row_number() OVER (
               PARTITION BY e.week, coalesce(n.duplicate_of, n.id) ORDER BY e.id DESC) AS newest
    FROM edits e JOIN notices n ON n.id = e.notice_id
    WHERE e.week < :week AND e.act IN {(*_KEEPS, *_LEAVES)}
      -- What was undone, and the undoing, say nothing.
      AND json_extract(e.after, '$.undoes') IS NULL
      AND e.id NOT IN (SELECT json_extract(u.after, '$.undoes') FROM edits u
                       WHERE json_extract(u.after, '$.undoes') IS NOT NULL)
),
said AS (
    SELECT week, document, notice_id, chapter, made_at, act IN {_KEEPS} AS kept, 1 AS strong
    FROM acts WHERE newest = 1
),
unchanged AS (
    SELECT s.week, coalesce(n.duplicate_of, n.id), n.id, i.section, s.released_at,
           NOT i.folded, 0
    FROM issues s JOIN issue_items i ON i.issue_id = s.id JOIN notices n ON n.id = i.notice_id
    WHERE s.week < :week AND s.released_at IS NOT NULL AND s.release_at IS NOT NULL
      AND s.corrects IS NULL AND i.score <> 0 AND i.under IS NULL
      AND NOT EXISTS (SELECT 1 FROM said WHERE said.week = s.week
                      AND said.document = coalesce(n.duplicate_of, n.id))
)
SELECT l.week, l.chapter, n.title, l.kept, l.strong
FROM (SELECT * FROM said UNION ALL SELECT * FROM unchanged) l JOIN notices n ON n.id = l.notice_id
WHERE NOT EXISTS (SELECT 1 FROM forgotten f
                  WHERE f.chapter IN ('', l.chapter) AND l.made_at <= f.until)
ORDER BY l.week DESC, l.notice_id DESC LIMIT {MOST}
"""  # noqa: S608 - constants
_AGREED = """
SELECT week, sum(act IN ('keep', 'pin')) AS confirmed,
       sum(act IN ('drop', 'promote', 'fold')) AS changed
FROM edits WHERE act IN ('keep', 'pin', 'drop', 'promote', 'fold')
GROUP BY week ORDER BY week DESC LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One document of one week: whether it was wanted; `strong`: by an act of its own."""

    week: str
    chapter: str
    title: str
    kept: bool
    strong: bool


def list_judgements(db: Database, *, before: str) -> list[Judgement]:
    """What was said in the weeks before one like 2021-W05, the newest first, at most `MOST`.

    What was told to be forgotten is not among it.
    """
    rows = select(db, _LABELS, {"week": before})
    flags = ("kept", "strong")
    return [Judgement(**(row | {flag: bool(row[flag]) for flag in flags})) for row in rows]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Of the acts on entries of one week: how many confirmed what was chosen, how many did not."""

    week: str
    confirmed: int
    changed: int


def agreement(db: Database, *, most: int) -> list[Agreed]:
    """The last `most` weeks in which an editor judged entries, the newest first."""
    rows = select(db, _AGREED, {"most": most})
    return [Agreed(**row) for row in rows]
