"""Pages on their way into the store: known ones, ones at a new address, and ones that are none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.arrival import Arrivals
from pipelines.store import StorePipeline
from storage.database import StorageError, open_database
from storage.models import Attachment, Notice, StoredNotice
from storage.notices.notices import find_by_url, get_notice
from storage.notices.revisions import list_revisions
from storage.search.search import search

MONDAY = datetime(2021, 2, 1, 9, 0, tzinfo=UTC)
SUBJECTS = ("高新技术企业", "科技型中小企业", "重点实验室", "技术合同登记", "大型仪器共享")
READ_BY = {"title": "platform", "published_on": "platform", "body_html": "platform"}


def page(number: int, form: str = "old", **over: Any) -> Notice:
    """A notice of the site, under an address of this form."""
    subject = SUBJECTS[number]
    text = (
        f"各区科技局：\n现将{subject}工作有关事项通知如下。\n"
        f"一、单位应当注册满{number + 2}年，并按要求提交材料。\n"
        f"二、请于2021年3月{number + 5}日前报送{subject}申报书一式{number + 3}份。"
    )
    values: dict[str, Any] = {
        "site": "tj_kxjs",
        "column": "通知公告",
        "key": f"{form}-{number}",
        "url": f"https://kxjs.tj.gov.cn/{form}/{number}.html",
        "title": f"市科技局关于开展{subject}工作的通知",
        "section": "projects",
        "grp": "天津市",
        "published_on": date(2021, 2, 1),
        "body_text": text,
        "content_hash": f"h{number}{len(text)}",
        "read_by": READ_BY,
    }
    return Notice(**(values | over))


class Crawls:
    """Crawls of one site, one a day; each saves pages through the last stage."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.day = 0

    def crawl(
        self,
        *notices: Notice,
        listed: tuple[str, ...] = (),
        item_error: Any = None,
        **spider: Any,
    ) -> Any:
        now = MONDAY + timedelta(days=self.day)
        self.day += 1
        keys = {notice.key for notice in notices if notice.complete} | set(listed)
        counts: dict[str, int] = {}
        stats = SimpleNamespace(
            inc_value=lambda name: counts.update({name: counts.get(name, 0) + 1})
        )
        crawler: Any = SimpleNamespace(
            settings={"ZX_DATABASE": str(self.path), "ZX_NOW": now.isoformat()},
            spider=SimpleNamespace(name="tj_kxjs", listed_keys=keys, **spider),
            stats=stats,
            signals=SimpleNamespace(send_catch_log=lambda _, item, **__: item_error(item)),
        )
        pipeline = StorePipeline(crawler)
        pipeline.open_spider()
        for notice in notices:
            pipeline.process_item(notice)
        pipeline.close_spider()
        return {name.rpartition("/")[2]: count for name, count in counts.items()}

    def stored(self) -> list[StoredNotice]:
        with closing(open_database(self.path)) as db:
            return [get_notice(db, row["id"]) for row in db.query("SELECT id FROM notices")]

    def changes(self) -> list[str]:
        with closing(open_database(self.path)) as db:
            ids = [row["id"] for row in db.query("SELECT id FROM notices")]
            return [one.changed for each in ids for one in list_revisions(db, each)]


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path / "zhengxun.db")


@pytest.fixture
def db(crawls: Crawls) -> Iterator[Database]:
    with closing(open_database(crawls.path)) as database:
        yield database


def polluted(notice: Notice) -> Notice:
    """As the general reader takes it from the site's new pages."""
    text = f"首页 > 政务公开 > 通知公告\n{notice.title}\n{notice.body_text}\n分享到 打印本页"
    by = dict.fromkeys(READ_BY, "general")
    return replace(notice, body_text=text, content_hash="p" + notice.content_hash, read_by=by)


def test_a_site_that_moves_all_its_notices_brings_nothing_new(crawls: Crawls, db: Database) -> None:
    crawls.crawl(*(page(number) for number in range(5)))
    outcomes = crawls.crawl(*(polluted(page(number, "new")) for number in range(5)))

    assert outcomes == {"unchanged": 5}
    assert [one.notice.url for one in crawls.stored()] == [page(n, "new").url for n in range(5)]
    assert [one.notice.body_text for one in crawls.stored()] == [
        page(n).body_text for n in range(5)
    ]
    assert crawls.changes() == []
    for form in ("old", "new"):
        found = find_by_url(db, page(3, form).url)
        assert found is not None
        assert found.notice.title == page(3).title
    assert len(search(db, "大型仪器共享")) == 1


