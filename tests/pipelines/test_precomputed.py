"""What takes long is worked out before the store is locked."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines import dedupe
from pipelines.matching.precomputed import NotPrecomputedError, Precomputed, in_transaction
from storage.database import StorageError, open_database
from storage.models import Notice
from storage.notices.notices import as_new, get_notice, save_notice
from tests.pipelines.test_update_signatures import notice

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path / "zhengxun.db")


def test_no_text_is_compared_while_the_store_is_locked(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide, locked = dedupe.decide, []

    def watched(page: Notice, other: Notice) -> dedupe.Verdict:
        locked.append(db.conn.in_transaction)
        return decide(page, other)

    monkeypatch.setattr(dedupe, "decide", watched)

    def save(item: Notice) -> str:
        def write(judged: Precomputed) -> str:
            stored = save_notice(db, item, now=NOW, run_id=None)
            return dedupe.settle(db, get_notice(db, stored.id), NOW, judged)

        return in_transaction(db, write)

    with closing(db):
        reasons = [save(notice(key)) for key in ("a", "b", "c")]
        assert db.execute("SELECT count(*) FROM notices").fetchone()[0] == 3

    assert all(reasons[1:])
    assert locked
    assert not any(locked)


def test_a_page_that_is_like_many_is_written_once(db: Database) -> None:
    tries: list[str] = []

    def save(item: Notice) -> None:
        def write(judged: Precomputed) -> None:
            tries.append(item.key)
            stored = save_notice(db, item, now=NOW, run_id=None)
            dedupe.settle(db, get_notice(db, stored.id), NOW, judged)

        in_transaction(db, write, dedupe.foresee(db, as_new(item, NOW)))

    with closing(db):
        for key in "abcdef":
            save(notice(key))
    assert [tries.count(key) for key in "abcdef"] == [1, 1, 1, 1, 1, 1]


def test_a_page_like_others_that_came_meanwhile_is_compared_with_them_before_it_is_kept(
    db: Database, tmp_path: Path
) -> None:
    tries: list[str] = []
    with closing(db), closing(open_database(tmp_path / "zhengxun.db")) as elsewhere:
        foreseen = dedupe.foresee(db, as_new(notice("a"), NOW))
        save_notice(elsewhere, notice("b"), now=NOW, run_id=None)

        def write(judged: Precomputed) -> str:
            tries.append("a")
            stored = save_notice(db, notice("a"), now=NOW, run_id=None)
            return dedupe.settle(db, get_notice(db, stored.id), NOW, judged)

        assert in_transaction(db, write, foreseen)
    assert len(tries) == 2


def test_a_transaction_that_never_knows_enough_is_undone_and_said(db: Database) -> None:
    asked = iter(range(1000))

    def write(judged: Precomputed) -> None:
        save_notice(db, notice("a"), now=NOW, run_id=None)
        judged.answer(next(asked), lambda: True)

    with closing(db):
        with pytest.raises(StorageError, match="others keep changing"):
            in_transaction(db, write)
        assert db.execute("SELECT count(*) FROM notices").fetchone()[0] == 0


def test_what_was_not_worked_out_is_not_answered() -> None:
    judged = Precomputed()
    with pytest.raises(NotPrecomputedError):
        judged.answer("question", lambda: 1)
    judged.catch_up()
    assert judged.answer("question", lambda: 2) == 1


def test_titles_of_nothing_but_digits_are_compared_in_time_that_grows_with_them() -> None:
    def seconds(length: int) -> float:
        one = replace(
            notice("a"), title="关于第一二三批公告" + "1" * length, published_on=date(2021, 2, 3)
        )
        other = replace(one, site="b", key="b", url="https://b.cn/1", body_text="另一段文字" * 200)
        start = time.process_time()
        dedupe.decide(one, other)
        return time.process_time() - start

    assert seconds(60_000) < 8 * seconds(15_000) + 0.5
