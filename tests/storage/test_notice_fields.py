"""Each field of a notice, in every place that must know it: what is forgotten fails here."""

from __future__ import annotations

import ast
import csv
import json
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from sqlite_utils import Database

from digest.models.entry import Entry
from digest.models.issue import Group, Section
from digest.rendering.render_json import render_json
from pipelines.evidence.rereading_changes import changes
from storage.describe import column_labels, described
from storage.export.export import export_notices
from storage.models import (
    NOTICE_FIELDS,
    Attachment,
    Contact,
    Deadline,
    Notice,
    Shown,
    StoredNotice,
)
from storage.notices.notices import get_notice, save_notice
from storage.notices.revisions import state_at
from storage.values import select
from tests.digest.samples import make_digest
from tests.storage.samples import NOW
from tests.storage.test_notices import FULL

ROOT = Path(__file__).parents[2]
EMPTY = Notice(*[""] * 7)  # where it stands and what it is called has no default
NAMES = [one.name for one in fields(Notice)]
STORED = [name for name, about in NOTICE_FIELDS.items() if about.column]
# These help to decide and are not the page's word, or have a table of their own.
ELSEWHERE = {"attachments", "pictures", "place", "near_on", "by_its_row"}
# What another value of each type is; a field of a new type needs one.
OTHERS: dict[Any, Any] = {
    str: "别的",
    bool: False,
    date | None: date(2020, 1, 1),
    tuple[str, ...]: ("别的",),
    dict[str, str]: {"title": "general"},
    dict[str, tuple[str, ...]]: {"别的": ("词",)},
    tuple[Deadline, ...]: (Deadline(date(2020, 1, 1), "别的", "别的"),),
    tuple[Contact, ...]: (Contact("别人"),),
    tuple[Attachment, ...]: (Attachment("https://kxjs.tj.gov.cn/c.doc", "别的.doc"),),
}
TYPES = get_type_hints(Notice)


def test_every_field_is_described_once() -> None:
    assert list(NOTICE_FIELDS) == NAMES
    assert set(NAMES) - set(STORED) == ELSEWHERE
    labels = [about.label for about in NOTICE_FIELDS.values()]
    assert len(set(labels)) == len(labels)
    places = [about.export for about in NOTICE_FIELDS.values() if about.export]
    assert len(set(places)) == len(places)


def test_a_field_that_nobody_read_is_empty() -> None:
    # Two partial readings are joined by it: what is empty in the newer one is kept from the older.
    defaults = {one.name: getattr(EMPTY, one.name) for one in fields(Notice)}
    for name in ("site", "column", "key", "url", "title", "section", "grp", "complete"):
        del defaults[name]
    assert [name for name, value in defaults.items() if value] == []


def test_normalising_gives_every_field() -> None:
    tree = ast.parse((ROOT / "pipelines" / "normalise.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    given = {keyword.arg for call in calls for keyword in call.keywords}
    assert [name for name in NAMES if name not in given] == []


def test_digest_json_holds_every_field_of_an_issue() -> None:
    entry = Entry(StoredNotice(1, FULL, NOW, NOW))
    digest = make_digest(Section("pharma", "医药", "", (Group("国家级", (entry,)),)))
    (item,) = json.loads(render_json(digest))["sections"][0]["groups"][0]["items"]
    shown = {
        name
        for name, about in NOTICE_FIELDS.items()
        if Shown.DIGEST in about.shown or Shown.FACT in about.shown
    }
    assert [name for name in shown if not item.get(name)] == []


@pytest.mark.parametrize("name", STORED)
def test_every_field_has_a_column_of_its_type(db: Database, name: str) -> None:
    rows = select(db, "SELECT * FROM pragma_table_info('notices')")
    columns = {row["name"]: (row["type"], not row["notnull"]) for row in rows}
    kind = TYPES[name]
    assert columns[name] == ("INTEGER" if kind is bool else "TEXT", kind == date | None)


def test_every_field_comes_back_from_the_store(db: Database) -> None:
    for name in set(STORED) - {"complete"} | {"attachments"}:
        assert getattr(FULL, name), name  # or else nothing is compared
    stored = get_notice(db, save_notice(db, FULL, now=NOW, run_id=None).id).notice
    for name in (*STORED, "attachments"):
        assert getattr(stored, name) == getattr(FULL, name), name


@pytest.mark.parametrize("name", sorted({*STORED, "attachments"} - {"complete"}))
def test_every_field_of_an_earlier_state_is_kept(db: Database, name: str) -> None:
    number = save_notice(db, FULL, now=NOW, run_id=None).id
    lasting = {"site", "column", "key", "url", "section", "grp"}
    new = {} if name in lasting else {name: OTHERS[TYPES[name]]}
    # Only what readers would be told of makes a state: another title always does.
    changed = replace(FULL, **({"title": "另一个标题", "content_hash": "other"} | new))
    later = NOW + timedelta(days=1)
    assert save_notice(db, changed, now=later, run_id=None).outcome == "revised"
    now = get_notice(db, number).notice
    if name not in lasting:
        assert getattr(now, name) != getattr(FULL, name)
    was = state_at(db, number, now, NOW)
    kept = getattr(was, name)
    if name == "attachments":  # their texts are not kept twice
        kept = tuple(
            replace(item, text=old.text) for item, old in zip(kept, FULL.attachments, strict=True)
        )
    assert kept == getattr(FULL, name)


def test_every_field_is_exported(db: Database, tmp_path: Path) -> None:
    save_notice(db, FULL, now=NOW, run_id=None)
    export_notices(db, tmp_path / "a.jsonl", "jsonl")
    (line,) = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert set(NAMES) <= set(json.loads(line))
    export_notices(db, tmp_path / "a.csv", "csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    for name, about in NOTICE_FIELDS.items():
        if about.export:
            assert row[about.heading or about.label], name


@pytest.mark.parametrize("name", STORED)
def test_every_field_has_its_words_in_docs_and_datasette(name: str) -> None:
    about = NOTICE_FIELDS[name]
    words = described()["notices"].columns[name]
    assert (words.en, words.zh) == (about.en, about.zh)
    assert column_labels()[name] == about.label
    docs = (Path(__file__).parents[2] / "docs" / "schema.md").read_text(encoding="utf-8")
    assert f"| {about.en} |" in docs[docs.index("### notices\n") : docs.index("### revisions\n")]
    raw = json.loads((Path(__file__).parents[2] / "storage/schema.json").read_text("utf-8"))
    assert name not in raw["notices"]["columns"]  # one place is enough


@pytest.mark.parametrize(
    "name", [name for name, about in NOTICE_FIELDS.items() if Shown.REREAD in about.shown]
)
def test_a_field_that_is_read_differently_is_told(name: str) -> None:
    new = replace(FULL, **{name: OTHERS[TYPES[name]]})
    assert [change.field for change in changes(FULL, new)] == [name]
