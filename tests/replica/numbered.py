"""Writes content files with many alike notices, for lists that need a second page."""

from __future__ import annotations

from pathlib import Path

NOTICE = """[[notice]]
site = "{site}"
column = "{column}"
url = "{url}"
title = "第{number}号公告"
published = "2021-01-{day:02d} 09:{minute:02d}"
source = "试验单位"
body = "<p>第{number}号公告的正文。</p>"
"""


def write_notices(folder: Path, site: str, column: str, url: str, count: int) -> Path:
    """`url` holds {number}; number 1 is the oldest, day 1 to 28 of January 2021."""
    notices = [
        NOTICE.format(
            site=site,
            column=column,
            url=url.format(number=number),
            number=number,
            day=1 + number // 4,
            minute=number % 60,
        )
        for number in range(1, count + 1)
    ]
    (folder / f"{site}.toml").write_text("\n".join(notices), encoding="utf-8")
    return folder
