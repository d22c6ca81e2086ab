"""Whose word counts: each field of a notice from several readers' readings of one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations

from crawlers.items import NoticeItem
from crawlers.reading.chosen_day import choose_day
from crawlers.reading.general_notice import Found
from crawlers.reading.printed_dates import day_of
from crawlers.reading.title_agreement import plain, same_title
from crawlers.reading.title_evidence import TitleHints
from crawlers.reading.title_form import is_nameless

_PLAIN_FIELDS = ("source", "doc_number", "issuers", "written", "effective")
_ISSUED_BEFORE = timedelta(days=60)
_SURE_TITLE = 3.0
_SHORTEST_SUMMARY = 20  # letters
_LONGEST_SUMMARY = 600
TRUSTED_READERS = ("column", "platform", "learned")
Readings = dict[str, dict[str, str]]


def fill_fields(item: NoticeItem, readings: Readings, found: Found, witnesses: TitleHints) -> None:
    """Take each field from the first reader that has it and that no witness contradicts."""
    title, reader = _title(readings, found, witnesses)
    if title:
        item.title, item.read_by["title"] = title, reader
    for name, fields in readings.items():
        day = fields.get("published", "")
        if (
            name in TRUSTED_READERS
            and day
            and not item.published
            and not _is_another(name, day, found, item)
        ):
            item.published, item.read_by["published"] = day, name
    if not item.published:
        meta = readings["meta"]["published"]
        item.published, reader = choose_day(found.days, meta, item.list_date, item.url)
        if item.published:
            item.read_by["published"] = reader
    for field in _PLAIN_FIELDS:
        for name, fields in readings.items():
            if fields.get(field) and not getattr(item, field):
                setattr(item, field, fields[field])
                item.read_by[field] = name
    item.original_url = item.original_url or found.original_url


def _is_another(reader: str, day: str, found: Found, item: NoticeItem) -> bool:
    """Whether the day in a page's table of facts (发文日期) is not that of its publication: another
    is printed with a label, and the row bears that one out."""
    if reader != "platform" or not found.days or found.days[0].strength != "labelled":
        return False
    printed, field = found.days[0].day, day_of(day)
    if not item.list_date:  # what was issued is published some days later
        later = printed - field if printed is not None and field is not None else timedelta(0)
        return timedelta(0) < later <= _ISSUED_BEFORE
    return printed == day_of(item.list_date) not in {field, None}


def _title(readings: Readings, found: Found, witnesses: TitleHints) -> tuple[str, str]:
    """The first reader's title that the list's row agrees with; without a row, the first that is
    not the name of the site or column."""
    told = [(fields["title"], name) for name, fields in readings.items() if fields.get("title")]
    told = [one for one in told if not is_nameless(one[0])]
    names = {plain(name) for name in witnesses.names if name}
    told = [one for one in told if plain(one[0]) not in names] or told
    if witnesses.listed and not _is_summary(witnesses.listed, told, found.text):
        agreed = next((one for one in told if same_title(one[0], witnesses.listed)), None)
        if agreed:
            return agreed
    for title, name in told:
        if name != "general" or found.title.score >= _SURE_TITLE or not witnesses.listed:
            return title, name
    return "", ""


def _is_summary(listed: str, told: Sequence[tuple[str, str]], text: str) -> bool:
    """Whether what stands in the list is the beginning of the text, and the page's readers agree
    on a title that it is not."""
    words = plain(listed)
    if len(words) < _SHORTEST_SUMMARY or words not in plain(text[:_LONGEST_SUMMARY]):
        return False
    others = [title for title, _ in told if not same_title(title, listed)]
    return any(same_title(one, other) for one, other in combinations(others, 2))


def outspoken(readings: Readings, found: Found) -> Readings:
    """What each reader is sure enough of to contradict another."""
    general: dict[str, str] = {}
    if found.title.score >= _SURE_TITLE:
        general["title"] = found.title.text
    if found.days and found.days[0].strength in {"labelled", "beside"}:
        general["published"] = found.days[0].printed
    return {**readings, "general": general}
