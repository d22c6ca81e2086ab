"""Whether the day in the heads of a site's pages is the notices', or stands in their template.

A redesign may put one PubDate into every page. Then pages of other days bear it too: notices whose
day is known, or several new ones to the minute, whose rows say different days. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from datetime import date

from pipelines.normalise import BY_PAGE
from storage.models import Notice

BY_ROW = "，网页的日期是各页相同的模板日期，以列表为准"
DAY_UNKNOWN = "网页的日期是各页相同的模板日期，列表也没有日期，将再次读取"
# So many known notices that bear a day which is not theirs, and it is the template's.
_KNOWN = 2
# So many pages that bear one instant, and rows that say so many days.
_PAGES = 3
_DAYS = 2


@dataclass(slots=True)
class TemplateDays:
    """The instants that heads told in one crawl of a site, where something else was told too."""

    _denied: dict[tuple[date | None, str], set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    _rows: dict[tuple[date | None, str], dict[str, date | None]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def note(self, notice: Notice, known: Notice | None) -> None:
        """A page whose head alone tells its day; `known`: the notice as it is stored."""
        instant = (notice.published_on, notice.published_time)
        if known is not None and known.published_on not in {None, notice.published_on}:
            self._denied[instant].add(notice.key)
        if notice.by_its_row is not None:
            self._rows[instant][notice.key] = notice.by_its_row.published_on

    def bears_one(self, notice: Notice) -> bool:
        """Whether the day of a page that was noted is its template's."""
        instant = (notice.published_on, notice.published_time)
        if len(self._denied[instant] - {notice.key}) >= _KNOWN:
            return True
        rows = self._rows[instant]
        has_time = notice.published_time not in {"", "00:00"}
        return has_time and len(rows) >= _PAGES and len(set(rows.values()) - {None}) >= _DAYS


def with_day_of_row(notice: Notice) -> Notice:
    """The notice with what its row tells; incomplete where that has no day either."""
    of_its_day = notice.by_its_row
    if of_its_day is None:
        return notice
    told = {one.name: getattr(of_its_day, one.name) for one in fields(of_its_day)}
    read_by = {name: by for name, by in notice.read_by.items() if name != "published"}
    if of_its_day.published_on is not None:
        read_by["published_on"] = "list"
        warnings = tuple(one.replace(BY_PAGE, BY_ROW) for one in notice.warnings)
        return replace(notice, **told, read_by=read_by, by_its_row=None, warnings=warnings)
    warnings = tuple(dict.fromkeys((*notice.warnings, DAY_UNKNOWN)))
    told |= {"read_by": read_by, "warnings": warnings, "complete": False}
    return replace(notice, **told, by_its_row=None)


def as_decided(stored: Notice, reread: Notice) -> Notice:
    """The same page read again from its copy: what a whole crawl told of its day holds."""
    is_decided = any(BY_ROW in one for one in stored.warnings)
    return with_day_of_row(reread) if is_decided else reread
