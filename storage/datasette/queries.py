"""What analysts ask most, as named queries. Headings are Chinese: they end up in spreadsheets.

`编号` is the id of a notice; beside it `标题` becomes a link to the page of the notice.
Days are China's. The functions today(), china_minute(), verdict_words(), section_title() and zh_*()
are those of plugins/chinese_search.py.
"""

from __future__ import annotations

from typing import Any

_DAY_LABEL = "截至哪天（如 2021-02-05；不填为今天）"

_THIS_WEEK = """
WITH asked(day) AS (SELECT coalesce(date(nullif(trim(:day), '')), today()))
SELECT n.id AS 编号, n.title AS 标题, n.summary AS 摘要, section_title(n.section) AS 篇章,
       n.grp AS 分组, coalesce(s.name, n.site) AS 来源, n.published_on AS 发布日期,
       n.doc_number AS 文号, n.deadline_on AS 截止日期,
       nullif((SELECT count(*) FROM notices d WHERE d.duplicate_of = n.id), 0) AS 另见,
       n.column AS 栏目, china_minute(n.first_seen_at) AS 首次见到
FROM asked, notices n LEFT JOIN sites s ON s.id = n.site
WHERE n.duplicate_of IS NULL
  AND n.day_on BETWEEN date(asked.day, '-6 days') AND asked.day
ORDER BY n.section, n.grp, n.published_on DESC, n.id DESC
"""

_DEADLINES = """
WITH asked(day) AS (SELECT coalesce(date(nullif(trim(:day), '')), today())), due AS (
    SELECT m.id AS notice_id, json_extract(e.value, '$.on') AS due_on,
           json_extract(e.value, '$.what') AS what, json_extract(e.value, '$.printed') AS printed,
           json_extract(e.value, '$.computed') AS computed
    FROM notices m CROSS JOIN json_each(m.deadlines) e
    WHERE m.deadlines <> '[]'
      AND json_extract(m.deadlines, '$[#-1].on') >= (SELECT day FROM asked)
    UNION ALL
    SELECT m.id, m.deadline_on, '', '', 0 FROM notices m
    WHERE m.deadline_on >= (SELECT day FROM asked) AND m.deadlines = '[]'
)
SELECT due.due_on AS 截止日期,
       CAST(julianday(due.due_on) - julianday(asked.day) AS INTEGER) AS 剩余天数,
       n.id AS 编号, n.title AS 标题, due.what AS 事项, due.printed AS 原文表述,
       CASE WHEN due.computed THEN '按文内期限推算' ELSE '' END AS 说明,
       section_title(n.section) AS 篇章, coalesce(s.name, n.site) AS 来源,
       n.published_on AS 发布日期
FROM asked, due JOIN notices n ON n.id = due.notice_id LEFT JOIN sites s ON s.id = n.site
WHERE n.duplicate_of IS NULL AND due.due_on >= asked.day
ORDER BY due.due_on, n.id
"""

_SAME_DOCUMENT = """
SELECT document AS 文件, id AS 编号, title AS 标题,
       CASE WHEN representative THEN '主条目' ELSE '另见' END AS 地位,
       site_name AS 来源, doc_number AS 文号, published_on AS 发布日期,
       duplicate_why AS 为何视为同一文件, url AS 网址
FROM v_same_document
ORDER BY document DESC, representative DESC, id
"""

_REVISIONS = """
SELECT china_minute(seen_at) AS 发现时间, notice_id AS 编号, title_now AS 标题,
       changed AS 变动,
       CASE WHEN old_title <> title_now THEN old_title ELSE '' END AS 原标题,
       site_name AS 来源, published_on_now AS 发布日期, url AS 网址
FROM v_revisions
ORDER BY seen_at DESC, id DESC
"""

_SOURCES = """
SELECT site_name AS 来源, column AS 栏目,
       CASE WHEN NOT enabled THEN '停用' ELSE verdict_words(verdict) END AS 状况,
       reason AS 说明, china_minute(last_checked_at) AS 上次检查,
       china_minute(last_good_at) AS 上次读到, rows AS 列出条数, new AS 新增,
       notices AS 已收录, newest_on AS 最新通知, url AS 网址
FROM (SELECT *, row_number() OVER () AS place FROM v_sources)
ORDER BY enabled DESC, verdict IN ('blocked', 'broken', 'unreachable') DESC, place
"""

