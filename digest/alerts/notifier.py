"""The operator's notifier: look, store what changed, send what waits; also when the store is gone.

What cannot be stored (a full disk, a damaged file) is kept in memory and sent directly, once.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from digest.alerts.alert import Operator, hand_over, send_alarms
from digest.alerts.mail_rules import review_mails, review_reach
from digest.alerts.rules import (
    job_done,
    job_failed,
    job_name,
    review_clock,
    review_columns,
    review_disk,
    review_gaps,
)
from storage.errors import StorageError
from storage.operation import alarms
from storage.operation.alarms import Alarm, Channel

log = logging.getLogger("zhengxun")

OpenStore = Callable[[], AbstractContextManager[Database]]
Change = Callable[[Database], object]
SLOW = "slow:issue"
NO_STORE = (StorageError, sqlite3.Error, OSError)


class Notifier:
    """Rings once for each thing that turns bad, once when it is well again."""

    def __init__(
        self,
        open_store: OpenStore,
        operator: Operator,
        *,
        data: Path,
        min_free_mib: int,
        clock: Callable[[], datetime],
    ) -> None:
        self.open_store = open_store
        self.operator = operator
        self.data = data
        self.min_free_mib = min_free_mib
        self.clock = clock
        # Subject to what could not be stored, with the channels that have not taken it yet.
        self.unstored: dict[str, tuple[Alarm, list[Channel]]] = {}

    def job_failed(self, job: str, problem: str) -> None:
        """A job ended with an error."""
        self.tell(
            f"job:{job}",
            f"{job_name(job)}失败：{problem}",
            lambda db: job_failed(db, job, problem, now=self.clock()),
        )

    def job_done(self, job: str) -> None:
        """A job ended well."""
        self.tell("", "", lambda db: job_done(db, job, now=self.clock()))

    def composing_slow(self, seconds: float) -> None:
        """The issue is still being made after so long: nothing has failed, but readers wait."""
        title = f"编印周报已用 {seconds / 60:.0f} 分钟，尚未完成"
        text = "可能有一条通知的正文异常庞大；其余邮件照常收发。编印结束后会再通知。"
        self.tell(
            SLOW, title, lambda db: alarms.raise_alarm(db, SLOW, title, text, now=self.clock())
        )

    def composing_ended(self) -> None:
        """The issue is made, or its process has ended."""
        self.tell(
            "", "", lambda db: alarms.clear_alarm(db, SLOW, "编印周报已结束", now=self.clock())
        )

    def config_refused(self, problem: str) -> None:
        """A changed configuration cannot be used; the old one stays."""
        title = f"新配置有误，仍按原配置运行：{problem}"
        self.tell(
            "config",
            title,
            lambda db: alarms.raise_alarm(db, "config", title, "", now=self.clock()),
        )

    def config_taken(self) -> None:
        """A changed configuration is in force."""
        self.tell(
            "", "", lambda db: alarms.clear_alarm(db, "config", "新配置已生效", now=self.clock())
        )

    def remind(self, since: datetime) -> None:
        """With each issue: what is still bad and was last told before `since`."""
        self.tell("", "", lambda db: alarms.remind(db, now=self.clock(), since=since))

    def tell(self, subject: str, title: str, change: Change) -> None:
        """Store a change; keep it in memory when the store cannot be written."""
        try:
            with self.open_store() as db:
                change(db)
        except NO_STORE as error:
            log.error("an alarm could not be stored: %s", error)  # noqa: TRY400 # one line
            if subject and subject not in self.unstored:
                self.unstored[subject] = self.unsaved(subject, title)

    def round(self) -> bool:
        """Look at everything, send what waits; whether nothing but columns is bad."""
        now = self.clock()
        try:
            with self.open_store() as db:
                review_columns(db, now=now)
                review_gaps(db, now=now)
                review_mails(db, now=now)
                review_reach(db, now=now)
                review_clock(db, now=now)
                review_disk(db, self.data, min_free_mib=self.min_free_mib, now=now)
                for problem in send_alarms(db, self.operator, now=now):
                    log.warning("alarms could not be sent: %s", problem)
                bad = [item.subject for item in alarms.open_alarms(db)]
        except NO_STORE as error:
            log.error("the store cannot be used: %s", error)  # noqa: TRY400 # one line
            if "store" not in self.unstored:
                self.unstored["store"] = self.unsaved("store", f"数据库不可用：{error}")
            self.send_unstored(now)
            return False
        self.send_unstored(now)
        # What is told is forgotten once the store works again, so that it can be told anew.
        self.unstored = {key: value for key, value in self.unstored.items() if value[1]}
        return all(subject.startswith(("column:", "gap:")) for subject in bad)

    def unsaved(self, subject: str, title: str) -> tuple[Alarm, list[Channel]]:
        """An alarm that has no row."""
        alarm = Alarm(0, subject, "event", title, "", self.clock(), None, None, 0, None, "")
        return alarm, self.operator.channels

    def send_unstored(self, now: datetime) -> None:
        """Send what has no row, by each way that has not taken it yet."""
        for channel in self.operator.channels:
            waiting = [
                alarm
                for alarm, missing in self.unstored.values()
                if channel in missing and alarms.is_due(alarm, now)
            ]
            if not waiting:
                continue
            problem = hand_over(self.operator, channel, waiting, now)
            if problem:
                log.warning("alarms could not be sent: %s: %s", channel, problem)
            for alarm in waiting:
                told, missing = self.unstored[alarm.subject]
                if problem:
                    self.unstored[alarm.subject] = (alarms.failed(told, problem, now), missing)
                else:
                    left = [item for item in missing if item != channel]
                    self.unstored[alarm.subject] = (told, left)
