"""Who gets what, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

DeliveryState = Literal["queued", "sending", "sent", "deferred", "refused", "unknown"]
SubscriberState = Literal["active", "paused", "suspended", "ended"]
Pace = Literal["weekly", "immediate"]
# What came back after a mail was sent: the mailbox is gone, or would not take it now.
Bounce = Literal["", "hard", "soft"]
BulletinKind = Literal["news", "ended"]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who gets what. Empty tuples mean everything; `formats` ⊆ {html, docx, full, ics};
    full: a Word file with every text.

    With pace `immediate` new notices are told at once when they have a keyword or topic, or a
    deadline at most `deadline_days` ahead (0: no such rule). `skip_empty`: no mail for an issue
    in which nothing fits. `paused_until`: a day in Asia/Shanghai.
    """

    id: int
    address: str
    name: str = ""
    sections: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html", "docx")
    state: SubscriberState = "active"
    channel: str = "mail"
    note: str = ""
    topics: tuple[str, ...] = ()
    pace: Pace = "weekly"
    deadline_days: int = 0
    skip_empty: bool = False
    paused_until: date | None = None
    began_at: datetime | None = None
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger: this issue to this subscriber.

    `interruptions`: how often it was cut off when it may already have arrived. `omitted`: why
    there is nothing to send, by the subscriber's own choice. `bounce`: what came back later.
    """

    id: int
    issue_id: int
    subscriber_id: int
    address: str
    state: DeliveryState
    message_id: str
    attempts: int = 0
    last_reply: str = ""
    updated_at: datetime | None = None
    next_attempt_at: datetime | None = None
    interruptions: int = 0
    bounced: bool = False
    omitted: str = ""
    bounce: Bounce = ""
    bounce_reply: str = ""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A mail outside the weekly issue: new notices, or the confirmation of an end."""

    id: int
    subscriber_id: int
    address: str
    kind: BulletinKind
    state: DeliveryState
    message_id: str
    attempts: int = 0
    last_reply: str = ""
    updated_at: datetime | None = None
    next_attempt_at: datetime | None = None
    interruptions: int = 0
    bounce: Bounce = ""
