"""SQL functions of the named queries, and a search box that finds words of one and two characters.

The index holds one token a character, so a word is asked for as a phrase of its characters.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from datasette import hookimpl

from storage.keys import title_key
from storage.search import excerpt, match_expression, split_words
from storage.search_index import cjk

_CHINA = ZoneInfo("Asia/Shanghai")
_NOTHING = '""'
_VERDICTS = {
    "ok": "正常",
    "quiet": "安静",
    "degraded": "降级",
    "blocked": "被拦截",
    "broken": "读取失败",
    "unreachable": "无法访问",
}
# How sites print the year in a number: 〔2021〕 is right, the others are common.
_BRACKETS = (("〔", "〕"), ("[", "]"), ("(", ")"), ("【", "】"), ("<", ">"))


def zh_query(words: str | None) -> str:
    """The FTS5 expression for words as typed; without a word, one that matches nothing."""
    wanted = split_words(words or "")
    return match_expression(wanted) if wanted else _NOTHING


def zh_number_query(number: str | None) -> str:
    """The FTS5 expression for a 文号, with whatever brackets it is printed."""
    plain = "".join(split_words(number or ""))
    if not plain:
        return _NOTHING
    for opening, closing in _BRACKETS:
        plain = plain.replace(opening, "〔").replace(closing, "〕")
    forms = [plain.replace("〔", pair[0]).replace("〕", pair[1]) for pair in _BRACKETS]
    return " OR ".join(match_expression([form]) for form in dict.fromkeys(forms))


def zh_excerpt(words: str | None, *texts: str | None) -> str:
    """The piece of the first text that holds one of the words, the hit in 【】."""
    return excerpt([text or "" for text in texts], split_words(words or ""))


def china_minute(instant: str | None) -> str | None:
    """A stored instant as 2021-02-05 17:00, China time."""
    if not instant:
        return None
    return f"{datetime.fromisoformat(instant).astimezone(_CHINA):%Y-%m-%d %H:%M}"


def verdict_words(verdict: str | None) -> str:
    """The verdict of a check as an issue words it."""
    return _VERDICTS.get(verdict, verdict) if verdict else "未检查"


@hookimpl(trylast=True)  # type: ignore[untyped-decorator] # datasette ships no types
def prepare_connection(conn: sqlite3.Connection, datasette: Any) -> None:
    """Replace Datasette's escape_fts, after Datasette has defined it, and add ours."""
    settings = datasette.plugin_config("zhengxun") or {}
    titles = settings.get("sections", {})

    def today() -> str:
        return settings.get("today") or datetime.now(UTC).astimezone(_CHINA).date().isoformat()

    def section_title(section: str) -> str:
        return str(titles.get(section, section))

    for name, count, function in (
        ("cjk", 1, cjk),
        ("escape_fts", 1, zh_query),
        ("zh_query", 1, zh_query),
        ("zh_number_query", 1, zh_number_query),
        ("zh_excerpt", -1, zh_excerpt),
        ("zh_key", 1, lambda text: title_key(text or "")),
        ("china_minute", 1, china_minute),
        ("verdict_words", 1, verdict_words),
        ("section_title", 1, section_title),
    ):
        conn.create_function(name, count, function, deterministic=True)
    conn.create_function("today", 0, today)
