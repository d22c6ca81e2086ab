"""How near a reading is to the gold: exact fields, rows found, F1 over pieces of text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from evaluation.gold import GoldNotice
from storage.models import Notice

FIELDS = ("title", "date", "doc_number", "issuers", "deadlines", "attachments")
_BREAK = re.compile(r"[\s|,，。;；:：!！?？、()（）\[\]【】《》\"“”…·#—]+")
_COUNTER = re.compile(r"\d{1,2}\.?")


def same_text(one: str, other: str) -> bool:
    """Equal but for white space and the width of characters."""
    first, second = (re.sub(r"\s+", "", unicodedata.normalize("NFKC", t)) for t in (one, other))
    return first == second


def right_fields(gold: GoldNotice, notice: Notice) -> dict[str, bool]:
    """Field -> whether it was read exactly."""
    day = notice.published_on.isoformat() if notice.published_on else ""
    stamp = (day, notice.published_time) if gold.published_time else (day, "")
    deadlines = [(one.on.isoformat(), one.what) for one in notice.deadlines]
    attachments = [(one.name, one.url) for one in notice.attachments]
    return {
        "title": same_text(notice.title, gold.title),
        "date": stamp == (gold.published_on, gold.published_time),
        "doc_number": notice.doc_number == gold.doc_number,
        "issuers": notice.issuers == gold.issuers,
        "deadlines": sorted(deadlines) == sorted(gold.deadlines),
        "attachments": attachments == list(gold.attachments),
    }


def body_f1(gold: Iterable[str], text: str) -> float:
    """F1 over the pieces between punctuation, as multisets; 1 when both are empty."""
    wanted, found = _pieces("\n".join(gold)), _pieces(text)
    if not wanted or not found:
        return float(wanted == found)
    shared = sum((wanted & found).values())
    return 2 * shared / (sum(wanted.values()) + sum(found.values()))


def rows_right(
    wanted: Sequence[tuple[str, str, str]], found: Sequence[tuple[str, str, str]]
) -> int:
    """Rows with title, address and day all right."""
    return sum((Counter(wanted) & Counter(found)).values())


def _pieces(text: str) -> Counter[str]:
    pieces = _BREAK.split(unicodedata.normalize("NFKC", text))
    return Counter(piece for piece in pieces if piece and not _COUNTER.fullmatch(piece))
