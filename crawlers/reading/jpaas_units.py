"""What a Hanweb jpaas column page and its build/unit answer hold (MIIT, SAMR).

The column page is a shell: `script[parseType="buildstatic"]` names the unit that fills it.
Markup of the answer: read in public adapters that assert it (`div.pagination[count][rows]…`).
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass

from parsel import Selector

_BUILD = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_PREFERRED = ("当前栏目_list", "右侧内容")
_LINKS = re.compile(r"<a[\s][^<>]{0,2000}href", re.IGNORECASE)
_LOOKED_AT = 200_000  # characters of one value
_DEEPEST = 12


class NotAUnitError(ValueError):
    """The answer is not what build/unit sends; the message (Chinese) says how it differs."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A block of a page: where it is asked for, and with which parameters."""

    url: str
    query: dict[str, str]


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """The block: markup, and what its pager says (None: no pager)."""

    html: str
    count: int | None = None
    rows: int | None = None


def read_units(shell: str) -> list[Unit]:
    """The list units of a column page, the main block first.

    SAMR writes the type `bulidstatic`; `build` is the read counter of an article, not a list.
    """
    units = []
    for script in Selector(text=shell or "<html></html>").css("script[querydata]"):
        kind = script.attrib.get("parsetype", "")
        query = parse_query_data(script.attrib["querydata"])
        if kind in {"buildstatic", "bulidstatic"} and query:
            units.append(Unit(script.attrib.get("url", _BUILD), query))
    return sorted(units, key=_rank)


def parse_query_data(text: str) -> dict[str, str]:
    """queryData: JSON, or the same with single quotes. Empty when it is neither."""
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, dict):
            return {str(name): str(part) for name, part in value.items()}
    return {}


def read_answer(text: str) -> UnitAnswer:
    """The block inside build/unit's JSON. Raises NotAUnitError."""
    try:
        answer = json.loads(text)
    except ValueError:
        raise NotAUnitError("栏目接口返回的不是 JSON") from None
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict) or "html" not in data:
        markup = _markup_in(answer)
        if markup:
            data = {"html": markup}
    if not isinstance(data, dict) or "html" not in data:
        message = answer.get("message", "") if isinstance(answer, dict) else ""
        raise NotAUnitError(f"栏目接口的回答里没有 data.html {message}".strip())
    html = data["html"] or ""
    pager = Selector(text=html or "<p></p>").css("div.pagination")
    attributes = pager[0].attrib if pager else {}
    return UnitAnswer(html, _number(attributes.get("count")), _number(attributes.get("rows")))


def _markup_in(answer: object) -> str:
    """The longest markup with links that the answer holds anywhere: its envelope may change, the
    block stays one. Empty where there is none."""
    found = [""]
    waiting = [(answer, 0)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str) and _LINKS.search(value[:_LOOKED_AT]):
            found.append(value)
        elif isinstance(value, dict | list) and depth < _DEEPEST:
            parts = value.values() if isinstance(value, dict) else value
            waiting += [(part, depth + 1) for part in parts]
    return max(found, key=len)


def _rank(unit: Unit) -> int:
    tag = unit.query.get("tagId", "")
    return _PREFERRED.index(tag) if tag in _PREFERRED else len(_PREFERRED)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
