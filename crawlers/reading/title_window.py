"""What the title of a page's window says of the notice, without the names of site and column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawlers.reading.title_agreement import plain
from crawlers.reading.title_form import is_nameless

_SEGMENTS = re.compile(r"(?<!\s)\s*+(?:[-_|—–－·›>»丨｜]++|--)\s*+")
OFFICE = re.compile(
    r"^[\u4e00-\u9fff]{2,24}(?:局|委员会|委|部|厅|中心|网|网站|政府|门户|平台|[学研]?[究]?院|协会|学会|公司|医院"
    r"|联盟|中心站|博物馆|大学|学校|银行|集团|研究所|监测站|检验所)$"
)
"""How a publisher's own name ends."""


def window_segments(window: str, names: Sequence[str]) -> list[str]:
    """What the window's title may say of the notice: whole, then without the names of site and
    column behind or before it. Nothing when it is only such a name, or names no page (正文)."""
    parts = _parts(window)
    said = _said(parts, names)
    if not said:
        return []
    return list(dict.fromkeys((max(said, key=len), window.strip())))


def window_names(window: str, names: Sequence[str]) -> list[str]:
    """What the window's title says besides the notice's: the names of the column and the site."""
    parts = _parts(window)
    longest = max(_said(parts, names), key=len, default="")
    return [part for part in parts if part != longest]


def _parts(window: str) -> list[str]:
    return [part for part in _SEGMENTS.split(window.strip()) if part]


def _said(parts: Sequence[str], names: Sequence[str]) -> list[str]:
    known = {plain(name) for name in names if name}
    return [
        part
        for part in parts
        if plain(part) not in known and not OFFICE.match(part) and not is_nameless(part)
    ]
