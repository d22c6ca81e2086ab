"""The day of a page where the page, its head and its row in the list say different ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from crawlers.reading.day_evidence import LAST_RESORTS, PrintedDay
from crawlers.reading.printed_dates import day_of, url_date

_ANOTHERS = timedelta(days=60)


def choose_day(printed: Sequence[PrintedDay], meta: str, listed: str, url: str) -> tuple[str, str]:
    """The page's day and the reader that has it, of the printed days, the head's and the list's.

    工信部 prints a day before PubDate and 天津 one after it: a labelled day is right both times. A
    day beside the title is right against a later one in the head (a page that was moved); against
    an earlier one where list or address bear it out; months from the row's day it is another's.
    A day anywhere else on the page that is also the row's is right against a head that neither
    list nor address bear out: it has a template's day.
    """
    best = printed[0] if printed else PrintedDay()
    if best.strength == "beside" and _is_far_from(best.day, day_of(listed)):
        printed, best = (), PrintedDay()
    head, others = day_of(meta), {day_of(listed), day_of(url_date(url))} - {None}
    if best.strength == "labelled" and best.day != head:
        return best.printed, "general"
    if best.strength in {"beside", "bare"} and best.day is not None and best.day != head:
        is_borne_out = best.day in others and head not in others
        if head is None or best.day < head or is_borne_out:
            return best.printed, "general"
    rows = _rows_day(printed, day_of(listed))
    if head is not None and head not in others and rows:
        return rows, "general"
    if head is not None or (meta and not best.printed):
        return meta, "meta"
    if best.strength in LAST_RESORTS and listed:
        return "", ""
    return (best.printed, "general") if best.printed else ("", "")


def _is_far_from(day: date | None, listed: date | None) -> bool:
    """Whether a day without a label is so far from the row's that it is another's."""
    return day is not None and listed is not None and abs(day - listed) > _ANOTHERS


def _rows_day(printed: Sequence[PrintedDay], listed: date | None) -> str:
    """The row's day as the page prints it anywhere but in a clock; "" when it does not."""
    found = (one for one in printed if one.strength == "far" and one.day == listed)
    return next((one.printed for one in found), "") if listed is not None else ""
