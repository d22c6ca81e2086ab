"""Alarms in the words and the room of the ways they are sent: a mail, a bot's message."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from china_time import local_minute
from digest.safe_text import clean_line
from storage.operation.alarms import Alarm

KINDS = {"raised": "故障", "reminder": "仍未恢复", "recovered": "恢复", "event": "通知"}
# What the operator should know first when not everything fits.
_RANKS = {kind: rank for rank, kind in enumerate(("raised", "reminder", "event", "recovered"))}
# More than this in one message help nobody; the rest stays in `zhengxun status`.
MOST = 50
SUBJECT_LENGTH = 90
# One long line must not take the room of all others.
_LINE_BYTES = 400
_DETAIL_BYTES = 600
# text.content of WeCom's bots, in bytes of UTF-8, is the least that a bot takes.
TEXT_BYTES = 2048
# The least that is worth sending to a bot that refuses what it was sent.
LEAST_BYTES = 256
_DOCUMENT_BYTES = 1000
# How the answer of a bot begins that read a message and does not want it.
REFUSED = ("errcode", "HTTP 4")


def subject_line(waiting: Sequence[Alarm]) -> str:
    """The first alarm, and how many more."""
    more = f"（另有 {len(waiting) - 1} 条）" if len(waiting) > 1 else ""
    first = next((alarm for alarm in waiting if alarm.kind == "raised"), waiting[0])
    title = clean_line(f"[政讯] {KINDS[first.kind]}：{first.title}")
    return title[: SUBJECT_LENGTH - len(more)] + more


def mail_text(waiting: Sequence[Alarm]) -> str:
    """All of them, one paragraph each."""
    parts = []
    for alarm in waiting[:MOST]:
        lines = (f"    {line}" for line in alarm.text.splitlines())
        parts.append("\n".join([_head(alarm), *lines]))
    if len(waiting) > MOST:
        parts.append(f"另有 {len(waiting) - MOST} 条")
    return "\n\n".join([*parts, "现状：zhengxun status"]) + "\n"


def short_text(waiting: Sequence[Alarm], limit: int) -> str:
    """All of them in at most `limit` bytes of UTF-8: whole if that fits, or else a line each,
    the worst first, then what is known of them while there is room; the rest is counted."""
    whole = f"{subject_line(waiting)}\n\n{mail_text(waiting)}"
    if size_of(whole) <= limit:
        return whole
    ranked = sorted(waiting, key=lambda alarm: (_RANKS[alarm.kind], alarm.id))
    line_bytes = min(_LINE_BYTES, max(limit // 3, 60))
    lines = [cut(_head(alarm), line_bytes) for alarm in ranked[:MOST]]
    shown = _fitting(lines, limit - size_of(_rest(len(waiting))) - 1)
    left = len(waiting) - shown
    tail = _rest(left) if left else ""
    room = limit - size_of("\n".join([*lines[:shown], tail]))
    text = "\n".join([*_detailed(ranked[:shown], lines, room), *[tail] * bool(tail)])
    return cut(text, limit)


def bytes_left(waiting: Sequence[Alarm]) -> int:
    """What a bot is sent, in bytes of text: half of it each time that it was refused."""
    refused = (alarm.attempts for alarm in waiting if alarm.last_reply.startswith(REFUSED))
    return max(TEXT_BYTES >> max(refused, default=0), LEAST_BYTES)


def documents(waiting: Sequence[Alarm], room: int) -> dict[str, object]:
    """The alarms as far as they fit into `room` bytes of JSON, and how many are left out."""
    shown: list[dict[str, str]] = []
    for alarm in waiting:
        document = {
            "subject": alarm.subject,
            "kind": alarm.kind,
            "title": alarm.title,
            "text": cut(alarm.text, _DOCUMENT_BYTES),
            "raised_at": alarm.raised_at.isoformat(),
        }
        room -= size_of(json.dumps(document, ensure_ascii=False)) + 2
        if room < 0:
            break
        shown.append(document)
    return {"alarms": shown, "left_out": len(waiting) - len(shown)}


def size_of(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text.encode())


def cut(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, no sign cut in two."""
    if size_of(text) <= limit:
        return text
    end = "…"
    return text.encode()[: max(limit - size_of(end), 0)].decode("utf-8", "ignore") + end


def _head(alarm: Alarm) -> str:
    return f"【{KINDS[alarm.kind]}】{alarm.title}（{local_minute(alarm.raised_at)}）"


def _rest(count: int) -> str:
    return f"另有 {count} 条，见 zhengxun status"


def _fitting(lines: Sequence[str], room: int) -> int:
    """How many lines fit, with their line ends; one at least."""
    used = 0
    for count, line in enumerate(lines):
        used += size_of(line) + 1
        if used > room:
            return max(count, 1)
    return len(lines)


def _detailed(alarms: Sequence[Alarm], lines: Sequence[str], room: int) -> Iterator[str]:
    """The lines, each with what is known while it fits into `room` bytes."""
    for alarm, line in zip(alarms, lines, strict=False):
        yield line
        detail = cut("\n".join(f"    {part}" for part in alarm.text.splitlines()), _DETAIL_BYTES)
        if detail and size_of(detail) + 1 <= room:
            room -= size_of(detail) + 1
            yield detail
