"""Holds the installation against the truth. Each violation is one line.

The database is read from outside, with plain SQL: what checks the house does not use its doors.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from china_time import SHANGHAI
from crawlers.reading.addresses import canonical_url
from digest.delivery.sink import Received
from soak.observer import Observer
from soak.publisher import START, Document, pages

BAD = {"blocked", "broken", "unreachable"}
READ_OVER_WITHIN = 3
"""Undisturbed readings of a site, after which no gap may be left open."""
FALSE_GAPS = 1
"""Gaps a column may open in the year although nothing was wrong with it."""
MAIL_WITHIN = timedelta(days=3)
CLOSING = timedelta(days=4, hours=17)


@dataclass
class Truth:
    """What was published and what crawls could see of it."""

    documents: list[Document]
    observer: Observer
    readers: tuple[str, ...]
    operator: str
    alarms_in_flight: int = 0

    def __post_init__(self) -> None:
        self.by_url = {
            canonical_url(page.url): document for document, page in pages(self.documents)
        }


def closings(now: datetime) -> list[datetime]:
    """The instants at which issues closed until `now`."""
    first = START.replace(hour=0, minute=0) + CLOSING
    count = (now - first) // timedelta(weeks=1) + 1 if now >= first else 0
    return [first + timedelta(weeks=number) for number in range(count)]


def check(
    data: Path,
    truth: Truth,
    received: list[Received],
    now: datetime,
    *,
    off_since: datetime | None = None,
) -> list[str]:
    """Every violation that can be seen at `now`; of a daemon that is off, what was due before."""
    now = off_since or now
    with closing(sqlite3.connect(f"file:{data / 'zhengxun.db'}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        return [
            *whole(db),
            *issues_composed(db, data, now),
            *notices_issued(db, truth, now),
            *outages_told(db, data, truth, now),
            *gaps_told(db, truth),
            *mails(db, truth, received, now),
        ]


def whole(db: sqlite3.Connection) -> Iterator[str]:
    """The database is sound."""
    for pragma in ("integrity_check", "foreign_key_check"):
        found = [tuple(row) for row in db.execute(f"PRAGMA {pragma}")]
        if found not in ([], [("ok",)]):
            yield f"{pragma}: {found[0]}"


def issues_composed(db: sqlite3.Connection, data: Path, now: datetime) -> Iterator[str]:
    """One issue a week, each with all its files."""
    recorded = Counter(row["week"] for row in db.execute("SELECT week FROM issues"))
    for closing_at in closings(now - timedelta(hours=2)):
        week = f"{closing_at:%G-W%V}"
        if recorded[week] != 1:
            yield f"issue {week} was composed {recorded[week]} times"
        folder = data / "issues" / week
        for name in ("digest.html", "digest.txt", "digest.docx", "digest.json", "deadlines.ics"):
            if not (folder / name).is_file():
                yield f"issue {week} has no {name}"


def notices_issued(db: sqlite3.Connection, truth: Truth, now: datetime) -> Iterator[str]:
    """Each document once, at most one issue late; each change at most once."""
    printed: dict[int, list[sqlite3.Row]] = defaultdict(list)
    rows = db.execute(
        "SELECT i.revised, i.late, s.instant, s.week, n.url FROM issue_items i"
        " JOIN issues s ON s.id = i.issue_id JOIN notices n ON n.id = i.notice_id"
    ).fetchall()
    for row in rows:
        document = truth.by_url.get(canonical_url(row["url"]))
        if document is None:
            yield f"{row['week']} holds {row['url']}, which nobody published"
        else:
            printed[document.number].append(row)
    instants = closings(now)
    for document in truth.documents:
        mine = printed[document.number]
        yield from one_document(document, mine, truth, instants)


def one_document(
    document: Document, printed: list[sqlite3.Row], truth: Truth, instants: list[datetime]
) -> Iterator[str]:
    """What is wrong with the printing of one document."""
    name = f"document {document.number} ({document.pages[0].site}, {document.appears:%m-%d %H:%M})"
    first = [row for row in printed if not row["revised"]]
    changes = [row for row in printed if row["revised"]]
    weeks = ", ".join(row["week"] for row in first)
    if len(first) > 1:
        yield f"{name} was issued {len(first)} times: {weeks}"
    if document.backlog and first and not in_first_week(document):
        yield f"{name} is backlog and was issued in {weeks}"
    if len(changes) > document.revisions:
        told = ", ".join(row["week"] for row in changes)
        yield f"{name} changed {document.revisions} times and was told as changed in {told}"
    if document.backlog:
        return
    readable = truth.observer.readable_at(document.pages)
    if readable is None:
        return
    after = [instant for instant in instants if instant >= readable]
    if len(after) >= 2 and (not first or week_instant(first[0]) > after[1]):
        missing = f"first in {weeks}" if first else "never issued"
        yield f"{name} could be read on {readable:%m-%d %H:%M}, {missing}"


def week_instant(row: sqlite3.Row) -> datetime:
    """When the week of an issue closed."""
    friday = datetime.strptime(f"{row['week']}-5", "%G-W%V-%u").replace(tzinfo=SHANGHAI)
    return friday + timedelta(hours=17)


def in_first_week(document: Document) -> bool:
    """Whether a notice from before the start is dated in the first issue's week."""
    saturday = (START - timedelta(days=2)).date()
    return document.pages[0].published.date() >= saturday


