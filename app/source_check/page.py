"""Writes a check as one page that stands alone, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.source_check.document import WORDS
from digest.rendering.templates import strict_environment

READERS = {
    "column": "本栏目的选择器",
    "platform": "平台的版式",
    "meta": "网页的元数据",
    "general": "通用阅读器",
    "learned": "按已有公告认出的版式",
    "list": "列表",
    "": "无",
}
BROWSERS = {"chromium": "Chromium", "bundled": "内置", "cdp": "自己的浏览器", "none": "无"}
_TEMPLATES = Path(__file__).parents[1] / "templates"


def written(document: dict[str, Any], folder: Path) -> Path:
    """`sources-check.html` and `sources-check.json` in the folder; the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    template = strict_environment(_TEMPLATES).get_template("source_check.html.jinja")
    page = template.render(**document, words=WORDS, readers=READERS, browsers=BROWSERS)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (folder / "sources-check.json").write_text(text + "\n", encoding="utf-8")
    path = folder / "sources-check.html"
    path.write_text(page, encoding="utf-8")
    return path
