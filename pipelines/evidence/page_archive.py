"""Keeps answers: in their site's archive of the month, in the index, as files for a person."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.evidence import warc
from pipelines.evidence.warc import Answer
from storage.database import open_database, transaction
from storage.runs import saved_pages
from storage.runs.saved_pages import PageKind, Place, SavedPage

log = logging.getLogger(__name__)

COPIES = "evidence"
MIB = 1024 * 1024
# A person looks at the beginning; the whole is in the archive.
COPY_BYTES = 2 * MIB


@dataclass(frozen=True, slots=True)
class Found:
    """An answer and what the crawl knows of it; `picture` is a PNG of it in a browser."""

    kind: PageKind
    site: str
    column: str
    answer: Answer
    asked: dict[str, Any]
    notice_id: int | None = None
    run_id: int | None = None
    content_hash: str = ""
    picture: bytes = b""


class PageArchive:
    """For one crawl. `max_mib`: what all archives together may take; 0 keeps none.

    Evidence is worth less than the crawl: when a file cannot be written, that is logged and
    nothing more is kept.
    """

    def __init__(self, database: Path, data: Path, *, max_mib: int) -> None:
        self.database = database
        self.data = data
        self.limit = max_mib * MIB
        self.trouble = ""
        self._used: int | None = None
        self._db: Database | None = None

    @property
    def db(self) -> Database:
        """The store, opened when it is first needed."""
        if self._db is None:
            self._db = open_database(self.database)
        return self._db

    def close(self) -> None:
        """Safe to call more than once."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def keep(self, found: Found, *, with_copy: bool = False) -> bool:
        """Keep an answer; whether it was. `with_copy`: as a file for a person, too."""
        if self.trouble:
            return False
        try:
            return self._keep(found, with_copy=with_copy)
        except OSError as error:
            self.trouble = f"pages are not kept any more: {error.strerror or error}"
            log.warning("%s", self.trouble)
            return False

    def _keep(self, found: Found, *, with_copy: bool) -> bool:
        copy, picture = self._copy(found) if with_copy else ("", "")
        with transaction(self.db):
            place, same_as = self._archive(found.site, found.answer)
            if place is None and not copy:
                return False
            saved_pages.save_page(self.db, _row(found, place, same_as, copy, picture))
            return True

    def _archive(self, site: str, answer: Answer) -> tuple[Place | None, int | None]:
        if not self.limit or not self._has_room():
            return None, None
        name = warc.file_name(site, answer.at)
        same = saved_pages.with_same_body(self.db, name, answer.sha256)
        told = None if same is None else _identity(same)
        offset, length = warc.append(
            self.data / name,
            warc.opening(name, answer.at),
            lambda: warc.record_of(answer, told),
            known_end=lambda size: self._known_end(name, size),
        )
        self._used = (self._used or 0) + length
        return Place(name, offset, length), None if same is None else same.id

    def _known_end(self, name: str, size: int) -> int:
        end = saved_pages.indexed_end(self.db, name)
        if end <= size:
            return end
        lost = saved_pages.forget_beyond(self.db, name, size)
        log.warning("%s ends early: %s saved pages are lost", name, lost)
        return 0

    def _has_room(self) -> bool:
        if self._used is None:
            self._used = sum(path.stat().st_size for path in warc.archives(self.data))
        if self._used < self.limit:
            return True
        self.trouble = "pages are not kept: the archives have reached evidence.max_mib"
        log.warning("%s", self.trouble)
        return False

    def _copy(self, found: Found) -> tuple[str, str]:
        """A page is saved as text: opened in a browser it must not run."""
        answer = found.answer
        stamp = f"{answer.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        stem = f"{COPIES}/{found.site}-{stamp}-{answer.sha256[:8]}"
        (self.data / COPIES).mkdir(parents=True, exist_ok=True)
        (self.data / f"{stem}.txt").write_bytes(answer.body[:COPY_BYTES])
        if not found.picture:
            return f"{stem}.txt", ""
        (self.data / f"{stem}.png").write_bytes(found.picture)
        return f"{stem}.txt", f"{stem}.png"


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What was removed: archives, and notices that have no saved page any more. `over`: bytes
    above the limit that stay, because they are of this month or the last."""

    files: int = 0
    notices: int = 0
    over: int = 0


def trim(db: Database, data: Path, *, max_mib: int, now: datetime) -> Trimmed:
    """Remove the oldest months until a tenth of the room is free; never the last two months."""
    target = max_mib * MIB * 9 // 10
    files = [(path, path.stat().st_size) for path in warc.archives(data)]
    used = sum(size for _, size in files)
    newest = _last_two_months(now)
    removed = notices = 0
    while files and used > target and warc.month_of(files[0][0]) not in newest:
        month = warc.month_of(files[0][0])
        for path, size in [item for item in files if warc.month_of(item[0]) == month]:
            notices += saved_pages.forget_file(db, path.relative_to(data).as_posix())
            path.unlink(missing_ok=True)
            used -= size
            removed += 1
        files = [item for item in files if warc.month_of(item[0]) != month]
    return Trimmed(removed, notices, max(0, used - max_mib * MIB))


def load_answer(db: Database, data: Path, page: SavedPage) -> Answer:
    """The answer of a saved page with its body, checked. Raises WarcError."""
    if page.place is None:
        raise warc.WarcError("not in an archive")
    answer = warc.read_record(data / page.place.file, page.place.offset, page.place.length)
    if page.same_as is not None:
        first = saved_pages.get_page(db, page.same_as)
        if first is None or first.place is None:
            raise warc.WarcError(f"{page.place.file}: the first record of this page is gone")
        place = first.place
        kept = warc.read_record(data / place.file, place.offset, place.length)
        via_browser = page.via == "browser"
        headers = kept.headers if via_browser else answer.headers
        answer = Answer(answer.url, answer.at, answer.status, headers, kept.body, via_browser)
    if answer.sha256 != page.sha256:
        raise warc.WarcError(f"{page.place.file} at {page.place.offset}: not what was kept")
    return answer


def _last_two_months(now: datetime) -> set[str]:
    this = now.astimezone(UTC)
    year, month = (this.year, this.month - 1) if this.month > 1 else (this.year - 1, 12)
    return {f"{this:%Y-%m}", f"{year:04}-{month:02}"}


def _identity(page: SavedPage) -> Answer:
    """The kept answer as a revisit record refers to it: by address and instant."""
    return Answer(page.url, page.fetched_at, page.status, (), b"")


def _row(
    found: Found, place: Place | None, same_as: int | None, copy: str, picture: str
) -> SavedPage:
    answer = found.answer
    return SavedPage(
        kind=found.kind,
        site=found.site,
        column=found.column,
        url=answer.url,
        fetched_at=answer.at,
        status=answer.status,
        via="browser" if answer.via_browser else "http",
        bytes=len(answer.body),
        sha256=answer.sha256,
        asked=found.asked,
        notice_id=found.notice_id,
        run_id=found.run_id,
        content_hash=found.content_hash,
        place=place,
        same_as=same_as,
        copy=copy,
        picture=picture,
    )
