"""What a person settled stays settled; conflicts are listed until somebody does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.dedupe import settle
from pipelines.dedupe_by_hand import join_by_hand, split_by_hand
from storage.database import open_database, transaction
from storage.errors import StorageError
from storage.matching.duplicates import group_of
from storage.matching.settlements import open_cases
from storage.models import Notice
from storage.notices.notices import get_notice, save_notice

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
TEXT = "为提升专利审查质量，北京市知识产权局现就专利预审备案工作通知如下，请各单位遵照执行。" * 8


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "zhengxun.db")
    yield database
    database.close()


def put(db: Database, key: str, **over: object) -> int:
    values: dict[str, object] = {
        "site": f"site-{key}",
        "column": "通知公告",
        "key": key,
        "url": f"https://{key}.example.cn/1.html",
        "title": "北京市知识产权局关于开展专利预审备案工作的通知",
        "section": "ip",
        "grp": "北京市",
        "published_on": date(2021, 2, 5),
        "body_text": TEXT,
        **over,
    }
    values["content_hash"] = str(hash(str(values)))
    notice = Notice(**values)  # type: ignore[arg-type] # test data
    with transaction(db):
        result = save_notice(db, notice, now=NOW, run_id=None)
        settle(db, get_notice(db, result.id), NOW)
    return result.id


def ids(db: Database, page: int) -> set[int]:
    return {item.id for item in group_of(db, page)}


def test_pages_split_by_hand_are_never_joined_again(db: Database) -> None:
    one, two = put(db, "a"), put(db, "b")
    assert ids(db, one) == {one, two}

    split_by_hand(db, two, None, NOW)
    put(db, "b", body_text=TEXT + "特此通知。")

    assert ids(db, one) == {one}
    assert ids(db, two) == {two}


def test_a_third_page_does_not_bring_split_pages_together(db: Database) -> None:
    one, two = put(db, "a"), put(db, "b")
    split_by_hand(db, two, one, NOW)

    three = put(db, "c")

    assert ids(db, three) == {one, three}
    assert ids(db, two) == {two}


def test_the_representative_can_be_split_off(db: Database) -> None:
    one, two, three = put(db, "a"), put(db, "b"), put(db, "c")
    assert group_of(db, one)[0].id == one

    split_by_hand(db, one, None, NOW)

    assert ids(db, one) == {one}
    assert ids(db, two) == {two, three}


def test_pages_joined_by_hand_stay_joined_when_one_is_revised(db: Database) -> None:
    one = put(db, "a")
    two = put(db, "b", title="完全不同的另一个标题而已没有关系", body_text="另一篇。" * 60)
    assert ids(db, one) == {one}

    join_by_hand(db, one, two, NOW)
    put(db, "b", title="完全不同的另一个标题而已没有关系", body_text="又一篇。" * 60)

    assert ids(db, one) == {one, two}


def test_joining_takes_a_split_back(db: Database) -> None:
    one, two = put(db, "a"), put(db, "b")
    split_by_hand(db, two, None, NOW)

    join_by_hand(db, two, one, NOW)

    assert ids(db, one) == {one, two}


def test_a_conflict_is_listed_until_it_is_settled(db: Database) -> None:
    number = "京知局〔2021〕35号"
    one = put(db, "a", doc_number=number)
    two = put(db, "b", doc_number=number, body_text="本办法自发布之日起施行，原办法废止。" * 20)

    (case,) = open_cases(db)
    assert {case.a.id, case.b.id} == {one, two}
    assert "同一文号" in case.why

    split_by_hand(db, one, two, NOW)
    assert open_cases(db) == []
    put(db, "b", doc_number=number, body_text="本办法自三月一日起施行，原办法废止。" * 20)
    assert open_cases(db) == []


def test_a_split_holds_for_a_third_page_of_either_document(db: Database) -> None:
    number = "京知局〔2021〕35号"
    other = "本办法自发布之日起施行，原办法废止。" * 20
    one = put(db, "a", doc_number=number)
    two = put(db, "b", doc_number=number, body_text=other)
    split_by_hand(db, one, two, NOW)

    three = put(db, "c", doc_number=number, body_text=other)

    assert ids(db, two) == {two, three}
    assert open_cases(db) == []


def test_a_split_holds_when_the_original_takes_over_and_when_pages_are_read_again(
    db: Database,
) -> None:
    number = "京知局〔2021〕35号"
    other = "本办法自发布之日起施行，原办法废止。" * 20
    original = "https://orig.example.cn/1.html"
    one = put(db, "a", doc_number=number)
    two = put(db, "b", doc_number=number, body_text=other, original_url=original)
    split_by_hand(db, one, two, NOW)

    three = put(db, "orig", doc_number=number, body_text=other)
    put(db, "a", doc_number=number)
    put(db, "b", doc_number=number, body_text=other, original_url=original)

    assert group_of(db, two)[0].id == three
    assert ids(db, one) == {one}
    assert open_cases(db) == []


def test_a_number_corrected_by_its_publisher_closes_the_case(db: Database) -> None:
    other = "本办法自发布之日起施行，原办法废止。" * 20
    put(db, "a", doc_number="京知局〔2021〕35号")
    put(db, "b", doc_number="京知局〔2021〕35号", body_text=other)
    assert len(open_cases(db)) == 1

    put(db, "b", doc_number="京知局〔2021〕36号", body_text=other)

    assert open_cases(db) == []


def test_a_conflict_joined_by_hand_is_settled(db: Database) -> None:
    number = "京知局〔2021〕35号"
    one = put(db, "a", doc_number=number)
    two = put(db, "b", doc_number=number, body_text="本办法自发布之日起施行，原办法废止。" * 20)

    join_by_hand(db, one, two, NOW)

    assert open_cases(db) == []
    assert ids(db, one) == {one, two}


def test_unknown_and_same_pages_are_refused(db: Database) -> None:
    one = put(db, "a")
    for other in (one, 99):
        with pytest.raises(StorageError):
            join_by_hand(db, one, other, NOW)
        with pytest.raises(StorageError):
            split_by_hand(db, one, other, NOW)
