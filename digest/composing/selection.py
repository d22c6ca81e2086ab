"""The entries of an issue: as the store selects them, or as a recorded issue had them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from digest.composing.chapters import Placed
from digest.composing.weeks import Week
from digest.models.issue import Entry, Page
from storage.issues import issues
from storage.matching import duplicates
from storage.models import IssueEntry, IssueRecord, StoredNotice
from storage.notices.row_mapping import load


def from_selection(
    db: Database, span: Week, instant: datetime, site_names: Mapping[str, str]
) -> list[Placed]:
    """The entries that belong into the issue of `span` and were not issued yet, not judged.

    Revised and late ones stand behind the news. `instant` closes the selection.
    """
    found = issues.select_candidates(
        db, from_on=span.from_on, to_on=span.to_on, instant=instant, week=span.name
    )
    placed = [
        Placed(
            item.stored.notice.section,
            item.stored.notice.grp,
            _entry(
                item.stored,
                item.also,
                site_names,
                IssueEntry(
                    item.stored.id,
                    "",
                    "",
                    0,
                    late=item.late,
                    revised=item.revised,
                    change=item.change,
                ),
            ),
        )
        for item in found
    ]
    # News first: what is late or only changed follows it under the same heading.
    return sorted(placed, key=lambda item: (item.entry.revised, item.entry.late))


def from_record(
    db: Database,
    record: IssueRecord,
    site_names: Mapping[str, str],
    among: Collection[int] | None = None,
) -> list[Placed]:
    """The entries of a recorded issue, of the notices `among` alone if these are given."""
    placed = []
    wanted = issues.issue_entries(db, record.id, among)
    pages = load(db, [row.notice_id for row in wanted])
    groups = duplicates.groups_of(db, list(pages.values()))
    # Two pages printed as two entries stay two, even if they were found to be one later.
    printed = issues.printed_in(db, record.id) if any(groups.values()) else set()
    for row in wanted:
        stored = pages[row.notice_id]
        also = [
            page
            for page in groups[stored.id]
            if page.id not in printed and page.first_seen_at <= record.instant
        ]
        placed.append(Placed(row.section, row.grp, _entry(stored, also, site_names, row)))
    return placed


def _entry(
    stored: StoredNotice,
    also: Iterable[StoredNotice],
    site_names: Mapping[str, str],
    row: IssueEntry,
) -> Entry:
    return Entry(
        stored=stored,
        pages=tuple(
            Page(site_names.get(page.notice.site, page.notice.site), page.notice.url)
            for page in also
        ),
        late=row.late,
        revised=row.revised,
        change=row.change,
        site_name=site_names.get(stored.notice.site, stored.notice.site),
        annotation=row.note,
        filed=(row.section, row.grp) if row.moved else None,
        score=row.score,
        reasons=row.reasons,
        folded=row.folded,
        under=row.under,
        own_words=row.own_words,
    )