def test_a_notice_at_a_second_address_keeps_the_first_while_that_is_listed(crawls: Crawls) -> None:
    crawls.crawl(page(1))
    crawls.crawl(page(1, "new"), listed=(page(1).key,))

    (stored,) = crawls.stored()
    assert stored.notice.url == page(1).url


def test_a_page_whose_row_redirects_is_known_where_it_ends(crawls: Crawls, db: Database) -> None:
    final = page(1, "new").url
    crawls.crawl(page(1), final_addresses={page(1).key: final})

    assert crawls.crawl(page(1, "new")) == {"unchanged": 1}
    assert len(crawls.stored()) == 1


def test_two_notices_of_one_title_and_day_stay_two(crawls: Crawls) -> None:
    other = replace(page(1, "new"), body_text=page(1).body_text.replace("一式4份", "一式9份"))
    crawls.crawl(page(1))
    outcomes = crawls.crawl(other)

    assert outcomes == {"new": 1}
    assert len(crawls.stored()) == 2


def test_two_of_one_title_in_one_list_stay_two_when_the_site_moves(crawls: Crawls) -> None:
    twin = replace(page(1), key="old-1b", url=page(1).url + "?b")
    twin = replace(twin, body_text=page(1).body_text.replace("一式4份", "一式9份"))
    crawls.crawl(*(page(number) for number in range(5)), twin)
    moved = [page(number, "new") for number in range(5)]
    moved.append(replace(moved[1], key="new-1b", url=moved[1].url + "?b", body_text=twin.body_text))
    outcomes = crawls.crawl(*moved)

    assert outcomes == {"unchanged": 6}
    texts = {one.notice.url: one.notice.body_text for one in crawls.stored()}
    assert texts[moved[5].url] == twin.body_text
    assert texts[moved[1].url] == page(1).body_text


def test_a_page_not_read_yet_follows_when_the_whole_site_has_moved(crawls: Crawls) -> None:
    crawls.crawl(*(page(number) for number in range(5)))
    unread = replace(page(4, "new"), body_text="", complete=False, title=page(4).title[:12] + "…")
    outcomes = crawls.crawl(unread, *(page(number, "new") for number in range(4)))

    assert outcomes == {"unchanged": 5}
    assert len(crawls.stored()) == 5


