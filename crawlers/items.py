"""What a page said, as text, and how its column answered. A leaf: standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

KNOWN_ROWS = 100
KNOWN_CHARACTERS = 20_000
"""How many notices of a column, the newest first, and how much text of each travel with a crawl."""

AGREED = 5
"""Crawls that must agree before selectors that were learned are trusted."""

Verdict = Literal["ok", "quiet", "degraded", "blocked", "broken", "unreachable"]
Place = Literal["", "above", "between", "below"]
Joined = Literal["", "known", "window", "end"]

BARRED = "网站已封禁本机的访问"
"""What the reason of a failure begins with when a publisher takes nobody from this address."""

PAGE_GONE = "公告页面已不存在"
"""Begins the problem of a notice whose address is answered with 404 or 410."""


@dataclass(slots=True)
class PrintedLink:
    """A link with the words printed for it; the URL is absolute."""

    name: str
    url: str


@dataclass(slots=True)
class NoticeItem:
    """One notice page as printed: text in the page's own words, nothing interpreted.

    `key` identifies the page inside its site for ever (a TRS path, a jpaas id, biz:mid:idx);
    `list_*` is what the list row said, the rest what the page itself said. Empty means
    "not printed". `read_by` maps a field to the reader that answered
    (column | platform | meta | general | list); `disagreements` are sentences for a person.
    `platform` is the one whose patterns were asked; `borne_out_by` what agrees on where the text
    stands (column, platform, learned; boxes, density, title, name, siblings): one is doubtful.
    `place` is where the row stood in its list among those known before (above all of them, between
    two, below all; empty: cannot be told), `near_on` the day its neighbours stand at (YYYY-MM-DD).
    """

    site: str
    column: str
    key: str
    url: str
    section: str
    group: str
    site_name: str = ""
    list_title: str = ""
    list_date: str = ""
    title: str = ""
    published: str = ""
    source: str = ""
    doc_number: str = ""
    issuers: str = ""
    written: str = ""
    effective: str = ""
    original_url: str = ""
    body_html: str = ""
    attachments: list[PrintedLink] = field(default_factory=list)
    read_by: dict[str, str] = field(default_factory=dict)
    disagreements: list[str] = field(default_factory=list)
    complete: bool = True
    problem: str = ""
    place: Place = ""
    near_on: str = ""
    platform: str = ""
    borne_out_by: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A notice of a column as the store knows it: what joins a new list to the old one, and what
    finds a notice again after a redesign.

    `title` and `day` (YYYY-MM-DD, or empty) are the page's; `listed_title` and `listed_day`
    (as printed) are the list's, empty where it was not kept. `text` is the stored text, cut
    after KNOWN_CHARACTERS, `body_reader` who read it. `last_listed_at` is the instant (UTC, ISO
    8601) of the last sight, `first_seen_at` that of the first.
    """

    key: str
    url: str
    title: str
    day: str = ""
    listed_title: str = ""
    listed_day: str = ""
    text: str = ""
    body_reader: str = ""
    last_listed_at: str = ""
    first_seen_at: str = ""


@dataclass(slots=True)
class LearnedReader:
    """Selectors of a column that were found by what the store knows of it.

    `kind` is "list" or "page"; `selectors` are the catalogue's, name to CSS; `overrides`: what the
    platform's own selectors gave was wrong. `runs_agreed` counts the crawls whose readings with
    these selectors joined up with what was known; with AGREED of them, or once an operator has
    `accepted` them, they are trusted. `evidence` says in Chinese what they were derived from.
    `is_used` and `agrees` are about this crawl.
    """

    column: str
    kind: Literal["list", "page"]
    selectors: dict[str, tuple[str, ...]]
    overrides: bool = False
    runs_agreed: int = 0
    accepted: bool = False
    evidence: str = ""
    is_used: bool = False
    agrees: bool = False

    @property
    def is_trusted(self) -> bool:
        return self.accepted or self.runs_agreed >= AGREED


def item_of(values: dict[str, Any]) -> NoticeItem:
    """The item whose fields these are, as `dataclasses.asdict` or a JSON line gives them."""
    links = [PrintedLink(**link) for link in values["attachments"]]
    return NoticeItem(**{**values, "attachments": links})


@dataclass(slots=True)
class Failure:
    """Why a column could not be read: a verdict, a reason for people (Chinese), the evidence."""

    verdict: Verdict
    reason: str
    url: str
    status: int | None = None
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of the last reading that joined up: as listed, `day` YYYY-MM-DD or empty."""

    key: str
    url: str
    title: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class ColumnHistory:
    """What earlier crawls know of a column; filled by whoever keeps it. Days are YYYY-MM-DD.

    From `covered_from` to `until` nothing lies unread; empty: no reading has joined up yet. `gaps`
    are (from, to), still open. `listed` are the rows of the last reading that joined up, in
    their order. `usual_rows` is the usual size of a list page, `missing` by how much a reading to
    the end fell short of the site's own count, both None while nothing is usual yet.
    """

    covered_from: str = ""
    until: str = ""
    gaps: tuple[tuple[str, str], ...] = ()
    listed: tuple[ListedRow, ...] = ()
    usual_rows: int | None = None
    missing: int | None = None


@dataclass(slots=True)
class ColumnReport:
    """What one crawl saw of one column; the spider fills it, `pipelines.monitor` judges it.

    `rows` counts listed notices on all pages read, `total` is what the site claims to have,
    `newest` the newest believed date printed in the list. `degraded` is a sentence when the list
    was read, but not in the expected way. What the reading proves (`joined`, `covered_from`) and
    the days it cannot answer for (`gap`, with `gap_why`) are as in the table `checks`.

    `over_allowance` says that the site has added today what it may, empty when it has not.

    `reader` is who read the rows last: column | platform | general | learned, empty for none.

    Every row is one of: `taken` (asked for, or an item at once), refused (`refusals`: reason to
    number), or else known. `waiting` are the keys of notices asked for that have not ended yet.
    """

    column: str
    url: str
    min_rows: int = 1
    max_quiet_days: int = 30
    rows: int = 0
    total: int | None = None
    pages: int = 0
    newest: str = ""
    degraded: str = ""
    failure: Failure | None = None
    notice_failures: int = 0
    over_allowance: str = ""
    known: int = 0
    taken: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    page_rows: list[int] = field(default_factory=list)
    usual_rows: int | None = None
    listed: list[ListedRow] = field(default_factory=list)
    joined: Joined = ""
    covered_from: str = ""
    gap: tuple[str, str] | None = None
    gap_why: str = ""
    reader: str = ""
