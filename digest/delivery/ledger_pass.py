"""One pass over an issue's ledger: each row claimed, tried once, and settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from china_time import local_minute
from digest.delivery.chat_bots import ChatBot, chat_bot_caps, post_issue
from digest.delivery.correction_messages import CorrectionMessages, post_correction
from digest.delivery.header_address import address_of
from digest.delivery.message_builder import Light, MessageBuilder, limit_words
from digest.delivery.outcome import write_down
from digest.delivery.refusals import SUSPEND_AFTER
from digest.delivery.smtp_client import Attempt, SmtpClient, SmtpSettings
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from digest.models.correction import Correction
from digest.models.issue import Digest, DigestError
from storage.models import Delivery, DeliveryState, Subscriber
from storage.readers import deliveries, subscribers
from storage.readers.attempts import Cap, CapReachedError

Clock = Callable[[], datetime]

_FIRST_DELAYS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
_LATER_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(hours=48)
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


def retry_delay(attempts: int) -> timedelta | None:
    """How long after attempt number `attempts` the next one is due; None: 48 hours are over.

    5 minutes, 15, 60, then every 4 hours.
    """
    delays = [*_FIRST_DELAYS, *[_LATER_DELAY] * attempts][:attempts]
    return delays[-1] if sum(delays, timedelta()) <= GIVE_UP_AFTER else None


def outcome_of(
    result: Attempt, attempts: int, now: datetime
) -> tuple[DeliveryState, str, datetime | None]:
    """State, reply and next attempt after attempt number `attempts`; refused after 48 hours."""
    if result.state not in {"deferred", "unknown"}:
        return result.state, result.reply, None
    delay = retry_delay(attempts)
    if delay is None:
        return "refused", f"gave up after 48 hours; {result.reply}", None
    return result.state, result.reply, now + delay


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
        self.caps = () if smtp is None else smtp.caps
        # Routes that have had their share for now.
        self.full: set[str] = set()
        self.bots = {bot.address: bot for bot in bots}
        # Robots that are one at the service, under several names, share its caps.
        first = {bot.url: bot.address for bot in reversed(bots)}
        self.routes = {bot.address: first[bot.url] for bot in bots}
        self.outage = ""
        self.sender = "" if smtp is None else address_of(smtp.sender, what="smtp.sender").addr_spec
        self.smtp_client = None if smtp is None else SmtpClient(smtp)
        sender, reply_to = ("", "") if smtp is None else (smtp.sender, smtp.reply_to)
        signer = None if smtp is None else smtp.signer
        self.builder: MessageBuilder | CorrectionMessages = (
            CorrectionMessages(digest, sender=sender, reply_to=reply_to, signer=signer, links=links)
            if isinstance(digest, Correction)
            else MessageBuilder(
                digest, sender=sender, reply_to=reply_to, signer=signer, links=links
            )
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.smtp_client is not None:
            self.smtp_client.__exit__(kind, error, traceback)

    def handle(self, row: Delivery, person: Subscriber) -> None:
        """Try one row. Its message is made before it is claimed: a failure leaves it queued."""
        if person.channel != "mail":
            self.attempt(row, self.routes[person.address], lambda: self.tell(row, person))
            return
        smtp_client = self.smtp_client
        if smtp_client is None or "mail" in self.full:
            self.count(deferred=1)
            return
        if self.is_unwanted(row, person):
            deliveries.omit(self.db, row.id, NOTHING_FITS, self.now())
            self.count(skipped=1)
            return
        try:
            content = self.builder.write(person, row.message_id, self.now())
        except DigestError as error:
            problem = Attempt("refused", str(error), no_server=True)
            self.attempt(row, "mail", lambda: problem)
            return
        self.attempt(row, "mail", lambda: self.send(smtp_client, row, person, content))

    def is_unwanted(self, row: Delivery, person: Subscriber) -> bool:
        """Whether nothing of the issue fits, and the subscriber wants no mail then. What was
        tried once is not called back."""
        if not person.skip_empty or row.attempts or isinstance(self.builder, CorrectionMessages):
            return False
        digest = self.builder.printed(person).digest
        return not (digest.total or digest.highlights.due or digest.corrections)

    def tell(self, row: Delivery, person: Subscriber) -> Attempt:
        """Post the essentials to a chat bot."""
        bot, now = self.bots[person.address], self.now()
        if isinstance(self.builder, CorrectionMessages):
            correction = self.builder.correction
            return post_correction(bot, correction, message_id=row.message_id, now=now)
        printed = self.builder.printed(person)
        return post_issue(bot, printed.digest, message_id=row.message_id, now=now)

    def send(
        self, smtp_client: SmtpClient, row: Delivery, person: Subscriber, content: bytes
    ) -> Attempt:
        """Hand over, unless the server was found missing in this pass.

        What is too large goes without the Word file, and says so: nothing of the first was taken.
        """
        if self.outage:
            return Attempt("deferred", self.outage, no_server=True)
        result = smtp_client.send(self.sender, person.address, content)
        if result.too_large:
            now, limit = self.now(), result.size_limit
            content = self.builder.write(person, row.message_id, now, light=Light(limit))
            result = smtp_client.send(self.sender, person.address, content)
            if result.state == "sent":
                self.remark(f"邮件超过服务器的大小上限{limit_words(limit)}，未附 Word 文件")
        if result.no_server:
            self.outage = result.reply
        return result

    def attempt(self, row: Delivery, route: str, act: Callable[[], Attempt]) -> None:
        """Claim, act, settle. The claim is committed first, so a crash leaves its trace."""
        if route in self.full:
            self.count(deferred=1)
            return
        try:
            claimed = self.claim(row, route)
        except CapReachedError as error:
            self.full.add(route)
            again = local_minute(error.free_at)
            self.count(deferred=1)
            self.remark(f"{route}：{cap_words(error.cap)}的上限已到，其余 {again} 以后再发")
            return
        if claimed:
            self.settle(row, act())
        else:
            self.count(skipped=1)

    def claim(self, row: Delivery, route: str) -> bool:
        """Take a row, waiting a little for its turn. Raises CapReachedError if that takes long."""
        while True:
            try:
                # An outage asks nobody, so there is nothing to count.
                caps = () if self.outage and route == "mail" else self.caps_of(route)
                return deliveries.claim(self.db, row.id, self.now(), route=route, caps=caps)
            except CapReachedError as error:
                began = self.now()
                if error.free_at - began > LONGEST_PAUSE:
                    raise
                self.pause((error.free_at - began).total_seconds())
                if self.now() <= began:
                    raise  # a clock that stands still

    def caps_of(self, route: str) -> Sequence[Cap]:
        """How much the mail server or a bot takes."""
        return self.caps if route == "mail" else chat_bot_caps(self.bots[route])

    def settle(self, row: Delivery, result: Attempt) -> None:
        """Record the outcome, with the next attempt when there is one."""
        state, reply, next_at = outcome_of(result, row.attempts + 1, self.now())
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
            )
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


def cap_words(cap: Cap) -> str:
    """每分钟 20 条, 每小时 500 条."""
    span = {
        timedelta(seconds=1): "每秒",
        timedelta(minutes=1): "每分钟",
        timedelta(hours=1): "每小时",
    }
    return f"{span.get(cap.span, f'{cap.span} 内')} {cap.most} 条"
