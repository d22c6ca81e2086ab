"""Configuration: defaults < zhengxun.toml < ZHENGXUN_* environment. The only reader of either.

Every other module is handed a `Config` (or the part of it that it needs).
Times in the file are wall-clock times in Asia/Shanghai.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

SHANGHAI = ZoneInfo("Asia/Shanghai")
CONFIG_NAME = "zhengxun.toml"

Clock = Callable[[], datetime]


class ConfigError(Exception):
    """The configuration cannot be used; the message says which key and what to write instead."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChapterConfig(_Section):
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


class DigestConfig(_Section):
    """What the weekly issue looks like and when it goes out (Asia/Shanghai)."""

    company: str = "盈科瑞"
    title: str = "政讯周报"
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "fri"
    time: str = Field("17:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    last_workday: bool = Field(
        False, description="the last working day before, when the issue's day is a holiday in China"
    )
    chapters: tuple[ChapterConfig, ...] = DEFAULT_CHAPTERS


class SmtpConfig(_Section):
    """Outgoing mail; the password: ZHENGXUN_SMTP_PASSWORD or `password_file` (mode 600)."""

    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: str = ""
    sender: str = ""
    reply_to: str = ""
    timeout: float = Field(60.0, gt=0)


class ChannelConfig(_Section):
    """A group robot that gets each issue's essentials; its URL and secret are passwords."""

    kind: Literal["wecom", "dingtalk", "feishu", "webhook"]
    name: str = Field(min_length=1, max_length=60, pattern=r"^[^\s@:]+$")
    url: SecretStr
    secret: SecretStr = SecretStr("")
    sections: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    private: bool = Field(False, description="the destination may be on a private network")

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must start with https:// or http://")
        return value


class CrawlConfig(_Section):
    """How politely and how far back we read."""

    contact: str = ""
    days: int = Field(14, ge=1, le=3660)
    delay: float = Field(2.0, ge=0)
    timeout: float = Field(1800.0, gt=0, description="seconds before a crawl of a site is stopped")
    parallel: int = Field(3, ge=1, le=16)
    attachments: bool = Field(True, description="download the files that notices name")
    attachment_mb: int = Field(20, ge=1, le=200, description="larger files are only linked")
    browser: Literal["bundled", "chromium", "cdp", "none"] = "bundled"
    browser_path: str = ""
    browser_cdp_url: str = ""


class OperatorConfig(_Section):
    """Who hears about outages, and what notices the silence of the daemon itself."""

    email: str = ""
    webhook: str = Field("", description="gets each alarm as a JSON POST")
    ping_url: str = Field("", description="asked (GET) after each healthy round")

    @field_validator("webhook", "ping_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with https:// or http://")
        return value


class UpkeepConfig(_Section):
    """What the daemon does at night (Asia/Shanghai), and how long things are kept."""

    time: str = Field("03:10", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    backup_folder: str = Field("", description="relative to the data folder; '' = backups")
    keep_backups: int = Field(14, ge=1, le=3660)
    log_days: int = Field(60, ge=1, le=3660)
    min_free_mib: int = Field(500, ge=1)


class Config(_Section):
    """The whole configuration, resolved. Build it with `load_config`."""

    data: Path
    path: Path | None = None
    now: datetime | None = None
    upstream: str = ""
    smtp_password: SecretStr = SecretStr("")
    digest: DigestConfig = DigestConfig()
    smtp: SmtpConfig = SmtpConfig()
    channels: tuple[ChannelConfig, ...] = ()
    crawl: CrawlConfig = CrawlConfig()
    operator: OperatorConfig = OperatorConfig()
    upkeep: UpkeepConfig = UpkeepConfig()

    @field_validator("upstream")
    @classmethod
    def _upstream_is_an_origin(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must look like http://127.0.0.1:8080")
        return value.rstrip("/")

    @property
    def database(self) -> Path:
        """The one SQLite file."""
        return self.data / "zhengxun.db"

    @property
    def backups(self) -> Path:
        """Where the nightly copies go; best another disk."""
        return self.data / (self.upkeep.backup_folder or "backups")

    @property
    def operator_sources(self) -> Path | None:
        """The operator's own sources.toml, next to the configuration file, if it exists."""
        if self.path is None:
            return None
        candidate = self.path.parent / "sources.toml"
        return candidate if candidate.is_file() else None

    def clock(self) -> datetime:
        """The current instant in UTC; fixed when ZHENGXUN_NOW is set."""
        return self.now if self.now is not None else datetime.now(UTC)


def load_config(environ: Mapping[str, str] | None = None, *, cwd: Path | None = None) -> Config:
    """Read the configuration file named by ZHENGXUN_CONFIG (default: zhengxun.toml here).

    Raises ConfigError with one line naming the file and the key that is wrong.
    """
    env = os.environ if environ is None else environ
    folder = Path.cwd() if cwd is None else cwd
    path = config_path(env, folder)
    if not path.is_file() and env.get("ZHENGXUN_CONFIG"):
        raise ConfigError(f"ZHENGXUN_CONFIG names {path}, which is not a file")
    values = _read_toml(path) if path.is_file() else {}
    values.setdefault("data", "data")
    values["path"] = path
    if env.get("ZHENGXUN_DATA"):
        values["data"] = folder / env["ZHENGXUN_DATA"]
    else:
        values["data"] = path.parent / str(values["data"])
    if env.get("ZHENGXUN_NOW"):
        values["now"] = parse_instant(env["ZHENGXUN_NOW"], name="ZHENGXUN_NOW")
    if env.get("ZHENGXUN_UPSTREAM"):
        values["upstream"] = env["ZHENGXUN_UPSTREAM"]
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_first_problem(path, error)) from error
    return config.model_copy(update={"smtp_password": _smtp_password(config, env)})


def config_path(environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Path:
    """Where the configuration file is, or would be written."""
    env = os.environ if environ is None else environ
    folder = Path.cwd() if cwd is None else cwd
    return folder / (env.get("ZHENGXUN_CONFIG") or CONFIG_NAME)


def parse_instant(text: str, *, name: str) -> datetime:
    """ISO 8601 with a zone -> UTC. Raises ConfigError naming `name` otherwise."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{name}={text!r} is not ISO 8601; write e.g. 2021-02-05T17:00+08:00"
        ) from None
    if instant.tzinfo is None:
        raise ConfigError(f"{name}={text!r} has no time zone; write e.g. {text}+08:00")
    return instant.astimezone(UTC)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable as TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def _first_problem(path: Path, error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    message = first["msg"]
    if first["type"] == "extra_forbidden":
        message = "no such key"
    rest = error.error_count() - 1
    more = f" (and {rest} more)" if rest else ""
    return f"{path}: {key}: {message}{more}"


def _smtp_password(config: Config, env: Mapping[str, str]) -> SecretStr:
    if env.get("ZHENGXUN_SMTP_PASSWORD"):
        return SecretStr(env["ZHENGXUN_SMTP_PASSWORD"])
    if not config.smtp.password_file:
        return SecretStr("")
    base = config.path.parent if config.path else Path.cwd()
    path = base / config.smtp.password_file
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise ConfigError(f"{path}: others may read it; run: chmod 600 {path}")
        return SecretStr(path.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise ConfigError(f"smtp.password_file {path}: {error.strerror}") from error
