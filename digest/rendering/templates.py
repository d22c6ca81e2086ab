"""The Jinja environment of the room: autoescaping on, the readers' words as filters."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from china_time import local_minute
from digest import wording
from digest.models.entry import file_facts
from digest.rendering.body_html import safe_body
from digest.safe_text import clean_line, shorten

_FOLDER = Path(__file__).parents[1] / "templates"


def strict_environment(folder: Path) -> Environment:
    """The templates of a folder: autoescaping on; undefined names are errors, not blanks."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def templates() -> Environment:
    """The room's templates. Undefined names are errors, so a typing slip cannot mail blanks."""
    environment = strict_environment(_FOLDER)
    environment.filters |= {
        "badges": wording.badges,
        "file_facts": file_facts,
        "body": safe_body,
        "brief": wording.brief,
        "days": wording.days_left,
        "deadline": wording.deadline_line,
        "due_head": wording.due_head,
        "due_line": wording.due_line,
        "heading": wording.chapter_heading,
        "entry_link": wording.entry_link,
        "line": clean_line,
        "line_facts": wording.line_facts,
        "long_date": wording.long_date,
        "meta": wording.meta_parts,
        "minute": local_minute,
        "rest_heading": wording.rest_heading,
        "short_facts": wording.short_facts,
        "shorten": shorten,
        "sign": wording.signature,
        "slashed": wording.slashed,
        "story_word": wording.story_word,
        "why": wording.why,
    }
    return environment


def style(name: str) -> str:
    """A stylesheet of the room."""
    return (_FOLDER / name).read_text(encoding="utf-8")
