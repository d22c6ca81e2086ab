"""One description of the schema: complete, and the same everywhere it is printed."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from storage.describe import actual_columns, described, schema_markdown

ROOT = Path(__file__).parents[2]
REMAKE = "run: python -m storage.describe"


def test_every_table_and_column_is_described_and_nothing_else(db: Database) -> None:
    texts = described()

    assert {name: list(text.columns) for name, text in texts.items()} == actual_columns(db)


def test_every_description_says_something() -> None:
    for name, text in described().items():
        assert text.about.endswith("."), name
        assert [column for column, meaning in text.columns.items() if len(meaning) < 3] == [], name


def test_docs_schema_is_made_from_the_description(db: Database) -> None:
    assert (ROOT / "docs" / "schema.md").read_text(encoding="utf-8") == schema_markdown(db), REMAKE


def test_the_schema_page_shows_types_keys_and_meanings(db: Database) -> None:
    text = schema_markdown(db)

    assert "| `published_on` | TEXT or NULL | Publication date the page prints" in text
    assert "→ `notices.id` |" in text
    assert "### v_deadlines" in text
