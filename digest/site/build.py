"""The static archive: an index of issues, a page for each issue and notice, and a search.

Any web server can show the folder, and so can a browser without one. What a page said can run
no script: the pages allow none, and the search page sets texts as text.

    index.html  search.html  search.js  search-index.js
    issues/2021-W05/index.html  n17.html …  entries.json
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from digest.composing.highlights import weightiest
from digest.models.issue import NOTHING_NEW, Digest, Entry
from digest.rendering.chart import chart_rows
from digest.rendering.coverage_table import merged_rows
from digest.rendering.templates import style, templates
from digest.rendering.write import write_bytes
from digest.safe_text import shorten
from digest.wording import slashed, totals_line, trouble_line

_FACTS = "entries.json"


def has_issue(folder: Path, week: str) -> bool:
    """Whether the archive in `folder` holds the issue."""
    return (folder / "issues" / week / _FACTS).is_file()


def add_issue(digest: Digest, folder: Path, *, name: str = "") -> None:
    """Write the pages of one issue; `refresh` makes them findable. Raises OSError.

    `name` is the title of the series, when an editor gave this issue another.
    """
    home = folder / "issues" / digest.week
    name = name or digest.title
    entries = list(digest.entries())
    for before, entry, after in zip([None, *entries], entries, [*entries[1:], None], strict=False):
        values = {"name": name, "before": before, "entry": entry, "after": after}
        _write(home / f"{entry.anchor}.html", "notice", digest, root="../../", **values)
    lead = weightiest(digest, 3)
    _write(
        home / "index.html",
        "issue",
        digest,
        root="../../",
        name=name,
        totals=totals_line(digest),
        trouble=trouble_line(digest),
        lead=lead if digest.total > len(lead) else (),
        due=digest.highlights.due,
        coverage=merged_rows(digest),
        chart=chart_rows(digest),
        nothing=NOTHING_NEW,
    )
    # Last: with it the issue counts as complete.
    write_bytes(home / _FACTS, json.dumps(_facts(digest), ensure_ascii=False).encode())


def refresh(folder: Path, *, title: str) -> None:
    """Write the index and the search over all issues in `folder`. Raises OSError."""
    found = sorted((folder / "issues").glob(f"*/{_FACTS}"), reverse=True)
    issues = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    rows = [row for issue in issues for row in issue["entries"]]
    _write(folder / "index.html", "index", None, root="", name=title, issues=issues)
    _write(folder / "search.html", "search", None, root="", name=title)
    # Plain ASCII JSON is JavaScript too; no line separator or tag can end it early.
    write_bytes(folder / "search-index.js", f"window.ZHENGXUN_INDEX={json.dumps(rows)};".encode())
    write_bytes(folder / "search.js", style("site/search.js").encode())


def _write(path: Path, template: str, digest: Digest | None, **values: Any) -> None:
    page = templates().get_template(f"site/{template}.html.jinja")
    if digest is not None:
        values |= {"digest": digest}
    write_bytes(path, page.render(css=style("site/site.css"), **values).encode())


def _facts(digest: Digest) -> dict[str, Any]:
    return {
        "week": digest.week,
        "title": digest.title,
        "from": slashed(digest.from_on),
        "to": slashed(digest.to_on),
        "counts": [[title, count] for title, count in digest.highlights.counts if count],
        "lead": [
            {"title": shorten(entry.title, 80), "path": f"issues/{digest.week}/{entry.anchor}.html"}
            for entry in weightiest(digest, 3)
        ],
        "entries": [_row(entry, digest.week) for entry in digest.entries()],
    }


def _row(entry: Entry, week: str) -> dict[str, str]:
    return {
        "title": entry.title,
        "path": f"issues/{week}/{entry.anchor}.html",
        "source": entry.publisher,
        "on": entry.published_on.isoformat() if entry.published_on else "",
        "number": entry.doc_number,
        "summary": shorten(entry.summary, 120),
        "week": week,
    }
