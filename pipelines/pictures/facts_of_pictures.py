"""Facts made out of recognised text: the same readers as for printed text, another trust."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.facts.deadlines import find_deadlines
from pipelines.facts.doc_numbers import own_doc_number
from pipelines.facts.signatures import find_signature
from storage.models import Notice, PictureFacts, PictureText

FEW_CHARACTERS = 200
"""A body with fewer says what matters in its pictures, or in a scan that it names."""

_MOST = 100_000


def facts_of(notice: Notice, texts: Sequence[PictureText]) -> PictureFacts:
    """What the pictures of a body say, and the scans among its files where the body says hardly
    anything. Each fact is uncertain, and none of them replaces what the page prints."""
    is_short = len(notice.body_text) < FEW_CHARACTERS
    wanted = [one for one in texts if not one.name or is_short]
    text = "\n".join(one.text for one in wanted)[:_MOST]
    if not text:
        return PictureFacts()
    lines = text.split("\n")
    written_on = find_signature(lines).written_on
    published = notice.published_on or notice.written_on or written_on
    length = sum(len(one.text) for one in wanted)
    return PictureFacts(
        doc_number=own_doc_number("", "", lines).number,
        written_on=written_on,
        deadlines=find_deadlines(notice.title, text, published=published),
        confidence=round(sum(one.confidence * len(one.text) for one in wanted) / length, 4),
    )
