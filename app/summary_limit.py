"""How many requests to the model the month still allows."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from china_time import SHANGHAI
from config import Config
from storage.summaries.requests import requests_since


def month_begun(now: datetime) -> datetime:
    """When this month began (Asia/Shanghai)."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.replace(day=1)


def requests_left(config: Config, db: Database) -> int:
    """How many requests may still be made this month."""
    made = requests_since(db, month_begun(config.clock())).asked
    return max(0, config.summary.monthly_cap - made)
