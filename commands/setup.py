"""`zhengxun init`: a commented configuration file."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from commands.desk import CommandError

TEMPLATE = Path(__file__).with_name("zhengxun.toml.in")

QUESTIONS = (
    ("company", "公司名称 (company)", "盈科瑞"),
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
        given = answers.get(key) or (console.input(f"{question} [{default}]: ") if ask else "")
        values[key] = (given.strip() or default).replace("\\", "\\\\").replace('"', '\\"')
    if not values["port"].isdigit():
        raise CommandError(f"port {values['port']!r} is not a number", 2)
    try:
        text = TEMPLATE.read_text(encoding="utf-8").format(**values)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    console.print(f"写入 {path}；下一步：zhengxun doctor")
    return 0
