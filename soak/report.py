"""The table at the end of a soak."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from statistics import median

from soak.year import Year

COUNTS = (
    ("issues composed", "SELECT count(*) FROM issues"),
    ("notices printed", "SELECT count(*) FROM issue_items WHERE revised = 0"),
    ("of them late (补发)", "SELECT count(*) FROM issue_items WHERE late = 1"),
    ("changes told (更新)", "SELECT count(*) FROM issue_items WHERE revised = 1"),
    ("pages in the store", "SELECT count(*) FROM notices"),
    ("of them reposts", "SELECT count(*) FROM notices WHERE duplicate_of IS NOT NULL"),
    ("crawls", "SELECT count(*) FROM runs"),
    ("of them not finished", "SELECT count(*) FROM runs WHERE state <> 'finished'"),
    ("alarms raised", "SELECT count(*) FROM alarms WHERE kind = 'raised'"),
    ("alarms recovered", "SELECT count(*) FROM alarms WHERE kind = 'recovered'"),
    ("mails sent to readers", "SELECT count(*) FROM deliveries WHERE state = 'sent'"),
    ("mails refused for good", "SELECT count(*) FROM deliveries WHERE state = 'refused'"),
    ("mails interrupted", "SELECT count(*) FROM deliveries WHERE interruptions > 0"),
)


def report(year: Year, *, seconds: float, mounted: bool) -> str:
    """One line a figure."""
    lines = [f"real time: {seconds / 60:.1f} min; full disk tried: {'yes' if mounted else 'no'}"]
    path = year.harness.data / "zhengxun.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        lines += [f"{name}: {db.execute(sql).fetchone()[0]}" for name, sql in COUNTS]
    lines.append(f"documents published: {len(year.truth.documents)}")
    lines.append("faults: " + ", ".join(f"{name} {n}" for name, n in sorted(year.did.items())))
    rss = [one.rss for one in year.samples]
    if rss:
        lines.append(f"memory at rest: median {median(rss):.1f} MB, most {max(rss):.1f} MB")
        own = median(one.own for one in year.samples)
        lines.append(f"of it not shared with other processes: median {own:.1f} MB")
        lines.append(
            f"threads: {min(one.threads for one in year.samples)} to "
            f"{max(one.threads for one in year.samples)}, file handles: "
            f"{min(one.handles for one in year.samples)} to "
            f"{max(one.handles for one in year.samples)}"
        )
    lines.append(f"violations: {len(year.violations)}")
    return "\n".join(lines)
