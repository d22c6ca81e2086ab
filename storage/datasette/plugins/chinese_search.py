"""SQL functions of the named queries, and a search box that finds words of any length."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments, Filters
from datasette.views.base import DatasetteError
from sqlite_utils import Database

from china_time import SHANGHAI
from storage.datasette.found import Asked, Found, TooLongError, find
from storage.datasette.sql_limits import MOST_WORDS, bound, bounded
from storage.search.index import grams
from storage.search.limits import Limits
from storage.search.ranking import best_hits
from storage.search.search import excerpt, split_words
from texts.folding import fold
from texts.normal_forms import title_key

_TOO_LONG = "符合这些条件的通知太多，未能在时限内逐一查看。请再加网站或日期条件，或换更少见的词。"
_VERDICTS = {
    "ok": "正常",
    "quiet": "安静",
    "degraded": "部分异常",
    "blocked": "被拦截",
    "broken": "读取失败",
    "unreachable": "无法访问",
}
_FOUND = '"{column}" in (select value from json_each(:found))'
# The condition of Datasette alone reads every notice; one that cannot hold for '' needs the index.
_NUMBERED = "id in (select id from notices where doc_number <> '' and doc_number like :{name})"
_NUMBER_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
# How sites print the year in a number: 〔2021〕 is right, the others are common.
_BRACKETS = (("〔", "〕"), ("[", "]"), ("(", ")"), ("【", "】"), ("<", ">"))


def _number_forms(number: str | None) -> list[str]:
    plain = "".join(split_words(number or ""))
    if not plain:
        return []
    for opening, closing in _BRACKETS:
        plain = plain.replace(opening, "〔").replace(closing, "〕")
    forms = [plain.replace("〔", pair[0]).replace("〕", pair[1]) for pair in _BRACKETS]
    return list(dict.fromkeys(forms))


def zh_excerpt(words: str | None, *texts: str | None) -> str:
    """The piece of the first text that holds one of the words, the hit in 【】."""
    return excerpt([text or "" for text in texts], split_words((words or "")[:MOST_WORDS]))


def china_minute(instant: str | None) -> str | None:
    """A stored instant as 2021-02-05 17:00, China time."""
    if not instant:
        return None
    return f"{datetime.fromisoformat(instant).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def verdict_words(verdict: str | None) -> str:
    """The verdict of a check as an issue words it."""
    return _VERDICTS.get(verdict, verdict) if verdict else "未检查"


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
def prepare_connection(conn: sqlite3.Connection, datasette: Any) -> None:
    """Make our functions known to the SQL of every page."""
    settings = datasette.plugin_config("zhengxun") or {}
    titles = settings.get("sections", {})
    db = Database(conn, execute_plugins=False)
    bound(conn)

    def today() -> str:
        return settings.get("today") or datetime.now(UTC).astimezone(SHANGHAI).date().isoformat()

    def zh_hits(words: str | None, most: int) -> str:
        """Ids as a JSON list, in the order of `zhengxun search`."""
        wanted = split_words(words or "")
        return json.dumps(best_hits(db, wanted, Limits(), most) if wanted else [])

    def zh_number_hits(number: str | None, most: int) -> str:
        """Ids of notices that print a 文号, in whatever brackets, as a JSON list."""
        found = (best_hits(db, [form], Limits(), most) for form in _number_forms(number))
        return json.dumps(list(dict.fromkeys(hit for hits in found for hit in hits)))

    def section_title(section: str) -> str:
        return str(titles.get(section, section))

    for name, count, function in (
        ("zh_excerpt", -1, zh_excerpt),
        ("zh_key", 1, lambda text: title_key(text or "")),
        ("china_minute", 1, china_minute),
        ("verdict_words", 1, verdict_words),
        ("section_title", 1, section_title),
        ("grams", -1, grams),
        ("fold", 1, fold),
    ):
        conn.create_function(name, count, bounded(function), deterministic=True)
    conn.create_function("zh_hits", 2, bounded(zh_hits, MOST_WORDS))
    conn.create_function("zh_number_hits", 2, bounded(zh_number_hits, MOST_WORDS))
    conn.create_function("today", 0, today)


@hookimpl(trylast=True)  # type: ignore[untyped-decorator] # datasette ships no types
def filters_from_request(request: Any, database: str, table: str, datasette: Any) -> Any:
    """The search box of a table of notices, in place of Datasette's own (hence last)."""
    column = datasette.table_metadata(database, table).get("searched_by")
    typed = request.args.get("_search")
    if not column:
        return FilterArguments([])
    numbered, numbers = _numbered(request.args, table)
    if typed is None:
        return FilterArguments(numbered, numbers, extra_context={"supports_search": True})

    async def searched() -> FilterArguments:
        conditions, parameters = _conditions(request.args, table)
        asked = Asked(table, column, [*conditions, *numbered], parameters | numbers)
        limit = datasette.setting("sql_time_limit_ms")
        try:
            found = await datasette.get_database(database).execute_fn(
                lambda connection: find(connection, typed, asked, limit)
            )
        except TooLongError:
            raise DatasetteError(_TOO_LONG, title="搜索太久", status=400) from None
        return FilterArguments(
            [*numbered, _FOUND.format(column=column)],
            params={**numbers, "found": found.as_json},
            human_descriptions=[_described(typed, found)],
            extra_context={
                "supports_search": True,
                "search": typed,
                "found": found,
                "found_anywhere": asked.is_everything,
            },
        )

    return searched


def _conditions(arguments: Any, table: str) -> tuple[list[str], dict[str, object]]:
    """What the page narrows its rows to besides the words, as Datasette writes it."""
    pairs = [
        (key, value)
        for key in arguments
        if not key.startswith("_") or "__" in key
        for value in arguments.getlist(key)
    ]
    conditions, parameters = Filters(sorted(pairs)).build_where_clauses(table)
    return [*conditions, *arguments.getlist("_where")], parameters


def _numbered(arguments: Any, table: str) -> tuple[list[str], dict[str, object]]:
    """For a filter on the 文号: the notices by the index of those that have one."""
    asked = {
        f"number{place}{at}": pattern.format(value)
        for place, (lookup, pattern) in enumerate(_NUMBER_PATTERNS.items())
        for at, value in enumerate(arguments.getlist(f"doc_number__{lookup}"))
        if table == "notices" and value.strip("%")
    }
    return [_NUMBERED.format(name=name) for name in asked], dict(asked)


def _described(typed: str, found: Found) -> str:
    """For the JSON of the page; the page itself is in Chinese."""
    cut = f" (only the best {len(found.ids)} of more)" if found.is_cut else ""
    return f'search matches "{typed}"{cut}'
