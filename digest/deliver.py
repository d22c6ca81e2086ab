"""Deliver an issue by the ledger: each subscriber once, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from digest.courier import Attempt, Courier, SmtpSettings
from digest.mail import Printed, address_of, build_message, make_message_id
from digest.models import Digest, DigestError
from digest.profile import Profile
from storage import deliveries, issues, subscribers
from storage.models import Delivery, IssueRecord, Subscriber

__all__ = ["DeliveryReport", "SmtpSettings", "deliver", "retry_delay"]

Clock = Callable[[], datetime]

_FIRST_DELAYS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
_LATER_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one pass over an issue's ledger did.

    `deferred` counts all that still wait, `repeated` those of `sent` that may have arrived
    before, `skipped` those sent or refused earlier, or in another process's hands.
    `notes` are lines for the operator: address and the server's words.
    """

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    repeated: int = 0
    skipped: int = 0
    notes: tuple[str, ...] = ()


def deliver(
    db: Database,
    issue: IssueRecord,
    digest: Digest,
    *,
    smtp: SmtpSettings,
    now: Clock,
    only_address: str | None = None,
) -> DeliveryReport:
    """Send `issue` to everybody the ledger says is outstanding, or to one address of them.

    The newest issue is first entered into the ledger for all active subscribers; an older one
    only for `only_address`, so that a new subscriber is not sent the archive. An explicit
    address is tried at once, without waiting for its next attempt. Raises DigestError for an
    unknown `only_address` and for a sender that is no address.
    """
    # Ours, so a mistake in them is no subscriber's fault: found before anything is claimed.
    for text, what in ((smtp.sender, "smtp.sender"), (smtp.reply_to, "smtp.reply_to")):
        if text or what == "smtp.sender":
            address_of(text, what=what)
    only = _known(db, only_address) if only_address is not None else None
    _enrol(db, issue, smtp.sender, now(), only)
    deliveries.reclaim_sending(db, now())
    people = {person.id: person for person in subscribers.list_subscribers(db)}
    rows = [
        row
        for row in deliveries.list_deliveries(db, issue.id)
        if only is None or row.subscriber_id == only.id
    ]
    open_ids = {row.id for row in deliveries.outstanding(db, issue.id)}
    with Courier(smtp) as courier:
        mailing = _Mailing(db, digest, courier, now, impatient=only is not None)
        for row in rows:
            if row.id in open_ids:
                mailing.handle(row, people[row.subscriber_id])
            else:
                mailing.count(skipped=1)
    return mailing.report


def retry_delay(attempts: int) -> timedelta | None:
    """How long after attempt number `attempts` the next one is due; None: 48 hours are over.

    5 minutes, 15, 60, then every 4 hours.
    """
    delays = [*_FIRST_DELAYS, *[_LATER_DELAY] * attempts][:attempts]
    return delays[-1] if sum(delays, timedelta()) <= GIVE_UP_AFTER else None


class _Mailing:
    """One pass: renders each profile once, tries each row once."""

    def __init__(
        self, db: Database, digest: Digest, courier: Courier, now: Clock, *, impatient: bool
    ) -> None:
        self.db = db
        self.digest = digest
        self.courier = courier
        self.now = now
        self.impatient = impatient
        self.report = DeliveryReport()
        self.printed: dict[Profile, Printed] = {}
        self.outage = ""
        self.sender = address_of(courier.settings.sender, what="smtp.sender").addr_spec

    def handle(self, row: Delivery, person: Subscriber) -> None:
        """Try one row, or leave it for later."""
        due_at = row.next_attempt_at
        if due_at is not None and due_at > self.now() and not self.impatient:
            self.count(deferred=1)
            return
        try:
            content = self.compose(row, person)
        except DigestError as error:
            problem = Attempt("refused", str(error))
            self.attempt(row, lambda: problem)
            return
        self.attempt(row, lambda: self.carry(person.address, content))

    def compose(self, row: Delivery, person: Subscriber) -> bytes:
        """The mail as bytes. Made before the row is claimed: a failure here leaves it queued."""
        settings = self.courier.settings
        profile = Profile.of(person)
        if profile not in self.printed:
            self.printed[profile] = Printed(self.digest, profile)
        message = build_message(
            self.printed[profile],
            person,
            message_id=row.message_id,
            sender=settings.sender,
            reply_to=settings.reply_to,
            now=self.now(),
        )
        return message.as_bytes()

    def carry(self, recipient: str, content: bytes) -> Attempt:
        """Hand over, unless the server was found missing in this pass."""
        if self.outage:
            return Attempt("deferred", self.outage)
        result = self.courier.carry(self.sender, recipient, content)
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
        deliveries.settle(self.db, row.id, state, reply, self.now(), next_at)
        if state == "sent":
            self.count(sent=1, repeated=int(row.state == "unknown"))
        else:
            note = f"{row.address}: {reply}"
            self.count(refused=int(state == "refused"), deferred=int(state != "refused"), note=note)

    def count(
        self,
        *,
        sent: int = 0,
        deferred: int = 0,
        refused: int = 0,
        repeated: int = 0,
        skipped: int = 0,
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
            notes=(*old.notes, note) if note else old.notes,
        )


def _enrol(
    db: Database, issue: IssueRecord, sender: str, now: datetime, only: Subscriber | None
) -> None:
    if only is None and issues.list_issues(db)[-1].id != issue.id:
        return
    active = subscribers.list_subscribers(db, "active")
    people = [person for person in active if only is None or person.id == only.id]
    ids = {person.id: make_message_id(issue.id, issue.week, person.id, sender) for person in people}
    deliveries.ensure_deliveries(db, issue.id, people, ids, now)


def _known(db: Database, address: str) -> Subscriber:
    person = subscribers.find_subscriber(db, address)
    if person is None:
        raise DigestError(f"{address} is not subscribed; run: zhengxun subscribers add {address}")
    return person
