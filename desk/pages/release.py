"""Letting the issue go: who changed what, now or later, and corrections of those that went out."""

from __future__ import annotations

from datetime import datetime

from app.context import Context
from app.corrections import (
    Fault,
    draft_correction,
    record_correction,
    send_correction,
    write_missing,
)
from app.drafts import chapter_titles
from app.history import act_words
from app.issues import chat_bots, find_recorded, report_line, send_issue
from app.mail_server import has_mail_server
from app.releases import ChangedError, hold_until, let_go, skip_issue, take_back_skip
from china_time import SHANGHAI
from desk.pages.draft import check_seen, opened
from desk.pages.issue import fate
from desk.templates_of import moment_words
from desk.visits import Answer, Go, Page, RefusedError, Visit, needs
from digest.models.correction import Correction
from digest.rendering.render_correction import correction_text
from digest.wording import totals_line, trouble_line
from storage.issues.edits import list_edits
from storage.issues.issues import find_issue, list_issues
from storage.issues.releases import skipped_issues
from storage.issues.stamps import newest_act
from storage.models import CorrectionRecord, Edit, IssueRecord

FAULTS = 3
PAST = 8


@needs("look")
def show(visit: Visit) -> Answer:
    """The issue that waits, and those that went out."""
    titles = chapter_titles(visit.context)
    with opened(visit) as (db, draft):
        week = draft.digest.week
        acts = list_edits(db, week)
        past = [one for one in list_issues(db) if not one.waits][-PAST:]
        seen = newest_act(db, week)
        skipped = [(one.week, newest_act(db, one.week)) for one in skipped_issues(db)]
    record = draft.record
    waits = record is not None and record.waits
    left = ""
    if record is not None and record.release_at is not None:
        left = left_words(record.release_at, visit.context.config.clock())
    today = visit.context.config.clock().astimezone(SHANGHAI).date()
    # Of a week that is still to come nothing was read yet, and nothing is wrong with that.
    has_begun = draft.digest.from_on <= today
    values = {
        "digest": draft.digest,
        "fate": fate(visit, draft.digest, record),
        "totals": totals_line(draft.digest),
        "trouble": trouble_line(draft.digest) if has_begun else "",
        "waits": waits,
        "left": left,
        "seen": seen,
        "until": record.release_at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
        if record is not None and record.release_at is not None
        else "",
        "acts": [(one.made_at, act_words(one, titles)) for one in reversed(acts)],
        "barred": barred(visit, acts),
        "skipped": skipped,
        "past": list(reversed(past)),
        "sending": visit.desk.background.of("send"),
    }
    return Page("release.html.jinja", values)


@needs("release")
def go(visit: Visit) -> Answer:
    """Let the issue go now; the mails follow."""
    context = visit.context
    with opened(visit, writes=True) as (db, draft):
        check_seen(visit, db, draft)
        record = _waiting(draft.record)
        if words := barred(visit, list_edits(db, record.week)):
            raise RefusedError(words, 409)
    with context.store() as db:
        try:
            seen = visit.number("seen")
            released = let_go(context, db, record, by_itself=False, who=visit.signature, seen=seen)
        except ChangedError:
            raise RefusedError("刚刚又有改动，请先看一看再发。", 409) from None
    if released is None:
        raise RefusedError("这一期刚刚已由别人发出。", 409)
    told = "邮件正在发出，进度见“投递”页。"
    if has_mail_server(context) or chat_bots(context):
        visit.desk.background.start("send", "发送", lambda: _send(context, released))
    else:
        told = "没有邮件服务器，只写了文件。"
    return Go("/release", said=f"{released.week} 已发出。{told}")


@needs("release")
def skip(visit: Visit) -> Answer:
    """Leave the issue out: it never goes, and its entries come in the next one."""
    if visit.text("sure") != "yes":
        raise RefusedError("请先勾选“我知道这一期不会发出”。")
    with opened(visit, writes=True) as (db, draft):
        check_seen(visit, db, draft)
        record = _waiting(draft.record)
        if words := barred(visit, list_edits(db, record.week)):
            raise RefusedError(words, 409)
        skipped = skip_issue(visit.context, db, record, who=visit.signature)
    if skipped is None:
        raise RefusedError("这一期刚刚已由别人发出。", 409)
    return Go("/release", said=f"{skipped.week} 已跳过，不会发出；条目转入下一期。")


