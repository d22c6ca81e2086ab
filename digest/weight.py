"""Which entries deserve the subject line and the box at the top."""

from __future__ import annotations

from digest.models import Digest, Entry
from digest.wording import badges

_LEVEL = {"国家级": 3, "地方级": 2, "北京市": 2, "天津市": 2}
_KIND = {"申报": 2, "征求意见": 2, "公示": 1}


def weightiest(digest: Digest, limit: int) -> tuple[Entry, ...]:
    """The `limit` entries readers would want to hear of first; ties keep the issue's order.

    Weight: the issuing level, a term still running, a call to act, a document number;
    corrections and late entries weigh less than news.
    """
    ranked = [
        (-_weight(entry, group.title, digest), order, entry)
        for order, (group, entry) in enumerate(
            (group, entry)
            for section in digest.sections
            for group in section.groups
            for entry in group.entries
        )
    ]
    return tuple(entry for _, _, entry in sorted(ranked, key=lambda item: item[:2])[:limit])


def _weight(entry: Entry, group: str, digest: Digest) -> int:
    weight = _LEVEL.get(group, 0)
    if any(item.on >= digest.today for item in entry.deadlines):
        weight += 3
    weight += sum(_KIND.get(badge, 0) for badge in badges(entry))
    weight += 1 if entry.doc_number else 0
    weight -= 1 if entry.late else 0
    weight -= 2 if entry.revised else 0
    return weight
