"""How long a service that fails is left alone, and when the operator hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.operation.alarms import raise_alarm
from storage.summaries.requests import end_request, failing

ALARM_AFTER = 3
ALARM = "summary"
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)


def failed(db: Database, number: int, reason: str, wait: int | None, now: datetime) -> None:
    """A request failed: the next is made later, the longer the oftener it did, and no sooner than
    in the `wait` seconds that the service asked for."""
    failures = failing(db).failures + 1
    pause = min(_FIRST_PAUSE * 2 ** min(failures - 1, 10), _LONGEST_PAUSE)
    if wait is not None:
        pause = max(pause, timedelta(seconds=wait))
    end_request(db, number, "failed", reason, not_before=now + pause)
    if failures >= ALARM_AFTER:
        title = f"机器摘要的服务连续 {failures} 次失败：{reason}"
        text = (
            "周报照常编印，用摘自原文的摘要。请检查 [summary] 的 endpoint、model、密钥和余额；"
            "检查：zhengxun doctor --summary"
        )
        raise_alarm(db, ALARM, title, text, now=now)
