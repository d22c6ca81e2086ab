"""What was recognised in the pictures of an entry, as it may be told: apart from what is printed,
called what it is, and never where the page itself says something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digest.composing.chapters import Placed
from digest.models.issue import Entry
from digest.safe_text import clean_line, shorten
from storage.models import RECOGNISED, Notice, PictureReading

_LONGEST = 120
_LONGEST_GIST = 50
_TITLE = 4
_MOST_DEADLINES = 3
_CHECK = "（待核对）"


def with_pictures(placed: Sequence[Placed], readings: Mapping[int, PictureReading]) -> list[Placed]:
    """The entries with the sentence on their pictures; `readings` by the id of the notice."""
    return [
        replace(item, entry=_with_reading(item.entry, reading))
        if (reading := readings.get(item.entry.id)) is not None
        else item
        for item in placed
    ]


def _with_reading(entry: Entry, reading: PictureReading) -> Entry:
    notice = entry.stored.notice
    scans = {one.sha256: one.text for one in reading.texts if one.name}
    files = tuple(
        replace(file, gist=file.gist or _gist(scans[file.sha256])) if file.sha256 in scans else file
        for file in notice.attachments
    )
    stored = replace(entry.stored, notice=replace(notice, attachments=files))
    return replace(entry, stored=stored, pictures=told(notice, reading))


def _gist(text: str) -> str:
    """How a scan begins."""
    first = next((line for line in text.split("\n") if len(line) >= _TITLE), "")
    return RECOGNISED + shorten(clean_line(first), _LONGEST_GIST) if first else ""


def told(notice: Notice, reading: PictureReading) -> str:
    """图片识别：文号 …（待核对）；截止 …（待核对）；…（识别把握 96%，以原文为准）; empty when only
    files were recognised and nothing in them is news to the page."""
    parts = _facts(notice, reading)
    text = " ".join(one.text for one in reading.texts if not one.name)
    if text:
        parts.append(shorten(clean_line(text), _LONGEST))
    if not parts:
        return ""
    return f"{RECOGNISED}{'；'.join(parts)}（{_sureness(reading)}，以原文为准）"


def _facts(notice: Notice, reading: PictureReading) -> list[str]:
    """What the page does not print itself."""
    facts, parts = reading.facts, []
    if facts.doc_number and not notice.doc_number:
        parts.append(f"文号 {clean_line(facts.doc_number)}{_CHECK}")
    if facts.written_on and not (notice.written_on or notice.published_on):
        parts.append(f"落款日期 {facts.written_on}{_CHECK}")
    if not (notice.deadlines or notice.deadline_on):
        parts += [f"截止 {one.on}{_CHECK}" for one in facts.deadlines[:_MOST_DEADLINES]]
    return parts


def _sureness(reading: PictureReading) -> str:
    length = sum(len(one.text) for one in reading.texts)
    sure = sum(one.confidence * len(one.text) for one in reading.texts)
    return f"识别把握 {100 * sure / max(1, length):.0f}%"
