"""Configuration: defaults < zhengxun.toml < ZHENGXUN_* environment. The only reader of either.

Every other module is handed a `Config` (or the part of it that it needs).
Times in the file are wall-clock times in Asia/Shanghai.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo

from config_delivery import (
    ChannelConfig,
    DeskConfig,
    MailboxConfig,
    OperatorConfig,
    PublicConfig,
    SmtpConfig,
)
from config_sections import (
    CompanyConfig,
    CrawlConfig,
    DigestConfig,
    EvidenceConfig,
    FleetConfig,
    MetricsConfig,
    OcrConfig,
    Section,
    SectionConfig,
    SummaryConfig,
    UiConfig,
    UpkeepConfig,
)
from errors import ZhengxunError
from texts.messages import Language

CONFIG_NAME = "zhengxun.toml"

Clock = Callable[[], datetime]


class ConfigError(ZhengxunError):
    """The configuration cannot be used; the message says which key and what to write instead."""

    code = 2


class Config(Section):
    """The whole configuration, resolved. Build it with `load_config`."""

    data: Path
    data_group: str = ""
    path: Path | None = None
    now: datetime | None = None
    upstream: str = ""
    smtp_password: SecretStr = SecretStr("")
    imap_password: SecretStr = SecretStr("")
    dkim_key: SecretStr = SecretStr("")
    fleet_key: SecretStr = SecretStr("")
    summary_key: SecretStr = SecretStr("")
    company: CompanyConfig = CompanyConfig()
    sections: dict[str, SectionConfig] = Field({})
    digest: DigestConfig = DigestConfig()
    smtp: SmtpConfig = SmtpConfig()
    channels: tuple[ChannelConfig, ...] = ()
    crawl: CrawlConfig = CrawlConfig()
    operator: OperatorConfig = OperatorConfig()
    evidence: EvidenceConfig = EvidenceConfig()
    fleet: FleetConfig = FleetConfig()
    ocr: OcrConfig = OcrConfig()
    summary: SummaryConfig = SummaryConfig()
    metrics: MetricsConfig = MetricsConfig()
    upkeep: UpkeepConfig = UpkeepConfig()
    mailbox: MailboxConfig = MailboxConfig()
    public: PublicConfig = PublicConfig()
    desk: DeskConfig = DeskConfig()
    ui: UiConfig = UiConfig()

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
    values |= _data_table(path, values.pop("data", "data"))
    values["path"] = path
    if env.get("ZHENGXUN_DATA"):
        values["data"] = folder / env["ZHENGXUN_DATA"]
    else:
        values["data"] = path.parent / str(values["data"])
    if env.get("ZHENGXUN_NOW"):
        values["now"] = parse_instant(env["ZHENGXUN_NOW"], name="ZHENGXUN_NOW")
    if env.get("ZHENGXUN_UPSTREAM"):
        values["upstream"] = env["ZHENGXUN_UPSTREAM"]
    if env.get("ZHENGXUN_LANGUAGE"):
        values["ui"] = {"language": env["ZHENGXUN_LANGUAGE"]}
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_first_problem(path, error)) from error
    if config.channels or "@" in config.fleet.broker:
        # The keys of bots stand in it, or the broker's password.
        _check_private(path)
    secrets = {
        "smtp_password": _secret(config, env, "SMTP_PASSWORD", "smtp.password_file"),
        "imap_password": _secret(config, env, "IMAP_PASSWORD", "mailbox.password_file"),
        "summary_key": _secret(config, env, "SUMMARY_KEY", "summary.key_file"),
        "dkim_key": _dkim_key(config),
        "fleet_key": SecretStr(env.get("ZHENGXUN_FLEET_KEY", "")),
    }
    return config.model_copy(update={**secrets, "digest": _with_profiles(path, config)})


def _with_profiles(path: Path, config: Config) -> DigestConfig:
    """The digest's settings with what stands in [company] and [sections.x].

    Raises ConfigError for a chapter that there is not: its readers would be judged by another's.
    """
    known = {chapter.id for chapter in config.digest.chapters}
    if unknown := sorted(set(config.sections) - known):
        raise ConfigError(
            f"{path}: sections.{unknown[0]}: no such chapter; there are {', '.join(sorted(known))}"
        )
    own = config.sections.items()
    return config.digest.model_copy(
        update={
            "profile": config.company.profile or config.digest.profile,
            "watch": config.company.watch or config.digest.watch,
            "profiles": {name: one.profile for name, one in own if one.profile},
            "lead_of_chapters": {name: one.lead for name, one in own if one.lead is not None},
            "summary_model": config.summary.model,
        }
    )


def _data_table(path: Path, value: object) -> dict[str, Any]:
    """`data = "folder"`, or `[data]` with `folder` and `group` (who may read what is in it)."""
    if not isinstance(value, dict):
        return {"data": value}
    if unknown := sorted(set(value) - {"folder", "group"}):
        raise ConfigError(f"{path}: data.{unknown[0]}: no such key; it has folder and group")
    return {"data": value.get("folder", "data"), "data_group": value.get("group", "")}


def config_path(environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Path:
    """Where the configuration file is, or would be written."""
    env = os.environ if environ is None else environ
    folder = Path.cwd() if cwd is None else cwd
    return folder / (env.get("ZHENGXUN_CONFIG") or CONFIG_NAME)


def ui_language(environ: Mapping[str, str] | None = None, *, cwd: Path | None = None) -> Language:
    """The language of what goes wrong, also of a configuration that cannot be used: Chinese then,
    unless it is plainly written in it."""
    env = os.environ if environ is None else environ
    try:
        table = _read_toml(config_path(env, Path.cwd() if cwd is None else cwd)).get("ui")
    except ConfigError:
        table = None
    asked = env.get("ZHENGXUN_LANGUAGE") or (
        table.get("language") if isinstance(table, dict) else ""
    )
    return "en" if asked == "en" else "zh"


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
    place = first["loc"]
    key = ".".join(str(part) for part in place)
    message = first["msg"]
    fields = _fields_beside(place)
    if first["type"] == "extra_forbidden":
        close = get_close_matches(str(place[-1]), [*fields, "data"], n=1)
        message = "no such key" + (f"; did you mean {close[0]!r}?" if close else "")
    elif first["type"] == "string_pattern_mismatch" and place[-1] in fields:
        default = fields[str(place[-1])].default
        example = f"; write it like {default!r}" if isinstance(default, str) and default else ""
        message = f"{first['input']!r} cannot be used{example}"
    rest = error.error_count() - 1
    more = f" (and {rest} more)" if rest else ""
    return f"{path}: {key}: {message}{more}"


def _fields_beside(place: Sequence[int | str]) -> Mapping[str, FieldInfo]:
    """The keys of the table in which a key stands, or should have stood."""
    model: type[BaseModel] = Config
    for part in place[:-1]:
        field = model.model_fields.get(str(part))
        kinds = [] if field is None else [field.annotation, *get_args(field.annotation)]
        tables = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if tables:
            model = tables[0]
        elif not isinstance(part, int):
            return {}
    return model.model_fields


def _secret(config: Config, env: Mapping[str, str], name: str, file: str) -> SecretStr:
    """ZHENGXUN_{name}, or else what the file holds that the key `file` (table.key) names."""
    if found := env.get(f"ZHENGXUN_{name}"):
        return SecretStr(found)
    table, _, key = file.partition(".")
    return _secret_file(config, getattr(getattr(config, table), key), file)


def _dkim_key(config: Config) -> SecretStr:
    smtp = config.smtp
    if bool(smtp.dkim_selector) != bool(smtp.dkim_key_file):
        raise ConfigError(
            f"{config.path}: smtp.dkim_selector and smtp.dkim_key_file go together; set both"
        )
    return _secret_file(config, smtp.dkim_key_file, "smtp.dkim_key_file")


def _secret_file(config: Config, name: str, key: str) -> SecretStr:
    """What a file holds that only its owner may read; '' when none is named."""
    if not name:
        return SecretStr("")
    base = config.path.parent if config.path else Path.cwd()
    path = base / name
    try:
        _check_private(path)
        return SecretStr(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        raise ConfigError(f"{key} {path}: {reason}") from error


def _check_private(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigError(f"{path}: others may read it; run: chmod 600 {path}")
