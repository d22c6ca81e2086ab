"""Holds the issue of the redesigned week to the truth. Pure: issues and rows in, findings out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from china_time import SHANGHAI
from drift.addresses import plain
from drift.timetable import REDESIGNED, days_of, issue_of
from drift.truth import Truth, columns_of, document_of, likeness, one_title, text_at
from replica.entries import Entry

GOOD = frozenset({"ok", "quiet"})
READ_BADLY = 0.5
# Kinds of findings, and whether an aim forbids them.
KINDS: Mapping[str, bool] = {
    "silent miss": True,
    "miss without days": True,
    "named miss": False,
    "old as new": True,
    "old as late": True,
    "old as changed": True,
    "repeated": True,
    "no notice": True,
    "verdict wrong": True,
    "false alarm": True,
    "title wrong": True,
    "day wrong": True,
    "body bad": True,
    "change untold": True,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of a page."""

    url: str
    title: str
    published_on: str
    body_text: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, at a site and perhaps a column."""

    kind: str
    site: str
    column: str
    what: str


@dataclass
class Judgement:
    """Findings and figures of one seed."""

    findings: list[Finding] = field(default_factory=list)
    entries: int = 0
    right: int = 0
    due: int = 0
    # Site -> likeness of the texts of new notices that are called complete.
    texts: dict[str, list[float]] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, kind: str, site: str, column: str, what: str) -> None:
        """One more finding."""
        if kind not in KINDS:
            raise ValueError(f"no such kind of finding: {kind}")
        self.findings.append(Finding(kind, site, column, what))

    def count(self, site: str, name: str) -> None:
        """One more of what is counted for a site: entries, right, due."""
        counts = self.counts.setdefault(site, {"entries": 0, "right": 0, "due": 0})
        counts[name] += 1


class Judge:
    """Judges one issue. `earlier`: the issues before it; `stored`: all pages of the store."""

    def __init__(
        self,
        truth: Truth,
        issue: dict[str, Any],
        earlier: list[dict[str, Any]],
        stored: list[Stored],
    ) -> None:
        self.truth = truth
        self.issue = issue
        self.told = {self.key(item) for past in earlier for item in items_of(past)}
        self.stored = {plain(one.url): one for one in stored}
        self.coverage = {(row["site"], row["column"]): row for row in issue["coverage"]}
        self.due = {document_of(one): one for one in truth.due()}
        self.changed = {document_of(one): one for one in truth.changed()}
        self.result = Judgement()

    def judge(self) -> Judgement:
        """Everything."""
        shown = self.judge_items()
        self.judge_missing(shown)
        self.judge_verdicts()
        self.judge_changes()
        return self.result

    def key(self, item: dict[str, Any]) -> str:
        """The document of an item; its own address where nobody published it."""
        found = self.found(item)
        return document_of(found) if found is not None else plain(item["url"])

    def found(self, item: dict[str, Any]) -> Entry | None:
        """The page of an item."""
        return self.truth.find([item["url"], *item["also_at"]], item["title"])

    # --- what the issue says

    def judge_items(self) -> set[str]:
        """Each entry of the issue; the documents that it tells as new."""
        shown: set[str] = set()
        for item in items_of(self.issue):
            entry = self.found(item)
            site = entry.site if entry is not None else self.site_of(item)
            self.result.count(site, "entries")
            self.result.entries += 1
            if self.is_right(item, entry, shown):
                self.result.count(site, "right")
                self.result.right += 1
        return shown

    def is_right(self, item: dict[str, Any], entry: Entry | None, shown: set[str]) -> bool:
        """Whether an entry belongs into the issue; a finding when it does not."""
        told = f"{item['title'][:40]} {item['url']}"
        if entry is None:
            self.result.add("no notice", self.site_of(item), "", told)
            return False
        site, column, key = self.cause(item, entry), entry.column, document_of(entry)
        if item["revised"]:
            if key in self.changed:
                return True
            self.result.add("old as changed", site, column, told)
            return False
        if key in shown or key in self.told:
            self.result.add("repeated", site, column, told)
            return False
        shown.add(key)
        if key not in self.due:
            kind = "old as late" if item["late"] else "old as new"
            self.result.add(kind, site, column, told)
            return False
        self.judge_reading(item, entry, column)
        return True

    def cause(self, item: dict[str, Any], entry: Entry) -> str:
        """The site that brought an entry: its own, or where its own stayed as it was, the one of
        another page of the same document."""
        pages = [entry, *(self.truth.find([address]) for address in item["also_at"])]
        sites = [page.site for page in pages if page is not None]
        changed = [site for site in sites if not self.truth.redesigns[site].is_empty]
        return (changed or sites)[0]

    def judge_reading(self, item: dict[str, Any], entry: Entry, column: str) -> None:
        """Title, day and text of a new notice, unless it is said to be incomplete."""
        stored = self.stored.get(plain(item["url"]))
        if stored is None or not stored.complete:
            return
        names = {one_title(entry.title), one_title(entry.list_title or entry.title)}
        if one_title(item["title"]) not in names:
            self.result.add("title wrong", entry.site, column, f"{item['title']} for {entry.title}")
        if item["published_on"] != entry.published.date().isoformat():
            said = f"{item['published_on']} for {entry.published:%Y-%m-%d} {entry.title[:30]}"
            self.result.add("day wrong", entry.site, column, said)
        score = likeness(stored.body_text, text_at(entry, issue_of(REDESIGNED)))
        self.result.texts.setdefault(entry.site, []).append(score)
        if score < READ_BADLY:
            said = f"{score:.2f} {entry.title[:30]} {item['url']}"
            self.result.add("body bad", entry.site, column, said)

    # --- what it does not say

    def judge_missing(self, shown: set[str]) -> None:
        """Each document that is owed and not told: named by its column, or missed in silence."""
        for key, entry in self.due.items():
            self.result.count(entry.site, "due")
            self.result.due += 1
            if key not in shown:
                where = columns_of(entry)
                # A document of several columns is named when one of them names it.
                ways = [self.how_missed(place, entry) for place in where]
                kind = max(ways, key=list(KINDS).index)
                said = f"{entry.published:%m-%d} {entry.title[:40]}"
                self.result.add(kind, entry.site, where[0][1], said)

    def how_missed(self, place: tuple[str, str], entry: Entry) -> str:
        """silent miss, miss without days, or named miss."""
        row = self.coverage.get(place)
        if row is None:
            return "silent miss"
        # What is put up late was put up on a day of the gap, whatever day it bears.
        days = {entry.published.date(), entry.appears.astimezone(SHANGHAI).date()}
        if any(first <= day <= last for first, last in gaps_of(row) for day in days):
            return "named miss"
        if row["verdict"] in GOOD:
            return "silent miss"
        # A list that could not be read at all may lack anything since it was last read well.
        return "miss without days" if row["verdict"] == "degraded" else "named miss"

    def judge_verdicts(self) -> None:
        """Columns that nobody can read must say so; sites left alone must not cry."""
        for site, redesign in self.truth.redesigns.items():
            for (of_site, column), row in self.coverage.items():
                if of_site != site:
                    continue
                verdict = row["verdict"]
                if column in redesign.closed and verdict in GOOD:
                    self.result.add("verdict wrong", site, column, f"{verdict} although closed")
                if redesign.is_empty and (verdict not in GOOD or gaps_of(row)):
                    said = f"{verdict} {row['reason']} although nothing changed"
                    self.result.add("false alarm", site, column, said)

    def judge_changes(self) -> None:
        """Documents whose words changed are told, unless their pages cannot be read."""
        told = {self.key(item) for item in items_of(self.issue) if item["revised"]}
        for key, entry in self.changed.items():
            redesign = self.truth.redesigns[entry.site]
            closed = redesign.shut is not None and redesign.shut(entry)
            place = columns_of(entry)[0]
            row = self.coverage.get(place, {"verdict": None})
            if key in self.told and key not in told and not closed and row["verdict"] in GOOD:
                self.result.add("change untold", entry.site, place[1], entry.title[:40])

    def site_of(self, item: dict[str, Any]) -> str:
        """The site of an entry that nobody published, by its host."""
        host = item["url"].split("/")[2] if "//" in item["url"] else ""
        for site, redesign in self.truth.redesigns.items():
            hosts = {place.split("/")[0] for place in redesign.addresses.seen}
            own = {one.url.split("/")[2] for one in redesign.neighbours[:1]}
            if host in hosts | own | redesign.hosts:
                return site
        return "elsewhere"


def items_of(issue: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The entries of a digest.json."""
    for section in issue["sections"]:
        for group in section["groups"]:
            yield from group["items"]


_ISO = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")
_CHINESE = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日")


def gaps_of(row: dict[str, Any]) -> list[tuple[date, date]]:
    """The days that a column's line in the foot names as perhaps incomplete.

    From its list of gaps where it has one, else from the days in its reason: a sentence with two
    is a span, one with `起` or `以来` is open to the issue's end.
    """
    if row.get("gaps"):
        return [
            (date.fromisoformat(gap["from"]), date.fromisoformat(gap["to"])) for gap in row["gaps"]
        ]
    spans = []
    for sentence in re.split("[；;。]", row["reason"]):
        days = days_in(sentence)
        if len(days) >= 2:
            spans.append((min(days), max(days)))
        elif days and re.search("起|以来|之后", sentence):
            spans.append((days[0], days_of(REDESIGNED)[1]))
        elif days:
            spans.append((days[0], days[0]))
    return spans


def days_in(sentence: str) -> list[date]:
    """The days that a sentence names."""
    year = days_of(REDESIGNED)[0].year
    iso = [date(int(y), int(m), int(d)) for y, m, d in _ISO.findall(sentence)]
    return iso + [date(int(y or year), int(m), int(d)) for y, m, d in _CHINESE.findall(sentence)]
