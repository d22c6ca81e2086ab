"""One description of the schema: complete, and the same everywhere it is printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.describe import Meaning, actual_columns, described, schema_markdown
from storage.values import select

ROOT = Path(__file__).parents[2]
REMAKE = "run: python -m storage.describe"


def test_every_table_and_column_is_described_and_nothing_else(db: Database) -> None:
    texts = described()

    actual = actual_columns(db)

    # A column that a page says is described where `Notice` has it, not where a migration put it.
    assert sorted(texts.pop("notices").columns) == sorted(actual.pop("notices"))
    assert {name: list(text.columns) for name, text in texts.items()} == actual


def meanings() -> Iterator[tuple[str, Meaning]]:
    """Every description, under the name of its table or column."""
    for name, text in described().items():
        yield name, text.about
        for column, meaning in text.columns.items():
            yield f"{name}.{column}", meaning


def test_every_description_has_both_languages_and_no_other() -> None:
    texts = json.loads((ROOT / "storage" / "schema.json").read_text(encoding="utf-8"))

    for name, text in texts.items():
        assert set(text) == {"about", "columns"}, name
        for words in (text["about"], *text["columns"].values()):
            assert list(words) == ["en", "zh"], (name, words)
    with pytest.raises(TypeError, match="zh"):
        Meaning(en="Row id.")  # type: ignore[call-arg] # what a forgotten language comes to


def test_every_description_is_a_sentence_of_its_language() -> None:
    for name, meaning in meanings():
        assert len(meaning.en) >= 3, name
        assert meaning.en.endswith((".", "…")), name
        assert re.search("[一-鿿]", meaning.zh), name
        assert meaning.zh.endswith("。"), name
        assert meaning.zh != meaning.en, name


def test_chinese_descriptions_are_set_with_chinese_punctuation() -> None:
    """No half-width sign beside a Chinese character, but for the fields in {braces}."""
    for name, meaning in meanings():
        words = re.sub(r"\{[^{}]*\}", "", meaning.zh)
        assert re.search("[一-鿿][,;:?!()]|[,;:?!()][一-鿿]", words) is None, (name, words)
        assert '"' not in words, name


def test_what_null_means_is_said_of_every_column_that_can_be_null(db: Database) -> None:
    """And in both languages or in none."""
    for name, text in described().items():
        nullable = {
            row["name"]
            for row in select(
                db,
                "SELECT t.name FROM pragma_table_info(:name) t JOIN sqlite_master m"
                " ON m.name = :name AND m.type = 'table' WHERE NOT t.\"notnull\" AND NOT t.pk",
                {"name": name},
            )
        }
        for column, meaning in text.columns.items():
            if column in nullable:
                assert "NULL" in meaning.en, (name, column)
                assert "空（NULL）" in meaning.zh, (name, column)
            assert ("NULL" in meaning.en) is ("NULL" in meaning.zh), (name, column)


def test_every_value_a_column_may_have_is_named_in_both_languages(db: Database) -> None:
    """The codes of a CHECK (`queued`, `blocked`) stand in the store, so they are not translated."""
    texts, found = described(), set()
    for row in select(db, "SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
        for column, values in re.findall(r"(\w+) IN \(\s*('[^)]*)\)", row["sql"]):
            meaning = texts[row["name"]].columns[column]
            for code in re.findall(r"'(\w+)'", values):
                word = re.compile(rf"\b{code}\b", re.ASCII)
                assert word.search(meaning.en), (row["name"], column, code)
                assert word.search(meaning.zh), (row["name"], column, code)
                found.add((row["name"], column, code))
    assert found >= {
        ("checks", "verdict", "blocked"),
        ("edits", "act", "hold"),
        ("deliveries", "bounce", "soft"),
        ("delivery_attempts", "state", "unknown"),
    }


def test_docs_schema_is_made_from_the_description(db: Database) -> None:
    assert (ROOT / "docs" / "schema.md").read_text(encoding="utf-8") == schema_markdown(db), REMAKE


def test_the_schema_page_shows_types_keys_and_meanings(db: Database) -> None:
    text = schema_markdown(db)

    assert "| `published_on` | TEXT or NULL | Publication date the page prints" in text
    assert "→ `notices.id` |" in text
    assert "### v_deadlines" in text


def test_the_schema_page_stays_english(db: Database) -> None:
    text = schema_markdown(db)

    for name, meaning in meanings():
        assert meaning.en.replace("|", "\\|") in text, name
        assert meaning.zh not in text, name
