"""Recordings of a check: a folder a site, with which it is read again offline.

`answers.warc.gz` has the requests and answers, `sources.toml` the site as it was described,
`recorded.json` when it was, and `read.json` what was read of it. A recording is made without what
the store knows, so that it is read the same anywhere.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from app.context import Context
from app.source_check.looks import ColumnLook, SiteLook
from app.source_check.visiting import OnSite, Way, looked_at
from app.toml_text import tables
from config import Config
from crawlers import platforms
from crawlers.catalogue import Column, Site, load_catalogue
from crawlers.replaying import HANDLERS

ANSWERS, SOURCES, WHEN, READ = "answers.warc.gz", "sources.toml", "recorded.json", "read.json"
_NOWHERE = "http://127.0.0.1:9"
_TEXT = 300


def recorded(
    context: Context, sites: Sequence[Site], folder: Path, on_site: OnSite, record: Path
) -> list[SiteLook]:
    """Look at these sites, and keep a recording of each in `record`, under its id."""
    now = context.config.clock()
    kept = folder / "record"
    settings = {"ZX_RECORD": str(kept), "ZX_DATABASE": str(folder / "none.db")}
    way = Way(settings, {"ZHENGXUN_NOW": now.isoformat()})
    looks = looked_at(context, sites, folder, on_site, way=way)
    for look in looks:
        file, own = kept / f"{look.site.id}.warc.gz", without_relays(look.site)
        if not file.is_file() or own is None:
            continue
        place = record / look.site.id
        place.mkdir(parents=True, exist_ok=True)
        (place / ANSWERS).write_bytes(file.read_bytes())
        (place / SOURCES).write_text(described(own), encoding="utf-8")
        _write(place / WHEN, {"recorded_at": now.isoformat()})
        _write(place / READ, read_of(replayed(place)))
    return looks


def replayed(place: Path) -> SiteLook:
    """The site of a recording, read again by today's readers; nothing is asked of anybody."""
    now = datetime.fromisoformat(json.loads((place / WHEN).read_text("utf-8"))["recorded_at"])
    (site,) = load_catalogue(place / SOURCES).values()
    with tempfile.TemporaryDirectory() as folder:
        context = Context(Config(data=Path(folder) / "data", now=now, upstream=_NOWHERE))
        settings = {
            "ZX_REPLAY": str((place / ANSWERS).resolve()),
            "ZX_OPERATOR_SOURCES": str((place / SOURCES).resolve()),
            "DOWNLOAD_HANDLERS": HANDLERS,
        }
        (look,) = looked_at(context, [site], Path(folder), lambda one: None, way=Way(settings))
        return look


def read_of(look: SiteLook) -> dict[str, Any]:
    """What was read, as a test compares it. `unknown` requests were asked that the recording has no
    answer to, `left` answers were asked by nobody."""
    return {
        "requests": look.requests,
        "unknown": look.raw.get("unknown", 0),
        "left": look.raw.get("left", 0),
        "columns": {one.column.name: _column(one) for one in look.columns},
    }


def described(site: Site) -> str:
    """The site alone, as a sources.toml has it."""
    table = _plain(site.model_dump(exclude_defaults=True, exclude={"id", "columns"}))
    columns = [_plain(one.model_dump(exclude_defaults=True)) for one in site.columns]
    return "[catalogue]\nbuilt_in = false\n\n" + tables(site.id, table, *columns)


def without_relays(site: Site) -> Site | None:
    """The site without the columns that come from an operator's relay, whose address is nobody
    else's business; None where nothing is left."""
    columns = tuple(one for one in site.columns if not one.relay and _is_asked(site, one))
    return site.model_copy(update={"columns": columns}) if columns else None


def _is_asked(site: Site, column: Column) -> bool:
    return column.enabled and platforms.platform(site.platform).has_lists


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing: TOML has no word for it."""
    return {name: value for name, value in values.items() if value not in (None, {}, ())}


def _column(look: ColumnLook) -> dict[str, Any]:
    item, notice = look.item, look.notice
    found: dict[str, Any] = {
        "verdict": look.verdict,
        "reason": look.reason,
        "faults": list(look.faults),
        "reader": look.report.reader,
        "rows": look.report.rows,
        "total": look.report.total,
        "list": [f"{row.day or '-'} {row.title} {row.url}" for row in look.rows],
    }
    if item is not None and notice is not None:
        found["notice"] = {
            "url": notice.url,
            "title": notice.title,
            "published_on": notice.published_on.isoformat() if notice.published_on else "",
            "doc_number": notice.doc_number,
            "source": notice.source,
            "read_by": dict(sorted(item.read_by.items())),
            "characters": len(notice.body_text),
            "text": notice.body_text[:_TEXT],
            "attachments": [f"{one.name} {one.url}" for one in notice.attachments],
        }
    return found


def _write(path: Path, values: dict[str, Any]) -> None:
    text = json.dumps(values, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
