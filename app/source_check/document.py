"""The outcome of a check as plain data, for check.json and for the page made of it.

It is sent to us: everything goes through `Redaction`, and what a site answered is in it only where
it could not be read.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from platform import python_version
from typing import Any

from app.source_check.looks import ColumnLook, SiteLook
from app.source_check.mending import mended
from app.source_check.redaction import Redaction
from china_time import SHANGHAI
from digest.wording import VERDICT_WORDS

UNASKED = "unasked"
WORDS = {**VERDICT_WORDS, UNASKED: "未检查"}
_JPEG = "data:image/jpeg;base64,"
_TEXT = 160
_MOST_PAGE = 12_000
_MOST_ROWS = 5


def document(
    looks: Sequence[SiteLook],
    pictures: Mapping[str, bytes],
    redaction: Redaction,
    *,
    now: datetime,
    seconds: float,
    browser: str,
) -> dict[str, Any]:
    """Everything that was seen. `pictures` are JPEGs by `name_of` a column; `browser` is what the
    walls were opened with."""
    sites = [_site(look, pictures, now) for look in looks]
    states = Counter(column["state"] for site in sites for column in site["columns"])
    whole = {
        "made_at": now.astimezone(SHANGHAI).isoformat(timespec="minutes"),
        "version": version("zhengxun"),
        "python": python_version(),
        "browser": browser,
        "seconds": round(seconds),
        "states": {state: states[state] for state in WORDS if states[state]},
        "good": sum(column["is_good"] for site in sites for column in site["columns"]),
        "columns": states.total(),
        "to_see": _to_see(sites),
        "sites": sites,
    }
    redacted: dict[str, Any] = _redacted(whole, redaction)
    return redacted


def name_of(look: ColumnLook) -> str:
    """What names a column in a check."""
    return f"{look.site.id}/{look.column.name}"


def unread_pages(look: SiteLook) -> dict[str, str]:
    """What came of the columns that could not be read as a list, by column; of columns to which the
    same was answered the first has it."""
    found: dict[str, str] = {}
    for one in look.columns:
        text = one.answer.text if one.answer is not None and not one.report.rows else ""
        if text and text not in found.values():
            found[one.column.name] = text
    return found


def _site(look: SiteLook, pictures: Mapping[str, bytes], now: datetime) -> dict[str, Any]:
    pages = unread_pages(look)
    first = {text: name for name, text in pages.items()}
    return {
        "id": look.site.id,
        "name": look.site.name,
        "platform": look.site.platform,
        "enabled": look.site.enabled,
        "walls": list(look.site.walls),
        "requests": look.requests,
        "columns": [
            {
                "id": f"{look.site.id}-{n}",
                **_column(one, now),
                **_came(one, pages, first, pictures.get(name_of(one), b"")),
            }
            for n, one in enumerate(look.columns, start=1)
        ],
    }


def _to_see(sites: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The columns somebody must look at; those of a site that say the same are one entry."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for site in sites:
        for column in site["columns"]:
            if column["is_good"]:
                continue
            why = column["why"]
            entry = found.setdefault(
                (site["id"], column["state"], why),
                {
                    "site": site["name"],
                    "state": column["state"],
                    "word": column["word"],
                    "why": why,
                    "columns": [],
                },
            )
            entry["columns"].append({"name": column["name"], "id": column["id"]})
    return list(found.values())


def _column(look: ColumnLook, now: datetime) -> dict[str, Any]:
    seen, inferred = look.site.evidence(look.column)
    state = look.verdict if look.was_asked else UNASKED
    report = look.report
    return {
        "name": look.column.name,
        "url": look.column.url,
        "state": state,
        "word": WORDS[state],
        "is_good": look.is_good or state == UNASKED,
        "reason": look.reason,
        "why": look.why,
        "faults": list(look.faults),
        "seen": seen,
        "inferred": inferred,
        "reader": report.reader,
        "rows": report.rows,
        "total": report.total,
        "newest": report.newest,
        "first_rows": [
            {"day": row.day, "title": row.title, "url": row.url} for row in look.rows[:_MOST_ROWS]
        ],
        "notice": _notice(look),
        "answer": _answer(look),
        "failure": asdict(report.failure) if report.failure and look.was_asked else None,
        "toml": mended(look, now) if look.was_asked else "",
    }


def _came(
    look: ColumnLook, pages: Mapping[str, str], first: Mapping[str, str], picture: bytes
) -> dict[str, str]:
    """What was answered in place of a list, or the column to which the same was answered."""
    name = look.column.name
    text = look.answer.text if look.answer is not None and not look.report.rows else ""
    other = first.get(text, name)
    return {
        "page": pages.get(name, "")[:_MOST_PAGE],
        "same_as": other if other != name else "",
        "picture": f"{_JPEG}{base64.b64encode(picture).decode()}" if picture else "",
    }


def _answer(look: ColumnLook) -> dict[str, Any] | None:
    answer = look.answer
    if answer is None:
        return None
    return {
        "asked": answer.asked,
        "method": answer.method,
        "url": answer.url,
        "status": answer.status,
        "bytes": answer.bytes,
        "type": answer.type,
        "via": answer.via,
    }


def _notice(look: ColumnLook) -> dict[str, Any] | None:
    item, notice = look.item, look.notice
    if item is None or notice is None:
        return None
    day = notice.published_on.isoformat() if notice.published_on else ""
    return {
        "url": notice.url,
        "title": notice.title,
        "published_on": day,
        "doc_number": notice.doc_number,
        "source": notice.source,
        "text": notice.body_text[:_TEXT],
        "characters": len(notice.body_text),
        "attachments": [one.name for one in notice.attachments][:5],
        "read_by": dict(item.read_by),
        "borne_out_by": list(item.borne_out_by),
        "complete": item.complete,
        "problem": item.problem,
    }


def _redacted(value: Any, redaction: Redaction) -> Any:
    if isinstance(value, str):
        return value if value.startswith(_JPEG) else redaction.of(value)
    if isinstance(value, dict):
        return {name: _redacted(part, redaction) for name, part in value.items()}
    if isinstance(value, list):
        return [_redacted(part, redaction) for part in value]
    return value
