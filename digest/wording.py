"""The Chinese words and dates readers see, the same in every format."""

from __future__ import annotations

import re
from datetime import date

from digest.choosing.roles import role_of
from digest.models.issue import Digest, DueDate, Entry, Section
from digest.safe_text import clean_line, shorten
from texts.kinds import kind_of

VERDICT_WORDS = {
    "ok": "正常",
    "quiet": "安静",
    "degraded": "部分异常",
    "blocked": "被拦截",
    "broken": "读取失败",
    "unreachable": "无法访问",
    None: "未检查",
}
FOLLOW_UPS = "跟踪事项"
MARKS = ("更新", "补发", "日期存疑")
"""The badges that say how an entry came into the issue, not what it does."""
_KINDS = ("征求意见", "公示", "申报")
_TOPICS = {"征求意见": "征求意见", "公示": "公示", "项目申报": "申报"}
_SAID_DEADLINE = re.compile(r"（[^（）]{0,12}截止 \d{4}-\d\d-\d\d）$")


def badges(entry: Entry) -> tuple[str, ...]:
    """更新/补发 as composed, 日期存疑, 名单命中 with the names; at most one of
    征求意见/申报/公示."""
    marks = (
        ("更新", entry.revised),
        ("补发", entry.late),
        ("日期存疑", entry.doubted_on is not None),
    )
    found = [word for word, is_set in marks if is_set]
    return tuple(word for word in (*found, entry.list_hit, _kind(entry)) if word)


def _kind(entry: Entry) -> str:
    """What the title asks for; where it does not say so, what the page was found to."""
    kind = kind_of(entry.title)
    if kind in _KINDS:
        return kind
    if kind:
        return ""
    return next((_TOPICS[name] for name in entry.stored.notice.topics if name in _TOPICS), "")


def slashed(day: date) -> str:
    """2021/01/30, as the chapter headings have always written it."""
    return f"{day:%Y/%m/%d}"


def long_date(day: date) -> str:
    """2021年02月05日, as the signatures write it."""
    return f"{day.year:04d}年{day.month:02d}月{day.day:02d}日"


def chapter_heading(section: Section, digest: Digest) -> str:
    """知识产权信息篇（2021/01/30~2021/02/05）"""
    return f"{section.title}（{slashed(digest.from_on)}~{slashed(digest.to_on)}）"


def signature(section: Section, digest: Digest) -> tuple[str, str]:
    """Who signs a chapter and when: 盈科瑞﹒知识产权部, 2021年02月05日."""
    who = "﹒".join(part for part in (digest.company, section.department) if part)
    return who, long_date(digest.to_on)


def meta_parts(entry: Entry) -> list[str]:
    """来源 · 发布日期 · 文号 · 联合发文 · 施行日期 · 关键词, whichever are known."""
    parts = [entry.publisher]
    if entry.doubted_on:
        parts.append(f"日期存疑：网页写 {entry.doubted_on:%Y-%m-%d}")
    elif entry.published_on:
        parts.append(f"{entry.published_on:%Y-%m-%d}")
    if entry.doc_number:
        parts.append(entry.doc_number)
    if len(entry.issuers) > 1:
        parts.append("联合发文：" + "、".join(entry.issuers))
    parts += [f"{label}：{value}" for label, value in entry.facts.values() if value]
    parts.append(entry.why)
    return [part for part in parts if part]


def deadline_line(entry: Entry, today: date) -> str:
    """截止：2021-02-18（还有 13 天） 征求意见; empty when the notice sets none."""
    lines = []
    for item in entry.deadlines:
        what = item.what if item.what not in {"", "截止"} else ""
        note = "，按文内期限推算" if item.computed else ""
        lines.append(f"{item.on:%Y-%m-%d}（{_distance((item.on - today).days)}{note}）{what}")
    return "截止：" + "；".join(lines) if lines else ""


def short_facts(entry: Entry, today: date) -> str:
    """［更新］ 02-04，截止 02-18: what still fits beside a title."""
    marks = "".join(f"［{badge}］" for badge in badges(entry))
    running = [item.on for item in entry.deadlines if item.on >= today]
    is_dated = entry.published_on and not entry.doubted_on
    facts = [f"{entry.published_on:%m-%d}"] if is_dated else []
    facts += [f"截止 {running[0]:%m-%d}"] if running else []
    return f"{marks} {'，'.join(facts)}".rstrip()


