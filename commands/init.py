"""`zhengxun init`: a commented configuration file."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from app.context import CommandError
from config import ConfigError, load_config
from digest.choosing.pairs import example_profile

TEMPLATE = Path(__file__).with_name("zhengxun.toml.in")

SECURITIES = ("starttls", "tls", "none")
QUESTIONS = (
    ("company", "公司名称 (company)", "盈科瑞"),
    ("profile", "公司业务，用词语写，逗号隔开 (company.profile)", example_profile()),
    ("host", "SMTP server", ""),
    ("port", "SMTP port", "587"),
    ("security", "starttls, tls or none", "starttls"),
    ("username", "SMTP user name", ""),
    ("sender", "From address", ""),
    ("contact", "Your address, for websites and alarms", ""),
)


def init(path: Path, answers: dict[str, str], console: Console, *, ask: bool) -> int:
    """Write a commented zhengxun.toml; an existing file is never overwritten."""
    if path.exists():
        raise CommandError(f"{path} exists already; move it away first")
    values = {}
    for key, question, default in QUESTIONS:
        given = answers.get(key) or (put(question, default, console) if ask else "")
        values[key] = (given.strip() or default).replace("\\", "\\\\").replace('"', '\\"')
    if not values["port"].isdigit():
        raise CommandError(f"port {values['port']!r} is not a number", 2)
    if values["security"] not in SECURITIES:
        raise CommandError(f"security is {', '.join(SECURITIES)}, not {values['security']!r}", 2)
    try:
        text = TEMPLATE.read_text(encoding="utf-8").format(**values)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    refuse_unreadable(path)
    console.print(f"写入 {path}；下一步：zhengxun doctor")
    return 0


def put(question: str, default: str, console: Console) -> str:
    """Ask one question; Enter takes the default."""
    return console.input(Text(f"{question} [{default}]: "))


def refuse_unreadable(path: Path) -> None:
    """A file with an answer that no configuration takes is not left behind."""
    try:
        load_config({"ZHENGXUN_CONFIG": str(path)})
    except ConfigError as error:
        path.unlink()
        raise CommandError(f"nothing was written: {error}", 2) from error
