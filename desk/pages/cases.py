"""Pages that contradict each other, and a person's word on whether they are one document."""

from __future__ import annotations

from desk.pages.tasks import found_notice
from desk.visits import Answer, Go, Page, RefusedError, Visit, needs
from digest.safe_text import clean_line
from storage.database import transaction
from storage.desk.acts import note_act
from storage.matching.settlements import open_cases

MOST = 100


@needs("look")
def show(visit: Visit) -> Answer:
    """What nobody has settled yet."""
    names = visit.context.site_names()
    with visit.context.store() as db:
        cases = open_cases(db)
    shown = [
        (case.why, [(one, names.get(one.notice.site, "")) for one in (case.a, case.b)])
        for case in cases[:MOST]
    ]
    return Page("cases.html.jinja", {"cases": shown, "total": len(cases)})


@needs("edit")
def settle(visit: Visit) -> Answer:
    """They are one document, or they are not."""
    # What compares texts is loaded for those who settle something.
    from pipelines.dedupe_by_hand import join_by_hand, split_by_hand

    one, other, word = visit.number("one"), visit.number("other"), visit.text("do")
    if word not in {"join", "split"}:
        raise RefusedError("没有这个操作。")
    now = visit.context.config.clock()
    with visit.context.store() as db, transaction(db):
        title = clean_line(found_notice(db, one).notice.title)
        found_notice(db, other)
        if word == "join":
            join_by_hand(db, one, other, now)
        elif not split_by_hand(db, one, other, now):
            raise RefusedError("这两页没有合并，不必分开。", 409)
        what = "是同一文件" if word == "join" else "不是同一文件"
        note_act(db, f"编号 {one} 与 {other} {what}：{title}", who=visit.signature, now=now)
    back = f"/notice/{one}" if visit.text("back") == "notice" else "/cases"
    return Go(back, said=f"已记下：编号 {one} 与 {other} {what}。")