def test_a_page_that_cannot_be_stored_at_the_end_is_an_error_and_costs_no_other(
    crawls: Crawls, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawls.crawl(page(1), page(2))
    decide, told = Arrivals.decide, []

    def failing(self: Arrivals, notice: Notice, *, is_last: bool) -> Any:
        if is_last and notice.key == page(1).key:
            raise StorageError("locked")
        return decide(self, notice, is_last=is_last)

    monkeypatch.setattr(Arrivals, "decide", failing)
    later = [
        page(number, body_text=page(number).body_text.replace("3月", "4月"), content_hash="later")
        for number in (1, 2)
    ]
    crawls.crawl(*later, item_error=told.append)

    assert [notice.key for notice in told] == [page(1).key]
    assert crawls.changes() == ["正文"]


def test_a_page_not_read_yet_is_a_notice_of_its_own_while_the_site_stands(crawls: Crawls) -> None:
    crawls.crawl(page(1))
    outcomes = crawls.crawl(replace(page(1, "new"), body_text="", complete=False))

    assert outcomes == {"new": 1}


@pytest.mark.parametrize("is_listed", [False, True])
def test_a_site_that_has_moved_and_is_closed_brings_nothing_new(
    crawls: Crawls, is_listed: bool
) -> None:
    crawls.crawl(*(page(number) for number in range(5)))
    closed = [replace(page(n, "new"), body_text="", complete=False) for n in range(5)]
    listed = [page(number).key for number in range(5)] if is_listed else []
    outcomes = crawls.crawl(*closed, listed=listed)

    assert outcomes == ({"new": 5} if is_listed else {"unchanged": 5})
    assert all(one.notice.complete for one in crawls.stored()[:5])


def test_a_word_that_changed_in_the_week_of_a_move_is_told(crawls: Crawls) -> None:
    crawls.crawl(*(page(number) for number in range(5)))
    moved = [polluted(page(number, "new")) for number in range(5)]
    moved[2] = replace(moved[2], body_text=moved[2].body_text.replace("3月7日", "3月27日"))
    outcomes = crawls.crawl(*moved)

    assert outcomes == {"unchanged": 4, "revised": 1}
    assert crawls.changes() == ["正文"]


def test_a_notice_that_changed_and_moved_while_its_former_address_is_gone_is_told_as_changed(
    crawls: Crawls,
) -> None:
    crawls.crawl(page(1), page(2))
    gone = replace(page(2), body_text="", complete=False, warnings=("公告页面已不存在（404）",))
    text = page(2).body_text + "\n三、补充：申报系统开放至2021年3月1日，逾期不再受理。"
    moved = page(2, "new", body_text=text, content_hash="changed")

    assert crawls.crawl(moved, gone, listed=()) == {"unchanged": 1, "revised": 1}
    assert crawls.changes() == ["正文"]
    assert len(crawls.stored()) == 2


def test_a_container_that_was_renamed_changes_no_notice(crawls: Crawls) -> None:
    crawls.crawl(*(page(number) for number in range(5)))

    assert crawls.crawl(*(polluted(page(number)) for number in range(5))) == {"unchanged": 5}
    assert crawls.changes() == []


def test_an_error_page_never_replaces_a_notice(crawls: Crawls) -> None:
    crawls.crawl(page(1))
    gone = replace(
        page(1), title="某市科学技术局", body_text="您访问的页面不存在或已被删除，请返回首页。"
    )
    assert crawls.crawl(gone) == {"unchanged": 1}

    (stored,) = crawls.stored()
    assert (stored.notice.title, stored.notice.body_text) == (page(1).title, page(1).body_text)
    assert stored.notice.warnings == ("重新读取时，网页已不是这篇通知，保留此前读到的内容",)
    assert crawls.changes() == []


def test_one_text_under_several_titles_is_nobodys_body(crawls: Crawls) -> None:
    wall = "系统检测到来自您网络的异常访问行为，已临时限制访问，请输入图片中的字符后继续浏览。" * 3
    failures = SimpleNamespace(notice_failures=0)
    pages = [replace(page(number), body_text=wall) for number in (1, 2)]
    crawls.crawl(page(0), *pages, reports={"通知公告": failures})

    assert [one.notice.complete for one in crawls.stored()] == [True, False, False]
    assert not any(wall in one.notice.body_text for one in crawls.stored())
    assert failures.notice_failures == 1
    crawls.crawl(page(1), page(2))
    assert [one.notice.complete for one in crawls.stored()] == [True, True, True]
    assert crawls.changes() == []


@pytest.mark.parametrize(
    "address",
    [
        "https://kxjs.tj.gov.cn/a/W020210125600218835471.pdf?sid=0D0FD7C6E093F7B8",
        "https://kxjs.tj.gov.cn/new/202101/W020210125600218835471.pdf",
    ],
)
def test_a_file_under_a_cut_title_is_the_one_known_by_its_whole_title(
    crawls: Crawls, address: str
) -> None:
    whole, cut = "2020年天津市中小企业培育名单（第三批）", "2020年天津市中小企业培育..."
    known = "https://kxjs.tj.gov.cn/a/W020210125600218835471.pdf"
    listed = {"title": "list", "published": "list"}

    def row(key: str, url: str, title: str) -> Notice:
        files = (Attachment(url, title, "pdf"),)
        own = {"body_text": "", "content_hash": f"h{title}", "read_by": listed}
        return page(0, key=key, url=url, title=title, attachments=files, **own)

    crawls.crawl(row(known, known, whole))
    crawls.crawl(row(address, address, cut))

    (one,) = crawls.stored()
    assert (one.notice.title, crawls.changes()) == (whole, [])
    assert [(file.url, file.name) for file in one.notice.attachments] == [(address, whole)]


def test_another_file_of_the_day_under_a_cut_title_is_another_notice(crawls: Crawls) -> None:
    first, second = "2020年天津市中小企业培育名单（第三批）", "2020年天津市中小企业培育..."
    for number, title in enumerate((first, second)):
        url = f"https://kxjs.tj.gov.cn/a/W02021012560021883547{number}.pdf"
        files = (Attachment(url, title, "pdf"),)
        own = {"body_text": "", "content_hash": f"h{number}", "read_by": {"title": "list"}}
        crawls.crawl(page(0, key=url, url=url, title=title, attachments=files, **own))

    assert len(crawls.stored()) == 2
