"""缺号: gapless series, what they lack, and what is no series at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipelines.learning.gapless_series import LAG, missing_numbers
from storage.runs.number_series import NumberedNotice

NOW = datetime(2021, 6, 1, tzinfo=UTC)


def numbered(
    form: str, *numbers: int, site: str = "cde", title: str = "关于发布指导原则的通告"
) -> list[NumberedNotice]:
    """Notices of these numbers, the last long ago enough."""
    return [
        NumberedNotice(
            number, site, "发布通告", form.format(number), f"{title}（{form.format(number)}）",
            NOW - timedelta(days=100 - number),
        )
        for number in numbers
    ]  # fmt: skip


def names(notices: list[NumberedNotice], now: datetime = NOW) -> list[str]:
    return [one.name for one in missing_numbers(notices, now)]


def test_a_number_between_two_seen_ones_of_a_gapless_series_is_missing() -> None:
    rest = [number for number in range(1, 13) if number != 7]
    assert names(numbered("2021年第{}号", *rest)) == ["通告2021年第7号"]
    assert names(numbered("津工信规〔2021〕{}号", *rest)) == ["津工信规〔2021〕7号"]


def test_a_series_that_is_not_published_wholly_alarms_nobody() -> None:
    assert names(numbered("京知局〔2021〕{}号", 1, 4, 9, 13, 20, 35)) == []
    assert names(numbered("津科规〔2021〕{}号", 1, 2, 4, 5)) == []


def test_a_series_that_was_gapless_last_year_is_believed_sooner() -> None:
    last = numbered("2020年第{}号", *range(1, 20))
    assert names([*last, *numbered("2021年第{}号", 1, 2, 4)]) == ["通告2021年第3号"]


def test_what_may_still_come_is_not_missing_yet() -> None:
    rest = numbered("2021年第{}号", *(number for number in range(1, 13) if number != 11))
    newest = rest[-1].first_seen_at
    assert names(rest, newest + LAG - timedelta(hours=1)) == []
    assert names(rest, newest + LAG) == ["通告2021年第11号"]


def test_two_kinds_of_one_site_are_two_series_and_an_older_year_is_past() -> None:
    notices = numbered("2021年第{}号", *range(1, 11))
    notices += numbered("2021年第{}号", 50, 60, title="关于公示名单的公告")
    assert names(notices) == []
    old = [number for number in range(1, 13) if number != 7]
    assert names(numbered("2019年第{}号", *old)) == []


def test_a_number_that_another_site_shows_was_seen() -> None:
    ours = numbered("津科规〔2021〕{}号", *(n for n in range(1, 13) if n != 7), site="tj_kxjs")
    theirs = numbered("津科规〔2021〕{}号", 7, site="tj_tten")
    assert names(ours) == ["津科规〔2021〕7号"]
    assert names([*ours, *theirs]) == []
