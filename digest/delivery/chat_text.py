"""The essentials of an issue as the little markdown that chat services have in common."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from digest.composing.highlights import weightiest
from digest.models.correction import Correction
from digest.models.issue import Digest, Entry, Section
from digest.safe_text import shorten
from digest.wording import short_facts, totals_line, trouble_line

# No service documents an escape. Their own signs are replaced by the full-width forms: a title
# must not end a link, begin markup, or call everybody in the group (<at id=all>, <@all>).
_FULL_WIDTH = str.maketrans("[]()<>*_`~#@|\\", "［］（）＜＞＊＿｀～＃＠｜＼")
_NOT_IN_LINK = re.compile(r"[\s()<>\"'`\\\[\]]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A service's markdown. `named`: a message begins with its title, as a heading."""

    heading: str = ""
    heading_end: str = ""
    line_end: str = "\n"
    named: bool = True

    def head(self, title: str) -> str:
        """A line that stands out."""
        return f"{self.heading}{plain(title)}{self.heading_end}"

    def joined(self, title: str, lines: Sequence[str]) -> str:
        """A message of lines in which no service finds markup but ours."""
        return self.line_end.join([*[self.head(title)] * self.named, *lines])


def essentials(digest: Digest, dialect: Dialect, *, limit: int) -> str:
    """What is in the issue, with links, in at most `limit` bytes of UTF-8.

    When not everything fits, the weightiest entries stay, in the issue's order, and the last
    line says how many are left out.
    """
    least, most = 0, digest.total
    while least < most:
        middle = (least + most + 1) // 2
        text = _text(digest, middle, dialect)
        if _size(text) <= limit:
            least = middle
        else:
            most = middle - 1
    return _text(digest, least, dialect)


def news_text(
    title: str, entries: Sequence[Entry], today: date, dialect: Dialect, limit: int
) -> str:
    """New notices, a line each with the reason for it, as many as fit into `limit` bytes."""
    lines = [" ".join([_item(entry, today), plain(entry.why)]).rstrip() for entry in entries]
    for count in range(len(lines), -1, -1):
        rest = [f"另有 {len(lines) - count} 条未列出，见周报。"] * (count < len(lines))
        text = dialect.joined(title, [*lines[:count], *rest])
        if _size(text) <= limit:
            break
    return text


def correction_lines(correction: Correction, limit: int) -> list[str]:
    """A correction in about `limit` bytes of UTF-8; where it is cut, it says so."""
    lines = [plain(line) for line in correction.lines]
    for item in correction.items:
        lines += [
            f"- {plain(item.title)}",
            f"误：{plain(shorten(' '.join(item.wrong), 200))}",
            f"正：{plain(shorten(' '.join(item.right), 200))}",
        ]
    text = "\n".join(lines)
    # A Chinese character takes three, and the heading needs room.
    most = limit // 4
    return (text if len(text) <= most else text[: most - 12] + "…（全文见邮件）").split("\n")


def plain(text: str) -> str:
    """Text in which no service finds markup."""
    return text.translate(_FULL_WIDTH)


def _text(digest: Digest, count: int, dialect: Dialect) -> str:
    chosen = {entry.id for entry in weightiest(digest, count)}
    lines = [plain(totals_line(digest))]
    for section in digest.sections:
        items = _items(section, digest, chosen)
        if items:
            lines += [dialect.head(section.title), *items]
    if count < digest.total:
        lines.append(f"另有 {digest.total - count} 条，见邮件周报。")
    if trouble := trouble_line(digest):
        lines.append(plain(trouble.replace("详见文末“信息来源状况”", "详见邮件周报")))
    return dialect.joined(f"{digest.title} {digest.week}", lines)


def _items(section: Section, digest: Digest, chosen: set[int]) -> list[str]:
    entries = (entry for group in section.groups for entry in group.entries)
    return [_item(entry, digest.today) for entry in entries if entry.id in chosen]


def _item(entry: Entry, today: date) -> str:
    title = plain(entry.title)
    link = _NOT_IN_LINK.sub(lambda sign: f"%{ord(sign[0]):02X}", entry.url)
    shown = f"[{title}]({link})" if link else title
    return f"- {shown} {plain(short_facts(entry, today))}".rstrip()


def _size(text: str) -> int:
    """Bytes of the text inside JSON, where a line end or a quotation mark takes two."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2
