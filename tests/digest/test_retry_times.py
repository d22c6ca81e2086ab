"""When a mail that was put off is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digest.delivery.retry_times import named_wait, outcome_of, retry_delay
from digest.delivery.smtp_client import Attempt
from tests.digest.samples import INSTANT


def test_delays_grow_as_documented() -> None:
    minutes = [delay.total_seconds() / 60 for n in range(1, 7) if (delay := retry_delay(n))]
    assert minutes == [1.5, 5, 15, 60, 240, 240]
    assert retry_delay(15) is not None
    assert retry_delay(16) is None


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        ("450 4.7.1 Too many mails, try again in 60 seconds", 60),
        ("421 4.7.0 rate limited; please retry after 2 minutes", 120),
        ("450 4.2.0 Greylisted for 300 seconds, see http://example.com/4711/90min", 300),
        ("451 4.7.1 Greylisting in action, please come back in 00:05:00", None),
        ("451 4.7.1 Greylisted, try again in 00:04:58", 298),
        ("450 4.7.1 wait at least 5 min before the next attempt", 300),
        ("451 4.7.1 you have to wait 1 hour", 3600),
        ("HTTP 429; Retry-After: 120", 120),
        ("421 Retry-After: 45", 45),
        ("450 发信频率过快，请60秒后重试", 60),
        ("451 频率超限，请于 5 分钟后再发", 300),
        ("450 发送过于频繁，请等待30秒", 30),
        ("450 请半小时后再试", 1800),
        ("450 请稍后再试", None),
        ("550 频率受限：每分钟最多 30 封", 60),
        ("451 MI:SFQ 发信人在15分钟内的发信数量超过限制", 900),
        ("452 4.3.1 hourly sending quota exceeded", 3600),
        ("550 5.4.5 Daily sending quota exceeded", 86_400),
        ("450 limit of 20 messages per minute reached", 60),
        ("450 4.7.1 no more than 20 mails/min", 60),
        ("550 当天发信量超过限制", 86_400),
        # Numbers that are no time, and times of something else.
        ("450 4.7.1 <a60seconds@example.com>: try again later (203.0.113.60)", None),
        ("550 5.1.1 no such user", None),
        ("550 5.2.1 mailbox was closed 30 days before", None),
        ("421 4.7.0 too many connections, closing", None),
        ("451 4.3.0 try again later, id 4711", None),
        ("450 4.7.1 retry after 2026-11-30", None),
        ("", None),
    ],
)
def test_a_time_that_the_provider_names_is_read(reply: str, seconds: int | None) -> None:
    assert named_wait(reply) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("reply", "attempts", "seconds"),
    [
        ("450 try again in 60 seconds", 1, 60),
        ("450 try again in 60 seconds", 3, 60),
        # Named each time: later the usual delays hold, or it would be given up within minutes.
        ("450 try again in 60 seconds", 4, 3600),
        ("450 try again in 20 minutes", 1, 1200),
        ("450 try again in 1 second", 1, 15),
        ("550 5.4.5 daily limit exceeded", 1, 4 * 3600),
        ("450 busy", 1, 90),
    ],
)
def test_a_named_time_is_kept(reply: str, attempts: int, seconds: int) -> None:
    state, said, at = outcome_of(Attempt("deferred", reply), attempts, INSTANT)
    assert (state, said) == ("deferred", reply)
    assert at == INSTANT + timedelta(seconds=seconds)
