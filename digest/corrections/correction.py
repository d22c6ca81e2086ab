"""A correction (更正) as its readers see it: text, JSON and pages. Every text is cleaned here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from digest.rendering.templates import style, templates
from digest.safe_text import clean_line, clean_text, safe_link, shorten
from digest.wording import local_minute
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


def correction_text(correction: Correction) -> str:
    """As plain text; lines end in one newline."""
    lines = [correction.heading, correction.when + "（北京时间）", "", *correction.lines]
    for number, item in enumerate(correction.items, start=1):
        lines += ["", f"{number}、{item.title}"]
        lines += [f"    误：{line}" for line in item.wrong]
        lines += [f"    正：{line}" for line in item.right]
        lines += [f"    原文：{item.link}"] if item.link else []
    return "\n".join([*lines, "", f"原第 {correction.week} 期不作改动，以本更正为准。", ""])


def correction_document(record: CorrectionRecord) -> dict[str, Any]:
    """As JSON, in the shape that digest.schema.json gives."""
    return {
        "number": record.record.number,
        "made_at": f"{record.record.composed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "text": clean_text(record.words),
        "items": [
            {
                "title": clean_line(item.title),
                "url": item.url,
                "wrong": clean_text(item.wrong),
                "right": clean_text(item.fixed),
            }
            for item in record.items
        ],
    }


def correction_json(correction: Correction) -> str:
    """The file correction-1.json."""
    document = {"week": correction.week} | correction_document(correction.record)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def correction_page(correction: Correction) -> str:
    """The file correction-1.html."""
    page = templates().get_template("correction.html.jinja")
    return page.render(correction=correction, css=style("issue.css"))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in clean_text(text).split("\n") if line.strip())
