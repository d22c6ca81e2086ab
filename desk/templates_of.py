"""The pages of the desk as HTML: autoescaping on, dates as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment

from china_time import SHANGHAI
from desk.guard import TOKEN_FIELD
from desk.roles import ROLE_WORDS, may
from desk.static_files import HTMX, HTMX_CONFIG, HTMX_HASH
from desk.visits import Page, Visit
from digest.models.issue import Chapter
from digest.rendering.templates import strict_environment
from digest.safe_text import clean_line, safe_link, shorten
from digest.wording import badges, why

_FOLDER = Path(__file__).parent / "templates"
_WEEKDAYS = "一二三四五六日"


@cache
def environment() -> Environment:
    """Undefined names are errors: a typing slip cannot show blanks."""
    made = strict_environment(_FOLDER)
    made.filters |= {
        "day": day_words,
        "moment": moment_words,
        "line": clean_line,
        "link": safe_link,
        "short": shorten,
        "badges": badges,
        "why": why,
        "title_of": title_of,
        "role": lambda role: ROLE_WORDS[role],
    }
    return made


def render(visit: Visit, page: Page, *, token: str, said: str) -> str:
    """A page for who visits. `token` goes into every form; `said`: what the last act told."""
    person = visit.person
    rights = {
        right: person is not None and may(person, right)
        for right in ("look", "edit", "release", "run")
    }
    return (
        environment()
        .get_template(page.template)
        .render(
            series=visit.context.config.digest.title,
            person=person,
            may=rights,
            token_field=TOKEN_FIELD,
            htmx=HTMX,
            htmx_hash=HTMX_HASH,
            htmx_config=HTMX_CONFIG,
            token=token,
            said=said,
            today=visit.context.config.clock().astimezone(SHANGHAI).date(),
            **page.values,
        )
    )


def title_of(chapter: str, chapters: Sequence[Chapter]) -> str:
    """A chapter as readers know it; its id where it is configured no more."""
    return next((one.title for one in chapters if one.id == chapter), chapter)


def day_words(day: date | None) -> str:
    """1月29日 周五; 未定 for none."""
    if day is None:
        return "未定"
    return f"{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]}"


def moment_words(instant: datetime | None) -> str:
    """1月29日 周五 17:00, in China; 从未 when it never happened."""
    if instant is None:
        return "从未"
    local = instant.astimezone(SHANGHAI)
    return f"{day_words(local.date())} {local:%H:%M}"
