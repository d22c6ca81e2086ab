"""NoticeItem (text as printed) -> Notice (facts). Pure: no clock, no network, no store.

Each fact is read in a file of its own; this one brings them together and says, in the notice's
`warnings`, whatever a person should know.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from china_time import SHANGHAI
from crawlers.items import NoticeItem
from pipelines.facts.amounts import find_amounts
from pipelines.facts.attachments import find_attachments
from pipelines.facts.body import Body, read_body
from pipelines.facts.contacts import find_contacts
from pipelines.facts.dates import Stamp, parse_date, parse_epoch, parse_stamp
from pipelines.facts.deadlines import find_deadlines, nearest_deadline
from pipelines.facts.doc_numbers import DocNumber, own_doc_number
from pipelines.facts.effects import find_effective_on, find_repeals
from pipelines.facts.issuers import issuers_of_title, place_of, split_issuers
from pipelines.facts.signatures import Signature, find_signature
from pipelines.facts.summary import summarise
from pipelines.facts.titles import clean_title, is_cut
from pipelines.facts.topics import find_topics
from storage.models import Attachment, Notice, OfItsDay
from texts.normal_forms import content_hash
from texts.width import fold_width

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_IMAGE_SUMMARY = "正文为图片，请查看原文。"
_SOURCE_LABEL = re.compile(
    r"^\s*+(?:信息|文章|稿件|资料|新闻)?\s*+(?:来\s*+源|发布机构|发布单位)\s*+[:：]\s*+"
)
_SOURCE_END = re.compile(
    r"(?<!\s)\s*+(?:发布|发表|更新)?(?:时间|日期)\s*+[:：].*|(?<!\s)\s++(?:作者|字体|字号|浏览|阅读|点击|编辑|【|\[).*",
    re.DOTALL,
)
_FACTS_WITHIN = 200_000
_FEW_CHARACTERS = 200
_MOST_PICTURES = 20
MAX_TITLE = 500
"""No title is as long; what comes after is cut, for whoever compares titles."""
_TITLE_READ = 4 * MAX_TITLE
BY_PAGE = "，以页面为准"
"""Ends the sentence on two days of which the page's was taken."""
_WEEK = 7
_REPLACEMENT = "\ufffd"


def normalise(item: NoticeItem, now: datetime) -> Notice:
    """Read every fact of one page. `now` (zoned) resolves 昨天 and checks for future dates."""
    return _Reading(item, now).notice()


