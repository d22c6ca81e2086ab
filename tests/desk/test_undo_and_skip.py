"""An undo leaves an entry as it was; a skipped issue comes in the next one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.drafts import open_draft
from app.due_jobs import due_week
from app.releases import release_due
from digest.folders import issue_folder
from storage.issues.issues import list_issues
from storage.issues.judgements import list_judgements
from tests.desk.running import NOON, RunningDesk, context_at, fill, running
from tests.desk.test_issue_page import WEEK, do, held, seen


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    context = context_at(tmp_path_factory.mktemp("undo"))
    fill(context)
    with running(context) as started:
        yield started


def entry_of(desk: RunningDesk, number: int) -> tuple[bool, int, str, str]:
    """Folded, place in its group, chapter, note."""
    context = desk.context
    with context.store() as db:
        digest = open_draft(context, db, "").digest
    for section in digest.sections:
        for group in section.groups:
            for place, one in enumerate(group.entries):
                if one.id == number:
                    return one.folded, place, section.id, one.note
    raise AssertionError(f"{number} is not in the issue")


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("pin:4", {}),
        ("promote:4", {}),
        ("move:4", {"place": "ip/国家级"}),
        ("down:4", {}),
        ("annotate:4", {"note": "按"}),
        ("drop:4", {}),
    ],
)
def test_an_undo_leaves_the_entry_as_it_was(
    desk: RunningDesk, what: str, fields: dict[str, str]
) -> None:
    """Folded by its score or by hand, pinned or not: an act and its undo change nothing."""
    visitor = desk.person("editor")
    for first in ("fold:4", "pin:4"):
        do(visitor, first)
        before = entry_of(desk, 4)
        assert do(visitor, what, **fields).status == 303
        assert what.startswith(("drop", "pin")) or entry_of(desk, 4) != before or first == "pin:4"
        assert do(visitor, "undo:").status == 303
        assert entry_of(desk, 4) == before, first
    assert "撤销" in visitor.get("/history").text


def test_undo_goes_back_one_step_after_the_other(desk: RunningDesk) -> None:
    visitor = desk.person("editor")
    before = [entry_of(desk, number) for number in (1, 2, 3)]
    for what in ("fold:1", "pin:2", "promote:3"):
        do(visitor, what)
    for _ in range(3):
        assert do(visitor, "undo:").status == 303
    assert [entry_of(desk, number) for number in (1, 2, 3)] == before
    assert do(visitor, "undo:").status == 409
    with desk.context.store() as db:
        assert not [one for one in list_judgements(db, before="2021-W06") if one.strong]


def test_an_issue_is_skipped_and_its_entries_come_in_the_next(desk: RunningDesk) -> None:
    releaser, editor = desk.person("releaser"), desk.person("editor")
    held(desk)
    do(editor, "annotate:3", note="下周再看")
    stand = {"week": WEEK, "seen": seen(releaser.get("/release").text)}
    assert releaser.post("/release/skip", stand, page="/release").status == 400
    sure = {**stand, "sure": "yes"}
    assert editor.post("/release/skip", sure, page="/issue").status == 403
    gone = releaser.follow(releaser.post("/release/skip", sure, page="/release"))
    assert f"{WEEK} 已跳过，不会发出" in gone.text
    assert releaser.post("/release/go", stand, page="/release").status == 409
    assert editor.post("/issue/act", {**stand, "do": "drop:3"}, page="/issue").status == 409
    desk.at(NOON + timedelta(hours=9))
    with desk.context.store() as db:
        assert release_due(desk.context, db) == []
        assert list_issues(db) == []
    assert due_week(desk.context) is None
    editor = desk.person("editor")
    page = editor.get("/issue").text
    assert "2021-W06 本期" in page
    assert "第3号通知" in page
    assert "补发" in page
    assert "下周再看" in page
    assert "跳过本期，6 条转入下一期" in editor.get("/history").text
    assert not issue_folder(desk.context.config.data, WEEK).exists()
