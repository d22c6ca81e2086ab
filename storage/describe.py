"""The one description of the schema, and the texts made from it.

schema.json says what every table and column means, in English and in Chinese side by side; the
columns that a page says are described with the fields of `Notice`.
docs/schema.md is made of the English (`python -m storage.describe` writes it), what Datasette shows
is the Chinese.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage.database import open_database
from storage.models import NOTICE_FIELDS, About
from storage.search.index import INDEX
from storage.values import Row, select

_HERE = Path(__file__).parent

_PREFACE = """# The database

`data/zhengxun.db` is one SQLite file (WAL, STRICT tables, foreign keys). Dates are `YYYY-MM-DD`;
instants are UTC, ISO 8601 with `+00:00`, and sort as text. `published_on` is what the page says,
`first_seen_at` is ours; the two are never mixed. Lists are JSON; empty text means "not printed".

Read it with any SQLite tool, or with `zhengxun serve`. Do not write to it: the daemon does.
Full-text search is `zhengxun search` or the search box of `zhengxun serve`.

This file is made from the English of `storage/schema.json` and of `Notice`, by
`python -m storage.describe`.
"""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One description: `en` for the docs, `zh` for analysts in Datasette."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class TableText:
    """What a table or view holds, and what each of its columns means."""

    about: Meaning
    columns: Mapping[str, Meaning]


def described() -> dict[str, TableText]:
    """The description of every table and view, in the order they are best read.

    Raises TypeError when one of them lacks a language or has one too many.
    """
    texts = json.loads((_HERE / "schema.json").read_text(encoding="utf-8"))
    return {
        name: TableText(
            Meaning(**text["about"]),
            {column: Meaning(**words) for column, words in text["columns"].items()},
        )
        for name, text in (texts | {"notices": _notices(texts["notices"])}).items()
    }


def column_labels() -> dict[str, str]:
    """Short Chinese names of columns, by the name of the column."""
    words: dict[str, str] = json.loads((_HERE / "labels.json").read_text(encoding="utf-8"))
    return words | {name: about.label for name, about in _columns().items()}


def _columns() -> dict[str, About]:
    return {name: about for name, about in NOTICE_FIELDS.items() if about.column}


def _notices(text: dict[str, Any]) -> dict[str, Any]:
    """What a page says is described with the fields of `Notice`; the file has the rest."""
    said = {name: {"en": about.en, "zh": about.zh} for name, about in _columns().items()}
    return text | {"columns": {"id": text["columns"]["id"]} | said | text["columns"]}


def actual_columns(db: Database) -> dict[str, list[str]]:
    """Tables and views of analysts' interest that the store really has, with their columns."""
    names = select(
        db,
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_%' ESCAPE '\\'"
        " AND name <> :index AND name NOT LIKE :index || '\\_%' ESCAPE '\\'",
        {"index": INDEX},
    )
    return {row["name"]: [field["name"] for field in _fields(db, row["name"])] for row in names}


def schema_markdown(db: Database) -> str:
    """docs/schema.md: types and keys as they are in the store, words from the description."""
    texts = described()
    views = set(db.view_names())
    parts = [_PREFACE]
    for title, names in (
        ("Tables", [name for name in texts if name not in views]),
        ("Views", [name for name in texts if name in views]),
    ):
        parts.append(f"\n## {title}\n")
        parts.extend(_table_markdown(db, name, texts[name], name in views) for name in names)
    return "".join(parts)


def write_texts(root: Path) -> Path:
    """Write docs/schema.md below `root`; returns it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_database(Path(folder) / "empty.db")) as db,
    ):
        markdown = schema_markdown(db)
    path = root / "docs" / "schema.md"
    path.write_text(markdown, encoding="utf-8")
    return path


def _table_markdown(db: Database, name: str, text: TableText, is_view: bool) -> str:
    targets = _targets(db, name)
    heads = (
        "| column | meaning |\n| --- | --- |"
        if is_view
        else ("| column | type | meaning |\n| --- | --- | --- |")
    )
    lines = [f"\n### {name}\n", text.about.en, "", heads]
    for field in _fields(db, name):
        meaning = text.columns[field["name"]].en.replace("|", "\\|")
        if field["name"] in targets:
            meaning += f" → `{targets[field['name']]}`"
        kind = "" if is_view else f" {_kind(field)} |"
        lines.append(f"| `{field['name']}` |{kind} {meaning} |")
    return "\n".join(lines) + "\n"


def _kind(field: Row) -> str:
    if field["pk"]:
        return f"{field['type']}, key"
    return str(field["type"]) if field["notnull"] else f"{field['type']} or NULL"


def _targets(db: Database, table: str) -> dict[str, str]:
    rows = select(db, "SELECT * FROM pragma_foreign_key_list(?)", [table])
    return {row["from"]: f"{row['table']}.{row['to']}" for row in rows}


def _fields(db: Database, table: str) -> list[Row]:
    return select(db, "SELECT * FROM pragma_table_info(?) ORDER BY cid", [table])


if __name__ == "__main__":
    write_texts(_HERE.parent)
