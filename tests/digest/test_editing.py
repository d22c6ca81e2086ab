"""The editor's hand on a real store: order, places, drops, titles, and who still gets what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from digest.composing.compose import Composer, rows_of
from digest.composing.profile import Profile, personal
from digest.models.issue import ChapterSpec, Digest
from storage.issues import edits, issues, releases
from storage.matching import duplicates
from storage.models import Act
from storage.notices.notices import save_notice
from tests.digest.samples import INSTANT, SEEN, make_notice

CHAPTERS = (
    ChapterSpec("ip", "知识产权信息篇", "知识产权部", ("国家级", "地方级")),
    ChapterSpec("pharma", "医药信息篇", "医药信息部", ("国家级", "地方级")),
)
HOLD = timedelta(hours=3)


def make(db: Database, week: str = "2021-W05", **over: Any) -> Digest:
    instant = INSTANT + timedelta(days=7 * (int(week[-2:]) - 5))
    facts: dict[str, Any] = {"instant": instant, "now": instant, "who": ""} | over
    installation = {name: facts.pop(name) for name in ("now", "who")}
    composer = Composer(
        db, CHAPTERS, company="盈科瑞", title="政讯周报", site_names={}, **installation
    )
    return composer.compose(week, **facts)


def save(db: Database, number: int, **over: Any) -> int:
    facts = {
        "key": f"k{number}",
        "url": f"https://www.cde.org.cn/main/news/{number}",
        "title": f"第{number}号",
        "content_hash": f"h{number}",
    }
    return save_notice(db, make_notice(**(facts | over)), now=SEEN, run_id=None).id


def act(
    db: Database, name: Act, notice_id: int | None, week: str = "2021-W05", **after: Any
) -> None:
    edits.record_edit(
        db, week=week, act=name, notice_id=notice_id, before={}, after=after, who="li", now=INSTANT
    )


def order(digest: Digest) -> list[str]:
    return [entry.title for entry in digest.entries()]


def test_a_pin_stands_first_and_the_last_pin_highest(db: Database) -> None:
    ids = [save(db, number) for number in (1, 2, 3, 4)]
    act(db, "pin", ids[2])
    act(db, "pin", ids[3])
    assert order(make(db)) == ["第4号", "第3号", "第1号", "第2号"]
    act(db, "unpin", ids[3])
    assert order(make(db)) == ["第3号", "第1号", "第2号", "第4号"]


def test_an_entry_moves_to_a_chapter_and_a_position(db: Database) -> None:
    ids = [save(db, number) for number in (1, 2, 3)]
    save(db, 4, section="ip", grp="国家级")
    act(db, "move", ids[0], section="ip", group="国家级", position=1)
    act(db, "move", ids[1], position=9)
    digest = make(db)
    assert [[entry.title for entry in g.entries] for s in digest.sections for g in s.filled] == [
        ["第1号", "第4号"],
        ["第3号", "第2号"],
    ]
    assert order(digest) == ["第1号", "第4号", "第3号", "第2号"]


def test_a_chapter_that_is_gone_hides_nothing(db: Database) -> None:
    act(db, "move", save(db, 1), section="gone", group="某处")
    (section,) = [section for section in make(db).sections if section.count]
    assert section.title == "其他"


def test_a_dropped_entry_is_nowhere_but_with_its_editor(db: Database) -> None:
    one, two = save(db, 1), save(db, 2)
    act(db, "drop", one)
    digest = make(db)
    assert order(digest) == ["第2号"]
    assert [entry.id for entry in digest.dropped] == [one]
    act(db, "restore", one)
    assert order(make(db)) == ["第1号", "第2号"]
    act(db, "drop", two)
    recorded = make(db, record=True)
    assert (order(recorded), recorded.dropped) == (["第1号"], ())
    assert order(make(db, "2021-W06")) == []


def test_an_edit_holds_when_another_page_becomes_the_document(db: Database) -> None:
    repost, original = save(db, 1), save(db, 2)
    act(db, "annotate", repost, note="请关注")
    duplicates.link(db, repost, original, "原文链接")
    (entry,) = make(db).entries()
    assert (entry.id, entry.note) == (original, "请关注")


def test_edits_shape_an_issue_that_waits_and_are_final_when_it_goes(db: Database) -> None:
    one, two, three = save(db, 1), save(db, 2), save(db, 3)
    act(db, "drop", one)
    waiting = make(db, record=True, release_at=INSTANT + HOLD)
    assert waiting.draft
    record = issues.find_issue(db, "2021-W05")
    assert record is not None
    assert record.waits
    act(db, "restore", one)
    act(db, "drop", two)
    act(db, "move", three, section="ip", group="地方级")
    act(db, "annotate", three, note="请关注")
    act(db, "retitle", None, title="两会专刊")
    ready = make(db)
    assert (order(ready), ready.title, ready.draft) == (["第3号", "第1号"], "两会专刊", True)
    releases.release(db, record, title=ready.title, entries=rows_of(ready), now=INSTANT + HOLD)
    gone = make(db)
    assert (order(gone), gone.title, gone.draft) == (["第3号", "第1号"], "两会专刊", False)
    moved = next(gone.entries())
    assert (moved.section, moved.group, moved.note) == ("ip", "地方级", "请关注")


def test_a_waiting_issue_follows_its_document_too(db: Database) -> None:
    repost = save(db, 1)
    make(db, record=True, release_at=INSTANT + HOLD)
    original = save(db, 2)
    duplicates.link(db, repost, original, "原文链接")
    act(db, "drop", original)
    assert order(make(db)) == []


def test_what_is_seen_while_an_issue_waits_stands_in_the_next(db: Database) -> None:
    save(db, 1)
    make(db, record=True, release_at=INSTANT + HOLD)
    facts = {"key": "k2", "url": "https://www.cde.org.cn/2", "title": "第2号", "content_hash": "h2"}
    later = INSTANT + timedelta(hours=1)
    save_notice(db, make_notice(**facts), now=later, run_id=None)
    assert order(make(db)) == ["第1号"]
    assert [(entry.title, entry.late) for entry in make(db, "2021-W06").entries()] == [
        ("第2号", True)
    ]


def test_a_moved_entry_counts_as_in_its_new_chapter_for_each_reader(db: Database) -> None:
    one = save(db, 1)
    save(db, 2)
    dropped = save(db, 3)
    act(db, "move", one, section="ip", group="国家级")
    act(db, "drop", dropped)
    digest = make(db)
    assert order(personal(digest, Profile(sections=("ip",)))) == ["第1号"]
    assert order(personal(digest, Profile(sections=("pharma",)))) == ["第2号"]
    assert order(personal(digest, Profile(groups=("国家级",)))) == ["第1号", "第2号"]


def test_a_chapter_by_topic_draws_nothing_an_editor_placed(db: Database) -> None:
    from config_sections import ChapterConfig

    chapters = (
        ChapterConfig(id="tcm", title="中药篇", keywords=("号",)),
        ChapterConfig(id="pharma", title="医药信息篇", groups=("国家级",)),
    )
    one, two = save(db, 1), save(db, 2)
    act(db, "move", one, section="pharma", group="国家级")
    act(db, "move", two, section="tcm", group="国家级")

    def shown(**over: Any) -> list[tuple[str, list[str]]]:
        composer = Composer(db, chapters, company="", title="政讯周报", site_names={}, now=INSTANT)
        digest = composer.compose("2021-W05", instant=INSTANT, **over)
        return [(s.id, [e.title for g in s.groups for e in g.entries]) for s in digest.sections]

    expected = [("tcm", ["第2号"]), ("pharma", ["第1号"])]
    assert shown(record=False) == expected
    assert shown(record=True) == expected
    assert shown(record=False) == expected
