"""One document of an issue. Everything a page said is cleaned here, before any renderer sees it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from digest.choosing.roles import addresses_outsiders, is_objection
from digest.safe_text import clean_line, clean_text, safe_link
from storage.models import NOTICE_FIELDS, Attachment, Deadline, Shown, StoredNotice, printed

DUE_WITHIN_DAYS = 14
_PRESSING = 3
MAX_FILES = 200
MAX_GIST = 120
_KILOBYTE = 1024
MACHINE = "机器摘要："
"""How a summary begins that a model made."""
LIST_HIT = "名单命中"
"""How the reason begins of an entry whose lists name somebody who is watched for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Another page with the same document, for 另见."""

    site_name: str
    url: str

    @property
    def name(self) -> str:
        """The site for readers, in one line."""
        return clean_line(self.site_name) or self.link

    @property
    def link(self) -> str:
        """The page's link, empty unless it is http or https."""
        return safe_link(self.url)


@dataclass(frozen=True, slots=True)
class CalledOff:
    """A deadline that an earlier issue told; `name` is its name in calendars."""

    name: str
    deadline: Deadline


@dataclass(frozen=True)
class Entry:
    """One document in an issue: the page chosen for it and the other pages that carry it.

    `site_name` is the publisher's site as the catalogue names it; the page's own 来源 is in the
    notice. `why` says which of a subscriber's keywords it has, in their own issue. `annotation` is
    the editor's 编者按 as typed, `filed` the chapter and heading the editor moved it to.
    `called_off`: deadlines of earlier issues that the page has no more. `pictures`: what was
    recognised in its pictures, in a sentence that says so. `machine`: the summary a model made of
    the page's sentences, empty for none; `own_words`: an editor does not want it. `score` and
    `reasons` say how much it matters; `folded`: it is told in a line; `under`: the id of the entry
    that it explains or reports.
    The properties are what renderers print: cleaned of control and hidden characters.
    """

    stored: StoredNotice
    pages: tuple[Page, ...] = ()
    late: bool = False
    revised: bool = False
    change: str = ""
    site_name: str = ""
    why: str = ""
    annotation: str = ""
    filed: tuple[str, str] | None = None
    called_off: tuple[CalledOff, ...] = ()
    pictures: str = ""
    machine: str = ""
    own_words: bool = False
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    folded: bool = False
    under: int | None = None

    @property
    def id(self) -> int:
        """The notice's id in the store."""
        return self.stored.id

    @cached_property
    def title(self) -> str:
        """One line; a notice without any title is named by its link."""
        return clean_line(self.stored.notice.title) or self.url or "（无标题）"

    @property
    def url(self) -> str:
        """The page's link, empty unless it is http or https."""
        return safe_link(self.stored.notice.url)

    @property
    def section(self) -> str:
        """The chapter it belongs to: the editor's word, else the notice's."""
        return self.filed[0] if self.filed else self.stored.notice.section

    @property
    def group(self) -> str:
        """The heading it belongs under: the editor's word, else the notice's."""
        return self.filed[1] if self.filed else self.stored.notice.grp

    @cached_property
    def note_lines(self) -> tuple[str, ...]:
        """The lines of the 编者按, none when there is none."""
        return tuple(line for line in clean_text(self.annotation).split("\n") if line.strip())

    @property
    def list_hit(self) -> str:
        """名单命中：盈科瑞, when a watched name stands in a list of its files; else empty."""
        return next((clean_line(one) for one in self.reasons if one.startswith(LIST_HIT)), "")

    @property
    def note(self) -> str:
        """The 编者按, cleaned as what a page says is."""
        return "\n".join(self.note_lines)

    @property
    def anchor(self) -> str:
        """Name of the entry inside a document; letters and digits, stable."""
        return f"n{self.stored.id}"

    @property
    def source(self) -> str:
        """The source the page prints, or else its site."""
        return clean_line(self.stored.notice.source) or clean_line(self.site_name)

    @property
    def publisher(self) -> str:
        """Source for readers; the site is named too when it is somebody else's."""
        site = clean_line(self.site_name)
        if _abbreviates(site, self.source) or _abbreviates(self.source, site):
            return self.source
        return f"{self.source}（{site}）"

    @property
    def published_on(self) -> date | None:
        return self.stored.notice.published_on

    @property
    def doubted_on(self) -> date | None:
        """The printed day, when it cannot be right and the entry counts from another."""
        counted, printed = self.stored.day_on, self.published_on
        return printed if counted and printed != counted else None

    @cached_property
    def facts(self) -> dict[str, tuple[str, str]]:
        """What further fields of the notice say, by name: the label (Chinese), and the value in
        one line, empty where the page says nothing."""
        return {
            name: (about.label, clean_line(printed(getattr(self.stored.notice, name))))
            for name, about in NOTICE_FIELDS.items()
            if Shown.FACT in about.shown
        }

    @property
    def doc_number(self) -> str:
        return clean_line(self.stored.notice.doc_number)

    @cached_property
    def issuers(self) -> tuple[str, ...]:
        cleaned = (clean_line(name) for name in self.stored.notice.issuers)
        return tuple(name for name in cleaned if name)

    @cached_property
    def summary(self) -> str:
        """The summary; an unreadable page says so instead of pretending to have no text."""
        text = self.machine_line or clean_line(self.stored.notice.summary)
        if self.pictures:
            return " ".join(part for part in (text, clean_line(self.pictures)) if part)
        if not text and not self.stored.notice.complete:
            return "正文未能读取，请点击标题查看原文。"
        return text

    @property
    def machine_line(self) -> str:
        """The summary a model made, called what it is; empty for none."""
        text = "" if self.own_words else clean_line(self.machine)
        return f"{MACHINE}{text}" if text else ""

    @property
    def told(self) -> str:
        """The words by which an entry is chosen for a reader: whoever summed it up, they stay."""
        own = clean_line(self.stored.notice.summary)
        return f"{self.summary} {own}" if self.machine_line else self.summary

    @cached_property
    def body_text(self) -> str:
        return clean_text(self.stored.notice.body_text)

    @property
    def body_html(self) -> str:
        """As stored: sanitise with `digest.rendering.body_html` before showing it."""
        return self.stored.notice.body_html

    @property
    def has_body(self) -> bool:
        """Whether there is more to show than the summary."""
        return bool(self.body_html.strip() or self.body_text)

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """Files that can be linked, names in one line; the last of very many says how many more."""
        named = (
            Attachment(
                url=safe_link(file.url),
                name=clean_line(file.name) or "附件",
                type=clean_line(file.type),
                bytes=file.bytes,
                extent=clean_line(file.extent),
                gist=clean_line(file.gist)[:MAX_GIST],
            )
            for file in self.stored.notice.attachments
        )
        files = tuple(file for file in named if file.url)
        if len(files) <= MAX_FILES:
            return files
        more = f"另有 {len(files) - MAX_FILES} 个附件，见原文"
        return (*files[:MAX_FILES], Attachment(url=self.url or files[-1].url, name=more))

    @cached_property
    def deadlines(self) -> tuple[Deadline, ...]:
        """All deadlines, earliest first; `deadline_on` alone counts as one."""
        notice = self.stored.notice
        found = {
            (item.on, clean_line(item.what)): Deadline(
                item.on, clean_line(item.what), clean_line(item.printed), item.computed
            )
            for item in notice.deadlines
        }
        if notice.deadline_on and not any(on == notice.deadline_on for on, _ in found):
            found[notice.deadline_on, ""] = Deadline(notice.deadline_on, "", "")
        return tuple(found[key] for key in sorted(found))

    @property
    def deadline_on(self) -> date | None:
        """The day that matters: the notice's own, else its earliest."""
        if self.stored.notice.deadline_on:
            return self.stored.notice.deadline_on
        return self.deadlines[0].on if self.deadlines else None


