"""What was added by hand can be taken back as long as nobody was told, and the journal keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlite_utils import Database

from storage.errors import StorageError
from storage.issues.edits import edits_in_force, list_edits, record_edit
from storage.issues.issues import record_issue
from storage.models import Attachment, IssueEntry, PictureFacts
from storage.notices.added_by_hand import list_by_hand, note_added, take_back
from storage.notices.notices import add_alias, save_notice
from storage.pictures.readings import save_facts
from tests.storage.samples import NOW, page

OWN = ("attachments", "aliases", "revisions", "body_pictures", "picture_facts")


def put(db: Database, key: str, **over: object) -> int:
    notice = page(key, url=f"https://a.cn/{key}", **over)
    return save_notice(db, notice, now=NOW, run_id=None).id


def added(db: Database, key: str = "a", **over: object) -> int:
    number = put(db, key, **over)
    note_added(db, number, url=f"https://a.cn/{key}", title="误加", who="li", now=NOW)
    return number


def back(db: Database, number: int) -> None:
    take_back(db, number, who="wang", reason="不是通知", now=NOW + timedelta(hours=1))


def test_all_of_it_goes_and_the_journal_stays(db: Database) -> None:
    files = (Attachment("https://a.cn/x.pdf", "附件"),)
    picture = Attachment("https://a.cn/x.png", "", "png", 9, "1" * 64, "files/x")
    number, other = added(db, attachments=files, pictures=(picture,)), put(db, "b")
    save_facts(db, number, PictureFacts("津科规〔2021〕18号"), NOW)
    save_notice(db, page("a", url="https://a.cn/a", content_hash="2"), now=NOW, run_id=None)
    add_alias(db, number, "https://b.cn/a")
    record_edit(
        db,
        week="2021-W05",
        act="pin",
        notice_id=number,
        before={},
        after={},
        who="li",
        now=NOW,
    )
    back(db, number)
    assert [row["id"] for row in db.query("SELECT id FROM notices")] == [other]
    for table in (*OWN, "signatures"):
        assert not list(db.query(f"SELECT * FROM {table} WHERE notice_id = {number}"))  # noqa: S608
    assert edits_in_force(db, "2021-W05") == []
    assert [edit.act for edit in list_edits(db)] == ["pin"]
    (taken,) = list_by_hand(db)
    assert (taken.notice_id, taken.who, taken.removed_by, taken.reason) == (
        number,
        "li",
        "wang",
        "不是通知",
    )
    assert not list(db.query("PRAGMA foreign_key_check"))


def test_what_a_crawl_found_cannot_be_taken_back(db: Database) -> None:
    number = put(db, "a")
    with pytest.raises(StorageError, match="不是手工加入的"):
        back(db, number)
    again = added(db, "b")
    back(db, again)
    with pytest.raises(StorageError, match="不是手工加入的"):
        back(db, again)


def test_what_an_issue_has_cannot_be_taken_back(db: Database) -> None:
    number = added(db)
    record_issue(
        db,
        week="2021-W05",
        from_on=NOW.date(),
        to_on=NOW.date(),
        instant=NOW,
        now=NOW,
        title="周报",
        entries=[IssueEntry(number, "ip", "资讯", 1)],
    )
    with pytest.raises(StorageError, match="已编入 2021-W05 期"):
        back(db, number)
    assert list(db.query("SELECT id FROM notices"))


def test_pages_of_the_same_document_stand_for_themselves_again(db: Database) -> None:
    number, *others = added(db), put(db, "b"), put(db, "c")
    for other in others:
        db.execute("UPDATE notices SET duplicate_of = ? WHERE id = ?", [number, other])
    back(db, number)
    rows = db.query("SELECT id, duplicate_of FROM notices ORDER BY id")
    assert [(row["id"], row["duplicate_of"]) for row in rows] == [
        (others[0], None),
        (others[1], others[0]),
    ]
