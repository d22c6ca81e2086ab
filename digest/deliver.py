"""Deliver an issue by the ledger: each subscriber once, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from digest.bounces import SUSPEND_AFTER
from digest.chat import Robot, post_issue
from digest.courier import Attempt, Courier, SmtpSettings
from digest.letters import Letters
from digest.mail import address_of, make_message_id
from digest.models import Digest, DigestError
from storage import deliveries, issues, subscribers
from storage.models import Delivery, IssueRecord, Subscriber
from storage.robots import sync_robots

__all__ = ["DeliveryReport", "SmtpSettings", "deliver", "enrol", "retry_delay"]

Clock = Callable[[], datetime]

_FIRST_DELAYS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
_LATER_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(hours=48)
# Message-IDs of what robots post, when no mail is sent at all.
_NO_SENDER = "robots@zhengxun.invalid"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one pass over an issue's ledger did.

    `deferred` counts all that still wait, `repeated` those of `sent` that may have arrived
    before, `skipped` those sent or refused earlier, or in another process's hands, `suspended`
    the subscribers who get nothing any more because their mailbox is gone.
    `notes` are lines for the operator: address and the server's words.
    """

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    repeated: int = 0
    skipped: int = 0
    suspended: int = 0
    notes: tuple[str, ...] = ()


def deliver(
    db: Database,
    issue: IssueRecord,
    digest: Digest | Callable[[], Digest],
    *,
    smtp: SmtpSettings | None,
    now: Clock,
    only_address: str | None = None,
    robots: Sequence[Robot] = (),
) -> DeliveryReport:
    """Send `issue` to everybody the ledger says is outstanding, or to one address of them.

    The newest issue is first entered into the ledger for all active subscribers; an older one
    only for `only_address`, so that a new subscriber is not sent the archive. An explicit
    address is tried at once, without waiting for its next attempt. A `digest` given as a
    function is composed only when something is due. `smtp` None: mails wait, robots post.
    Raises DigestError for an unknown `only_address` and for a sender that is no address.
    """
    only = enrol(db, issue, smtp=smtp, now=now(), only_address=only_address, robots=robots)
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
    with _Mailing(db, composed, smtp, robots, now, report) as mailing:
        for row in due:
            mailing.handle(row, people[row.subscriber_id])
    return mailing.report


def enrol(
    db: Database,
    issue: IssueRecord,
    *,
    smtp: SmtpSettings | None,
    now: datetime,
    only_address: str | None = None,
    robots: Sequence[Robot] = (),
) -> Subscriber | None:
    """Bring the ledger up to date: who is to get `issue`, and what a dead process left behind.

    Returns the subscriber of `only_address`. Raises DigestError as `deliver` does.
    """
    # Ours, so a mistake in them is no subscriber's fault: found before anything is claimed.
    if smtp is not None:
        address_of(smtp.sender, what="smtp.sender")
        if smtp.reply_to:
            address_of(smtp.reply_to, what="smtp.reply_to")
    sync_robots(db, [robot.as_subscriber() for robot in robots], now=now)
    only = _known(db, only_address) if only_address is not None else None
    _enter(db, issue, smtp.sender if smtp is not None else _NO_SENDER, now, only)
    deliveries.reclaim_sending(db, now)
    return only


def retry_delay(attempts: int) -> timedelta | None:
    """How long after attempt number `attempts` the next one is due; None: 48 hours are over.

    5 minutes, 15, 60, then every 4 hours.
    """
    delays = [*_FIRST_DELAYS, *[_LATER_DELAY] * attempts][:attempts]
    return delays[-1] if sum(delays, timedelta()) <= GIVE_UP_AFTER else None


