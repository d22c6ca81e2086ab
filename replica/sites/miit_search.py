"""MIIT's search API, which took the place of the 文件发布 columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from replica.entries import Entry
from replica.exchange import Answer, Ask, json_answer
from replica.world import World

API_PATH = "/search-front-server/api/search/info"
PAGE_PATH = "/search/zcwjk.html"
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "196": ("政策文件库",),
    "51": ("消费品司文件发布", "科技司文件发布"),
    "163": ("政策解读",),
}


def answer_search(world: World, ask: Ask) -> Answer:
    """One page of hits. `searchResult` is missing when nothing matches or `p` is past the end."""
    category = ask.query.get("cateid") or ask.query.get("category", "")
    number, size = _natural(ask.query.get("p", "1")), _natural(ask.query.get("pg", "10"))
    words = ask.query.get("q", "").split()
    hits = [one for one in _of_category(world, category) if _matches(one, words)]
    shown = hits[(number - 1) * size : number * size] if number and size else []
    data: dict[str, Any] = {}
    if shown:
        grouped = ask.query.get("group") == "distinct"
        rows = [_grouped(one) if grouped else {"data": _fields(one)} for one in shown]
        data["searchResult"] = {"totalCount": len(hits), "p": number, "dataResults": rows}
    return json_answer({"success": True, "code": "200", "message": "成功", "data": data})


def _natural(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _of_category(world: World, category: str) -> list[Entry]:
    columns = set(CATEGORIES.get(category, ()))
    found = [one for one in world.published("miit") if columns & set(one.columns)]
    return sorted(found, key=lambda one: one.published, reverse=True)


def _matches(entry: Entry, words: list[str]) -> bool:
    return all(word in entry.title or word in entry.body for word in words)


def _grouped(entry: Entry) -> dict[str, Any]:
    return {"groupCount": 1, "groupData": [{"data": _fields(entry)}]}


def _fields(entry: Entry) -> dict[str, Any]:
    milliseconds = str(int(entry.published.timestamp()) * 1000)
    code = hashlib.md5(entry.url.encode(), usedforsecurity=False).hexdigest()
    body = json.dumps([{"fieldName": "正文", "fieldValue": entry.body}], ensure_ascii=False)
    return {
        "title": entry.title,
        "url": urlsplit(entry.url).path,
        "deploytime": milliseconds,
        "publishtime": milliseconds,
        "filenumbername": entry.doc_number,
        "publishgroupname": " ".join(entry.issuer_names) or entry.source,
        "typename": "通知",
        "columnname": entry.column,
        "indexcode": f"000019{code[:8]}",
        "infoextends": json.dumps({"infoContent": body}, ensure_ascii=False),
    }
