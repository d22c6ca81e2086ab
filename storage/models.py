"""The nouns that cross between rooms. Frozen; dates are Asia/Shanghai, instants UTC-aware."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Outcome = Literal["new", "revised", "unchanged"]
Verdict = Literal["ok", "quiet", "degraded", "blocked", "broken", "unreachable"]
RunState = Literal["running", "finished", "failed", "killed"]
DeliveryState = Literal["queued", "sending", "sent", "deferred", "refused", "unknown"]
SubscriberState = Literal["active", "paused", "suspended", "ended"]
Pace = Literal["weekly", "immediate"]
# What came back after a mail was sent: the mailbox is gone, or would not take it now.
Bounce = Literal["", "hard", "soft"]
BulletinKind = Literal["news", "ended"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file named by a notice. `bytes`, `sha256`, `path`, `text` are None until downloaded.

    `path` is relative to the data folder. `note` says in Chinese why there is no file or no text.
    """

    url: str
    name: str
    type: str = ""
    bytes: int | None = None
    sha256: str | None = None
    path: str | None = None
    text: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which readers must act. `computed` marks a relative term we worked out."""

    on: date
    what: str
    printed: str
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask, as printed."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One published page, read. What enters the store.

    `body_html` is sanitised, with absolute links; `content_hash` covers title and text in a
    normal form, so white space and counters do not change it. `published_on` is the page's
    word, never ours. `original_url` is the link a repost prints to the original. `topic_words`
    maps a topic to the words it was found by, the commonest first; `read_by` maps field ->
    reader. `warnings` are sentences for a person (Chinese).
    """

    site: str
    column: str
    key: str
    url: str
    title: str
    section: str
    grp: str
    doc_number: str = ""
    issuers: tuple[str, ...] = ()
    source: str = ""
    published_on: date | None = None
    published_time: str = ""
    written_on: date | None = None
    effective_on: date | None = None
    deadline_on: date | None = None
    deadlines: tuple[Deadline, ...] = ()
    contacts: tuple[Contact, ...] = ()
    amounts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    topic_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    repeals: tuple[str, ...] = ()
    body_html: str = ""
    body_text: str = ""
    summary: str = ""
    content_hash: str = ""
    original_url: str = ""
    attachments: tuple[Attachment, ...] = ()
    read_by: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A notice as it is in the store, with our own facts about it."""

    id: int
    notice: Notice
    first_seen_at: datetime
    last_seen_at: datetime
    revised_at: datetime | None = None
    duplicate_of: int | None = None
    duplicate_why: str = ""


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What saving did."""

    id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Known:
    """What decides whether a stored page is fetched again."""

    id: int
    column: str
    key: str
    url: str
    title: str
    published_on: date | None
    complete: bool
    first_seen_at: datetime
    last_read_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Check:
    """One column in one run."""

    run_id: int
    site: str
    column: str
    checked_at: datetime
    verdict: Verdict
    reason: str = ""
    rows: int = 0
    total: int | None = None
    pages: int = 0
    new: int = 0
    revised: int = 0
    newest_on: date | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The state of one column now, for the foot of an issue and for `status`."""

    site: str
    site_name: str
    column: str
    url: str
    last_checked_at: datetime | None
    last_good_at: datetime | None
    rows: int
    new: int
    newest_on: date | None
    verdict: Verdict | None
    reason: str
    bad_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceTrend:
    """Pages a site published in each of some weeks, the oldest first; None: not watched yet."""

    site: str
    site_name: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may enter an issue: its representative page and the other pages of it."""

    stored: StoredNotice
    also: tuple[StoredNotice, ...] = ()
    late: bool = False
    revised: bool = False
    change: str = ""


@dataclass(frozen=True, slots=True)
class IssueRecord:
    """A digest that was composed and recorded, e.g. 2021-W05; `from_on`..`to_on` inclusive.

    `released_at` None: it waits for its editor, until `release_at`. `corrects` is the id of the
    issue of which this is the correction number `number`.
    """

    id: int
    week: str
    from_on: date
    to_on: date
    instant: datetime
    composed_at: datetime
    title: str = ""
    release_at: datetime | None = None
    released_at: datetime | None = None
    corrects: int | None = None
    number: int = 0

    @property
    def waits(self) -> bool:
        """Whether it may still be edited."""
        return self.released_at is None


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """Where a notice stands in a recorded issue."""

    notice_id: int
    section: str
    grp: str
    position: int
    late: bool = False
    revised: bool = False
    change: str = ""
    moved: bool = False
    note: str = ""


Act = Literal[
    "drop",
    "restore",
    "pin",
    "unpin",
    "move",
    "annotate",
    "retitle",
    "hold",
    "release",
    "correct",
]


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of an editor: `before` and `after` say what it changed, by the names of the facts.

    `document` is the id of the page that represents the document now, `notice_id` of the one
    that did then; None: the act concerns the whole issue.
    """

    id: int
    week: str
    act: Act
    notice_id: int | None
    document: int | None
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    who: str
    made_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True)
class CorrectedItem:
    """An entry of an issue that was wrong: title and link as issued, what was wrong and right."""

    notice_id: int
    title: str
    url: str
    wrong: str
    fixed: str


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """第1号更正 of an issue: `record` is what the ledger knows, `corrects` the issue."""

    record: IssueRecord
    corrects: IssueRecord
    words: str
    items: tuple[CorrectedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who gets what. Empty tuples mean everything; `formats` ⊆ {html, docx, ics}.

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
