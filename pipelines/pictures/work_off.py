"""Works off the queue of pictures and scans, page by page. Nothing waits for it: whoever stops it
loses the page in hand at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from pipelines.pictures.facts_of_pictures import facts_of
from pipelines.pictures.page_text import Page
from pipelines.pictures.picture_reader import PictureReader
from storage.models import PicturePage
from storage.notices.notices import get_notice
from storage.pictures.queue import begin_page, finish_file, notices_of, save_page
from storage.pictures.readings import save_facts
from storage.search.picture_texts import picture_texts

MAX_PAGES = 60
"""Of one file; a scanned book is not read to its end."""

MOST_ATTEMPTS = 3
GONE = "文件已不在，未识别"
GIVEN_UP = f"识别中断 {MOST_ATTEMPTS} 次，没有完成"
TOO_MANY_PAGES = f"页数较多，只识别了前 {MAX_PAGES} 页"


async def work_off(
    db: Database,
    data: Path,
    reader: PictureReader,
    clock: Callable[[], datetime],
    *,
    most: int,
    seconds: float,
    goes_on: Callable[[], bool] = lambda: True,
) -> int:
    """Read pages until there are none, `most` are read, `seconds` are over or somebody else needs
    the machine (`goes_on`, asked before each); how many were read."""
    read, until = 0, time.monotonic() + seconds
    while read < most and time.monotonic() < until and goes_on():
        page = begin_page(db)
        if page is None:
            break
        read += await _take(db, data, reader, page, clock())
    return read


async def _take(
    db: Database, data: Path, reader: PictureReader, page: PicturePage, now: datetime
) -> int:
    """Read one page, and finish its file with the last; 1 when it was read."""
    path = data / page.path
    if page.attempts >= MOST_ATTEMPTS or not path.is_file():
        note = GIVEN_UP if path.is_file() else GONE
        _finish(db, page.file, note, now)
        return 0
    found = await reader.read(path, page.type, page.number)
    pages = max(found.pages, page.pages, 1)
    save_page(
        *(db, page),
        pages=pages,
        text="\n".join(text for text, _ in found.lines),
        confidence=_confidence(found),
        note=found.note,
        now=now,
    )
    if page.number + 1 >= min(pages, MAX_PAGES):
        _finish(db, page.file, TOO_MANY_PAGES if pages > MAX_PAGES else "", now)
    return 1


def _confidence(page: Page) -> float | None:
    length = sum(len(text) for text, _ in page.lines)
    return sum(sure * len(text) for text, sure in page.lines) / length if length else None


def _finish(db: Database, file: int, note: str, now: datetime) -> None:
    """The text of a file is whole: the notices that have it learn what it says."""
    finish_file(db, file, note=note, now=now)
    for notice_id in notices_of(db, file):
        texts = picture_texts(db, [notice_id]).get(notice_id, ())
        save_facts(db, notice_id, facts_of(get_notice(db, notice_id).notice, texts), now)
