"""The one time zone of this house: what is printed and what is scheduled is Asia/Shanghai."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_minute(instant: datetime | None) -> str:
    """Asia/Shanghai, to the minute; 无 when it never happened."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if instant else "无"
