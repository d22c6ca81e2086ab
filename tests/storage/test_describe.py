"""One description of the schema: complete, and the same everywhere it is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlite_utils import Database

from storage.database import open_database
from storage.describe import actual_columns, datasette_metadata, described, schema_markdown
from tests.storage.samples import page, saved

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


def test_datasette_metadata_is_made_from_the_description() -> None:
    text = (ROOT / "storage" / "datasette.json").read_text(encoding="utf-8")

    assert json.loads(text) == datasette_metadata(), REMAKE


def test_the_schema_page_shows_types_keys_and_meanings(db: Database) -> None:
    text = schema_markdown(db)

    assert "| `published_on` | TEXT or NULL | Publication date the page prints" in text
    assert "→ `notices.id` |" in text
    assert "### v_deadlines" in text


@pytest.mark.parametrize("name", sorted(datasette_metadata()["databases"]["zhengxun"]["queries"]))
def test_every_canned_query_runs(db: Database, name: str) -> None:
    db.register_function(lambda words: '"药"', name="zh_query")
    query = datasette_metadata()["databases"]["zhengxun"]["queries"][name]
    words = {"words": "药", "doc_number": "", "days": "", "week": "2021-W05"}

    assert query["title"]
    assert db.execute(query["sql"], words).fetchall() == []


def test_datasette_finds_chinese_words_in_its_own_search_box(path: Path) -> None:
    with closing(open_database(path)) as db:
        saved(db, page("a", title="专利资助办法"))
        saved(db, page("b", title="中药保护"))
    command = [
        *(sys.executable, "-W", "ignore", "-m", "datasette", "serve", str(path)),
        *("--metadata", str(ROOT / "storage" / "datasette.json")),
        *("--plugins-dir", str(ROOT / "storage" / "datasette_plugins")),
        *("--get", f"/zhengxun/notices.json?_shape=array&_search={quote('中药')}"),
    ]

    answer = subprocess.run(command, capture_output=True, check=True, cwd=ROOT)

    assert [row["title"] for row in json.loads(answer.stdout)] == ["中药保护"]
