"""The tables of zhengxun.toml and their defaults. `config.py` is the only reader of the file.

Times are wall-clock times in Asia/Shanghai.
"""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from digest.delivery.channels import bot_kinds

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLD = re.compile(
    r"until (mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?"
    r" ([01]\d|2[0-3]):([0-5]\d)",
    re.IGNORECASE,
)


# RFC 5321: a domain in ASCII, or the address of a machine in brackets.
_HELLO = re.compile(
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,30}|\[(?:IPv6:[0-9A-Fa-f:.]{2,45}|[0-9.]{7,15})\]"
)


def bot_kind(value: str) -> str:
    """The value, if a channel that bots stand behind is called so. Raises ValueError."""
    if value not in bot_kinds():
        raise ValueError(f"is no kind of bot; use {', '.join(bot_kinds())}")
    return value


BotKind = Annotated[str, AfterValidator(bot_kind)]


def mail_address(value: str) -> str:
    """The value, if it is '' or one mail address with or without a name. Raises ValueError."""
    local, at, domain = parseaddr(value)[1].rpartition("@")
    try:
        named = bool(at and local and domain.encode("idna") and local.encode("ascii"))
    except UnicodeError:
        named = False
    if value and (not named or not value.isprintable() or " " in local + domain):
        raise ValueError("is no mail address; write e.g. 政讯周报 <zhengxun@example.com>")
    return value


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


class SmtpConfig(Section):
    """Outgoing mail; the password: ZHENGXUN_SMTP_PASSWORD or `password_file` (mode 600).

    Paths are relative to the configuration file; 0 is no limit.
    """

    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: str = ""
    sender: str = ""
    reply_to: str = ""
    timeout: float = Field(60.0, gt=0)
    ca_file: str = Field("", description="who vouches for the server's certificate, PEM")
    per_connection: int = Field(0, ge=0, description="mails before a new connection is made")
    per_minute: int = Field(0, ge=0, description="attempts, all processes together")
    per_hour: int = Field(0, ge=0, description="same")
    hello: str = Field("", description="the name said in EHLO; '' = this machine's, if it is one")
    dkim_selector: str = Field("", pattern=r"^[A-Za-z0-9.-]*$")
    dkim_domain: str = Field("", description="'' = the domain of the sender")
    dkim_key_file: str = Field("", description="RSA private key, PEM, mode 600")

    @field_validator("sender", "reply_to")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return mail_address(value)

    @field_validator("hello")
    @classmethod
    def _can_be_said(cls, value: str) -> str:
        if value and not _HELLO.fullmatch(value):
            raise ValueError("must be a host name like mail.example.com, or [192.0.2.7]")
        return value


class MailboxConfig(Section):
    """Where bounces and unsubscribing arrive (IMAP); the password: ZHENGXUN_IMAP_PASSWORD or
    `password_file` (mode 600)."""

    host: str = ""
    port: int = Field(993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password_file: str = ""
    address: str = Field("", description="mail to it arrives in the mailbox; '' = username")
    folder: str = "INBOX"
    after: Literal["leave", "seen", "move", "delete"] = Field(
        "leave", description="what happens to a message that was understood"
    )
    move_to: str = ""
    timeout: float = Field(60.0, gt=0)

    @model_validator(mode="after")
    def _knows_where_to_move(self) -> Self:
        if self.after == "move" and not self.move_to:
            raise ValueError('after = "move" needs move_to, the name of a folder')
        return self


class PublicConfig(Section):
    """Our own page for readers, behind the operator's reverse proxy."""

    url: str = Field("", description="how readers reach it: https://news.example.com")
    listen: str = Field("127.0.0.1:8026", pattern=r"^[^\s/]+:\d{1,5}$")
    forwarded: bool = Field(
        False, description="the proxy sets X-Forwarded-For: count requests by its last address"
    )

    @field_validator("url")
    @classmethod
    def _is_https(cls, value: str) -> str:
        local = value.startswith(("http://127.0.0.1", "http://localhost"))
        if value and not (value.startswith("https://") or local):
            raise ValueError("must start with https://")
        return value.rstrip("/")


class DeskConfig(Section):
    """The editors' desk 编辑台: off unless it is told where to listen."""

    listen: str = Field("", pattern=r"^([^\s/]+:\d{1,5})?$", description="127.0.0.1:8010")
    url: str = Field("", description="how people reach it; default: http:// and `listen`")
    two_people: bool = Field(
        False, description="who changed an issue last does not let it go: somebody else does"
    )
    forwarded: bool = Field(
        False, description="the proxy sets X-Forwarded-For: count tries by its last address"
    )
    user_header: str = Field("", pattern=r"^[A-Za-z0-9-]*$")
    user_networks: tuple[str, ...] = Field(
        (), description="from where `user_header` is believed: 10.0.0.5/32"
    )

    @field_validator("user_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if ip_network(one).prefixlen == 0:
                raise ValueError(f"{one} is everybody; name the address of the proxy")
        return value

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if bool(self.user_header) != bool(self.user_networks):
            raise ValueError("user_header and user_networks go together")
        host = self.listen.rpartition(":")[0].strip("[]")
        if self.listen and not self.url and host not in LOOPBACK:
            raise ValueError('listen is not on 127.0.0.1: needs url = "https://…" of the proxy')
        local = urlsplit(self.url).scheme == "http" and urlsplit(self.url).hostname in LOOPBACK
        if self.url and not (self.url.startswith("https://") or local):
            raise ValueError("url must start with https://")
        if urlsplit(self.url).path.strip("/"):
            raise ValueError("url must be a host of its own, without a path")
        return self

    @property
    def origin(self) -> str:
        """https://desk.example.com, without a slash; '' when there is no desk."""
        return (self.url or f"http://{self.listen}").rstrip("/") if self.listen else ""


class ChannelConfig(Section):
    """A chat bot that gets each issue's essentials; its URL and secret are passwords."""

    kind: BotKind
    name: str = Field(min_length=1, max_length=60, pattern=r"^[^\s@:]+$")
    url: SecretStr
    secret: SecretStr = SecretStr("")
    sections: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    private: bool = Field(False, description="the destination may be on a private network")
    pace: Literal["weekly", "immediate"] = Field(
        "weekly", description="immediate: also a message for each new notice with a keyword"
    )

    @model_validator(mode="after")
    def _has_an_occasion(self) -> Self:
        if self.pace == "immediate" and not self.keywords:
            raise ValueError('pace = "immediate" needs keywords')
        return self

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must start with https:// or http://")
        return value


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
    browser: Literal["bundled", "chromium", "cdp", "none"] = "bundled"
    browser_path: str = ""
    browser_cdp_url: str = ""


class OperatorConfig(Section):
    """Who hears about outages, and what notices the silence of the daemon itself."""

    email: str = ""
    webhook: str = Field("", description="gets each alarm as a JSON POST")
    webhook_kind: BotKind = Field("webhook", description="the channel that `webhook` belongs to")
    ping_url: str = Field("", description="asked (GET) after each healthy round")

    @field_validator("webhook", "ping_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with https:// or http://")
        return value


class EvidenceConfig(Section):
    """Pages kept as they came, to prove what was read and to read them again."""

    keep: bool = Field(True, description="archives of notice pages in data/warc")
    max_mib: int = Field(2048, ge=1, description="all archives together; the oldest months go")
    pictures: bool = Field(True, description="of a list that fails, where a Chromium reads it")


class OcrConfig(Section):
    """Text in pictures and scans; only where the extra zhengxun[ocr] is installed."""

    enabled: bool = True
    pages_a_day: int = Field(300, ge=1, le=100_000, description="a page takes some seconds")


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