def outages_told(db: sqlite3.Connection, data: Path, truth: Truth, now: datetime) -> Iterator[str]:
    """One alarm an outage, one recovery each, and a line in the next issue."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in db.execute("SELECT subject, kind FROM alarms WHERE subject LIKE 'column:%'"):
        counts[row["subject"].removeprefix("column:"), row["kind"]] += 1
    for (site, column), possible in truth.observer.outages().items():
        raised = counts[f"{site}/{column}", "raised"]
        recovered = counts[f"{site}/{column}", "recovered"]
        if raised not in possible:
            yield f"{site}/{column}: {raised} alarms for {sorted(possible)} outages"
        if raised - recovered not in {0, 1}:
            yield f"{site}/{column}: {raised} alarms, {recovered} recoveries"
    yield from feet(db, data, truth, now)


def feet(db: sqlite3.Connection, data: Path, truth: Truth, now: datetime) -> Iterator[str]:
    """Every outage that a crawl met stands in the foot of the next issue, or of one that was due
    before and composed after it."""
    instants = closings(now - timedelta(hours=2))
    composed = {
        row["week"]: datetime.fromisoformat(row["composed_at"])
        for row in db.execute("SELECT week, composed_at FROM issues")
    }
    for (site, column), looks in truth.observer.columns.items():
        for look in looks:
            if look.state != "bad":
                continue
            following = [instant for instant in instants if instant >= look.at][:2]
            waited = [at for at in instants if at < look.at <= composed.get(f"{at:%G-W%V}", at)]
            feet_since = [row for at in (*waited, *following) for row in foot(data, at)]
            rows = [row for row in feet_since if row["site"] == site]
            mine = [row for row in rows if row["column"] == column]
            told = any(row["verdict"] in BAD or "已恢复" in row["reason"] for row in mine)
            if len(following) == 2 and not told:
                yield f"{site}/{column} was bad on {look.at:%m-%d %H:%M}, told in no issue"


def gaps_told(db: sqlite3.Connection, truth: Truth) -> Iterator[str]:
    """A gap is read over once its site can be read again; a column that was well opens hardly
    any."""
    opened: Counter[tuple[str, str]] = Counter()
    for gap in db.execute('SELECT site, "column", opened_at, closed_at, reason FROM gaps'):
        site, column = gap["site"], gap["column"]
        since = datetime.fromisoformat(gap["opened_at"])
        looks = truth.observer.columns.get((site, column), [])
        around = [look.state for look in looks if look.at <= since][-1:]
        around += [look.state for look in looks if look.at > since][:1]
        opened[site, column] += all(state == "good" for state in around)
        read = [at for at in truth.observer.readings[site] if at > since]
        if gap["closed_at"] is None and len(read) > READ_OVER_WITHIN:
            yield f"{site}/{column}: a gap of {since:%m-%d} is open still: {gap['reason']}"
    for (site, column), count in opened.items():
        if count > FALSE_GAPS:
            yield f"{site}/{column}: {count} gaps although nothing was wrong"


def foot(data: Path, closing_at: datetime) -> list[dict[str, Any]]:
    """The coverage that an issue printed."""
    path = data / "issues" / f"{closing_at:%G-W%V}" / "digest.json"
    if not path.is_file():
        return []
    coverage: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["coverage"]
    return coverage


def mails(
    db: sqlite3.Connection, truth: Truth, received: list[Received], now: datetime
) -> Iterator[str]:
    """Each reader each issue once; a second copy only of a mail in flight, under the same id."""
    boxes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mail in received:
        message = mail.message()
        for address in mail.recipients:
            key = str(message["Subject"]) if address != truth.operator else ""
            boxes[address, key].append(str(message["Message-ID"]))
    interrupted = {
        row["message_id"]
        for row in db.execute("SELECT message_id FROM deliveries WHERE interruptions > 0")
    }
    for (address, subject), ids in boxes.items():
        counts = Counter(ids)
        if address != truth.operator and len(counts) > 1:
            yield f"{address} got {subject!r} under {len(counts)} Message-IDs"
        for message_id, count in counts.items():
            if count > 1 and address != truth.operator and message_id not in interrupted:
                yield f"{address} got {subject!r} {count} times, none interrupted"
    yield from owed(db, truth, boxes, now)
    yield from alarms_mailed(received, truth)


def owed(
    db: sqlite3.Connection,
    truth: Truth,
    boxes: dict[tuple[str, str], list[str]],
    now: datetime,
) -> Iterator[str]:
    """Every reader has every issue that is some days old."""
    got = Counter(address for address, subject in boxes if subject)
    due = [at for at in closings(now) if now - at > MAIL_WITHIN]
    refused = Counter(
        row["address"] for row in db.execute("SELECT address FROM deliveries WHERE state='refused'")
    )
    for reader in truth.readers:
        if got[reader] + refused[reader] < len(due):
            yield f"{reader} got {got[reader]} of {len(due)} issues, {refused[reader]} refused"


def alarms_mailed(received: list[Received], truth: Truth) -> Iterator[str]:
    """No alarm reaches the operator in two different mails.

    Except one in flight when the daemon was killed, if another alarm has joined it since.
    """
    told: dict[str, set[str]] = defaultdict(set)
    for mail in received:
        if truth.operator in mail.recipients:
            message = mail.message()
            body = message.get_body(("plain",))
            text = body.get_content() if body is not None else ""
            for line in text.splitlines():
                if line.startswith("【"):
                    told[line].add(str(message["Message-ID"]))
    twice = {frozenset(ids) for ids in told.values() if len(ids) > 1}
    if len(twice) > truth.alarms_in_flight:
        lines = [line for line, ids in told.items() if len(ids) > 1]
        yield f"the operator was told more than once, e.g. {lines[0][:80]}"
