"""The tables of zhengxun.toml and their defaults. `config.py` is the only reader of the file.

Times are wall-clock times in Asia/Shanghai.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from texts.messages import Language

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLD = re.compile(
    r"until (mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?"
    r" ([01]\d|2[0-3]):([0-5]\d)",
    re.IGNORECASE,
)


_PLAIN_ADDRESS = re.compile(r"https?://[^\s/?#@\\]+(?:/[^\s?#@\\]*)?")


class Section(BaseModel):
    """One table of the file: frozen, and a key nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ChapterConfig(Section):
    """One chapter of the digest; `department` signs it. One with `topics` or `keywords` draws
    fitting entries from all other chapters."""

    id: str
    title: str
    department: str = ""
    groups: tuple[str, ...] = ()
    topics: tuple[str, ...] = Field((), description="draws every entry that has one of these")
    keywords: tuple[str, ...] = Field((), description="or one of these in title or summary")


DEFAULT_CHAPTERS = (
    ChapterConfig(
        id="ip",
        title="知识产权信息篇",
        department="知识产权部",
        groups=("国家级", "地方级", "资讯"),
    ),
    ChapterConfig(
        id="pharma", title="医药信息篇", department="医药信息部", groups=("国家级", "地方级")
    ),
    ChapterConfig(
        id="projects",
        title="科技项目篇",
        department="科技项目部",
        groups=("国家级", "北京市", "天津市"),
    ),
)


class DigestConfig(Section):
    """What the weekly issue looks like and when it goes out (Asia/Shanghai)."""

    company: str = "盈科瑞"
    title: str = "政讯周报"
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "fri"
    time: str = Field("17:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    last_workday: bool = Field(
        False, description="the last working day before, when the issue's day is a holiday in China"
    )
    hold: str = Field(
        "", description="until fri 17:00: made at `time`, it waits that long for its editor"
    )
    editor: str = Field("", description="hears that an issue waits; default: operator.email")
    chapters: tuple[ChapterConfig, ...] = DEFAULT_CHAPTERS
    pdf: bool = Field(False, description="make digest.pdf too; needs the extra zhengxun[pdf]")
    public_url: str = Field("", description="where the folder data/site is shown to readers")
    lead: int = Field(15, ge=0, description="entries told in full, all chapters together; 重点")
    profile: str = Field("", description="from [company]: what the readers' company does")
    watch: tuple[str, ...] = Field((), description="from [company]: names looked for in lists")
    profiles: dict[str, str] = Field({}, description="from [sections.x]: the same of a chapter")
    lead_of_chapters: dict[str, int] = Field({}, description="from [sections.x]: its own lead")
    summary_model: str = Field("", description="from [summary]: whose summaries are printed")

    @field_validator("public_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with https:// or http://")
        return value.rstrip("/")

    @property
    def wait(self) -> timedelta:
        """How long an issue waits for its editor after it is made; nothing without `hold`."""
        match = _HOLD.fullmatch(self.hold)
        if match is None:
            return timedelta(0)
        days = _DAYS.index(match[1].lower()) - _DAYS.index(self.weekday)
        made_at = timedelta(hours=int(self.time[:2]), minutes=int(self.time[3:]))
        goes_at = timedelta(days=days, hours=int(match[2]), minutes=int(match[3]))
        return (goes_at - made_at) % timedelta(days=7)

    @model_validator(mode="after")
    def _hold_is_a_wait(self) -> Self:
        if self.hold and _HOLD.fullmatch(self.hold) is None:
            raise ValueError("hold: write e.g. until fri 17:00, or nothing")
        if self.hold and not self.wait:
            raise ValueError(
                "hold: the issue is made at that very time; set digest.time earlier, e.g. 12:00"
            )
        return self


class CompanyConfig(Section):
    """Whom the digest is for."""

    profile: str = Field("", description="what the company does, in words between commas")
    watch: tuple[str, ...] = Field(
        (), description="names to look for in the lists of attachments; a hit is 名单命中"
    )


class SectionConfig(Section):
    """What one chapter has of its own."""

    profile: str = Field("", description="what its readers want, in words between commas")
    lead: int | None = Field(None, ge=0, description="entries of it told in full")


