"""Views for analysts. They are made anew whenever they differ from what stands here.

"Today" in a view is the computer's own clock, in China's time (UTC+8, no summer time). A page
counts from its `day_on`, as in an issue.
"""

from __future__ import annotations

from sqlite_utils import Database

_THIS_WEEK = """
SELECT n.id, n.section, n.grp, n.title, n.url, n.doc_number, n.source,
       coalesce(s.name, n.site) AS site_name, n.column, n.published_on, n.deadline_on, n.summary,
       (SELECT count(*) FROM notices d WHERE d.duplicate_of = n.id) AS also_at,
       n.revised_at, n.complete
FROM notices n LEFT JOIN sites s ON s.id = n.site
WHERE n.duplicate_of IS NULL
  AND n.day_on BETWEEN date(date('now', '+8 hours'), '-6 days') AND date('now', '+8 hours')
ORDER BY n.section, n.grp, n.published_on DESC, n.id
"""

_DEADLINES = """
SELECT n.id, d.deadline_on,
       CAST(julianday(d.deadline_on) - julianday(date('now', '+8 hours')) AS INTEGER) AS days_left,
       d.what, d.printed, d.computed, n.title, n.url, n.section, n.grp,
       coalesce(s.name, n.site) AS site_name, n.published_on
FROM (
    SELECT m.id AS notice_id, json_extract(e.value, '$.on') AS deadline_on,
           json_extract(e.value, '$.what') AS what, json_extract(e.value, '$.printed') AS printed,
           json_extract(e.value, '$.computed') AS computed
    FROM notices m CROSS JOIN json_each(m.deadlines) e
    WHERE m.deadlines <> '[]'
      AND json_extract(m.deadlines, '$[#-1].on') >= date('now', '+8 hours')
      AND json_extract(e.value, '$.on') >= date('now', '+8 hours')
    UNION ALL
    SELECT m.id, m.deadline_on, '', '', 0 FROM notices m
    WHERE m.deadline_on >= date('now', '+8 hours') AND m.deadlines = '[]'
) d CROSS JOIN notices n ON n.id = d.notice_id LEFT JOIN sites s ON s.id = n.site
WHERE n.duplicate_of IS NULL AND d.deadline_on >= date('now', '+8 hours')
ORDER BY d.deadline_on, n.id
"""

_SOURCES = """
SELECT s.id AS site, s.name AS site_name, c.name AS column, c.url,
       (s.enabled AND c.enabled) AS enabled, k.checked_at AS last_checked_at,
       (SELECT max(g.checked_at) FROM checks g WHERE g.site = c.site AND g.column = c.name
           AND g.verdict IN ('ok', 'quiet', 'degraded')) AS last_good_at,
       k.verdict, k.reason, k.rows, k.new,
       (SELECT count(*) FROM notices n WHERE n.site = c.site AND n.column = c.name) AS notices,
       (SELECT max(n.day_on) FROM notices n WHERE n.site = c.site AND n.column = c.name
           AND n.published_on = n.day_on) AS newest_on
FROM columns c JOIN sites s ON s.id = c.site
LEFT JOIN checks k ON k.id = (SELECT l.id FROM checks l WHERE l.site = c.site
    AND l.column = c.name ORDER BY l.id DESC LIMIT 1)
WHERE s.removed_at IS NULL AND c.removed_at IS NULL
ORDER BY s.position, c.position
"""

# From the few pages that are not alone, not from all notices.
_SAME_DOCUMENT = """
SELECT r.id AS document, n.id, (n.id = r.id) AS representative, n.duplicate_why,
       coalesce(s.name, n.site) AS site_name, n.title, n.doc_number, n.published_on, n.url
FROM (SELECT DISTINCT duplicate_of AS id FROM notices WHERE duplicate_of IS NOT NULL) r
CROSS JOIN notices n ON (n.id = r.id AND n.duplicate_of IS NULL) OR n.duplicate_of = r.id
LEFT JOIN sites s ON s.id = n.site
ORDER BY r.id, representative DESC, n.id
"""

_REVISIONS = """
SELECT v.id, v.notice_id, v.seen_at, v.changed, v.title AS old_title, n.title AS title_now,
       v.published_on AS old_published_on, n.published_on AS published_on_now,
       v.doc_number AS old_doc_number, n.doc_number AS doc_number_now,
       v.body_text AS old_body_text, coalesce(s.name, n.site) AS site_name, n.url
FROM revisions v JOIN notices n ON n.id = v.notice_id LEFT JOIN sites s ON s.id = n.site
ORDER BY v.seen_at DESC, v.id DESC
"""

# A week ends on its Friday, and is named by the ISO week of that Friday (by its Thursday). The days
# are counted first, in the order of the index notices_by_column, and their weeks added up.
_WEEKLY_COUNTS = """
SELECT strftime('%Y', w.to_on, '-1 day') || '-W'
           || substr('0' || ((strftime('%j', w.to_on, '-1 day') - 1) / 7 + 1), -2) AS week,
       w.to_on, w.section, w.grp,
       coalesce((SELECT s.name FROM sites s WHERE s.id = w.site), w.site) AS site_name,
       sum(w.pages) AS pages, sum(w.documents) AS documents
FROM (SELECT site, section, grp, date(day_on, 'weekday 5') AS to_on,
             count(*) AS pages, sum(duplicate_of IS NULL) AS documents
      FROM notices
      GROUP BY site, column, day_on, section, grp) w
GROUP BY w.to_on, w.section, w.grp, w.site
ORDER BY w.to_on DESC, w.section, w.grp, w.site
"""

_MISSING_NUMBERS = """
SELECT m.id, coalesce(s.name, m.site) AS site_name, m.column, m.name, m.after_id,
       n.title AS after_title, m.missed_at
FROM missing_numbers m JOIN notices n ON n.id = m.after_id LEFT JOIN sites s ON s.id = m.site
WHERE m.seen_at IS NULL AND m.dismissed_at IS NULL
ORDER BY m.site, m.column, m.name
"""

_LIST_ROWS = """
SELECT n.id, n.title, a.name, r.sheet, r.row, r.cells, coalesce(s.name, n.site) AS site_name,
       n.published_on, n.url
FROM attachment_rows r JOIN attachments a ON a.id = r.attachment
JOIN notices n ON n.id = a.notice_id LEFT JOIN sites s ON s.id = n.site
WHERE a.removed_at IS NULL AND n.duplicate_of IS NULL
ORDER BY n.day_on DESC, n.id DESC, a.position, r.sheet, r.row
"""

VIEWS = {
    "v_this_week": _THIS_WEEK,
    "v_deadlines": _DEADLINES,
    "v_sources": _SOURCES,
    "v_same_document": _SAME_DOCUMENT,
    "v_revisions": _REVISIONS,
    "v_weekly_counts": _WEEKLY_COUNTS,
    "v_missing_numbers": _MISSING_NUMBERS,
    "v_list_rows": _LIST_ROWS,
}


def are_current(db: Database) -> bool:
    """Whether all views are as described here. Views of analysts' own are none of our business."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall()
    return {name: _create(name) for name in VIEWS}.items() <= dict(rows).items()


def ensure(db: Database) -> None:
    """Make the views anew if any differs. Call inside a transaction."""
    if are_current(db):
        return
    for name in VIEWS:
        db.execute(f"DROP VIEW IF EXISTS {name}")
        db.execute(_create(name))


def _create(name: str) -> str:
    return f"CREATE VIEW {name} AS {VIEWS[name].strip()}"
