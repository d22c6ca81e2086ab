"""A better page turns up later: it takes over, nothing is issued twice, trust is checked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.dedupe import ON_TRUST, decide, settle
from pipelines.dedupe_by_hand import join_by_hand
from pipelines.matching.representative import publishers_of, representative
from storage.database import open_database, transaction
from storage.issues.issues import record_issue, select_candidates
from storage.matching.duplicates import group_of
from storage.matching.settlements import open_cases
from storage.models import IssueEntry, Notice, StoredNotice
from storage.notices.notices import get_notice, save_notice
from storage.runs.catalogue import SiteRow, sync_catalogue

MONDAY = datetime(2021, 2, 1, 2, 0, tzinfo=UTC)
FRIDAY = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
NEXT_FRIDAY = datetime(2021, 2, 12, 9, 0, tzinfo=UTC)
TITLE = "工业和信息化部关于开展医药储备企业摸底工作的通知"
TEXT = "为做好医药储备工作，请各地主管部门于2021年3月1日前报送企业名单，并附产能与库存情况。" * 8
OTHER_TEXT = "为加强原料药质量管理，请各企业对照新修订的规范开展自查，并提交整改报告。" * 8
NAMES = {"miit": "工业和信息化部", "tj_gyxxh": "天津市工业和信息化局", "wechat": "微信公众号"}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "zhengxun.db")
    sites = [SiteRow(site, name, "listing", "projects", "国家级") for site, name in NAMES.items()]
    sync_catalogue(database, sites, MONDAY)
    yield database
    database.close()


def page(site: str, **over: object) -> Notice:
    values: dict[str, object] = {
        "site": site,
        "column": "通知公告",
        "key": site,
        "url": f"https://{site}.example.cn/1.html",
        "title": TITLE,
        "section": "projects",
        "grp": "国家级",
        "published_on": date(2021, 2, 1),
        "issuers": ("工业和信息化部",),
        "body_text": TEXT,
        **over,
    }
    return Notice(**values, content_hash=str(hash(str(values))))  # type: ignore[arg-type] # test data


def unread(site: str, **over: object) -> Notice:
    return page(site, body_text="", complete=False, **over)


def put(db: Database, notice: Notice, now: datetime = MONDAY) -> int:
    with transaction(db):
        result = save_notice(db, notice, now=now, run_id=None)
        settle(db, get_notice(db, result.id), now)
    return result.id


def issued(db: Database, week: str, from_on: date, to_on: date, instant: datetime) -> list[int]:
    found = select_candidates(db, from_on=from_on, to_on=to_on, instant=instant)
    ids = [item.stored.id for item in found]
    entries = [IssueEntry(notice_id, "projects", "国家级", n) for n, notice_id in enumerate(ids)]
    record_issue(
        db,
        week=week,
        from_on=from_on,
        to_on=to_on,
        instant=instant,
        now=instant,
        title="政讯周报",
        entries=entries,
    )
    return ids


def test_the_issuers_own_page_is_known_by_the_name_of_its_site(db: Database) -> None:
    repost = StoredNotice(1, page("tj_gyxxh"), MONDAY, MONDAY)
    own = StoredNotice(2, page("miit", published_on=date(2021, 2, 3)), MONDAY, MONDAY)

    assert publishers_of(db, [repost, own])["miit"] == {"工业和信息化部"}
    assert publishers_of(db, [page_at("wechat")]) == {"wechat": frozenset()}
    assert representative([repost, own], publishers_of(db, [repost, own])).id == 2
    assert representative([repost, own]).id == 1


def page_at(site: str) -> StoredNotice:
    return StoredNotice(9, page(site), MONDAY, MONDAY)


def test_the_next_issue_shows_the_original_that_came_after_its_repost(db: Database) -> None:
    put(db, page("wechat"))
    own = put(db, page("miit"), MONDAY)

    assert issued(db, "2021-W05", date(2021, 1, 30), date(2021, 2, 5), FRIDAY) == [own]


def test_an_original_that_comes_after_the_issue_takes_over_and_is_not_issued_again(
    db: Database,
) -> None:
    repost = put(db, page("wechat"))
    assert issued(db, "2021-W05", date(2021, 1, 30), date(2021, 2, 5), FRIDAY) == [repost]

    later = datetime(2021, 2, 8, 2, 0, tzinfo=UTC)
    own = put(db, page("miit"), later)

    assert group_of(db, repost)[0].id == own
    assert issued(db, "2021-W06", date(2021, 2, 6), date(2021, 2, 12), NEXT_FRIDAY) == []


def test_a_page_that_becomes_complete_takes_over(db: Database) -> None:
    first = put(db, unread("tj_gyxxh", issuers=()))
    second = put(db, page("wechat", issuers=()))
    assert group_of(db, first)[0].id == second

    put(db, page("tj_gyxxh", issuers=()))

    assert group_of(db, first)[0].id == first
    (other,) = group_of(db, first)[1:]
    assert other.duplicate_why == "标题与日期相同（2021-02-01）"


def test_a_page_joined_before_its_text_was_known_leaves_when_the_text_is_another(
    db: Database,
) -> None:
    first, second = put(db, unread("tj_gyxxh")), put(db, page("wechat"))
    assert group_of(db, first)[1].duplicate_why.endswith(ON_TRUST)

    put(db, page("tj_gyxxh", body_text=OTHER_TEXT))

    assert {item.id for item in group_of(db, first)} == {first}
    assert {item.id for item in group_of(db, second)} == {second}


def test_a_number_trusted_before_the_text_was_known_becomes_a_conflict(db: Database) -> None:
    number = "工信部消费〔2021〕7号"
    first = put(db, unread("tj_gyxxh", doc_number=number))
    second = put(db, page("wechat", doc_number=number))
    assert {item.id for item in group_of(db, first)} == {first, second}

    put(db, page("tj_gyxxh", doc_number=number, body_text=OTHER_TEXT))

    assert {item.id for item in group_of(db, first)} == {first}
    assert [{case.a.id, case.b.id} for case in open_cases(db)] == [{first, second}]


def test_what_a_person_joined_is_not_parted_when_the_text_is_read(db: Database) -> None:
    first, second = put(db, unread("tj_gyxxh")), put(db, page("wechat"))
    join_by_hand(db, first, second, MONDAY)

    put(db, page("tj_gyxxh", body_text=OTHER_TEXT))

    assert {item.id for item in group_of(db, first)} == {first, second}


def test_a_revised_original_keeps_its_reposts(db: Database) -> None:
    own, repost = put(db, page("miit")), put(db, page("wechat"))

    put(db, page("miit", body_text=TEXT.replace("3月1日", "3月8日")), FRIDAY)

    assert {item.id for item in group_of(db, own)} == {own, repost}


def test_bodies_that_number_a_joint_notice_each_for_itself_issued_one_document() -> None:
    both = ("天津市科学技术局", "天津市财政局")
    one = page("tj_kxjs", doc_number="津科规〔2021〕1号", issuers=both)
    two = page("tj_czj", doc_number="津财规〔2021〕3号", issuers=both)

    assert decide(one, two).same
    assert not decide(one, page("tj_czj", doc_number="津科规〔2021〕2号", issuers=both)).same
    assert not decide(one, page("tj_czj", doc_number="津财规〔2021〕3号", issuers=both[1:])).same
