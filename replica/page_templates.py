"""Fills the page templates and turns pages into bytes, honest or wrongly declared."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(template: str, **values: Any) -> str:
    """The text of a page made from `templates/<template>.jinja`."""
    return _environment().get_template(f"{template}.jinja").render(**values)


def declared(charset: str) -> str:
    """The encoding a page claims to be in; `gb18030-as-utf8` lies."""
    return "utf-8" if charset == "gb18030-as-utf8" else charset


def encode(page: str, charset: str) -> bytes:
    """The bytes really sent for a page of that charset."""
    return page.encode("gb18030" if charset.startswith("gb18030") else "utf-8")
