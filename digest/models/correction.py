"""A correction (更正) as its readers see it, before it is rendered. Each text is cleaned here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from china_time import local_minute
from digest.safe_text import clean_line, clean_text, safe_link, shorten
from storage.models import CorrectedItem, CorrectionRecord

SUBJECT_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Mended:
    """One entry that was wrong, for readers; `anchor` names it inside the issue's own files."""

    title: str
    link: str
    anchor: str
    wrong: tuple[str, ...]
    right: tuple[str, ...]

    @classmethod
    def of(cls, item: CorrectedItem) -> Mended:
        """From the store."""
        return cls(
            title=clean_line(item.title) or "（无标题）",
            link=safe_link(item.url),
            anchor=f"n{item.notice_id}",
            wrong=_lines(item.wrong),
            right=_lines(item.fixed),
        )


@dataclass(frozen=True)
class Correction:
    """第1号更正 of an issue. `replies_to`: subscriber id -> Message-ID of the issue's mail."""

    record: CorrectionRecord
    company: str = ""
    replies_to: Mapping[int, str] = field(default_factory=dict)

    @property
    def week(self) -> str:
        """The issue's week."""
        return self.record.corrects.week

    @property
    def number(self) -> int:
        """Counted within the issue, from 1."""
        return self.record.record.number

    @property
    def made_at(self) -> datetime:
        """When it was made."""
        return self.record.record.composed_at

    @property
    def when(self) -> str:
        """The same for readers."""
        return local_minute(self.made_at)

    @property
    def heading(self) -> str:
        """政讯周报 2021-W05 第1号更正"""
        return clean_line(f"{self.record.corrects.title} {self.week} 第{self.number}号更正")

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The editor's words."""
        return _lines(self.record.words)

    @cached_property
    def items(self) -> tuple[Mended, ...]:
        """The entries concerned."""
        return tuple(Mended.of(item) for item in self.record.items)

    @property
    def subject(self) -> str:
        """The heading and the first words, on one line."""
        rest = max(SUBJECT_LENGTH - len(self.heading) - 1, 12)
        return f"{self.heading}：{shorten(' '.join(self.lines), rest)}"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in clean_text(text).split("\n") if line.strip())
