"""What the operator should hear about mails: who cannot be reached, and what the provider does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from digest.delivery.refusals import is_about_us, limits_us
from storage.issues import issues
from storage.models import Bulletin, Delivery
from storage.operation import alarms
from storage.readers import bulletins, deliveries, reach, subscribers

# Attempts after which a mail that waits is worth a word: the third is 20 minutes after the first.
PATIENCE = 3
# An issue that reached nobody by then is no matter of a busy server.
REACHED_WITHIN = timedelta(hours=2)
# A reader without a mail for so long, while issues went out, may not know that there are any.
SILENCE = timedelta(days=14)
# Later than this nobody waits for an issue any more.
NEWS_FOR = timedelta(days=14)
MOST_NAMED = 20


def review_mails(db: Database, *, now: datetime) -> None:
    """One alarm while mails wait, one while the provider limits us, one for what was refused.

    A refusal of one reader's mailbox is told by itself; what is refused for our sake is told
    once an issue, because it is no reader's fault.
    """
    waiting = deliveries.outstanding(db)
    _tell_of_waiting([row for row in waiting if row.attempts >= PATIENCE], db, now)
    _tell_of_limits([*waiting, *bulletins.outstanding(db)], db, now)
    weeks = issues.issue_names(db)
    refused = [row for row in deliveries.list_deliveries(db) if row.state == "refused"]
    for row in refused:
        if not is_about_us(row.last_reply):
            title = f"{weeks.get(row.issue_id, '')} 无法送达 {row.address}"
            text = (
                f"{row.last_reply}\n改正地址或停止订阅：zhengxun subscribers remove {row.address}"
            )
            alarms.note_event(db, f"mail:{row.id}", title, text, now=now)
    for issue_id in {row.issue_id: None for row in refused if is_about_us(row.last_reply)}:
        rows = [row for row in refused if row.issue_id == issue_id and is_about_us(row.last_reply)]
        _tell_of_refusals(weeks.get(issue_id, ""), issue_id, rows, db, now)
    for mail in bulletins.list_bulletins(db, state="refused"):
        title = f"快讯无法送达 {mail.address}"
        alarms.note_event(db, f"bulletin:{mail.id}", title, mail.last_reply, now=now)


def review_reach(db: Database, *, now: datetime) -> None:
    """One alarm for each issue that reached nobody, one for each reader whom nothing reaches."""
    unread = {}
    if subscribers.list_subscribers(db, "active"):
        looked_at = reach.reach_of_issues(db, since=now - NEWS_FOR, until=now - REACHED_WITHIN)
        unread = {f"nobody:{item.week}": item for item in looked_at if not item.reached}
    for subject, item in unread.items():
        why = "发送台账中没有任何收件人" if not item.rows else f"{item.rows} 封都未送达"
        text = f"{why}\n查看：zhengxun deliveries --week {item.week}；zhengxun status"
        alarms.raise_alarm(db, subject, f"{item.week} 没有送达任何人", text, now=now)
    silent = {
        f"reader:{one.subscriber_id}": one
        for one in reach.readers_without_mail(db, since=now - SILENCE, now=now)
    }
    # When nobody gets anything, the issues say so: that is one fault, not one of each reader.
    for subject, one in {} if unread else silent.items():
        title = f"{one.address} 已两周没有收到任何邮件"
        text = f"{one.reply}\n查看：zhengxun deliveries --to {one.address}".strip()
        alarms.raise_alarm(db, subject, title, text, now=now)
    _clear_others(db, {*unread, *silent}, now)


def _clear_others(db: Database, bad: set[str], now: datetime) -> None:
    for alarm in alarms.open_alarms(db):
        kind, _, what = alarm.subject.partition(":")
        if kind in {"nobody", "reader"} and alarm.subject not in bad:
            title = (
                f"{what} 不再提示" if kind == "nobody" else f"{alarm.title.split()[0]} 已恢复收信"
            )
            alarms.clear_alarm(db, alarm.subject, title, now=now)


def _tell_of_waiting(waiting: Sequence[Delivery], db: Database, now: datetime) -> None:
    if waiting:
        title = f"{len(waiting)} 封邮件发不出去，仍在重试"
        alarms.raise_alarm(db, "mails", title, waiting[0].last_reply, now=now)
    else:
        alarms.clear_alarm(db, "mails", "没有邮件在等待发送", now=now)


def _tell_of_limits(waiting: Sequence[Delivery | Bulletin], db: Database, now: datetime) -> None:
    held = [row for row in waiting if row.state == "deferred" and limits_us(row.last_reply)]
    if not held:
        alarms.clear_alarm(db, "limits", "邮件服务商已不再限制发信", now=now)
        return
    text = (
        f"{held[0].last_reply}\n{_named(held)}\n与收件人无关，稍后自动再发。常见时请调低"
        " smtp.per_minute、smtp.per_hour，或联系邮件服务商"
    )
    title = f"邮件服务商限制发信频率：{len(held)} 封稍后再发"
    alarms.raise_alarm(db, "limits", title, text, now=now)


def _tell_of_refusals(
    week: str, issue_id: int, rows: Sequence[Delivery], db: Database, now: datetime
) -> None:
    title = f"{week} 有邮件因我方原因（频率限制、黑名单、内容或大小）被拒收，不是收件人的问题"
    text = (
        f"{rows[0].last_reply}\n{_named(rows)}\n请联系邮件服务商；解决后重发："
        f"zhengxun deliveries --retry --week {week}"
    )
    alarms.note_event(db, f"refused:{issue_id}", title, text, now=now)


def _named(rows: Sequence[Delivery | Bulletin]) -> str:
    """The first addresses, and how many more."""
    more = f" 等 {len(rows)} 人" if len(rows) > MOST_NAMED else ""
    return "、".join(row.address for row in rows[:MOST_NAMED]) + more
