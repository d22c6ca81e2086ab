"""When a known page is fetched again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pipelines.known_rows import MAX_ATTEMPTS, due_since
from storage.models import Known

SEEN = datetime(2021, 2, 1, 0, 30, tzinfo=UTC)


def known(*, read_after: timedelta, complete: bool = True, attempts: int = 1) -> Known:
    return Known(
        id=1,
        column="通知公告",
        key="k",
        url="https://x.cn/1",
        title="题",
        published_on=date(2021, 2, 1),
        day_on=date(2021, 2, 1),
        complete=complete,
        first_seen_at=SEEN,
        last_read_at=SEEN + read_after,
        attempts=attempts,
    )


@pytest.mark.parametrize(
    ("read_after", "asked_after", "due"),
    [
        (timedelta(0), timedelta(0), False),
        (timedelta(0), timedelta(hours=22, minutes=59), False),
        (timedelta(0), timedelta(hours=23), True),
        (timedelta(0), timedelta(days=1), True),
        (timedelta(days=1), timedelta(days=2), False),
        (timedelta(days=1), timedelta(days=3), True),
        (timedelta(days=14), timedelta(days=300), False),
        (timedelta(days=1), timedelta(days=300), True),
    ],
)
def test_recent_pages_are_read_again_on_a_decreasing_schedule(
    read_after: timedelta, asked_after: timedelta, due: bool
) -> None:
    assert (due_since(known(read_after=read_after), SEEN + asked_after) is not None) is due


def test_an_incomplete_page_is_retried_with_growing_pauses_and_not_for_ever() -> None:
    failed = known(read_after=timedelta(0), complete=False)
    assert due_since(failed, SEEN + timedelta(hours=1)) is None
    assert due_since(failed, SEEN + timedelta(hours=2)) is not None
    often = known(read_after=timedelta(0), complete=False, attempts=5)
    assert due_since(often, SEEN + timedelta(hours=31)) is None
    assert due_since(often, SEEN + timedelta(hours=32)) is not None
    given_up = known(read_after=timedelta(0), complete=False, attempts=MAX_ATTEMPTS)
    assert due_since(given_up, SEEN + timedelta(days=365)) is None
