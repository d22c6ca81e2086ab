"""Which entries deserve the subject line and the box at the top."""

from __future__ import annotations

import re

from digest.models.issue import Digest, Entry
from digest.wording import badges

_LEVEL = {"国家级": 3, "地方级": 2, "北京市": 2, "天津市": 2}
_KIND = {"申报": 2, "征求意见": 2, "公示": 1}

# Where there is room for a few words only, who says it and what kind of paper it is can go:
# …局关于公开征求《X》意见的通知 -> 公开征求《X》意见
_ISSUER = re.compile(r"^[^《“]{0,40}?关于(?!.{0,3}$)")
_KIND_OF_PAPER = re.compile(r"(?<=.{6})的(通知|通告|公告|公示|函)(（[^（）]{0,20}）)?$")


def short_title(title: str) -> str:
    """The words of a title that tell it from others."""
    return _KIND_OF_PAPER.sub("", _ISSUER.sub("", title)) or title


def weightiest(digest: Digest, limit: int) -> tuple[Entry, ...]:
    """The `limit` entries readers would want to hear of first; ties keep the issue's order.

    By their score, those told in full first. Issues that were made before there were scores go
    by a weight: the issuing level, a term still running, a call to act, a document number;
    corrections and late entries weigh less than news.
    """
    entries = list(digest.entries())
    if any(entry.score for entry in entries):
        best = sorted(entries, key=lambda one: (one.under is not None, one.folded, -one.score))
        return tuple(best[:limit])
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
