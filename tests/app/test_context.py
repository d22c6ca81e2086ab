"""The open store of a context: its catalogue is written once, and again when it is another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.context import Context
from config import Config
from storage.database import StorageError
from storage.values import select

NOW = datetime(2021, 2, 5, 3, 0, tzinfo=UTC)
SITE = """[catalogue]
built_in = false

[office]
name = "某市科学技术局"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "20 8 * * mon-fri"

[[office.columns]]
name = "通知公告"
url = "https://office.example.gov.cn/a/"
"""


def context_of(folder: Path, sources: str = SITE) -> Context:
    (folder / "sources.toml").write_text(sources, encoding="utf-8")
    return Context(Config(data=folder / "data", path=folder / "zhengxun.toml", now=NOW))


def held(context: Context) -> list[tuple[object, ...]]:
    with context.store() as db:
        rows = select(
            db,
            "SELECT s.name, s.grp, c.name AS col, c.min_rows FROM sites s JOIN columns c"
            " ON c.site = s.id WHERE s.removed_at IS NULL AND c.removed_at IS NULL ORDER BY c.name",
        )
    return [tuple(row.values()) for row in rows]


def test_who_opens_it_again_writes_nothing_and_waits_for_no_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(tmp_path)
    assert held(context) == [("某市科学技术局", "天津市", "通知公告", 1)]
    with closing(sqlite3.connect(context.config.database)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert len(held(context)) == 1
        monkeypatch.setattr("storage.database.BUSY_TIMEOUT", 0.01)
        with pytest.raises(StorageError):
            held(Context(context.config))


@pytest.mark.parametrize(
    ("old", "new", "then"),
    [
        ("天津市", "北京市", ("某市科学技术局", "北京市", "通知公告", 1)),
        ("通知公告", "公示", ("某市科学技术局", "天津市", "公示", 1)),
        ("/a/", '/a/"\nmin_rows = 5 # ', ("某市科学技术局", "天津市", "通知公告", 5)),
    ],
)
def test_a_catalogue_that_another_process_wrote_is_made_ours_again(
    tmp_path: Path, old: str, new: str, then: tuple[object, ...]
) -> None:
    ours = context_of(tmp_path)
    before = held(ours)
    theirs = context_of(tmp_path, SITE.replace(old, new))
    assert held(theirs) == [then]
    assert held(ours) == before
    assert held(theirs) == [then]
