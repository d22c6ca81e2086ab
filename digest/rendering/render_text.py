"""An issue as plain text: readable alone, in a terminal or a mail program without HTML."""

from __future__ import annotations

import unicodedata

from china_time import local_minute
from digest.models.entry import file_facts
from digest.models.issue import NOTHING_NEW, Digest, Entry, Section
from digest.rendering.body_html import body_lines
from digest.rendering.coverage_table import coverage_rows
from digest.safe_text import clean_line, shorten
from digest.wording import (
    FOLLOW_UPS,
    badges,
    chapter_heading,
    days_left,
    deadline_line,
    due_head,
    due_line,
    entry_link,
    line_facts,
    meta_parts,
    rest_heading,
    signature,
    slashed,
    story_word,
    totals_line,
    trouble_line,
    whole_line,
)

WIDTH = 76
_INDENT = "    "


def render_text(digest: Digest, *, bodies: bool = True, summary: int = 160) -> str:
    """The whole issue; without `bodies` each entry has its summary of `summary` characters.

    `summary=0` leaves titles, sources, deadlines and links. Lines end in one newline.
    """
    lines = [*_masthead(digest), *_due_table(digest), *_follow_ups(digest)]
    for section in digest.sections:
        lines += _section(section, digest, bodies, summary)
    lines += _coverage(digest)
    lines += ["", f"截至 {local_minute(digest.instant)}（北京时间）。原文以发布机关网站为准。"]
    lines += [*[digest.foot] * bool(digest.foot), ""]
    return "\n".join(lines)


def _masthead(digest: Digest) -> list[str]:
    span = f"{slashed(digest.from_on)}~{slashed(digest.to_on)}"
    lines = [
        f"{digest.title}　{digest.week} 期",
        f"{digest.company}　{span}",
        "=" * WIDTH,
        "",
        "【本周要点】",
        totals_line(digest),
        *[whole_line(digest)] * bool(digest.left_out),
    ]
    if due := due_head(digest, 40):
        lines.append(due)
    trouble = trouble_line(digest)
    return [*lines, trouble] if trouble else lines


def _section(section: Section, digest: Digest, bodies: bool, summary: int) -> list[str]:
    lines = ["", "", chapter_heading(section, digest), "=" * WIDTH]
    for group in section.lead:
        lines += ["", f"【{clean_line(group.title)}】"]
        for number, entry in enumerate(group.entries, start=1):
            lines += ["", *_entry(number, entry, digest, bodies, summary)]
            lines += _stories(section, entry, digest)
    lines += _rest(section, digest)
    if not section.count:
        lines += ["", f"{NOTHING_NEW}。"]
    if section.department:
        lines += ["", *(_right(line) for line in signature(section, digest))]
    return lines


def _entry(number: int, entry: Entry, digest: Digest, bodies: bool, summary: int) -> list[str]:
    marks = "".join(f"［{badge}］" for badge in badges(entry))
    lines = [f"{number}、{entry.title}{marks}"]
    facts = [" · ".join(meta_parts(entry)), deadline_line(entry, digest.today)]
    if entry.revised and entry.change:
        facts.append(f"更新内容：{clean_line(entry.change)}")
    lines += [f"{_INDENT}{fact}" for fact in facts if fact]
    for place, line in enumerate(entry.note_lines):
        lines.append(f"{_INDENT}{'　　　　' if place else '编者按：'}{line}")
    if bodies and entry.body_text:
        lines += [f"{_INDENT}{entry.machine_line}"] * bool(entry.machine_line)
        lines += ["", *(f"{_INDENT}{line}".rstrip() for line in body_lines(entry)), ""]
        lines += [f"{_INDENT}{entry.pictures}", ""] if entry.pictures else []
    elif summary and entry.summary:
        lines.append(f"{_INDENT}{shorten(entry.summary, summary)}")
    if bodies or summary:
        lines += [
            f"{_INDENT}附件：{file.name}{file_facts(file)} {file.url}" for file in entry.attachments
        ]
        lines += [f"{_INDENT}另见：{page.name} {page.link}" for page in entry.pages if page.link]
    if entry.url:
        lines.append(f"{_INDENT}原文：{entry.url}")
    return lines


def _stories(section: Section, entry: Entry, digest: Digest) -> list[str]:
    """What explains or reports an entry, a line each."""
    lines = []
    for story in section.stories(entry):
        facts = line_facts(story, digest.today)
        lines.append(f"{_INDENT}{story_word(story)}：{story.title}（{facts}）")
        link = entry_link(story, digest)
        lines += [f"{_INDENT}{_INDENT}{link}"] * bool(link)
    return lines


def _rest(section: Section, digest: Digest) -> list[str]:
    """其余: title, facts and link of what is told in a line."""
    if not section.rest_count:
        return []
    lines = ["", "", f"—— {rest_heading(section)} ——"]
    for group in section.rest:
        lines += ["", f"【{clean_line(group.title)}】"]
        for entry in group.entries:
            marks = "".join(f"［{badge}］" for badge in badges(entry))
            lines.append(f"· {entry.title}{marks}（{line_facts(entry, digest.today)}）")
            if entry.revised and entry.change:
                lines.append(f"{_INDENT}更新内容：{clean_line(entry.change)}")
            lines += [f"{_INDENT}编者按：{line}" for line in entry.note_lines]
            link = entry_link(entry, digest)
            lines += [f"{_INDENT}{link}"] * bool(link)
            lines += _stories(section, entry, digest)
    return lines


def _due_table(digest: Digest) -> list[str]:
    due = digest.highlights.due
    if not due:
        return []
    lines = ["", "", "即将截止", "=" * WIDTH]
    for item in due:
        lines.append(f"{item.on.isoformat()}（{days_left(item.days_left)}） {item.entry.title}")
        what = due_line(item)
        if what:
            lines.append(f"{_INDENT}{what}")
    return lines


def _follow_ups(digest: Digest) -> list[str]:
    if not digest.follow_ups:
        return []
    lines = ["", "", FOLLOW_UPS, "=" * WIDTH]
    for item in digest.follow_ups:
        lines.append(f"[{item.state(digest.today)}] {item.owner}（截止 {item.day}） {item.title}")
        lines += [f"{_INDENT}{words}" for words in (item.note, item.url) if words]
    return lines


def _coverage(digest: Digest) -> list[str]:
    lines = ["", "", "信息来源状况", "=" * WIDTH]
    rows = coverage_rows(digest)
    if not rows:
        return [*lines, "尚无检查记录：没有任何来源被读取过。"]
    for row in rows:
        lines.append(f"[{row.word}] {row.site} · {row.column}（上次读到：{row.last_good}）")
        if row.reason and row.tone != "good":
            lines.append(f"{_INDENT}{row.reason}")
    return [*lines, "安静：读取正常，但久未更新；其余非“正常”状况意味着本期可能有遗漏。"]


def _right(line: str) -> str:
    return " " * max(WIDTH - _columns(line), 0) + line


def _columns(line: str) -> int:
    """Terminal columns: wide and full-width characters take two."""
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in line)
