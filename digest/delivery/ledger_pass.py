"""One pass over an issue's ledger: each row claimed, tried once, and settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database

from china_time import local_minute
from digest.delivery.channel import Channel, Handover
from digest.delivery.chat_bot import ChatBot
from digest.delivery.correction_messages import CorrectionMessages
from digest.delivery.message_builder import MessageBuilder
from digest.delivery.open_channels import OpenChannels
from digest.delivery.outcome import write_down
from digest.delivery.refusals import SUSPEND_AFTER, reason_of
from digest.delivery.retry_times import outcome_of
from digest.delivery.smtp_client import Attempt, SmtpSettings
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from digest.models.correction import Correction
from digest.models.issue import Digest, DigestError
from storage.models import Delivery, Subscriber
from storage.readers import deliveries, subscribers
from storage.readers.attempts import Cap, CapReachedError

Clock = Callable[[], datetime]

# Why a row is left out, as the ledger says it.
NOTHING_FITS = "没有符合订阅的内容，按订户的选择不发"
# A cap a minute is waited for within the pass; one an hour is left to the next pass.
LONGEST_PAUSE = timedelta(minutes=1)


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


class LedgerPass:
    """One pass: renders each profile once, tries each row once."""

    def __init__(
        self,
        db: Database,
        digest: Digest | Correction,
        smtp: SmtpSettings | None,
        bots: Sequence[ChatBot],
        now: Clock,
        report: DeliveryReport,
        pause: Callable[[float], None],
        links: UnsubscribeLinks,
    ) -> None:
        self.db = db
        self.now = now
        self.report = report
        self.pause = pause
        # Routes that have had their share for now.
        self.full: set[str] = set()
        # Routes on which something was taken in this pass.
        self.carried: set[str] = set()
        self.channels = OpenChannels(smtp, bots)
        self.builder = _builder(digest, smtp, links)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.channels.__exit__(kind, error, traceback)

    def handle(self, row: Delivery, person: Subscriber) -> None:
        """Try one row. Its message is made before it is claimed: a failure leaves it queued."""
        channel, route = self.channels.of(person)
        if not channel.is_open or route in self.full:
            self.count(deferred=1)
            return
        # What was tried once is not called back.
        untried = row.state == "queued" and not row.attempts
        if person.skip_empty and untried and self.builder.has_nothing_for(person):
            deliveries.omit(self.db, row.id, NOTHING_FITS, self.now())
            self.count(skipped=1)
            return
        try:
            hand_over = self.builder.tell(channel, person, row.message_id, self.now())
        except DigestError as error:
            problem = Attempt("refused", str(error), no_server=True)
            self.attempt(row, channel, route, lambda _now: problem)
            return
        self.attempt(row, channel, route, hand_over)

    def attempt(
        self, row: Delivery, channel: Channel[Any], route: str, hand_over: Handover
    ) -> None:
        """Claim, act, settle. The claim is committed first, so a crash leaves its trace."""
        try:
            claimed = self.claim(row, channel, route)
        except CapReachedError as error:
            self.full.add(route)
            again = local_minute(error.free_at)
            self.count(deferred=1)
            self.remark(f"{route}：{cap_words(error.cap)}的上限已到，其余 {again} 以后再发")
            return
        if not claimed:
            self.count(skipped=1)
            return
        result = hand_over(self.now())
        if result.note:
            self.remark(result.note)
        self.settle(row, result, route)

    def claim(self, row: Delivery, channel: Channel[Any], route: str) -> bool:
        """Take a row, waiting a little for its turn. Raises CapReachedError if that takes long."""
        while True:
            try:
                # An outage asks nobody, so there is nothing to count.
                caps = () if channel.outage else channel.caps
                return deliveries.claim(self.db, row.id, self.now(), route=route, caps=caps)
            except CapReachedError as error:
                began = self.now()
                if error.free_at - began > LONGEST_PAUSE:
                    raise
                self.pause((error.free_at - began).total_seconds())
                if self.now() <= began:
                    raise  # a clock that stands still

    def settle(self, row: Delivery, result: Attempt, route: str) -> None:
        """Record the outcome, with the next attempt when there is one.

        A limit is no fault of this row as long as it lets others pass: then the attempt does not
        count, or a provider that takes twenty a minute would be asked every four hours in the end.
        """
        limited = result.state == "deferred" and reason_of(result.reply) == "limited"
        counts = not (limited and route in self.carried)
        state, reply, next_at = outcome_of(result, row.attempts + counts or 1, self.now())
        write_down(
            lambda: deliveries.settle(
                self.db,
                row.id,
                state,
                reply,
                self.now(),
                next_at,
                bounced=result.bounced,
                asked=not result.no_server,
                counts=counts,
            )
        )
        if state == "sent":
            self.carried.add(route)
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

    def remark(self, note: str) -> None:
        """A line for the operator that concerns many rows: once."""
        if note not in self.report.notes:
            self.count(note=note)

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


def _builder(
    digest: Digest | Correction, smtp: SmtpSettings | None, links: UnsubscribeLinks
) -> MessageBuilder | CorrectionMessages:
    """What is told, whatever it is told on."""
    sender, reply_to = ("", "") if smtp is None else (smtp.sender, smtp.reply_to)
    signer = None if smtp is None else smtp.signer
    if isinstance(digest, Correction):
        return CorrectionMessages(
            digest, sender=sender, reply_to=reply_to, signer=signer, links=links
        )
    return MessageBuilder(digest, sender=sender, reply_to=reply_to, signer=signer, links=links)


def cap_words(cap: Cap) -> str:
    """每分钟 20 条, 每小时 500 条."""
    span = {
        timedelta(seconds=1): "每秒",
        timedelta(minutes=1): "每分钟",
        timedelta(hours=1): "每小时",
    }
    return f"{span.get(cap.span, f'{cap.span} 内')} {cap.most} 条"