_DOC_NUMBER = """
WITH own(id) AS (
    SELECT id FROM (SELECT id FROM notices WHERE zh_key(:doc_number) = '' AND doc_number <> ''
                    ORDER BY published_on DESC, id DESC LIMIT 500)
    UNION ALL
    SELECT id FROM notices WHERE zh_key(:doc_number) <> '' AND doc_number <> ''
        AND instr(zh_key(doc_number), zh_key(:doc_number))
), found(id, relation) AS (
    SELECT id, '本文' FROM own
    UNION ALL
    SELECT value, '文中提到' FROM json_each(zh_number_hits(:doc_number, 500))
    WHERE value NOT IN (SELECT id FROM own)
)
SELECT n.id AS 编号, n.title AS 标题, n.doc_number AS 文号, f.relation AS 关系,
       coalesce(s.name, n.site) AS 来源, n.published_on AS 发布日期, n.url AS 网址
FROM found f CROSS JOIN notices n ON n.id = f.id LEFT JOIN sites s ON s.id = n.site
ORDER BY f.relation DESC, n.published_on DESC, n.id DESC
LIMIT 500
"""

_MONTHLY = """
SELECT substr(n.day_on, 1, 7) AS 月份, section_title(n.section) AS 篇章,
       coalesce(s.name, n.site) AS 来源, count(*) AS 页数, sum(n.duplicate_of IS NULL) AS 文件数
FROM notices n INDEXED BY notices_by_column LEFT JOIN sites s ON s.id = n.site
GROUP BY 月份, n.section, n.site
ORDER BY 月份 DESC, n.section, 页数 DESC
"""

_SEARCH = """
SELECT n.id AS 编号, n.title AS 标题, coalesce(s.name, n.site) AS 来源, n.published_on AS 发布日期,
       n.doc_number AS 文号, zh_excerpt(:words, n.body_text, n.title, n.doc_number) AS 摘录,
       n.url AS 网址
FROM json_each(zh_hits(:words, 200)) h JOIN notices n ON n.id = h.value
LEFT JOIN sites s ON s.id = n.site
ORDER BY h.key
"""

_ISSUE = """
SELECT s.week AS 期号, section_title(i.section) AS 篇章, i.grp AS 分组, i.notice_id AS 编号,
       i.title AS 标题, CASE WHEN i.late THEN '补发' WHEN i.revised THEN '更新' ELSE '' END AS 标记,
       i.change AS 变动, i.url AS 网址
FROM issue_items i JOIN issues s ON s.id = i.issue_id
WHERE s.week = coalesce(nullif(upper(trim(:week)), ''), (SELECT max(week) FROM issues))
ORDER BY i.position
"""

_NOT_ISSUED = """
SELECT n.id AS 编号, n.title AS 标题, coalesce(s.name, n.site) AS 来源, n.published_on AS 发布日期,
       china_minute(n.first_seen_at) AS 首次见到
FROM notices n LEFT JOIN sites s ON s.id = n.site
WHERE n.duplicate_of IS NULL AND n.id NOT IN (
    SELECT coalesce(m.duplicate_of, m.id)
    FROM issue_items i JOIN notices m ON m.id = i.notice_id)
ORDER BY n.published_on DESC, n.id DESC
LIMIT 500
"""

_CONFLICTS = """
SELECT china_minute(c.found_at) AS 发现时间, c.why AS 矛盾, a.id AS 编号, a.title AS 标题,
       b.id AS 另一编号, b.title AS 另一标题,
       CASE WHEN s.verdict = 'same' THEN '人工：同一文件'
            WHEN s.verdict = 'different' THEN '人工：不同文件'
            WHEN coalesce(a.duplicate_of, a.id) = coalesce(b.duplicate_of, b.id) THEN '已合并'
            WHEN a.doc_number <> b.doc_number THEN '文号已更正' ELSE '待核对' END AS 裁定,
       a.url AS 网址, b.url AS 另一网址
FROM conflicts c JOIN notices a ON a.id = c.a JOIN notices b ON b.id = c.b
LEFT JOIN settlements s ON s.a = c.a AND s.b = c.b
ORDER BY 裁定 = '待核对' DESC, c.found_at DESC, c.id DESC
"""