class CrawlConfig(Section):
    """How politely and how far back we read."""

    contact: str = ""
    days: int = Field(14, ge=1, le=3660)
    delay: float = Field(2.0, ge=0)
    timeout: float = Field(1800.0, gt=0, description="seconds before a crawl of a site is stopped")
    parallel: int = Field(3, ge=1, le=16, description="processes that crawl at the same time")
    share: int = Field(
        50, ge=1, le=500, description="sites in one of them at most, up to eight at a time"
    )
    attachments: bool = Field(True, description="download the files that notices name")
    attachment_mb: int = Field(20, ge=1, le=200, description="larger files are only linked")
    site_mib: int = Field(
        500, ge=1, description="new pages and files of one site a day; the rest is read later"
    )
    browser: Literal["auto", "bundled", "chromium", "cdp", "none"] = "auto"
    browser_path: str = ""
    browser_cdp_url: str = ""


class FleetConfig(Section):
    """Visits on other machines; only with the extra zhengxun[fleet]. See docs/scale.md."""

    broker: str = Field("", description="redis://host:6379/0 of a Valkey or Redis; '' = no fleet")
    routes: dict[str, str] = Field(
        {}, description="site id to the queue of its workers; '*' = all others"
    )
    max_mib: int = Field(64, ge=1, le=400, description="what one visit may bring back")
    patience: float = Field(
        60.0, gt=0, description="seconds without a worker before a visit is made here"
    )
    slack: float = Field(
        60.0, ge=2, description="seconds beyond crawl.timeout until a worker's claim is over"
    )
    hold: float = Field(
        60.0, ge=4, description="seconds without a word from a worker until its visit is lost"
    )

    @field_validator("broker")
    @classmethod
    def _is_a_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must look like redis://127.0.0.1:6379/0")
        return value

    def queue_of(self, site: str, *, needs_browser: bool) -> str:
        """Whose workers visit a site: by its route, or else by what it needs."""
        return (
            self.routes.get(site)
            or self.routes.get("*")
            or ("browser" if needs_browser else "crawl")
        )


class EvidenceConfig(Section):
    """Pages kept as they came, to prove what was read and to read them again."""

    keep: bool = Field(True, description="archives of notice pages in data/warc")
    max_mib: int = Field(2048, ge=1, description="all archives together; the oldest months go")
    pictures: bool = Field(True, description="of a list that fails, where a Chromium reads it")


class OcrConfig(Section):
    """Text in pictures and scans; only where the extra zhengxun[ocr] is installed."""

    enabled: bool = True
    pages_a_day: int = Field(300, ge=1, le=100_000, description="a page takes some seconds")


class SummaryConfig(Section):
    """Summaries by a model behind an OpenAI-compatible interface; off unless it is named here."""

    endpoint: str = Field("", description="what /chat/completions follows: https://host/v1")
    model: str = ""
    key_file: str = Field("", description="holds the key; ZHENGXUN_SUMMARY_KEY wins")
    monthly_cap: int = Field(1000, ge=1, le=1_000_000, description="requests a calendar month")
    timeout: float = Field(60.0, gt=0, le=600, description="seconds for one answer")

    @field_validator("endpoint")
    @classmethod
    def _endpoint_is_a_plain_address(cls, value: str) -> str:
        if value and not _PLAIN_ADDRESS.fullmatch(value):
            raise ValueError("must look like https://host/v1, without a login or ?")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _endpoint_and_model_go_together(self) -> Self:
        if bool(self.endpoint) != bool(self.model):
            raise ValueError("endpoint and model go together; set both")
        return self

    @property
    def on(self) -> bool:
        """Whether a model is asked at all."""
        return bool(self.endpoint)


class UiConfig(Section):
    """What people who run the program read; readers of the issue always read Chinese."""

    language: Language = Field("zh", description="zh, or en for developers")


class MetricsConfig(Section):
    """Figures for Prometheus; whoever reaches the port may read them."""

    port: int = Field(0, ge=0, le=65535, description="0 = none")
    host: str = "127.0.0.1"


class UpkeepConfig(Section):
    """What the daemon does at night (Asia/Shanghai), and how long things are kept."""

    time: str = Field("03:10", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    backup_folder: str = Field("", description="relative to the data folder; '' = backups")
    keep_backups: int = Field(14, ge=1, le=3660)
    log_days: int = Field(60, ge=1, le=3660)
    min_free_mib: int = Field(500, ge=1)
