"""Normal forms for comparing: two printings of one title, two readings of one page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from storage.folding import nfkc

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
# Counters change at every visit; they are never a revision.
_GAP = r"[^\S\n]*+"
_COUNT = rf"[\[(（【]?{_GAP}\d[\d,.]*+{_GAP}[万千kw]?\+?{_GAP}[\])）】]?{_GAP}次?"
_COUNTER = re.compile(
    rf"(?:浏览|阅读|点击|访问|下载)(?:次数|量|数|人次|率)\s*+[:：]?\s*+{_COUNT}"
    rf"|(?:浏览|阅读|点击|访问|已阅|点赞|在看)\s*+[:：]\s*+{_COUNT}"
    # Without a word for counting, 访问 3 家企业 is no counter; a line that ends there is one.
    rf"|(?:浏览|阅读|点击|访问|已阅|点赞|在看)\s*+{_COUNT}(?=\s*$)",
    re.MULTILINE | re.IGNORECASE,
)


def title_key(title: str) -> str:
    """Letters, digits and characters only, NFKC, lower case: equal for the same title."""
    folded = nfkc(title).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def normal_text(text: str) -> str:
    """Text without white space and visit counters, widths folded: what a revision is judged on."""
    folded = nfkc(text)
    return _SPACE.sub("", _COUNTER.sub("", folded))


def content_hash(title: str, text: str, attachment_names: Iterable[str] = ()) -> str:
    """SHA-256 (hex) of the normal form of title, text and the names of attachments."""
    digest = hashlib.sha256()
    for part in (title, text, *sorted(attachment_names)):
        digest.update(normal_text(part).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()