def named_deadlines(entry: Entry) -> dict[str, Deadline]:
    """The deadlines of a document by a name that stays theirs, the earliest first.

    Not by the place on the page, which every paragraph put before it moves: by what falls due,
    and among several of a kind by their order in time.
    """
    notice, seen = entry.stored.notice, Counter[str]()
    found = {}
    for deadline in entry.deadlines:
        text = f"{notice.site}\n{notice.key}\n{deadline.what}\n{seen[deadline.what]}"
        seen[deadline.what] += 1
        found[hashlib.sha256(text.encode()).hexdigest()[:32]] = deadline
    return found


@dataclass(frozen=True, slots=True)
class DueDate:
    """A deadline near the issue's day. `week` names an earlier issue when it is from one."""

    on: date
    days_left: int
    what: str
    entry: Entry
    week: str = ""
    computed: bool = False

    @property
    def asks(self) -> bool:
        """Whether readers must act by then: not by the last day to object to what is announced,
        unless its list names somebody who is watched for."""
        return bool(self.entry.list_hit) or not is_objection(self.entry.title, self.what)

    @property
    def is_pressing(self) -> bool:
        """Whether they must within three days."""
        return self.asks and self.days_left <= _PRESSING


def due_dates(entry: Entry, today: date, week: str = "") -> list[DueDate]:
    """The entry's deadlines from today to 14 days ahead, both days included: those that people
    outside the office must meet."""
    return [
        DueDate(
            on=item.on,
            days_left=(item.on - today).days,
            what=item.what,
            entry=entry,
            week=week,
            computed=item.computed,
        )
        for item in entry.deadlines
        if 0 <= (item.on - today).days <= DUE_WITHIN_DAYS
        and addresses_outsiders(entry.title, item.what)
    ]


def _abbreviates(short: str, long: str) -> bool:
    """Whether `short` keeps characters of `long` in order: 国家药监局药审中心 names the same body
    as 国家药品监督管理局药品审评中心."""
    rest = iter(long)
    return all(mark in rest for mark in short)


def file_facts(file: Attachment) -> str:
    """（XLS，22 KB，3 页；表：通过名单，共 128 行） of a file that was downloaded; empty for one
    that is only linked. What its name says already is not said again."""
    if file.bytes is None:
        return ""
    size = f"{file.bytes / _KILOBYTE:.0f} KB"
    if file.bytes < _KILOBYTE:
        size = f"{file.bytes} 字节"
    elif file.bytes >= _KILOBYTE**2:
        size = f"{file.bytes / _KILOBYTE**2:.1f} MB"
    facts = "，".join(part for part in (file.type.upper(), size, file.extent) if part)
    is_told = "".join(file.gist.split()) in "".join(file.name.split())
    return f"（{facts}）" if is_told else f"（{facts}；{file.gist}）"
