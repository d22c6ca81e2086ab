"""Fetches the files that notices name, between normalise and store.

A file is asked for through the crawl's own downloader, so robots.txt, pauses, walls and refused
addresses apply. It is kept under the SHA-256 of its content and never opened here; its text is
read by a child process. Whatever goes wrong, the notice goes on with the file named and linked.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from sqlite_utils import Database

from pipelines.brought import BroughtFile
from pipelines.downloads.disposition import file_name
from pipelines.downloads.fetcher import FileFetcher, NotDownloadedError
from pipelines.downloads.file_kinds import NotAFileError, kind_of
from pipelines.downloads.gist import gist_of
from pipelines.downloads.kept_files import keep
from pipelines.downloads.table_rows import table_rows
from pipelines.downloads.text_reader import TextReader, is_worth_another_reading
from pipelines.facts.attachments import is_bare
from pipelines.pictures.picture_reader import is_installed
from pipelines.spider_state import SpiderState
from storage.database import open_database
from storage.models import Attachment, Notice, is_picture
from storage.notices.downloads import known_file, known_picture
from storage.notices.notices import find_by_url

log = logging.getLogger(__name__)

NOTICE_SECONDS = 150.0
"""A notice does not wait longer for its files; what is missing is asked for at its next reading."""

PICTURE_SECONDS = 60.0
"""Nor for the pictures of its body, which come last."""

MOST_FILES = 50
"""Files of one notice that are fetched; further ones are only linked."""

LEAST_BYTES = 5_000
"""Smaller pictures of a body are ornaments."""


class DownloadPipeline:
    """Settings: ZX_ATTACHMENTS, ZX_ATTACHMENT_MB, ZX_ATTACHMENT_TYPES, ZX_OCR, ZX_DATA,
    ZX_DATABASE."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.data = Path(str(settings["ZX_DATA"]))
        self.types = frozenset(settings.getlist("ZX_ATTACHMENT_TYPES"))
        # What is known was downloaded where the store is, and lies there.
        self.is_away = bool(settings.get("ZX_AWAY"))
        self.reads_pictures = settings.getbool("ZX_OCR") and is_installed()
        self.db: Database | None = None
        self._reader = TextReader()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._got: dict[str, Attachment] = {}
        self._fetcher = FileFetcher(crawler, settings.getint("ZX_ATTACHMENT_MB", 20))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DownloadPipeline:
        """Nothing is fetched when attachments are off, or when a page is only looked at."""
        if not crawler.settings.getbool("ZX_ATTACHMENTS", True):
            raise NotConfigured
        if not crawler.settings.getbool("ZX_STORE", True):
            raise NotConfigured
        return cls(crawler)

    def open_spider(self) -> None:
        self.db = open_database(Path(str(self.crawler.settings["ZX_DATABASE"])))
        brought = SpiderState(self.crawler.spider).brought
        if brought is not None:
            self._got = {url: self._brought(one) for url, one in brought.files.items()}

    def _brought(self, one: BroughtFile) -> Attachment:
        """A file that another machine downloaded, kept here by what it holds."""
        file, body = one.file, one.body
        if body is None or file.type not in self.types:
            return replace(file, bytes=None, sha256=None, path=None, text=None, rows=None)
        try:
            sha256, path = keep(self.data, body, file.type)
        except OSError as error:
            return self._without(Attachment(file.url, file.name), f"无法保存（{error.strerror}）")
        return replace(file, bytes=len(body), sha256=sha256, path=path)

    async def close_spider(self) -> None:
        await self._reader.close()
        if self.db is not None:
            self.db.close()

    async def process_item(self, item: Any) -> Any:
        """A Notice with its files; anything else passes through."""
        if not isinstance(item, Notice) or not (item.attachments or item.pictures):
            return item
        until = asyncio.get_running_loop().time() + NOTICE_SECONDS
        is_changed = self._is_changed(item)
        files = [
            await self._with_file(file, item.url, until, anew=is_changed)
            for file in item.attachments[:MOST_FILES]
        ]
        files += [
            replace(file, note=f"一篇通知最多下载 {MOST_FILES} 个附件，只保留链接")
            for file in item.attachments[MOST_FILES:]
        ]
        missing = [
            f"附件“{file.name}”{file.note}" for file in files if file.note.startswith("未下载")
        ]
        warnings = tuple(dict.fromkeys((*item.warnings, *missing)))
        # After the files: a body is read without its pictures too.
        until = min(until, asyncio.get_running_loop().time() + PICTURE_SECONDS)
        pictures = await self._pictures(item, until)
        return replace(item, attachments=tuple(files), pictures=pictures, warnings=warnings)

    async def _pictures(self, notice: Notice, until: float) -> tuple[Attachment, ...]:
        """The pictures of a body that says hardly anything, where somebody will read them; not its
        ornaments."""
        if not self.reads_pictures:
            return ()
        found = []
        for picture in notice.pictures:
            known = known_picture(self.db, picture.url) if self.db is not None else None
            file = known or await self._with_file(picture, notice.url, until, anew=False)
            if is_picture(file) and (file.bytes is None or file.bytes >= LEAST_BYTES):
                found.append(file)
        return tuple(found)

    def _is_changed(self, notice: Notice) -> bool:
        """Whether the page says something new: its files may have been replaced too."""
        if self.db is None:
            return False
        stored = find_by_url(self.db, notice.url)
        return stored is not None and stored.notice.content_hash != notice.content_hash

    async def _with_file(
        self, file: Attachment, referer: str, until: float, *, anew: bool
    ) -> Attachment:
        if file.type and file.type not in self.types:
            return replace(file, note=f"{file.type} 类型不在下载之列，只保留链接")
        async with self._locks[file.url]:
            known = self._got.get(file.url) or (None if anew else self._known(file.url))
            if known is None:
                known = await self._download(file, referer, until)
            elif known.text is None and is_worth_another_reading(known.type, known.note):
                known = await self._with_text(known)
        if known.sha256:
            self._got[file.url] = known
        # 附件下载 says nothing: the name in the answer's header does.
        name = known.name if is_bare(file.name, file.url) else file.name
        return replace(known, name=name, url=file.url)

    def _known(self, url: str) -> Attachment | None:
        """What an earlier crawl downloaded, if the file is still there."""
        known = known_file(self.db, url) if self.db is not None else None
        if known is None or not known.path:
            return None
        if not self.is_away and not (self.data / known.path).is_file():
            return None
        self._count("known")
        return known

    async def _download(self, file: Attachment, referer: str, until: float) -> Attachment:
        try:
            response = await self._fetcher.fetch(file.url, referer, until)
            given = file_name(response.headers.get("Content-Disposition") or b"")
            kind = self._judge(response, file.type, given)
            sha256, path = await asyncio.to_thread(keep, self.data, response.body, kind)
        except (NotDownloadedError, NotAFileError) as error:
            return self._without(file, str(error))
        except OSError as error:
            return self._without(file, f"无法保存（{error.strerror}）")
        self._count("downloaded")
        name = given if given and is_bare(file.name, file.url) else file.name
        kept = replace(
            file, name=name, type=kind, bytes=len(response.body), sha256=sha256, path=path
        )
        return await self._with_text(kept)

    async def _with_text(self, file: Attachment) -> Attachment:
        found = await self._reader.read(self.data / str(file.path), file.type)
        rows = table_rows(found.rows) if found.text is not None else ()
        return replace(
            file,
            text=found.text,
            note=found.note,
            extent=found.extent,
            gist=gist_of(found.text, rows, file.type),
            rows=rows,
        )

    def _judge(self, response: Response, named: str, given: str) -> str:
        """The type of the file; `given` is the name in its header.

        Raises NotAFileError, NotDownloadedError.
        """
        kind = kind_of(response.body, named, given)
        if kind not in self.types:
            raise NotDownloadedError(f"{kind} 类型不在下载之列")
        return kind

    def _without(self, file: Attachment, reason: str) -> Attachment:
        self._count("failed")
        log.warning("not downloaded: %s: %s", file.url, reason)
        return replace(file, note=f"未下载：{reason}")

    def _count(self, what: str) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"attachments/{what}")
