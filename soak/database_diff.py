"""What two databases must agree in, whatever was killed on the way; and that one is sound.

Left out by name, each with its reason: numbers given in the order of writing, and when and in
which run something was seen, which a kill may change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

# Column -> why a kill may change it.
VOLATILE: Mapping[str, str] = {
    "id": "given in the order of writing",
    "column": "a notice that several columns list belongs to the one it was first met in",
    "run_id": "the run that met it; a killed run is crawled again",
    "first_seen_at": "the same page is met by a later crawl",
    "last_seen_at": "same",
    "last_read_at": "same",
    "read_attempts": "a page in flight at the kill is asked for again",
    "seen_at": "when a change was met",
    "revised_at": "same",
    "found_at": "when two pages were first compared",
    "composed_at": "an issue due while the daemon was dead is composed a little later",
    "instant": "and closes then",
    "released_at": "and goes out then",
    "told_at": "same",
    "path": "holds the number of its notice",
}
# Table -> what its rows are called by, and which columns name another row.
TABLES: Mapping[str, str] = {
    "notices": "SELECT n.*, d.site || ' ' || d.key AS document FROM notices n"
    " LEFT JOIN notices d ON d.id = n.duplicate_of",
    "attachments": "SELECT a.*, n.site || ' ' || n.key AS notice FROM attachments a"
    " JOIN notices n ON n.id = a.notice_id",
    "revisions": "SELECT r.*, n.site || ' ' || n.key AS notice FROM revisions r"
    " JOIN notices n ON n.id = r.notice_id",
    "aliases": "SELECT l.*, n.site || ' ' || n.key AS notice FROM aliases l"
    " JOIN notices n ON n.id = l.notice_id",
    "conflicts": "SELECT c.*, min(a.key, b.key) || ' ' || max(a.key, b.key) AS pair"
    " FROM conflicts c JOIN notices a ON a.id = c.a JOIN notices b ON b.id = c.b",
    "issues": "SELECT * FROM issues",
    # A re-reading falls due a week to the second after the first reading: some seconds decide
    # whether a change (not a notice) is told in this issue or the next, and what follows it moves.
    "issue_items": "SELECT iif(i.revised, '', s.week) AS week, n.site || ' ' || n.key AS notice,"
    " i.section, i.grp, i.late, i.revised, i.change, i.title, i.url FROM issue_items i"
    " JOIN issues s ON s.id = i.issue_id JOIN notices n ON n.id = i.notice_id",
}
# Replaced above by the names of the rows they point to.
REFERENCES = {"notice_id", "duplicate_of", "issue_id", "a", "b"}
SOUND: Mapping[str, tuple[str, list[tuple[Any, ...]]]] = {
    "integrity": ("PRAGMA integrity_check", [("ok",)]),
    "foreign keys": ("PRAGMA foreign_key_check", []),
    "a notice without its words in the index, that does not wait for it": (
        "SELECT id FROM notices EXCEPT SELECT id FROM notices_fts_docsize"
        " EXCEPT SELECT notice_id FROM search_queue",
        [],
    ),
    "words in the index without a notice": (
        "SELECT id FROM notices_fts_docsize EXCEPT SELECT id FROM notices",
        [],
    ),
    "a group whose head belongs to another": (
        "SELECT n.id FROM notices n JOIN notices d ON d.id = n.duplicate_of"
        " WHERE d.duplicate_of IS NOT NULL",
        [],
    ),
    "a complete notice without signature or bands": (
        "SELECT s.notice_id FROM signatures s WHERE NOT EXISTS"
        " (SELECT 1 FROM bands b WHERE b.notice_id = s.notice_id)",
        [],
    ),
}


def content(path: Path) -> dict[str, set[tuple[tuple[str, Any], ...]]]:
    """Table -> its rows, comparable between databases."""
    with closing(read_only(path)) as db:
        db.row_factory = sqlite3.Row
        return {name: {stable(row) for row in db.execute(sql)} for name, sql in TABLES.items()}


def stable(row: sqlite3.Row) -> tuple[tuple[str, Any], ...]:
    """A row without what a kill may change."""
    left_out = REFERENCES | set(VOLATILE)
    return tuple((name, row[name]) for name in row.keys() if name not in left_out)  # noqa: SIM118 # a Row iterates over values


def differences(path: Path, right: dict[str, set[tuple[tuple[str, Any], ...]]]) -> list[str]:
    """How the content of a database differs from the right one, one line a row."""
    found = content(path)
    lines = []
    for table, rows in right.items():
        missing, many = rows - found[table], found[table] - rows
        lines += [f"{table}: missing {brief(row)}" for row in missing]
        lines += [f"{table}: too many {brief(row)}{against(row, missing)}" for row in many]
    return sorted(lines)


def against(row: tuple[tuple[str, Any], ...], missing: set[tuple[tuple[str, Any], ...]]) -> str:
    """In which columns a row differs from the missing one of the same name."""
    for other in missing:
        if brief(other) == brief(row):
            pairs = zip(row, other, strict=True)
            names = [f"{one[0]}={one[1]!r:.60}" for one, two in pairs if one != two]
            return f" ({', '.join(names)})"
    return ""


def half_stored(path: Path, right: dict[str, set[tuple[tuple[str, Any], ...]]]) -> list[str]:
    """Notices and files that are there, but not as they ought to be in the end.

    Which page heads a group may still change while pages are missing.
    """
    found, lines = content(path), []
    for table in ("notices", "attachments"):
        whole = {without_group(row) for row in right[table]}
        rows = (row for row in found[table] if without_group(row) not in whole)
        lines += [f"{table}: half stored {brief(row)}" for row in rows]
    return lines


def unsound(path: Path) -> list[str]:
    """What is wrong with a database by itself."""
    with closing(read_only(path)) as db:
        return [name for name, (sql, right) in SOUND.items() if db.execute(sql).fetchall() != right]


def without_group(row: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    """A row apart from the group its page belongs to."""
    return tuple(pair for pair in row if pair[0] not in {"document", "duplicate_why"})


def brief(row: tuple[tuple[str, Any], ...]) -> str:
    """Enough of a row to find it."""
    values = dict(row)
    names = ("week", "notice", "site", "key", "document", "url", "position", "pair")
    return " ".join(f"{name}={values[name]}" for name in names if values.get(name))[:200]


def read_only(path: Path) -> sqlite3.Connection:
    """The database as an analyst opens it."""
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)
