"""When a mail that was put off is tried again: by the provider's words, or later each time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from digest.delivery.refusals import reason_of, spoken
from digest.delivery.smtp_client import Attempt
from storage.models import DeliveryState

# Most limits are by the minute: a minute and a half later they have passed, and readers, who
# expect an issue within ten minutes, do not wait long. Greylisting wants five minutes.
_FIRST_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1.5, 5, 15, 60))
_LATER_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(hours=48)
# Who names a shorter time each time is taken at its word so often, and then asked less.
_TAKEN_AT_ITS_WORD = 3
_SHORTEST = timedelta(seconds=15)

_UNIT = (
    r"(?:(?P<s>s(?:ec(?:ond)?s?)?\b|秒)|(?P<m>min(?:ute)?s?\b|分(?:钟|鐘)?)"
    r"|(?P<h>h(?:(?:ou)?rs?)?\b|个?小时|個?小時)|(?P<d>days?\b|天|日))"
)
_NUMBER = r"(?P<n>\d{1,6}(?:\.\d{1,3})?|半|十五|三十|[一两二三五十])"
_CHINESE = {"半": 0.5, "一": 1, "两": 2, "二": 2, "三": 3, "五": 5, "十": 10}
_CHINESE |= {"十五": 15, "三十": 30}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# A time that is said to be waited. "try again in 60 seconds", "Retry-After: 120", "60 秒后重试".
_NAMED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:again|retry|wait|timeout)\b[^.;\d]{0,30}?\b(?P<clock>\d{1,2}:\d\d:\d\d)\b",
        rf"(?:again|retry|retrying|wait|listed|deferred|delayed|blocked|suspended)\b[^.;\d]{{0,30}}?"
        rf"{_NUMBER}\s?-?{_UNIT}",
        r"\bretry[-_ ]?after\b\s?[:=]?\s?(?P<n>\d{1,6})\b(?!\s?[-:/])",
        rf"{_NUMBER}\s?{_UNIT}\s?"
        r"(?:later|before (?:re|try|send|the|next|another)|之?[后後]|以[后後]|再[试試])",
        rf"(?:等待|等候|间隔|間隔|等|请于|請於)\s?{_NUMBER}\s?{_UNIT}",
    )
]
# The span that a limit is counted in: after it there is room again.
_SPANS = [
    (re.compile(pattern, re.IGNORECASE), timedelta(seconds=seconds))
    for pattern, seconds in (
        (r"\b(?:per|a|each|every|/) ?day\b|daily|每[天日]|[当當单單今][天日]", 86_400),
        (r"\b(?:per|an|each|every|/) ?h(?:ou)?r\b|hourly|每(?:个|個)?小[时時]", 3600),
        (r"(?:\b(?:per|a|each|every)|/) ?min(?:ute)?\b|每分[钟鐘]", 60),
    )
]
_WITHIN = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:in|within|per|every|each)\s{_NUMBER}\s?{_UNIT}",
        rf"{_NUMBER}\s?{_UNIT}\s?[内內]",
    )
]


def retry_delay(attempts: int) -> timedelta | None:
    """How long after attempt number `attempts` the next one is due; None: 48 hours are over.

    A minute and a half, 5 minutes, 15, 60, then every 4 hours.
    """
    delays = [*_FIRST_DELAYS, *[_LATER_DELAY] * attempts][:attempts]
    return delays[-1] if sum(delays, timedelta()) <= GIVE_UP_AFTER else None


def named_wait(reply: str) -> timedelta | None:
    """The time that the other side asks to be left alone, or in which it counts what it limits;
    None when it names none."""
    words = spoken(reply)
    for pattern in _NAMED:
        found = pattern.search(words)
        if found is not None:
            return _length(found)
    if reason_of(reply) != "limited":
        return None
    within = next((found for pattern in _WITHIN if (found := pattern.search(words))), None)
    if within is not None:
        return _length(within)
    return next((span for pattern, span in _SPANS if pattern.search(words)), None)


def outcome_of(
    result: Attempt, attempts: int, now: datetime
) -> tuple[DeliveryState, str, datetime | None]:
    """State, reply and next attempt after attempt number `attempts`; refused after 48 hours.

    A time that the other side names is kept, up to the longest delay: it is asked again then
    anyway.
    """
    if result.state not in {"deferred", "unknown"}:
        return result.state, result.reply, None
    delay = retry_delay(attempts)
    if delay is None:
        return "refused", f"gave up after 48 hours; {result.reply}", None
    named = named_wait(result.reply) if result.state == "deferred" else None
    if named is not None:
        kept = min(max(named, _SHORTEST), _LATER_DELAY)
        delay = kept if attempts <= _TAKEN_AT_ITS_WORD else max(kept, delay)
    return result.state, result.reply, now + delay


def _length(found: re.Match[str]) -> timedelta:
    """`clock` as 00:05:00; or a number and the group of its unit, seconds without one."""
    groups = found.groupdict()
    if groups.get("clock"):
        hours, minutes, seconds = map(int, groups["clock"].split(":"))
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    number = groups["n"]
    unit = next((name for name in _SECONDS if groups.get(name)), "s")
    return timedelta(seconds=float(_CHINESE.get(number) or number) * _SECONDS[unit])
