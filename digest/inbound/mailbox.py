"""Reading the mailbox: bounces go to the ledger, who asks is unsubscribed, the rest is let be.

A message is read once. What it says and that it was read are one transaction, so a crash repeats
nothing; a message that brings us down again and again is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from china_time import SHANGHAI
from digest.delivery.bulletins import BulletinSettings, enter_ended
from digest.delivery.refusals import SUSPEND_AFTER, SUSPEND_AFTER_SOFT, is_about_us
from digest.delivery.unsubscribe_links import holder_of
from digest.inbound.imap import Fetched, Folder, ImapSettings, MailboxError
from digest.inbound.incoming_mail import (
    BounceReport,
    UnreadableError,
    UnsubscribeRequest,
    read_message,
    unclear_request,
)
from storage.database import StorageError, transaction
from storage.models import Subscriber
from storage.operation.alarms import note_event
from storage.readers import mailboxes
from storage.readers.bounces import (
    SentMail,
    find_by_message_id,
    find_by_recipient,
    find_by_subscriber,
    record_bounce,
    returned_in_a_row,
)
from storage.readers.deliveries import bounces_in_a_row
from storage.readers.mailboxes import Found
from storage.readers.subscribers import find_subscriber, get_subscriber, update_subscriber

# A mailbox that is new to us, or renumbered: older mail is not about what we send.
LOOK_BACK = timedelta(days=14)
# The next pass goes on: a flooded mailbox must not keep the daemon.
MOST_MESSAGES = 500
# Between the mail server's clock and ours.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class MailboxReport:
    """What one pass found. `notes` are lines for the operator's log."""

    bounces: int = 0
    unsubscribes: int = 0
    others: int = 0
    unreadable: int = 0
    notes: tuple[str, ...] = ()


def read_mailbox(
    db: Database, settings: ImapSettings, bulletin_settings: BulletinSettings, now: datetime
) -> MailboxReport:
    """Read what is new. Raises MailboxError when the mailbox cannot be read; what was read until
    then stays recorded."""
    report = MailboxReport()
    problem: MailboxError | None = None
    with Folder(settings) as folder:
        last = mailboxes.open_mailbox(db, settings.name, folder.uidvalidity, now=now)
        since = None if last else (now - LOOK_BACK).date()
        for count, uid in enumerate(folder.new_uids(last, since=since)):
            if count >= MOST_MESSAGES:
                break
            found, notes, letter = _read_one(db, folder, bulletin_settings, uid, now)
            report = _counted(report, found, notes)
            # What stands beside the request is for a person to read, where it is looked for.
            if found in {"bounces", "unsubscribes"} and not letter:
                try:
                    folder.finish(uid)
                except MailboxError as error:
                    problem = error
    if problem is not None:
        raise problem
    return report


def _read_one(
    db: Database, folder: Folder, bulletin_settings: BulletinSettings, uid: int, now: datetime
) -> tuple[Found, list[str], bool]:
    """What a message was, notes on it, and whether a person should read it where it is."""
    name = folder.settings.name
    if not mailboxes.begin_message(db, name, uid):
        mailboxes.end_message(db, name, uid, "unreadable")
        note = f"message {uid} was passed over: reading it never came to an end"
        return "unreadable", [note], True
    fetched = folder.fetch(uid)
    try:
        said = None if fetched is None else read_message(fetched.content)
    except UnreadableError as error:
        mailboxes.end_message(db, name, uid, "unreadable")
        return "unreadable", [f"message {uid} cannot be read: {error}"], True
    notes: list[str] = []
    found: Found = "others"
    with transaction(db):
        if fetched is not None and said is not None:
            found = _act(db, bulletin_settings, said, fetched, now, notes)
        if fetched is not None and found == "others":
            _tell_of_unclear_request(db, said, fetched, now)
        mailboxes.end_message(db, name, uid, found)
    return found, notes, isinstance(said, UnsubscribeRequest) and said.letter


def _act(
    db: Database,
    bulletin_settings: BulletinSettings,
    said: BounceReport | UnsubscribeRequest,
    fetched: Fetched,
    now: datetime,
    notes: list[str],
) -> Found:
    if isinstance(said, BounceReport):
        mail, proven = _mail_of(db, bulletin_settings, said, now)
        # Nobody's own mailbox reports that it is not there: that is an answer, or a letter.
        if mail is None or said.writer.casefold() == mail.address.casefold():
            return "others"
        notes += _take_back(db, mail, said, now, proven=proven)
        return "bounces"
    person = _who_asks(db, bulletin_settings, said)
    if person is None:
        return "others"
    notes += _let_go(db, bulletin_settings, person, said, fetched, now)
    return "unsubscribes"


def _mail_of(
    db: Database, bulletin_settings: BulletinSettings, said: BounceReport, now: datetime
) -> tuple[SentMail | None, bool]:
    """Which mail came back: by our Message-ID; or else the newest one to whom the token or the
    report names. And whether the report shows that its sender has seen a mail of ours."""
    if said.message_id:
        found = find_by_message_id(db, said.message_id)
        if found is not None:
            return found, True
    holder = holder_of(db, bulletin_settings.links.key, said.token) if said.token else None
    if holder is not None:
        return find_by_subscriber(db, holder.id, now=now), True
    for address in (said.recipient, *said.others):
        named = find_by_recipient(db, address, now=now) if address else None
        if named is not None:
            return named, False
    return None, False