class _Reading:
    """The facts of one page in the order in which they need each other."""

    def __init__(self, item: NoticeItem, now: datetime) -> None:
        self.item = item
        self.now = now
        self.read_by = dict(item.read_by)
        self.warnings = [*item.disagreements, *([item.problem] if item.problem else [])]
        self.body: Body = read_body(item.body_html, item.url)
        text = self.body.text[:_FACTS_WITHIN]
        self.lines = text.split("\n") if text else []
        self.place = place_of(item.site_name, item.group)
        self.title = self._title()
        self.listed = self._stamp(item.list_date)
        self.stamp = self._published()
        self.signature: Signature = find_signature(self.lines, self.place)
        self.number: DocNumber = own_doc_number(item.doc_number, self.title, self.lines)
        self.original_url = item.original_url or self.body.original_url

    def notice(self) -> Notice:
        """Put the facts together."""
        body, text, head = self.body, self.body.text[:_FACTS_WITHIN], self._head()
        self.warnings.extend(body.warnings)
        of_its_day = self._of_its_day(self.stamp, head.written_on)
        topics = find_topics(self.title, text)
        attachments = find_attachments(self.item.attachments, body.links, text, self.item.url)
        hashed = body.text or "\n".join(body.images)
        return replace(
            head,
            **{one.name: getattr(of_its_day, one.name) for one in fields(of_its_day)},
            by_its_row=self._by_its_row(head.written_on),
            contacts=find_contacts(text),
            amounts=find_amounts(text),
            topics=tuple(topic.name for topic in topics),
            topic_words={topic.name: topic.words for topic in topics},
            repeals=find_repeals(text),
            content_hash=content_hash(self.title, hashed, (one.name for one in attachments)),
            attachments=attachments,
            pictures=self._pictures(),
            complete=self._complete(bool(attachments)),
            read_by=self.read_by,
            warnings=tuple(dict.fromkeys(self.warnings)),
        )

    def _of_its_day(self, stamp: Stamp | None, written: date | None) -> OfItsDay:
        """What is said of the notice if it was published then."""
        text = self.body.text[:_FACTS_WITHIN]
        published = stamp.on if stamp else None
        base = self._count_from(published, written)
        deadlines = find_deadlines(self.title, text, published=published or written, base=base)
        today = self.now.astimezone(SHANGHAI).date()
        return OfItsDay(
            published_on=published,
            published_time=stamp.time if stamp else "",
            effective_on=find_effective_on(self.item.effective, text, published),
            deadline_on=nearest_deadline(deadlines, published=published, today=today),
            deadlines=deadlines,
            summary=summarise(self.title, text, deadlines) or self._summary_without_text(),
        )

    def _by_its_row(self, written: date | None) -> OfItsDay | None:
        """The same with the row's day, where the page's head alone tells another."""
        if self.stamp is None or self.read_by.get("published") != "meta":
            return None
        if self.listed is not None and self.listed.on == self.stamp.on:
            return None
        return self._of_its_day(self.listed, written)

    def _pictures(self) -> tuple[Attachment, ...]:
        """Where the body says hardly anything: the pictures that may say it, to be downloaded."""
        if len(self.body.text) >= _FEW_CHARACTERS:
            return ()
        addresses = (url for url in self.body.images if url.startswith("http"))
        return tuple(Attachment(url, "") for url in list(addresses)[:_MOST_PICTURES])

    def _head(self) -> Notice:
        """What the page says of itself, without what must be read out of its text."""
        item = self.item
        return Notice(
            site=item.site,
            column=item.column,
            key=item.key,
            url=item.url,
            title=self.title,
            section=item.section,
            grp=item.group,
            doc_number=self._doc_number(),
            issuers=self._issuers(),
            source=self._source(),
            written_on=parse_date(item.written) or self.signature.written_on,
            body_html=self.body.html,
            body_text=self.body.text,
            original_url=self.original_url,
            place=item.place,
            near_on=self._near_on(),
        )

    def _near_on(self) -> date | None:
        """The day of the row's neighbours, unless its page says its own day too: an old notice kept
        on top. A slip of the pen is in the year and goes into both: month and day are this week's.
        """
        near, stamp = parse_date(self.item.near_on), self.stamp
        if near is None or stamp is None or self.listed is None:
            return near
        is_of_page = stamp is not self.listed and self.read_by.get("published") != "list"
        is_agreed = is_of_page and stamp.on == self.listed.on
        return None if is_agreed and not _is_week_of(stamp.on, near) else near

    def _title(self) -> str:
        printed, listed = (
            self._bounded(clean_title(title[:_TITLE_READ], self.item.site_name))
            for title in (self.item.title, self.item.list_title)
        )
        if listed and (not printed or (is_cut(printed) and not is_cut(listed))):
            self.read_by["title"] = "list"
            return listed
        # A heading broken into lines by its layout: the list has the same words in one.
        is_broken = len(listed) < len(printed) and "".join(printed.split()) == "".join(
            listed.split()
        )
        return listed if is_broken else printed

    def _bounded(self, title: str) -> str:
        if len(title) <= MAX_TITLE:
            return title
        self.warnings.append(f"标题长达 {len(title)} 个字符，只保留前 {MAX_TITLE} 个")
        return title[:MAX_TITLE] + "…"

    def _published(self) -> Stamp | None:
        page, listed = self._stamp(self.item.published), self.listed
        if page is None and self.item.published.strip():
            self.warnings.append(f"页面日期无法识别：{self.item.published.strip()[:40]}")
        if page is None and listed is not None:
            self.read_by["published_on"] = "list"
        chosen = page or listed
        if chosen is None:
            self.warnings.append("未读到发布日期")
            return None
        if page and listed and page.on != listed.on:
            self.warnings.append(f"页面日期 {page.on} 与列表日期 {listed.on} 不一致{BY_PAGE}")
        if chosen.on > self.now.astimezone(SHANGHAI).date():
            self.warnings.append(f"发布日期 {chosen.on} 晚于读取日期")
        return chosen

    def _stamp(self, printed: str) -> Stamp | None:
        return parse_stamp(printed, self.now) or parse_epoch(printed)

    def _count_from(self, published: date | None, written: date | None) -> date | None:
        """The day from which 自发布之日起 counts: of a repost, the earlier day of its original."""
        if published is None or (self.original_url and written and written < published):
            return written
        return published

    def _doc_number(self) -> str:
        if self.number.told_by:
            told_by = self.number.told_by
            page = self.read_by.get("doc_number", "page")
            self.read_by["doc_number"] = page if told_by == "field" else told_by
        return self.number.number

    def _issuers(self) -> tuple[str, ...]:
        """The page's field, else the signature, else the title; all of a joint notice's."""
        field = split_issuers(self.item.issuers, self.place)
        if field:
            return field
        titled = issuers_of_title(self.title, self.place) or self._issuers_of_embedded()
        signed = self.signature.issuers
        if titled and (not signed or set(signed) < set(titled)):
            self.read_by["issuers"] = "title"
            return titled
        if signed:
            self.read_by["issuers"] = "signature"
        return signed or self._issuers_of_order()

    def _issuers_of_order(self) -> tuple[str, ...]:
        """国家市场监督管理总局令第27号 names who gave the order."""
        office, mark, _ = self.number.number.partition("令第")
        return split_issuers(office, self.place) if mark else ()

    def _issuers_of_embedded(self) -> tuple[str, ...]:
        """Who issued the document whose text a news item carries: its heading says so."""
        if self.number.told_by != "embedded":
            return ()
        for index in range(self.number.line - 1, max(-1, self.number.line - 5), -1):
            found = issuers_of_title(self.lines[index], self.place)
            if found:
                return found
        return ()

    def _source(self) -> str:
        printed = _SOURCE_LABEL.sub("", self.item.source)
        printed = _SOURCE_END.sub("", fold_width(printed).strip()).strip(" |:-")
        if printed:
            return printed
        self.read_by["source"] = "body" if self.body.source else "catalogue"
        return self.body.source or self.item.site_name

    def _summary_without_text(self) -> str:
        return _IMAGE_SUMMARY if self.body.images else ""

    def _complete(self, has_attachments: bool) -> bool:
        complete = self.item.complete
        if _REPLACEMENT in self.title:
            self.warnings.append("标题含无法解码的字符")
            complete = False
        if _REPLACEMENT in self.body.text:
            self.warnings.append("正文含无法解码的字符")
        if not self.title:
            self.warnings.append("未读到标题")
            complete = False
        if complete and not (self.body.text or self.body.images or has_attachments):
            self.warnings.append("未读到正文")
            complete = False
        return complete


class NormalisePipeline:
    """Scrapy item pipeline: a NoticeItem becomes a Notice, anything else passes through.

    Setting `ZX_NOW`: ISO 8601 instant with a zone to run as of; empty means the real clock.
    """

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> NormalisePipeline:
        """Take the clock from the crawl's settings."""
        text = crawler.settings.get("ZX_NOW") or ""
        return cls(datetime.fromisoformat(text) if text else None)

    def process_item(self, item: Any) -> Any:
        """Read a notice; called by Scrapy for every item."""
        if not isinstance(item, NoticeItem):
            return item
        return normalise(item, self._now or datetime.now(UTC))


def _is_week_of(day: date, near: date) -> bool:
    """Whether a day would lie within a week of another in the right year."""
    apart = abs(day.timetuple().tm_yday - near.timetuple().tm_yday)
    return min(apart, 365 - apart) <= _WEEK
