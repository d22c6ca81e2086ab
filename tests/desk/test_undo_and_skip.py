"""An undo leaves an entry as it was; a skipped issue comes in the next one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
from rich.console import Console

from app.context import CommandError
from app.drafts import coming_week, open_draft
from app.due_jobs import due_week
from app.issues import make
from app.releases import release_due
from commands import release
from digest.folders import issue_folder
from storage.issues.issues import issue_entries, list_issues
from storage.issues.judgements import list_judgements
from storage.issues.releases import waiting_issues
from storage.issues.stamps import newest_act
from storage.notices.notices import save_notice
from storage.runs.runs import start_run
from tests.desk.running import NOON, Answer, RunningDesk, Visitor, context_at, fill, running
from tests.desk.test_issue_page import WEEK, do, held, seen
from tests.digest.samples import SEEN, make_notice


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
    # The next week has not begun: that nothing was read of it is no trouble.
    assert "签发：政讯周报 2021-W06" in gone.text
    assert "未能正常读取" not in gone.text
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


def skip(desk: RunningDesk) -> Visitor:
    releaser = desk.person("releaser")
    stand = {"week": WEEK, "seen": seen(releaser.get("/release").text), "sure": "yes"}
    assert releaser.post("/release/skip", stand, page="/release").status == 303
    return releaser


def back(visitor: Visitor, **over: str) -> Answer:
    """Press 收回跳过."""
    page = visitor.get("/release").text
    match = re.search(
        rf'name="week" value="{WEEK}"><input type="hidden" name="seen" value="(\d+)"', page
    )
    form = {"week": WEEK, "seen": match[1] if match else "0", **over}
    return visitor.post("/release/take-back", form, page="/release")


def test_a_skip_is_taken_back_with_all_that_was_done(desk: RunningDesk) -> None:
    editor = desk.person("editor")
    held(desk)
    do(editor, "annotate:3", note="下周再看")
    do(editor, "drop:5")
    do(editor, "pin:6")
    before = [entry_of(desk, number) for number in (1, 2, 3, 4, 6)]
    releaser = skip(desk)
    assert back(editor).status == 403
    assert back(releaser, seen="1").status == 409
    told = releaser.follow(back(releaser))
    assert f"{WEEK} 已收回跳过，重新待审，2月5日 周五 17:00 自动发出" in told.text
    assert [entry_of(desk, number) for number in (1, 2, 3, 4, 6)] == before
    with desk.context.store() as db:
        (waits,) = waiting_issues(db)
        assert (waits.week, len(issue_entries(db, waits.id))) == (WEEK, 6)
    assert back(releaser).status == 409
    history = editor.get("/history").text
    assert "收回跳过，至" in history
    assert history.count("某releaser") >= 2
    desk.at(NOON + timedelta(hours=9))
    with desk.context.store() as db:
        (gone,) = release_due(desk.context, db)
        assert {one.notice_id for one in issue_entries(db, gone.id)} == {1, 2, 3, 4, 6}
    assert issue_folder(desk.context.config.data, WEEK).exists()


def test_what_is_taken_back_late_waits_for_a_look(desk: RunningDesk) -> None:
    """Its time is over: it does not go at once, and not with what was first seen since."""
    held(desk)
    skip(desk)
    with desk.context.store() as db:
        facts = {"key": "new", "url": "https://www.cde.org.cn/new", "content_hash": "new"}
        save_notice(db, make_notice(**facts), now=NOON + timedelta(hours=8), run_id=None)
    desk.at(NOON + timedelta(days=1))
    told = desk.person("releaser")
    assert "2月6日 周六 12:00 自动发出" in told.follow(back(told)).text
    with desk.context.store() as db:
        assert release_due(desk.context, db) == []
        (waits,) = waiting_issues(db)
        assert len(issue_entries(db, waits.id)) == 6


def test_the_next_issue_keeps_what_it_has(desk: RunningDesk) -> None:
    held(desk)
    releaser = skip(desk)
    stale = newest(desk)
    desk.at(NOON + timedelta(days=7))
    with desk.context.store() as db:
        span = coming_week(desk.context, db)
        assert span.name == "2021-W06"
        folder = issue_folder(desk.context.config.data, span.name)
        make(desk.context, db, span, folder, record=True)
    releaser = desk.person("releaser")
    assert "收回跳过" not in releaser.get("/release").text
    assert "下一期已经编定" in back(releaser, seen=stale).text
    assert back(releaser, week="2021-W06", seen="0").status == 409
    with desk.context.store() as db, pytest.raises(CommandError, match="the next one has its"):
        release.take_back(desk.context, WEEK, Console(file=StringIO()))


def test_what_the_first_issue_had_is_not_lost_with_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """What the first crawl found stood in its lists before; but it was news of that week."""
    context = context_at(tmp_path_factory.mktemp("first"))
    with context.store() as db:
        run = start_run(db, "cde", now=SEEN, pid=None)
        for number, day in ((1, 4), (2, 20)):
            facts = {"key": f"k{number}", "url": f"https://www.cde.org.cn/{number}"}
            notice = make_notice(
                title=f"第{number}号通知",
                content_hash=f"h{number}",
                published_on=date(2021, 2 if number == 1 else 1, day),
                **facts,
            )
            save_notice(db, notice, now=SEEN, run_id=run)
    with running(context) as desk:
        held(desk)
        skip(desk)
        page = desk.person("editor").get("/issue").text
        assert "2021-W06 本期" in page
        assert "第1号通知" in page
        # Older than the skipped week: that was backlog, and stays it.
        assert "第2号通知" not in page
        desk.at(NOON + timedelta(days=7))
        assert "第1号通知" in desk.person("editor").get("/issue").text


def newest(desk: RunningDesk) -> str:
    with desk.context.store() as db:
        return str(newest_act(db, WEEK))


def test_the_verb_takes_a_skip_back(desk: RunningDesk) -> None:
    held(desk)
    console = Console(file=StringIO())
    with pytest.raises(CommandError, match="no skipped issue"):
        release.take_back(desk.context, "", console)
    with pytest.raises(CommandError, match="no skipped issue"):
        release.take_back(desk.context, WEEK, console)
    release.skip(desk.context, "", console)
    assert release.take_back(desk.context, "", console) == 0
    assert f"{WEEK}：已收回跳过，待审" in console.file.getvalue()  # type: ignore[attr-defined] # ours
    with desk.context.store() as db:
        assert [one.week for one in waiting_issues(db)] == [WEEK]
