"""A correction (更正) as its readers see it: text, JSON and pages. Every text is cleaned here."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from digest.models.correction import Correction
from digest.rendering.templates import style, templates
from digest.safe_text import clean_line, clean_text
from storage.models import CorrectionRecord


def correction_text(correction: Correction) -> str:
    """As plain text; lines end in one newline."""
    lines = [correction.heading, correction.when + "（北京时间）", "", *correction.lines]
    for number, item in enumerate(correction.items, start=1):
        lines += ["", f"{number}、{item.title}"]
        lines += [f"    误：{line}" for line in item.wrong]
        lines += [f"    正：{line}" for line in item.right]
        lines += [f"    原文：{item.link}"] if item.link else []
    return "\n".join([*lines, "", f"原第 {correction.week} 期不作改动，以本更正为准。", ""])


def correction_document(record: CorrectionRecord) -> dict[str, Any]:
    """As JSON, in the shape that digest.schema.json gives."""
    return {
        "number": record.record.number,
        "made_at": f"{record.record.composed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "text": clean_text(record.words),
        "items": [
            {
                "title": clean_line(item.title),
                "url": item.url,
                "wrong": clean_text(item.wrong),
                "right": clean_text(item.fixed),
            }
            for item in record.items
        ],
    }


def correction_json(correction: Correction) -> str:
    """The file correction-1.json."""
    document = {"week": correction.week} | correction_document(correction.record)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def correction_page(correction: Correction) -> str:
    """The file correction-1.html."""
    page = templates().get_template("correction.html.jinja")
    return page.render(correction=correction, css=style("issue.css"))
