"""Sentences for a person where the readers of one page, or its list, say different things."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawlers.items import NoticeItem
from crawlers.reading.printed_dates import day_of

_NAMES = {
    "column": "栏目选择器",
    "platform": "页面",
    "learned": "学到的选择器",
    "meta": "meta 标签",
    "general": "通用阅读",
    "list": "列表",
}


def disagreements(item: NoticeItem, readings: Mapping[str, Mapping[str, str]]) -> list[str]:
    """A sentence for every reader (the list among them) whose title or day is another."""
    sentences: list[str] = []
    chosen = day_of(item.published)
    listed = {"title": item.list_title, "published": item.list_date}
    for name, fields in {**readings, "list": listed}.items():
        title, published = fields.get("title", ""), fields.get("published", "")
        if title and item.title and not _same_title(title, item.title):
            sentences.append(f"标题不一致：采用“{item.title}”，{_NAMES[name]}为“{title}”")
        if published and chosen and day_of(published) not in {chosen, None}:
            sentences.append(f"发布日期不一致：采用 {item.published}，{_NAMES[name]}为 {published}")
    return sentences


def _same_title(one: str, other: str) -> bool:
    first, second = (re.sub(r"[\W_]+", "", text) for text in (one, other))
    return first in second or second in first