@needs("release")
def take_back(visit: Visit) -> Answer:
    """An issue that was skipped by mistake waits again."""
    with visit.context.store() as db:
        record = find_issue(db, visit.text("week", 20))
        if record is None or record.skipped_at is None:
            raise RefusedError("这一期没有被跳过。", 409)
        try:
            seen = visit.number("seen")
            back = take_back_skip(visit.context, db, record, who=visit.signature, seen=seen)
        except ChangedError:
            raise RefusedError("刚刚又有改动，请先看一看。", 409) from None
    if back is None:
        raise RefusedError("下一期已经编定，条目在那一期里，不能再收回。", 409)
    until = moment_words(back.release_at)
    return Go("/release", said=f"{back.week} 已收回跳过，重新待审，{until} 自动发出。")


@needs("release")
def hold(visit: Visit) -> Answer:
    """Let the issue wait longer, or less long."""
    try:
        until = datetime.strptime(visit.text("until", 20), "%Y-%m-%dT%H:%M")  # noqa: DTZ007 # next
    except ValueError:
        raise RefusedError("时间请写成 2021-02-05T17:00 这样。") from None
    instant = until.replace(tzinfo=SHANGHAI)
    with opened(visit, writes=True) as (db, draft):
        check_seen(visit, db, draft)
        record = _waiting(draft.record)
        now = visit.context.config.clock()
        if instant <= now:
            raise RefusedError("时间要在现在之后。")
        held = hold_until(visit.context, db, record, instant, who=visit.signature)
    if held is None:
        raise RefusedError("这一期刚刚已由别人发出。", 409)
    return Go("/release", said=f"{record.week} 改为 {moment_words(instant)} 自动发出。")


@needs("look")
def ask_correction(visit: Visit) -> Answer:
    """The form of a correction."""
    with visit.context.store() as db:
        record = find_recorded(visit.context, db, visit.path["week"])
    return _correction_page(visit, record, None)


@needs("release")
def correct(visit: Visit) -> Answer:
    """Show a correction as it would go, or send it to everybody who got the issue."""
    context = visit.context
    lines = zip(visit.texts("entry"), visit.texts("wrong"), visit.texts("right"), strict=False)
    faults = [Fault(*one) for one in lines if one[0]][:FAULTS]
    with context.store() as db:
        issue = find_recorded(context, db, visit.path["week"])
        draft = draft_correction(context, db, issue, visit.text("words", 5000), faults)
        if visit.text("do") != "send":
            return _correction_page(visit, issue, draft)
        record = record_correction(context, db, draft, who=visit.signature)
        write_missing(context, db, record)
    if has_mail_server(context) or chat_bots(context):
        visit.desk.background.start("send", "发送更正", lambda: _send_correction(context, record))
    return Go("/release", said=f"{issue.week} 第 {record.record.number} 号更正已发出。")


def barred(visit: Visit, acts: list[Edit]) -> str:
    """Why somebody else must let the issue go, '' when nobody must."""
    shaping = [one for one in acts if one.act not in {"hold", "release", "correct"}]
    if not (visit.context.config.desk.two_people and shaping):
        return ""
    if shaping[-1].who != visit.signature:
        return ""
    return "最后的改动是您做的，须由另一人签发。"


def left_words(until: datetime, now: datetime) -> str:
    """还有 3 小时 20 分; 时间已到 afterwards."""
    minutes = int((until - now).total_seconds()) // 60
    if minutes < 1:
        return "时间已到，即将自动发出"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [f"{days} 天"] * bool(days) + [f"{hours} 小时"] * bool(hours or days)
    return "还有 " + " ".join([*parts, f"{minutes} 分"])


def _waiting(record: IssueRecord | None) -> IssueRecord:
    if record is None or not record.waits:
        raise RefusedError("没有待审的一期。", 409)
    return record


def _send(context: Context, record: IssueRecord) -> str:
    with context.store() as db:
        return report_line(record.week, send_issue(context, db, record, None))


def _send_correction(context: Context, record: CorrectionRecord) -> str:
    with context.store() as db:
        return report_line(record.record.week, send_correction(context, db, record, None))


def _correction_page(visit: Visit, issue: IssueRecord, draft: CorrectionRecord | None) -> Page:
    text = ""
    if draft is not None:
        text = correction_text(Correction(draft, visit.context.config.digest.company))
    lines = [
        [(visit.texts(name) + [""] * FAULTS)[number] for name in ("entry", "wrong", "right")]
        for number in range(FAULTS)
    ]
    values = {"issue": issue, "text": text, "words": visit.text("words", 5000), "lines": lines}
    return Page("correct.html.jinja", values)
