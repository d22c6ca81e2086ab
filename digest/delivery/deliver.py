"""Deliver an issue by the ledger: each subscriber once, whatever breaks in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from china_time import SHANGHAI
from digest.delivery.chat_bot import ChatBot
from digest.delivery.header_address import address_of
from digest.delivery.issue_mail import make_message_id
from digest.delivery.ledger_pass import Clock, DeliveryReport, LedgerPass
from digest.delivery.smtp_client import SmtpSettings
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from digest.models.correction import Correction
from digest.models.issue import Digest, DigestError
from storage.issues import issues
from storage.issues.corrections import owed
from storage.models import IssueRecord, Subscriber
from storage.operation.restorations import omit_if_sent_before
from storage.readers import deliveries, subscribers
from storage.readers.chat_bots import sync_chat_bots

__all__ = ["DeliveryReport", "SmtpSettings", "deliver", "enrol", "issues_to_enter"]

# An issue that nobody was entered for is made up for so long.
_ENTERED_WITHIN = timedelta(days=14)
# Message-IDs of what bots post, when no mail is sent at all.
_NO_SENDER = "robots@zhengxun.invalid"


def deliver(
    db: Database,
    issue: IssueRecord,
    digest: Digest | Correction | Callable[[], Digest | Correction],
    *,
    smtp: SmtpSettings | None,
    now: Clock,
    only_address: str | None = None,
    bots: Sequence[ChatBot] = (),
    pause: Callable[[float], None] = time.sleep,
    links: UnsubscribeLinks | None = None,
) -> DeliveryReport:
    """Send `issue` to everybody the ledger says is outstanding, or to one address of them.

    A correction goes to who was sent the issue that it corrects. The newest issue is first
    entered into the ledger for all active subscribers; an older one only for `only_address`, so
    that a new subscriber is not sent the archive. An explicit address is tried at once, without
    waiting for its next attempt. A `digest` given as a function is composed only when something
    is due. `smtp` None: mails wait, bots post.
    `pause` takes seconds: a cap of the mail server is waited for, a minute at most. `links`: how
    readers can leave. Raises DigestError for an unknown `only_address` and for a sender that is no
    address.
    """
    only = enrol(db, issue, smtp=smtp, now=now(), only_address=only_address, bots=bots, links=links)
    rows = deliveries.list_deliveries(db, issue.id)
    if only is not None:
        rows = [row for row in rows if row.subscriber_id == only.id]
    mine = {row.id for row in rows}
    waiting = {row.id for row in deliveries.outstanding(db, issue.id)} & mine
    due_at = now() if only is None else None
    due = [row for row in deliveries.outstanding(db, issue.id, due_at=due_at) if row.id in mine]
    report = DeliveryReport(skipped=len(rows) - len(waiting), deferred=len(waiting) - len(due))
    if not due:
        return report
    composed = digest() if callable(digest) else digest
    people = {person.id: person for person in subscribers.list_subscribers(db)}
    with LedgerPass(
        db, composed, smtp, bots, now, report, pause, links or UnsubscribeLinks()
    ) as ledger_pass:
        for row in due:
            ledger_pass.handle(row, people[row.subscriber_id])
    return ledger_pass.report


def enrol(
    db: Database,
    issue: IssueRecord,
    *,
    smtp: SmtpSettings | None,
    now: datetime,
    only_address: str | None = None,
    bots: Sequence[ChatBot] = (),
    links: UnsubscribeLinks | None = None,
    missed_too: bool = False,
) -> Subscriber | None:
    """Bring the ledger up to date: who is to get `issue`, and what a dead process left behind.

    `missed_too`: one that is not the newest is entered as well, if nobody is in the ledger for it.
    Returns the subscriber of `only_address`. New Message-IDs are signed with the key of `links`.
    Raises DigestError as `deliver` does.
    """
    # Ours, so a mistake in them is no subscriber's fault: found before anything is claimed.
    if smtp is not None:
        address_of(smtp.sender, what="smtp.sender")
        if smtp.reply_to:
            address_of(smtp.reply_to, what="smtp.reply_to")
    sync_chat_bots(db, [bot.as_subscriber() for bot in bots], now=now)
    only = _known(db, only_address) if only_address is not None else None
    sender = smtp.sender if smtp is not None else _NO_SENDER
    people = _lacking(db, issue, now, only, missed_too=missed_too)
    _enter(db, issue, people, sender, now, links.key if links is not None else b"")
    deliveries.reclaim_sending(db, now)
    return only


def _enter(
    db: Database,
    issue: IssueRecord,
    people: Sequence[Subscriber],
    sender: str,
    now: datetime,
    key: bytes,
) -> None:
    if not people:
        return
    ids = {
        person.id: make_message_id(
            issue.id, issue.week, person.id, sender, key, made_at=issue.composed_at
        )
        for person in people
    }
    deliveries.ensure_deliveries(db, issue.id, people, ids, now)
    omit_if_sent_before(db, issue.id, issue.week, now)


def _lacking(
    db: Database,
    issue: IssueRecord,
    now: datetime,
    only: Subscriber | None,
    *,
    missed_too: bool,
) -> list[Subscriber]:
    """The active subscribers who are to get an issue, and whom the ledger has not down for it."""
    if issue.corrects is not None:
        lacking = set(owed(db, issue))
    else:
        lacking = set(deliveries.lacking(db, issue.id))
    active = subscribers.list_subscribers(db, "active")
    people = [person for person in active if person.id in lacking]
    if only is not None:
        return [person for person in people if person.id == only.id]
    if issue.corrects is not None or _is_newest(db, issue, now, begun=missed_too):
        return people
    if not missed_too:
        return []
    # It was theirs when it was let go; who came later is not sent the archive.
    let_go = issue.released_at or issue.composed_at
    return [person for person in people if person.began_at and person.began_at <= let_go]


def issues_to_enter(db: Database, now: datetime) -> list[IssueRecord]:
    """Issues that everybody should be in the ledger for: the newest whose week has begun, and
    what was let go lately without anybody.

    A week that lies ahead (a slip of the pen, a clock that was wrong) keeps none of them back.
    """
    begun = [record for record in issues.list_issues(db) if _has_begun(record, now)]
    return [record for record in begun if record is begun[-1] or _is_missed(db, record, now)]


def _is_newest(db: Database, issue: IssueRecord, now: datetime, *, begun: bool) -> bool:
    """Whether it is the last of all, or, with `begun`, of those whose week has begun."""
    records = issues.list_issues(db)
    if begun:
        records = [record for record in records if _has_begun(record, now)]
    return bool(records) and records[-1].id == issue.id


def _has_begun(issue: IssueRecord, now: datetime) -> bool:
    return issue.from_on <= now.astimezone(SHANGHAI).date()


def _is_missed(db: Database, issue: IssueRecord, now: datetime) -> bool:
    """Whether it was let go lately, and the ledger has nobody for it."""
    let_go = issue.released_at or issue.composed_at
    if not now - _ENTERED_WITHIN <= let_go <= now:
        return False
    return not deliveries.list_deliveries(db, issue.id)


def _known(db: Database, address: str) -> Subscriber:
    person = subscribers.find_subscriber(db, address)
    if person is None:
        raise DigestError(f"{address} is not subscribed; run: zhengxun subscribers add {address}")
    return person