def _take_back(
    db: Database, mail: SentMail, said: BounceReport, now: datetime, *, proven: bool
) -> list[str]:
    """Record it; suspend by the rules; tell the operator of what is for good.

    What anybody can write who knows an address suspends nobody.
    """
    if not record_bounce(db, mail, said.kind, said.reply, now):
        return []
    where = f"{mail.week or '快讯'} 退信 {mail.address}"
    if said.kind == "hard":
        subject = f"bounce:{mail.ledger}:{mail.id}"
        note_event(db, subject, f"{where}：邮箱不存在", said.reply, now=now)
    elif is_about_us(said.reply):
        title = f"{mail.week or '快讯'} 有邮件因我方原因（频率限制、黑名单、内容或大小）被退回"
        text = f"{mail.address}：{said.reply}\n不是收件人的问题，请联系邮件服务商"
        subject = f"returned:{mail.week or now.astimezone(SHANGHAI).date()}"
        note_event(db, subject, title, text, now=now)
    notes = [f"{where}（{said.kind}）：{said.reply}"]
    person = get_subscriber(db, mail.subscriber_id)
    reason = _enough(db, person, said) if person is not None and proven else ""
    if person is None or not reason or person.state != "active":
        return notes
    update_subscriber(db, person.address, now=now, state="suspended", note=reason)
    text = f"{reason}\n地址无误时恢复：zhengxun subscribers resume {person.address}"
    subject = f"suspended:{person.id}:{mail.ledger}:{mail.id}"
    note_event(db, subject, f"已暂停发送 {person.address}", text, now=now)
    return [*notes, f"{person.address}: 已暂停发送，{reason}"]


def _enough(db: Database, person: Subscriber, said: BounceReport) -> str:
    """Why a subscriber is to be suspended now; '' when not."""
    if said.kind == "hard" and bounces_in_a_row(db, person.id) >= SUSPEND_AFTER:
        return f"连续 {SUSPEND_AFTER} 期退信：{said.reply}"
    if is_about_us(said.reply):
        return ""
    if returned_in_a_row(db, person.id, is_about_us=is_about_us) >= SUSPEND_AFTER_SOFT:
        return f"连续 {SUSPEND_AFTER_SOFT} 期未能送达：{said.reply}"
    return ""


def _who_asks(
    db: Database, bulletin_settings: BulletinSettings, request: UnsubscribeRequest
) -> Subscriber | None:
    """Who asks: the token's holder; without one, only who wrote from that very address."""
    if request.token:
        return (
            holder_of(db, bulletin_settings.links.key, request.token)
            if bulletin_settings.links.key
            else None
        )
    if request.automatic or not request.sender:
        return None
    try:
        return find_subscriber(db, request.sender)
    except StorageError:
        return None


def _tell_of_unclear_request(
    db: Database, said: BounceReport | UnsubscribeRequest | None, fetched: Fetched, now: datetime
) -> None:
    """Tell, once a reader, of a letter that speaks of leaving and was not understood; and, once a
    day, of a request from nobody's address, so that strangers cannot flood the operator."""
    plain = isinstance(said, UnsubscribeRequest) and not said.automatic and not said.token
    sender = (
        said.sender
        if isinstance(said, UnsubscribeRequest) and plain
        else unclear_request(fetched.content)
    )
    if not sender:
        return
    try:
        person = find_subscriber(db, sender)
    except StorageError:
        return
    day = f"{now.astimezone(SHANGHAI):%Y-%m-%d}"
    if person is None and plain:
        title = f"{sender} 来信要求退订，但不是订户的地址"
        text = "可能用另一个地址订阅。查看：zhengxun subscribers list"
        note_event(db, f"wish:stranger:{day}", title, text, now=now)
    elif person is not None and person.state != "ended" and said is None:
        title = f"{sender} 来信谈到退订，未能识别，请阅读后处理"
        text = f"信件仍在邮箱中。退订：zhengxun subscribers remove {person.address}"
        note_event(db, f"wish:{person.id}:{day}", title, text, now=now)


def _let_go(
    db: Database,
    bulletin_settings: BulletinSettings,
    person: Subscriber,
    request: UnsubscribeRequest,
    fetched: Fetched,
    now: datetime,
) -> list[str]:
    """End the subscription, with one confirmation to the address that was subscribed.

    Nobody else is ever answered, and an ended subscription is not confirmed again, so neither a
    forged sender nor another program's answer makes a loop. A request older than the subscription
    (a mailbox read anew) is none.
    """
    old = person.began_at is not None and fetched.arrived_at < person.began_at - timedelta(
        minutes=5
    )
    if person.state == "ended" or old:
        return []
    ended = update_subscriber(db, person.address, now=now, state="ended", note="邮件退订")
    if not request.automatic and bulletin_settings.sender:
        enter_ended(db, bulletin_settings, ended, now)
    return [f"{person.address} 退订（邮件）"]


def _counted(report: MailboxReport, found: Found, notes: list[str]) -> MailboxReport:
    return replace(
        report,
        bounces=report.bounces + (found == "bounces"),
        unsubscribes=report.unsubscribes + (found == "unsubscribes"),
        others=report.others + (found == "others"),
        unreadable=report.unreadable + (found == "unreadable"),
        notes=(*report.notes, *notes),
    )
