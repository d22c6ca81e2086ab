"""What a visit that was made on another machine brings back: a file of JSON, and its reading.

It holds what the spiders read, as printed, and how the lists answered; facts, verdicts and what is
new are worked out where the store is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from crawlers.items import ColumnReport, LearnedReader, NoticeItem
from errors import ZhengxunError
from storage.models import Attachment
from storage.runs.saved_pages import PageKind


class BundleError(ZhengxunError):
    """It is not what a visit brings."""


_BYTES = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", extra="forbid")


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """A file that a notice names, or why there is none; `body` None: it was not downloaded."""

    __pydantic_config__: ClassVar[ConfigDict] = _BYTES
    file: Attachment
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class BroughtPage:
    """An answer to be kept as evidence; as `pipelines.evidence.page_archive.Found`. `key` is that
    of the notice that was read from it; '' for a list, and for a page that could not be read."""

    __pydantic_config__: ClassVar[ConfigDict] = _BYTES
    kind: PageKind
    column: str
    url: str
    at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    via_browser: bool = False
    asked: dict[str, Any] = field(default_factory=dict)
    picture: bytes = b""
    key: str = ""


@dataclass(slots=True)
class Brought:
    """All of one visit.

    `reason` is how the crawl ended, `errors` the pages of each column whose reading raised. `seen`
    are the ids of known notices that a list showed, `listed` the keys of all that it showed;
    `obsolete` are (column, kind) of learned readers, `witnesses` (id, what became of it).
    """

    __pydantic_config__: ClassVar[ConfigDict] = _BYTES
    site: str
    run_id: int
    reason: str
    requests: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    reports: list[ColumnReport] = field(default_factory=list)
    items: list[NoticeItem] = field(default_factory=list)
    files: dict[str, BroughtFile] = field(default_factory=dict)
    pages: list[BroughtPage] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    final_addresses: dict[str, str] = field(default_factory=dict)
    readers: list[LearnedReader] = field(default_factory=list)
    obsolete: list[tuple[str, Literal["list", "page"]]] = field(default_factory=list)
    witnesses: list[tuple[int, Literal["listed", "missed", "old", "gone"]]] = field(
        default_factory=list
    )

    def page_of(self, key: str) -> BroughtPage | None:
        """The answer from which the notice of this key was read."""
        found = [page for page in self.pages if page.kind == "notice" and page.key == key]
        return found[-1] if found else None

    def lists_of(self, column: str) -> list[BroughtPage]:
        """What the column's list answered."""
        return [page for page in self.pages if page.kind == "list" and page.column == column]

    def unread_of(self, column: str) -> Iterator[BroughtPage]:
        """Pages of the column that nothing was read from."""
        for page in self.pages:
            if page.kind == "notice" and page.column == column and not page.key:
                yield page


@cache
def _json() -> TypeAdapter[Brought]:
    """Made when it is first needed: a crawl of this machine for itself never does."""
    return TypeAdapter(Brought)


def packed(brought: Brought) -> bytes:
    """As JSON."""
    return _json().dump_json(brought)


def unpacked(text: bytes) -> Brought:
    """Raises BundleError."""
    try:
        return _json().validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BundleError(f"no bundle of a visit: {place}: {first['msg']}") from error


def load(path: Path) -> Brought:
    """What a file holds. Raises BundleError."""
    try:
        return unpacked(path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path}: {error.strerror}") from error