class _Mailing:
    """One pass: renders each profile once, tries each row once."""

    def __init__(
        self,
        db: Database,
        digest: Digest,
        smtp: SmtpSettings | None,
        robots: Sequence[Robot],
        now: Clock,
        report: DeliveryReport,
    ) -> None:
        self.db = db
        self.now = now
        self.report = report
        self.robots = {robot.address: robot for robot in robots}
        self.outage = ""
        self.sender = "" if smtp is None else address_of(smtp.sender, what="smtp.sender").addr_spec
        self.courier = None if smtp is None else Courier(smtp)
        self.letters = Letters(
            digest,
            sender="" if smtp is None else smtp.sender,
            reply_to="" if smtp is None else smtp.reply_to,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.courier is not None:
            self.courier.__exit__(kind, error, traceback)

    def handle(self, row: Delivery, person: Subscriber) -> None:
        """Try one row. Its message is made before it is claimed: a failure leaves it queued."""
        if person.channel != "mail":
            self.attempt(row, lambda: self.tell(row, person))
            return
        courier = self.courier
        if courier is None:
            self.count(deferred=1)
            return
        try:
            content = self.letters.write(person, row.message_id, self.now())
        except DigestError as error:
            problem = Attempt("refused", str(error))
            self.attempt(row, lambda: problem)
            return
        self.attempt(row, lambda: self.carry(courier, person.address, content))

    def tell(self, row: Delivery, person: Subscriber) -> Attempt:
        """Post the issue's essentials to a group robot."""
        printed = self.letters.printed(person)
        return post_issue(
            self.robots[person.address], printed.digest, message_id=row.message_id, now=self.now()
        )

    def carry(self, courier: Courier, recipient: str, content: bytes) -> Attempt:
        """Hand over, unless the server was found missing in this pass."""
        if self.outage:
            return Attempt("deferred", self.outage)
        result = courier.carry(self.sender, recipient, content)
        if result.no_server:
            self.outage = result.reply
        return result

    def attempt(self, row: Delivery, act: Callable[[], Attempt]) -> None:
        """Claim, act, settle. The claim is committed first, so a crash leaves its trace."""
        if not deliveries.claim(self.db, row.id, self.now()):
            self.count(skipped=1)
            return
        self.settle(row, act())

    def settle(self, row: Delivery, result: Attempt) -> None:
        """Record the outcome, with the next attempt when there is one."""
        state, reply, next_at = result.state, result.reply, None
        if state in {"deferred", "unknown"}:
            delay = retry_delay(row.attempts + 1)
            if delay is None:
                state, reply = "refused", f"gave up after 48 hours; {reply}"
            else:
                next_at = self.now() + delay
        deliveries.settle(
            self.db, row.id, state, reply, self.now(), next_at, bounced=result.bounced
        )
        self.tally(row, state, reply)
        if result.bounced:
            self.suspend(row, reply)

    def tally(self, row: Delivery, state: str, reply: str) -> None:
        """Count the outcome, with a line for the operator unless it is the plain one."""
        if state != "sent":
            note = f"{row.address}: {reply}"
            self.count(refused=int(state == "refused"), deferred=int(state != "refused"), note=note)
        elif row.interruptions:
            note = f"{row.address}: 曾在发送中断，可能收到两次；Message-ID {row.message_id}"
            self.count(sent=1, repeated=1, note=note)
        else:
            self.count(sent=1)

    def suspend(self, row: Delivery, reply: str) -> None:
        """Stop sending to a mailbox that has been gone for several issues."""
        if deliveries.bounces_in_a_row(self.db, row.subscriber_id) >= SUSPEND_AFTER:
            note = f"连续 {SUSPEND_AFTER} 期退信：{reply}"
            subscribers.update_subscriber(
                self.db, row.address, now=self.now(), state="suspended", note=note
            )
            self.count(suspended=1, note=f"{row.address}: 已暂停发送，{note}")

    def count(
        self,
        *,
        sent: int = 0,
        deferred: int = 0,
        refused: int = 0,
        repeated: int = 0,
        skipped: int = 0,
        suspended: int = 0,
        note: str = "",
    ) -> None:
        """Add to the report."""
        old = self.report
        self.report = replace(
            old,
            sent=old.sent + sent,
            deferred=old.deferred + deferred,
            refused=old.refused + refused,
            repeated=old.repeated + repeated,
            skipped=old.skipped + skipped,
            suspended=old.suspended + suspended,
            notes=(*old.notes, note) if note else old.notes,
        )


def _enter(
    db: Database, issue: IssueRecord, sender: str, now: datetime, only: Subscriber | None
) -> None:
    if only is None and issues.list_issues(db)[-1].id != issue.id:
        return
    lacking = set(deliveries.lacking(db, issue.id))
    if only is not None:
        lacking &= {only.id}
    if not lacking:
        return
    active = subscribers.list_subscribers(db, "active")
    people = [person for person in active if person.id in lacking]
    ids = {person.id: make_message_id(issue.id, issue.week, person.id, sender) for person in people}
    deliveries.ensure_deliveries(db, issue.id, people, ids, now)


def _known(db: Database, address: str) -> Subscriber:
    person = subscribers.find_subscriber(db, address)
    if person is None:
        raise DigestError(f"{address} is not subscribed; run: zhengxun subscribers add {address}")
    return person
