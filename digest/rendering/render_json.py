"""An issue as JSON, for programs; the shape is digest.schema.json beside this file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from digest.models.entry import file_facts
from digest.models.follow_up import FollowUp
from digest.models.issue import Digest, Entry
from digest.rendering.body_html import body_lines
from digest.rendering.render_correction import correction_document
from storage.models import Attachment, Coverage


def render_json(digest: Digest) -> str:
    """UTF-8 text, indented; days are YYYY-MM-DD, instants UTC."""
    return json.dumps(digest_document(digest), ensure_ascii=False, indent=2) + "\n"


def digest_document(digest: Digest) -> dict[str, Any]:
    """The document itself, for callers that print it with something else."""
    corrections = [correction_document(record) for record in digest.corrections]
    heads = {entry.id: entry.stored.notice.url for entry in digest.entries()}
    follow_ups = [_follow_up(item) for item in digest.follow_ups]
    own = {"title": digest.title} if digest.own_title else {}
    return {
        "week": digest.week,
        **own,
        "from": digest.from_on.isoformat(),
        "to": digest.to_on.isoformat(),
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "department": section.department,
                "groups": [
                    {
                        "title": group.title,
                        "items": [entry_document(entry, heads) for entry in group.entries],
                    }
                    for group in section.groups
                ],
            }
            for section in digest.sections
        ],
        "coverage": [_coverage(row) for row in digest.coverage],
        **({"follow_ups": follow_ups} if follow_ups else {}),
        **({"corrections": corrections} if corrections else {}),
    }


def entry_document(entry: Entry, heads: Mapping[int, str]) -> dict[str, Any]:
    """One entry; None and empty where nothing is known.

    `heads`: addresses by id, of those that others may stand under.
    """
    return {
        "title": entry.title,
        "url": entry.stored.notice.url,
        "source": entry.source,
        "published_on": entry.published_on.isoformat() if entry.published_on else None,
        "doc_number": entry.doc_number,
        "issuers": list(entry.issuers),
        "deadline_on": entry.deadline_on.isoformat() if entry.deadline_on else None,
        "summary": entry.summary,
        "body_text": "\n".join(body_lines(entry)),
        "attachments": [_attachment(file) for file in entry.attachments],
        "also_at": [page.url for page in entry.pages],
        "late": entry.late,
        "revised": entry.revised,
        "score": entry.score,
        "reasons": list(entry.reasons),
        "folded": entry.folded,
        **{name: value or None for name, (_label, value) in entry.facts.items()},
        **({"machine_summary": True} if entry.machine_line else {}),
        **({"date_in_doubt": True} if entry.doubted_on else {}),
        **({"editor_note": entry.note} if entry.note else {}),
        **({"under": heads.get(entry.under, "")} if entry.under is not None else {}),
    }


def _attachment(file: Attachment) -> dict[str, str]:
    about = file_facts(file).strip("（）")
    return {"name": file.name, "url": file.url} | ({"about": about} if about else {})


def _follow_up(item: FollowUp) -> dict[str, Any]:
    return {
        "title": item.title,
        "url": item.url,
        "owner": item.owner,
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "state": "done" if item.is_done else "open",
        "note": item.note,
    }


def _coverage(row: Coverage) -> dict[str, Any]:
    good = row.last_good_at
    return {
        "site": row.site,
        "column": row.column,
        "last_good_at": f"{good.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if good else None,
        "rows": row.rows,
        "new": row.new,
        "verdict": row.verdict,
        "reason": row.reason,
        "gaps": [
            {"from": gap.from_on.isoformat(), "to": gap.to_on.isoformat(), "reason": gap.reason}
            for gap in row.gaps
        ],
    }
