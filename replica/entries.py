"""Reads what the replica publishes: TOML files of [[notice]] tables.

Times are Asia/Shanghai wall-clock times, as the sites print them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from china_time import SHANGHAI

CHARSETS = ("utf-8", "gb18030", "gb18030-as-utf8")
TEMPLATES = (
    *("", "plain", "ueditor", "xxgk", "managed"),
    *("eraA", "eraB", "eraC"),
    *("2018", "2020", "2026", "pictures"),
)


class EntriesError(Exception):
    """A content file cannot be used; one line says which file, which notice, which key."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attachment(_Table):
    """A file of a notice: the name printed and the file name in its address."""

    name: str
    file: str


class WechatIds(_Table):
    """What identifies an article at mp.weixin.qq.com; `short` is the 22-character token."""

    biz: str
    mid: str
    idx: str = "1"
    sn: str
    account: str
    short: str = Field(pattern=r"^[A-Za-z0-9_-]{22}$")
    deleted: bool = False
    show_type: int = 0


class Revision(_Table):
    """A later state of a page; an empty field keeps the earlier one."""

    at: datetime
    body: str = ""
    title: str = ""

    @field_validator("at", mode="before")
    @classmethod
    def _read_at(cls, value: object) -> datetime:
        return read_time(value)


class Entry(_Table):
    """One published page and the rows that lead to it."""

    site: str
    columns: tuple[str, ...] = Field(min_length=1)
    url: str = Field(pattern=r"^https?://[^/\s]+/\S*$")
    title: str = Field(min_length=1)
    list_title: str = ""
    published: datetime
    has_time: bool = True
    appears: datetime
    source: str = ""
    doc_number: str = ""
    issuers: str = ""
    pinned: bool = False
    image_only: bool = False
    pubdate: str = ""
    charset: str = "utf-8"
    template: str = ""
    original: str = ""
    external_url: str = ""
    wechat: WechatIds | None = None
    record: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    revision: Revision | None = None
    vanishes: datetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        filled = dict(values)
        if "column" in filled and "columns" in filled:
            raise ValueError("give either column or columns, not both")
        if "column" in filled:
            filled["columns"] = [filled.pop("column")]
        filled["has_time"] = ":" in str(filled.get("published", ""))
        filled["appears"] = filled.get("appears") or filled.get("published")
        return filled

    @field_validator("published", "appears", mode="before")
    @classmethod
    def _read_instant(cls, value: object) -> datetime:
        return read_time(value)

    @field_validator("vanishes", mode="before")
    @classmethod
    def _read_end(cls, value: object) -> datetime | None:
        return None if value is None else read_time(value)

    @field_validator("charset")
    @classmethod
    def _known_charset(cls, value: str) -> str:
        if value not in CHARSETS:
            raise ValueError(f"{value!r} is none of {', '.join(CHARSETS)}")
        return value

    @field_validator("template")
    @classmethod
    def _known_template(cls, value: str) -> str:
        if value not in TEMPLATES:
            raise ValueError(f"{value!r} is none of {', '.join(filter(None, TEMPLATES))}")
        return value

    @model_validator(mode="after")
    def _wechat_has_ids(self) -> Self:
        if self.site == "wechat" and self.wechat is None:
            raise ValueError("a wechat notice needs wechat = {biz, mid, idx, sn, account, short}")
        return self

    @property
    def issuer_names(self) -> list[str]:
        """`issuers` cut at semicolons: pages print the first and the joint ones apart."""
        return [name.strip() for name in re.split("[;；]", self.issuers) if name.strip()]

    @property
    def column(self) -> str:
        """The first column that lists it."""
        return self.columns[0]

    def stands_at(self, now: datetime) -> bool:
        """Whether it has been put up at `now`, and not yet been taken down."""
        return self.appears <= now and (self.vanishes is None or now < self.vanishes)

    def as_of(self, now: datetime) -> Entry:
        """The page as it reads at `now`."""
        change = self.revision
        if change is None or change.at > now:
            return self
        return self.model_copy(
            update={"body": change.body or self.body, "title": change.title or self.title}
        )

    def changed_at(self, now: datetime) -> datetime:
        """When the page last changed before `now`: the Last-Modified of a static page."""
        if self.revision is not None and self.revision.at <= now:
            return self.revision.at
        return self.appears


def read_time(value: object) -> datetime:
    """`YYYY-MM-DD[ HH:MM[:SS]]`, Asia/Shanghai. Raises ValueError for anything else."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a time; write e.g. 2021-02-01 09:30") from None
    if moment.tzinfo is not None:
        raise ValueError(f"{value!r} has a zone; write Asia/Shanghai time without one")
    return moment.replace(microsecond=0, tzinfo=SHANGHAI)


def load_entries(folder: Path, known: Mapping[str, frozenset[str]]) -> list[Entry]:
    """Every notice of every *.toml in `folder`, in file order.

    `known` maps a site id to its columns. Raises ContentError (one line) for an unreadable file,
    an unknown key, site or column, or an address given twice.
    """
    if not folder.is_dir():
        raise EntriesError(f"{folder}: no such folder of replica content")
    entries: list[Entry] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for number, values in enumerate(_read_notices(path), start=1):
            where = f"{path.name}: notice {number} ({str(values.get('title', ''))[:30]})"
            entry = _read_entry(where, values)
            _check_place(where, entry, known)
            if entry.url in seen:
                raise EntriesError(f"{where}: url {entry.url} is also that of {seen[entry.url]}")
            seen[entry.url] = where
            entries.append(entry)
    return entries


def _read_notices(path: Path) -> list[dict[str, Any]]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EntriesError(f"{path.name}: not readable as TOML: {error}") from error
    unknown = sorted(set(values) - {"notice"})
    if unknown:
        raise EntriesError(f"{path.name}: unknown table {unknown[0]!r}; only [[notice]] is read")
    notices = values.get("notice", [])
    if not isinstance(notices, list):
        raise EntriesError(f"{path.name}: write [[notice]] with two brackets")
    return notices


def _read_entry(where: str, values: dict[str, Any]) -> Entry:
    try:
        return Entry.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "notice"
        message = "no such key" if first["type"] == "extra_forbidden" else first["msg"]
        raise EntriesError(f"{where}: {key}: {message.removeprefix('Value error, ')}") from error


def _check_place(where: str, entry: Entry, known: Mapping[str, frozenset[str]]) -> None:
    if entry.site not in known:
        raise EntriesError(f"{where}: site {entry.site!r} is none of {', '.join(sorted(known))}")
    for column in entry.columns:
        if column not in known[entry.site]:
            names = "、".join(sorted(known[entry.site]))
            raise EntriesError(f"{where}: {entry.site} has no column {column!r}; there are {names}")
