"""The drift's own eyes: each fault is seen when it is there, and none when it is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from drift.judge import Judge, Stored, gaps_of
from drift.redesign import Redesign
from drift.timetable import REDESIGNED, week_start
from drift.truth import Truth
from replica.entries import Entry, Revision

SITE, COLUMN = "tj_kxjs", "通知公告"
MONDAY = week_start(REDESIGNED) + timedelta(days=2, hours=9)
OLD = MONDAY - timedelta(days=40)
BODY = "<p>各有关单位：请于四月底以前将申报材料一式两份报送我局，逾期不再受理。</p>"
TEXT = "各有关单位：请于四月底以前将申报材料一式两份报送我局，逾期不再受理。"


def page(number: int, at: datetime, **more: Any) -> Entry:
    values = {
        "site": SITE,
        "column": COLUMN,
        "url": f"https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202103/t20210315_{number}.html",
        "title": f"关于开展第{number}项申报工作的通知",
        "published": f"{at:%Y-%m-%d %H:%M}",
        "body": BODY,
    }
    return Entry.model_validate({**values, **more})


def item(entry: Entry, **more: Any) -> dict[str, Any]:
    values = {
        "title": entry.title,
        "url": entry.url,
        "also_at": [],
        "late": False,
        "revised": False,
        "published_on": entry.published.date().isoformat(),
    }
    return {**values, **more}


def issue(*items: dict[str, Any], verdict: str = "ok", reason: str = "", **row: Any) -> Any:
    coverage = {"site": SITE, "column": COLUMN, "verdict": verdict, "reason": reason, **row}
    return {"sections": [{"groups": [{"items": list(items)}]}], "coverage": [coverage]}


def stored(entry: Entry, text: str = TEXT, *, complete: bool = True) -> Stored:
    day = entry.published.date().isoformat()
    return Stored(entry.url, entry.title, day, text, complete)


NEW, OTHER, KNOWN = page(1, MONDAY), page(2, MONDAY), page(3, OLD)
CHANGED = page(4, OLD, revision=Revision(at=week_start(REDESIGNED), body=BODY + "<p>延期。</p>"))


def redesign(*, changed: bool = True, **more: Any) -> Redesign:
    made = Redesign(SITE, week_start(REDESIGNED), Random(1), **more)  # noqa: S311 # a test
    if changed:
        made.note("rows rebuilt", "")
    return made


def findings(
    composed: Any,
    entries: list[Entry],
    pages: list[Stored] | None = None,
    told: list[Any] | None = None,
    made: Redesign | None = None,
) -> list[str]:
    truth = Truth(entries, {SITE: made or redesign()})
    judge = Judge(truth, composed, told or [], pages or [stored(one) for one in entries])
    return [finding.kind for finding in judge.judge().findings]


def test_an_issue_as_it_should_be_has_no_finding() -> None:
    truth = Truth([NEW, KNOWN], {SITE: redesign()})
    judgement = Judge(truth, issue(item(NEW)), [], [stored(NEW)]).judge()
    assert judgement.findings == []
    assert (judgement.entries, judgement.right, judgement.due) == (1, 1, 1)
    assert judgement.texts[SITE] == [1.0]


def test_a_notice_missed_while_all_is_said_to_be_well_is_silent() -> None:
    assert findings(issue(), [NEW]) == ["silent miss"]
    assert findings(issue(verdict="quiet"), [NEW]) == ["silent miss"]


def test_a_notice_missed_in_a_gap_that_is_named_is_a_named_miss() -> None:
    gap = {"from": "2021-03-14", "to": "2021-03-16"}
    assert findings(issue(verdict="degraded", gaps=[gap]), [NEW]) == ["named miss"]
    assert findings(issue(reason="2021-03-14 至 2021-03-16 可能有遗漏"), [NEW]) == ["named miss"]
    assert findings(issue(verdict="broken"), [NEW]) == ["named miss"]


def test_a_late_notice_is_named_by_the_days_in_which_it_was_put_up() -> None:
    late = page(5, MONDAY, published=f"{OLD:%Y-%m-%d %H:%M}", appears=f"{MONDAY:%Y-%m-%d %H:%M}")
    gap = {"from": "2021-03-14", "to": "2021-03-16"}
    assert findings(issue(verdict="degraded", gaps=[gap]), [late]) == ["named miss"]
    assert findings(issue(gaps=[]), [late]) == ["silent miss"]


def test_a_gap_of_other_days_or_of_none_does_not_name_a_miss() -> None:
    gap = {"from": "2021-03-01", "to": "2021-03-12"}
    assert findings(issue(verdict="degraded", gaps=[gap]), [NEW]) == ["miss without days"]
    assert findings(issue(verdict="degraded"), [NEW]) == ["miss without days"]
    assert findings(issue(gaps=[gap]), [NEW]) == ["silent miss"]


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({}, "old as new"),
        ({"late": True}, "old as late"),
        ({"revised": True}, "old as changed"),
    ],
)
def test_an_old_notice_told_as_news_is_seen(flags: dict[str, bool], kind: str) -> None:
    assert findings(issue(item(KNOWN, **flags)), [KNOWN]) == [kind]


def test_an_old_notice_under_a_new_address_is_known_as_the_old_one() -> None:
    made = redesign()
    made.addresses.form = lambda entry: "https://kxjs.tj.gov.cn/art/7.html"
    made.addresses.of(KNOWN)
    moved = item(KNOWN, url="https://kxjs.tj.gov.cn/art/7.html", title="别的")
    assert findings(issue(moved), [KNOWN], made=made) == ["old as new"]


def test_a_notice_told_twice_in_one_issue_or_in_two_is_repeated() -> None:
    assert findings(issue(item(NEW), item(NEW)), [NEW]) == ["repeated"]
    assert findings(issue(item(KNOWN)), [KNOWN], told=[issue(item(KNOWN))]) == ["repeated"]


def test_an_entry_that_nobody_published_is_no_notice() -> None:
    stray = item(NEW, url="https://kxjs.tj.gov.cn/zt/101/", title="党史学习教育专题")
    assert findings(issue(stray, item(NEW)), [NEW]) == ["no notice"]


def test_a_change_is_told_or_seen_to_be_missing() -> None:
    told = [issue(item(CHANGED))]
    assert findings(issue(item(CHANGED, revised=True)), [CHANGED], told=told) == []
    assert findings(issue(), [CHANGED], told=told) == ["change untold"]
    shut = redesign(shut=lambda entry: True)
    assert findings(issue(), [CHANGED], told=told, made=shut) == []


def test_a_wrong_title_day_and_text_are_seen_unless_said_to_be_incomplete() -> None:
    wrong = item(NEW, title="通知公告", published_on="2021-03-01")
    nothing = stored(NEW, "首页 当前位置 版权所有")
    kinds = ["title wrong", "day wrong", "body bad"]
    assert findings(issue(wrong), [NEW], [nothing]) == kinds
    assert findings(issue(wrong), [NEW], [stored(NEW, "", complete=False)]) == []


def test_a_closed_column_must_not_be_called_well() -> None:
    closed = redesign(closed={COLUMN})
    assert findings(issue(), [KNOWN], made=closed) == ["verdict wrong"]
    assert findings(issue(verdict="blocked"), [KNOWN], made=closed) == []


def test_a_site_that_was_left_alone_must_not_cry() -> None:
    alone = redesign(changed=False)
    assert findings(issue(verdict="degraded"), [KNOWN], made=alone) == ["false alarm"]
    assert findings(issue(verdict="quiet"), [KNOWN], made=alone) == []


def test_the_days_of_a_gap_are_read_from_the_reason_too() -> None:
    def gaps(reason: str) -> list[tuple[str, str]]:
        found = gaps_of({"reason": reason})
        return [(first.isoformat(), last.isoformat()) for first, last in found]

    assert gaps("3月13日至3月15日可能有遗漏") == [("2021-03-13", "2021-03-15")]
    assert gaps("2021-03-12 起未能读取") == [("2021-03-12", "2021-03-19")]
    assert gaps("列表版式不认识") == []