def line_facts(entry: Entry, today: date) -> str:
    """天津市科学技术局 · 02-04 · 津科规〔2021〕1号 · 截止 02-18: what stands behind the title where
    an entry has one line."""
    is_dated = entry.published_on and not entry.doubted_on
    running = [item.on for item in entry.deadlines if item.on >= today]
    facts = [
        entry.source,
        f"{entry.published_on:%m-%d}" if is_dated else "",
        entry.doc_number,
        f"截止 {running[0]:%m-%d}" if running else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def story_word(entry: Entry) -> str:
    """What an entry is to the document it stands under: 解读 or 报道."""
    return "解读" if role_of(entry.title) == "解读" else "报道"


def rest_heading(section: Section) -> str:
    """其余 23 条, above what is told in a line."""
    return f"其余 {section.rest_count} 条"


def why(entry: Entry) -> str:
    """征求意见稿 · 命中“中药” · 曾保留同类 4 次; empty when the entry was never judged."""
    return " · ".join(clean_line(reason) for reason in entry.reasons)


def entry_link(entry: Entry, digest: Digest) -> str:
    """Where the whole text of an entry stands: in the archive, else at its publisher."""
    home = digest.whole_url.removesuffix("index.html")
    return f"{home}{entry.anchor}.html" if digest.whole_url else entry.url


def brief(entry: Entry) -> str:
    """The summary for where the deadline has a line of its own, without its last words on it."""
    return _SAID_DEADLINE.sub("", entry.summary) if entry.deadlines else entry.summary


def due_line(due: DueDate) -> str:
    """What falls due, for the 即将截止 table."""
    note = f"（见 {due.week} 期）" if due.week else ""
    return f"{due.what}{note}" if due.what else note


def due_head(digest: Digest, length: int = 400) -> str:
    """两周内截止 16 项，其中公示 13 项，首要：2021-02-18 关于…; empty when nothing is due.

    The one that matters most is named, of those that ask the reader to act where there are any;
    the nearest where nothing was judged.
    """
    due = digest.highlights.due
    if not due:
        return ""
    first = max(due, key=lambda item: (item.asks, item.entry.score))
    word = "首要" if first.entry.score else "最近"
    title = shorten(first.entry.title, length)
    idle = sum(not item.asks for item in due)
    of_them = f"其中公示 {idle} 项，" if 0 < idle < len(due) else ""
    return f"两周内截止 {len(due)} 项，{of_them}{word}：{first.on.isoformat()} {title}"


def days_left(days: int) -> str:
    """今天, 明天, 13 天后."""
    return {0: "今天", 1: "明天"}.get(days, f"{days} 天后")


def _distance(days: int) -> str:
    if days < 0:
        return "已截止"
    return {0: "今天截止", 1: "明天截止"}.get(days, f"还有 {days} 天")


def totals_line(digest: Digest) -> str:
    """本周共 12 条：知识产权信息篇 3 条，…；其中更新 1 条，补发 2 条。"""
    found = digest.highlights
    rest = f"按您的订阅略去 {digest.left_out} 条。" if digest.left_out else ""
    if not found.total:
        return f"本周没有符合您订阅的新通知。{rest}" if rest else "本周没有新通知。"
    chapters = "，".join(f"{title} {count} 条" for title, count in found.counts)
    marks = [
        f"{word} {count} 条"
        for word, count in (("更新", found.revised), ("补发", found.late))
        if count
    ]
    tail = "；其中" + "，".join(marks) if marks else ""
    depth = f"重点 {found.lead} 条列全文，其余各列一行。" if found.lead < found.total else ""
    return f"本周共 {found.total} 条：{chapters}{tail}。{depth}{rest}"


def trouble_line(digest: Digest) -> str:
    """One sentence when sources could not be read as usual, else empty."""
    count = len(digest.highlights.troubled)
    if not count:
        return ""
    sites = list(dict.fromkeys(item.site_name for item in digest.highlights.troubled))
    named = "、".join(sites[:4]) + ("等" if len(sites) > 4 else "")
    return f"{count} 个栏目未能正常读取（{named}），可能有遗漏，详见文末“信息来源状况”。"


def whole_line(digest: Digest) -> str:
    """Where the entries are that a subscriber's choice left out; empty when it left out none."""
    if not digest.left_out:
        return ""
    if digest.whole_url:
        return f"完整的一期：{digest.whole_url}"
    return "完整的一期可向编者索取：请回复本邮件。"
