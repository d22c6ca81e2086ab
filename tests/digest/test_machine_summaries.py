"""A model's summary in an issue: called what it is wherever it stands, kept as it was printed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from sqlite_utils import Database

from digest.composing.compose import Composer, rows_of
from digest.composing.profile import Profile, personal
from digest.models.issue import Digest, Entry
from digest.rendering.render_atom import render_atom
from digest.rendering.render_html import render_mail_html
from digest.rendering.render_json import digest_document
from digest.rendering.render_text import render_text
from digest.rendering.write import write_issue
from digest.site.build import add_issue, refresh
from storage.issues.issues import find_issue
from storage.issues.releases import release
from storage.summaries.cache import MachineSummary, save_summary, summary_key
from tests.digest.samples import INSTANT
from tests.digest.test_two_depths import act, composer, fill, save, words_of

SCHEMA = Path(__file__).parents[2] / "digest" / "digest.schema.json"
SAID = "现将《中药新药临床试验管理工作方案》印发给你们。"
MARKED = f"机器摘要：{SAID}"


def keep(db: Database, number: int, said: str = SAID, model: str = "m1", refused: str = "") -> None:
    body = db["notices"].get(number)["body_text"]
    made = MachineSummary("" if refused else said, refused, said)
    save_summary(db, summary_key(body, model), model, made, INSTANT)


def asking(db: Database, model: str = "m1") -> Composer:
    plain = composer(db)
    return replace(plain, choice=replace(plain.choice, model=model))


def entry_of(issue: Digest, number: int) -> Entry:
    return next(entry for entry in issue.entries() if entry.id == number)


@pytest.fixture
def issued(db: Database) -> int:
    return fill(db)["issued"]


def test_it_is_called_what_it_is_wherever_it_stands(
    db: Database, issued: int, tmp_path: Path
) -> None:
    keep(db, issued)
    issue = asking(db).compose("2021-W05", instant=INSTANT)
    write_issue(issue, tmp_path)
    add_issue(issue, tmp_path / "site")
    home = tmp_path / "site" / "issues" / "2021-W05"
    refresh(tmp_path / "site", title="政讯周报")
    index = (tmp_path / "site" / "search-index.js").read_text("utf-8")
    pages = {
        "text": (tmp_path / "digest.txt").read_text("utf-8"),
        "html": (tmp_path / "digest.html").read_text("utf-8"),
        "json": (tmp_path / "digest.json").read_text("utf-8"),
        "mail": render_mail_html(issue),
        "mail text": render_text(issue, bodies=False),
        "archive": (home / "index.html").read_text("utf-8"),
        "archive, its page": (home / f"n{issued}.html").read_text("utf-8"),
        "word": words_of((tmp_path / "digest.docx").read_bytes()),
        "feed": render_atom([issue], now=INSTANT, title="政讯周报", base="").decode(),
    }
    pages["search"] = index.encode().decode("unicode_escape")
    assert [name for name, page in pages.items() if MARKED not in page] == []
    assert all(page.count(SAID) == page.count(MARKED) for page in pages.values())
    document = digest_document(issue)
    jsonschema.validate(document, json.loads(SCHEMA.read_text("utf-8")))
    assert json.dumps(document).count('"machine_summary": true') == 1


def test_without_a_model_or_by_another_one_or_refused_it_does_not_stand_there(
    db: Database, issued: int
) -> None:
    keep(db, issued)
    for model in ("", "m2"):
        issue = asking(db, model).compose("2021-W05", instant=INSTANT)
        assert entry_of(issue, issued).summary == "第2号的摘要。"
    keep(db, issued, model="m2", refused="第 1 句不是所引句子的原话")
    issue = asking(db, "m2").compose("2021-W05", instant=INSTANT)
    assert entry_of(issue, issued).summary == "第2号的摘要。"


def test_a_recorded_issue_says_what_it_said(db: Database, issued: int) -> None:
    keep(db, issued)
    asking(db).compose("2021-W05", instant=INSTANT, record=True)
    keep(db, issued, said="别的话。")
    for model in ("m1", ""):
        again = asking(db, model).compose("2021-W05", instant=INSTANT)
        assert entry_of(again, issued).summary == MARKED


def test_an_issue_recorded_without_one_never_gets_one(db: Database, issued: int) -> None:
    asking(db).compose("2021-W05", instant=INSTANT, record=True)
    keep(db, issued)
    again = asking(db).compose("2021-W05", instant=INSTANT)
    assert entry_of(again, issued).machine == ""


@pytest.mark.parametrize("waits", [False, True])
def test_an_editor_may_have_the_page_s_own_sentences_for_ever(
    db: Database, issued: int, waits: bool
) -> None:
    keep(db, issued)
    draft = asking(db)
    act(db, "extract", issued)
    assert entry_of(draft.compose("2021-W05", instant=INSTANT), issued).summary == "第2号的摘要。"
    act(db, "sum_up", issued)
    assert entry_of(draft.compose("2021-W05", instant=INSTANT), issued).summary == MARKED
    act(db, "extract", issued)
    until = INSTANT + timedelta(hours=3) if waits else None
    issue = draft.compose("2021-W05", instant=INSTANT, record=True, release_at=until)
    if waits:
        record = find_issue(db, "2021-W05")
        assert record is not None
        release(db, record, title=issue.title, entries=rows_of(issue), now=INSTANT)
    again = draft.compose("2021-W05", instant=INSTANT)
    assert entry_of(again, issued).summary == "第2号的摘要。"
    page = json.dumps(digest_document(again), ensure_ascii=False) + render_text(again)
    assert "机器摘要" not in page
    assert "machine_summary" not in page


def test_a_reader_s_keyword_in_our_summary_still_finds_the_entry(db: Database) -> None:
    number = save(db, 1, "关于征集项目的通知", summary="面向中药企业征集。")
    keep(db, number)
    issue = asking(db).compose("2021-W05", instant=INSTANT)
    own = personal(issue, Profile(keywords=("中药企业",)))
    assert [entry.id for entry in own.entries()] == [number]


def test_what_a_model_could_send_is_cleaned_and_escaped(db: Database, issued: int) -> None:
    keep(db, issued, said="<script>alert(1)</script>\n\u202e二")
    issue = asking(db).compose("2021-W05", instant=INSTANT)
    assert "\u202e" not in entry_of(issue, issued).summary
    assert "<script>alert" not in render_mail_html(issue)
