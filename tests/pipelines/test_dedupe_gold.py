"""The gold set: pairs of pages labelled by hand. No two documents joined; few copies missed."""

from __future__ import annotations

import tomllib
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.dedupe import settle
from storage.database import open_database
from storage.duplicates import group_of
from storage.models import Notice
from storage.notices import get_notice, save_notice

GOLD = Path(__file__).parents[1] / "gold_dedupe"
KINDS = ("reposts", "copies", "templates", "corrections", "joint", "hard", "held_out")
NOW = datetime(2021, 4, 1, 9, 0, tzinfo=UTC)
LEAST_PAIRS = 290
LEAST_RECALL = 0.97


def read(name: str) -> dict[str, Any]:
    with (GOLD / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def pages(pair: dict[str, Any], documents: dict[str, Any]) -> tuple[Notice, Notice]:
    """The two pages of a pair: a document, and what the pair says is different about them."""
    one = page(documents[pair["of"]], pair.get("one", {}), "one", "")
    other = pair["two"]
    document = documents[other.get("of", pair["of"])]
    return one, page(document, other, "two", one.url)


def page(document: dict[str, Any], over: dict[str, Any], key: str, original: str) -> Notice:
    facts = document | over
    text = str(facts["text"])
    for old, new in facts.get("replace", []):
        assert old in text, f"{old!r} is not in the text"
        text = text.replace(old, new)
    text = "\n".join(part for part in (facts.get("before"), text, facts.get("after")) if part)
    return Notice(
        site=facts["site"],
        column=facts.get("column", "通知公告"),
        key=key,
        url=f"https://{facts['site']}.example.cn/{key}.html",
        title=facts["title"],
        section="projects",
        grp="国家级",
        doc_number=facts.get("number", ""),
        issuers=tuple(facts.get("issuers", ())),
        published_on=date.fromisoformat(facts["on"]),
        body_text=text,
        content_hash=key,
        original_url=original if facts.get("original") else "",
    )


def are_joined(db: Database, one: Notice, two: Notice) -> bool:
    """Through the store, as a crawl does: candidates first, then the decision."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        for notice in (one, two):
            result = save_notice(db, notice, now=NOW, run_id=None)
            settle(db, get_notice(db, result.id), NOW)
        return len(group_of(db, result.id)) == 2
    finally:
        db.rollback()


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bool, bool]]:
    """(which pair, labelled as one document, joined) for every pair, in both orders."""
    documents = read("documents") | read("documents_hard")
    found = []
    with closing(open_database(tmp_path_factory.mktemp("gold") / "zhengxun.db")) as db:
        for kind in KINDS:
            for place, pair in enumerate(read(kind)["pair"], start=1):
                one, two = pages(pair, documents)
                for order, (first, second) in {"": (one, two), " reversed": (two, one)}.items():
                    name = f"{kind} {place} ({pair['of']}){order}"
                    found.append((name, bool(pair["same"]), are_joined(db, first, second)))
    return found


def test_the_gold_set_is_large_enough(judged: list[tuple[str, bool, bool]]) -> None:
    assert len(judged) // 2 >= LEAST_PAIRS
    assert sum(same for _, same, _ in judged) // 2 >= LEAST_PAIRS // 3


def test_no_two_documents_are_joined(judged: list[tuple[str, bool, bool]]) -> None:
    assert [name for name, same, joined in judged if joined and not same] == []


def test_nearly_every_copy_is_found(judged: list[tuple[str, bool, bool]]) -> None:
    missed = [name for name, same, joined in judged if same and not joined]
    copies = sum(same for _, same, _ in judged)
    assert 1 - len(missed) / copies >= LEAST_RECALL, missed
