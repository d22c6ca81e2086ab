"""The essentials of an issue as the little markdown that chat services have in common."""

from __future__ import annotations

import json
import re

from digest.composing.highlights import weightiest
from digest.models.issue import Digest, Entry, Section
from digest.wording import short_facts, totals_line, trouble_line

# No service documents an escape. Their own signs are replaced by the full-width forms: a title
# must not end a link, begin markup, or call everybody in the group (<at id=all>, <@all>).
_FULL_WIDTH = str.maketrans("[]()<>*_`~#@|\\", "［］（）＜＞＊＿｀～＃＠｜＼")
_NOT_IN_LINK = re.compile(r"[\s()<>\"'`\\\[\]]")


def essentials(
    digest: Digest,
    *,
    heading: str,
    limit: int,
    heading_end: str = "",
    line_end: str = "\n",
    named: bool = True,
) -> str:
    """What is in the issue, with links, in at most `limit` bytes of UTF-8.

    When not everything fits, the weightiest entries stay, in the issue's order, and the last
    line says how many are left out. `named`: begin with the issue's title.
    """
    least, most = 0, digest.total
    while least < most:
        middle = (least + most + 1) // 2
        text = _text(digest, middle, heading, heading_end, line_end, named=named)
        if _size(text) <= limit:
            least = middle
        else:
            most = middle - 1
    return _text(digest, least, heading, heading_end, line_end, named=named)


def plain(text: str) -> str:
    """Text in which no service finds markup."""
    return text.translate(_FULL_WIDTH)


def _text(
    digest: Digest, count: int, heading: str, heading_end: str, line_end: str, *, named: bool
) -> str:
    chosen = {entry.id for entry in weightiest(digest, count)}
    title = f"{digest.title} {digest.week}"
    lines = [f"{heading}{plain(title)}{heading_end}"] if named else []
    lines.append(plain(totals_line(digest)))
    for section in digest.sections:
        items = _items(section, digest, chosen)
        if items:
            lines += [f"{heading}{plain(section.title)}{heading_end}", *items]
    if count < digest.total:
        lines.append(f"另有 {digest.total - count} 条，见邮件周报。")
    if trouble := trouble_line(digest):
        lines.append(plain(trouble.replace("详见文末“信息来源状况”", "详见邮件周报")))
    return line_end.join(lines)


def _items(section: Section, digest: Digest, chosen: set[int]) -> list[str]:
    entries = (entry for group in section.groups for entry in group.entries)
    return [_item(entry, digest) for entry in entries if entry.id in chosen]


def _item(entry: Entry, digest: Digest) -> str:
    title = plain(entry.title)
    link = _NOT_IN_LINK.sub(lambda sign: f"%{ord(sign[0]):02X}", entry.url)
    shown = f"[{title}]({link})" if link else title
    return f"- {shown} {plain(short_facts(entry, digest.today))}".rstrip()


def _size(text: str) -> int:
    """Bytes of the text inside JSON, where a line end or a quotation mark takes two."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2