_INCOMPLETE = """
SELECT n.id AS 编号, n.title AS 标题, coalesce(s.name, n.site) AS 来源, n.column AS 栏目,
       n.published_on AS 发布日期, n.read_attempts AS 已试次数,
       china_minute(n.last_read_at) AS 上次尝试, n.warnings AS 原因, n.url AS 网址
FROM notices n LEFT JOIN sites s ON s.id = n.site
WHERE n.complete = 0
ORDER BY +n.published_on DESC, n.id DESC
"""

_UNDELIVERED = """
SELECT s.week AS 期号, d.address AS 收件人, d.state AS 状态, d.attempts AS 已试次数,
       d.last_reply AS 服务器答复, china_minute(d.updated_at) AS 更新时间,
       china_minute(d.next_attempt_at) AS 下次尝试
FROM deliveries d JOIN issues s ON s.id = d.issue_id
WHERE d.state <> 'sent'
ORDER BY s.week DESC, d.address
"""


_IN_LISTS = """
SELECT r.id AS 编号, r.title AS 标题, r.name AS 附件, r.sheet AS 表格, r.row AS 第几行,
       r.cells AS 各列内容, r.site_name AS 来源, r.published_on AS 发布日期
FROM v_list_rows r
WHERE trim(:words) <> '' AND r.cells LIKE '%' || trim(:words) || '%'
LIMIT 500
"""


def canned_queries() -> dict[str, dict[str, Any]]:
    """Name -> query as Datasette's metadata wants it.

    `labels` (parameter -> Chinese words) is ours, for the query page. A name must not be that
    of a table: Datasette would show the query in place of the table.
    """
    return {
        "this_week": _query("本周新增", "七天内发布的文件，一份一行。", _THIS_WEEK, day=_DAY_LABEL),
        "deadlines": _query("即将截止", "尚未到期的事项，近者在前。", _DEADLINES, day=_DAY_LABEL),
        "search": _query(
            "搜索",
            "标题、文号、正文全文；多个词用空格隔开，须全部出现；单字、双字词也能找到。",
            _SEARCH,
            words="搜索词",
        ),
        "in_lists": _query(
            "名单查询",
            "附件中的企业、项目、药品等名单里哪一行有这个词，新近者在前。",
            _IN_LISTS,
            words="企业、品种或人名",
        ),
        "doc_number": _query(
            "某文号",
            "哪些页面是这个文号，哪些在文中提到它；写一部分、括号写法不同都可以。不填则列出全部有文号的。",
            _DOC_NUMBER,
            doc_number="文号",
        ),
        "same_document": _query("同一文件多处发布", "主条目在前，另见在后。", _SAME_DOCUMENT),
        "changed": _query("修订", "页面发布后的改动；点标题看改了什么。", _REVISIONS),
        "sources": _query("各来源状况", "每个栏目最近一次读取的结果，读不到的在前。", _SOURCES),
        "monthly": _query("按月数量", "按发布月份、来源统计。", _MONTHLY),
        "issue": _query("某期周报的内容", "不填为最近一期。", _ISSUE, week="期号（如 2021-W05）"),
        "not_issued": _query("尚未进入周报", "新近者在前；含首期之前的存量。", _NOT_ISSUED),
        "contradictions": _query(
            "内容矛盾", "应为同一文件而内容不一致的两页，由人用 zhengxun dedupe 裁定。", _CONFLICTS
        ),
        "incomplete": _query("未能完整读取", "目前只有标题、日期、链接，仍在重试。", _INCOMPLETE),
        "undelivered": _query("未送达的周报", "邮件服务器尚未确认收下的。", _UNDELIVERED),
    }


def _query(title: str, description: str, sql: str, **labels: str) -> dict[str, Any]:
    query: dict[str, Any] = {"title": title, "description": description, "sql": sql.strip()}
    if labels:
        query |= {"params": list(labels), "labels": labels}
    return query | {"hide_sql": True}
