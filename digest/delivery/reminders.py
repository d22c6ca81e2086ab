"""Mails that remind the owner of a task: one some days before its day, one on it, once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial

from sqlite_utils import Database

from china_time import SHANGHAI
from digest.delivery.bulletins import BulletinReport
from digest.delivery.channels.mail import Mail
from digest.delivery.dkim_signer import body_hash
from digest.delivery.header_address import address_of
from digest.delivery.header_folding import MAIL, MAIL_UTF8
from digest.delivery.open_channels import OpenChannels
from digest.delivery.outcome import write_down
from digest.delivery.retry_times import outcome_of
from digest.delivery.smtp_client import Attempt, SmtpSettings
from digest.delivery.unsubscribe_links import signed_id
from digest.models.issue import DigestError
from digest.safe_text import clean_line, safe_link, shorten
from storage.database import transaction
from storage.desk import reminders
from storage.desk.reminders import Reminder, ReminderKind
from storage.desk.tasks import Task, get_task
from storage.readers.attempts import CapReachedError

AHEAD_DAYS = 3
"""So many days before its day an owner hears of a task the first time."""
STILL_DUE_DAYS = 7
"""A day that passed while nothing ran is told of for so long."""
FROM_HOUR = 8
"""Nobody is mailed at midnight: from this hour in China on."""
_SUBJECT_TITLE = 40


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """What every reminder needs to know. `key` proves our Message-IDs, `page` is where tasks are
    closed, '' when there is no desk."""

    title: str
    smtp: SmtpSettings
    key: bytes
    page: str


def enter_reminders(db: Database, settings: ReminderSettings, now: datetime) -> None:
    """Put into the ledger what is due by now."""
    local = now.astimezone(SHANGHAI)
    if local.hour < FROM_HOUR:
        return
    today = local.date()
    domain = address_of(settings.smtp.sender, what="smtp.sender").domain
    spans: tuple[tuple[ReminderKind, date, date, int], ...] = (
        ("due", today - timedelta(days=STILL_DUE_DAYS), today, 0),
        ("ahead", today + timedelta(days=1), today + timedelta(days=AHEAD_DAYS), AHEAD_DAYS),
    )
    with transaction(db):
        for kind, first, last, lead in spans:
            for number in reminders.tasks_to_remind(db, kind, first, last, lead=lead):
                made = partial(_message_id, settings.key, domain, f"{number} {kind} {now}")
                reminders.enter_reminder(db, number, kind, made, now)


def deliver_reminders(
    db: Database, settings: ReminderSettings, clock: Callable[[], datetime]
) -> BulletinReport:
    """Send what is due. One that cannot be sent waits, as an issue does, for 48 hours."""
    reminders.reclaim_sending(db, clock())
    report, waiting = BulletinReport(), reminders.list_reminders(db, due_at=clock())
    if not waiting:
        return report
    with OpenChannels(settings.smtp, ()) as channels:
        mail = channels.channels[Mail.kind]
        if not isinstance(mail, Mail):
            raise TypeError("the channel of mails is no mail server")
        for row in waiting:
            try:
                if not reminders.claim(db, row.id, clock(), () if mail.outage else mail.caps):
                    continue
            except CapReachedError:
                left = len(reminders.list_reminders(db, due_at=clock()))
                return replace(report, deferred=report.deferred + left)
            ended = _handed_over(db, settings, mail, row, clock())
            report = _settled(db, row, ended, clock(), report)
    return report


def write_reminder(settings: ReminderSettings, row: Reminder, task: Task, now: datetime) -> bytes:
    """The mail. Raises DigestError for an address that cannot be written to."""
    today = now.astimezone(SHANGHAI).date()
    when = _when(row.due_on, today)
    title = clean_line(task.title) or task.url
    message = EmailMessage(policy=MAIL if row.address.isascii() else MAIL_UTF8)
    message["From"] = address_of(settings.smtp.sender, what="smtp.sender")
    if settings.smtp.reply_to:
        message["Reply-To"] = address_of(settings.smtp.reply_to, what="smtp.reply_to")
    message["To"] = address_of(row.address, what="the address of a task")
    subject = f"[政讯] 事项{when}：{shorten(title, _SUBJECT_TITLE)}"
    message["Subject"] = clean_line(subject).replace("=?", "= ?")
    message["Date"] = format_datetime(now.astimezone(SHANGHAI))
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "zh-CN"
    lines = [f"{clean_line(task.owner)}：", "", f"下面的事项{when}（{row.due_on}）：", "", title]
    lines += [f"备注：{clean_line(task.note)}"] * bool(task.note)
    lines += [f"原文：{safe_link(task.url)}", f"交办：{clean_line(task.made_by)}"]
    lines += ["", f"办结后请在编辑台“事项”页登记：{settings.page}"] * bool(settings.page)
    lines += ["", "办结的事项不再提醒。", ""]
    message.set_content("\n".join(lines), cte="base64")
    content = message.as_bytes()
    if settings.smtp.signer is None:
        return content
    head, _, body = content.partition(b"\r\n\r\n")
    return settings.smtp.signer.header(head + b"\r\n", body_hash(body), now) + content


def _when(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"已逾期 {-days} 天"
    return {0: "今天截止", 1: "明天截止"}.get(days, f" {days} 天后截止")


def _handed_over(
    db: Database, settings: ReminderSettings, mail: Mail, row: Reminder, now: datetime
) -> Attempt:
    try:
        content = write_reminder(settings, row, get_task(db, row.task_id), now)
    except DigestError as error:
        return Attempt("refused", str(error))
    return mail.send(row.address, content, now)


def _message_id(key: bytes, domain: str, made: str, number: int) -> str:
    return f"<{signed_id(key, f'zhengxun.reminder{number}', made)}@{domain}>"


def _settled(
    db: Database, row: Reminder, result: Attempt, now: datetime, report: BulletinReport
) -> BulletinReport:
    state, reply, next_at = outcome_of(result, row.attempts + 1, now)
    asked = not result.no_server
    write_down(lambda: reminders.settle(db, row.id, state, reply, now, next_at, asked=asked))
    notes = report.notes if state == "sent" else (*report.notes, f"{row.address}: {reply}")
    return replace(
        report,
        sent=report.sent + (state == "sent"),
        refused=report.refused + (state == "refused"),
        deferred=report.deferred + (state in {"deferred", "unknown"}),
        notes=notes,
    )
