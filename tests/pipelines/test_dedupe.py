"""Which pages are one document: each reason, and the cases that must never be joined."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawlers.items import PAGE_GONE
from pipelines.dedupe import ON_TRUST, decide, settle
from pipelines.matching.representative import representative
from storage.database import open_database, transaction
from storage.matching.duplicates import group_of
from storage.models import Notice, StoredNotice
from storage.notices.notices import get_notice, save_notice
from texts.normal_forms import content_hash, title_key

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
ORIGINAL = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202102/t20210205_5348000.html"
TITLE = "市科技局关于支持人才创新创业联盟的若干措施"
TEXT = "根据市人才工作领导小组部署要求，提出支持联盟的若干措施。" * 20


def make(**over: object) -> Notice:
    values: dict[str, object] = {
        "site": "tj_kxjs",
        "column": "通知公告",
        "key": "k1",
        "url": ORIGINAL,
        "title": TITLE,
        "section": "projects",
        "grp": "天津市",
        "published_on": date(2021, 2, 5),
        "body_text": TEXT,
        **over,
    }
    return Notice(**values, content_hash=str(hash(str(values))))  # type: ignore[arg-type] # test data


def repost(**over: object) -> Notice:
    url = "https://i.tten.cn/news/tzgg/202102/t20210205_158961.html"
    return make(site="tj_tten", key="k2", url=url, **over)


def stored(number: int, notice: Notice) -> StoredNotice:
    return StoredNotice(number, notice, NOW, NOW)


def test_the_original_link_joins_whatever_else_differs() -> None:
    copy = repost(original_url=ORIGINAL.replace("https", "http"), title="转发", body_text="短")
    assert decide(copy, make()).same
    assert decide(make(), copy).same
    assert "原文链接" in decide(copy, make()).why


def test_one_number_and_one_text_is_one_document() -> None:
    verdict = decide(make(doc_number="津科规〔2021〕1号"), repost(doc_number="津科规〔2021〕1号"))
    assert verdict.same
    assert verdict.why == "同一文号 津科规〔2021〕1号"


def test_one_number_and_two_texts_is_a_conflict_and_never_merged() -> None:
    other = repost(doc_number="津科规〔2021〕1号", title="更正", body_text="原文第三条有误。" * 30)
    verdict = decide(make(doc_number="津科规〔2021〕1号"), other)
    assert verdict.conflict
    assert not verdict.same


GUIDELINE = "药物临床试验适应性设计指导原则（试行）"
ANNOUNCED = f"国家药监局药审中心关于发布《{GUIDELINE}》的通告（2021年第6号）"
INTERPRETED = f"《{GUIDELINE}》解读"


def numbered(title: str, text: str, **over: object) -> Notice:
    cde = ("国家药品监督管理局药品审评中心",)
    return make(doc_number="2021年第6号", title=title, body_text=text, issuers=cde, **over)


def test_a_guideline_and_its_announcement_under_one_number_are_one_document() -> None:
    card = numbered(GUIDELINE, "适用范围：化学药。")
    assert decide(card, numbered(ANNOUNCED, TEXT)).same
    assert decide(numbered(ANNOUNCED, TEXT), card).same
    assert decide(numbered(INTERPRETED, "答：略。"), numbered(ANNOUNCED, TEXT)).conflict


def test_the_announcement_represents_it_though_the_card_is_dated_earlier() -> None:
    card = numbered(GUIDELINE, "适用范围：化学药。", published_on=date(2021, 1, 29))
    group = [stored(1, card), stored(2, numbered(ANNOUNCED, TEXT, published_on=date(2021, 2, 1)))]
    assert representative(group).id == 2


def test_a_yearly_number_counts_within_its_issuer_only() -> None:
    one = make(
        doc_number="2021年第7号", issuers=("国家药品监督管理局药品审评中心",), title="甲" * 12
    )
    two = repost(doc_number="2021年第7号", issuers=("工业和信息化部",), title="乙" * 12)
    assert not decide(one, two).same
    assert not decide(one, two).conflict


def test_title_and_date_join_when_the_texts_agree() -> None:
    assert decide(make(), repost()).same
    assert not decide(make(), repost(body_text="完全不同的另一篇公示名单。" * 30)).same


def test_a_repost_some_days_later_needs_the_same_text() -> None:
    later = date(2021, 2, 9)
    assert decide(make(), repost(published_on=later)).same
    assert not decide(make(), repost(published_on=date(2021, 3, 9))).same
    assert not decide(make(), repost(published_on=later, body_text=TEXT[: len(TEXT) // 2])).same


def test_templated_notices_with_other_numbers_stay_apart() -> None:
    first = make(title="关于2021年第一批拟认定企业的公示", body_text=TEXT)
    second = repost(title="关于2021年第二批拟认定企业的公示", body_text=TEXT)
    assert not decide(first, second).same


def test_a_short_title_says_nothing() -> None:
    assert not decide(make(title="通知公告"), repost(title="通知公告")).same


@pytest.mark.parametrize(
    ("pages", "best"),
    [
        ([make(original_url="https://x.cn/1"), repost(published_on=date(2021, 2, 9))], 2),
        ([make(complete=False), repost()], 2),
        ([make(published_on=date(2021, 2, 6)), repost(published_on=date(2021, 2, 5))], 2),
        ([make(), repost()], 1),
    ],
)
def test_the_best_page_represents_the_document(pages: list[Notice], best: int) -> None:
    group = [stored(number, page) for number, page in enumerate(pages, start=1)]
    assert representative(group).id == best


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_original_takes_over_whichever_page_came_first(
    tmp_path: Path, order: tuple[int, int]
) -> None:
    db = open_database(tmp_path / "zhengxun.db")
    pages = [make(), repost(original_url=ORIGINAL)]
    for index in order:
        with transaction(db):
            result = save_notice(db, pages[index], now=NOW, run_id=None)
            settle(db, get_notice(db, result.id), NOW)
    first, *others = group_of(db, 1)
    assert first.notice.url == ORIGINAL
    assert first.duplicate_of is None
    assert [page.notice.site for page in others] == ["tj_tten"]
    assert "原文链接" in others[0].duplicate_why
    db.close()


def test_three_pages_of_one_document_form_one_group(tmp_path: Path) -> None:
    db = open_database(tmp_path / "zhengxun.db")
    third = make(site="tj_gyxxh", key="k3", url="https://gyxxh.tj.gov.cn/t20210205_1.html")
    for page in (repost(original_url=ORIGINAL), third, make()):
        with transaction(db):
            result = save_notice(db, page, now=NOW, run_id=None)
            settle(db, get_notice(db, result.id), NOW)
    group = group_of(db, 2)
    assert {page.notice.site for page in group} == {"tj_tten", "tj_gyxxh", "tj_kxjs"}
    assert sum(page.duplicate_of is None for page in group) == 1
    db.close()


def test_keys_ignore_spaces_and_punctuation() -> None:
    assert title_key("关于“两区”工作 的通知") == title_key('关于"两区"工作的通知')
    assert content_hash("题", "文 本") == content_hash("题", "文本")


def dead(**over: object) -> Notice:
    values = {"key": "k9", "url": ORIGINAL.replace("/202102/", "/page/2/202102/")} | over
    return make(body_text="", complete=False, warnings=(f"{PAGE_GONE}（404）",), **values)


def test_a_dead_address_under_a_cut_title_is_the_notice_that_begins_so_on_its_day() -> None:
    whole = make()
    cut = dead(title=whole.title[:12] + "…")
    for verdict in (decide(cut, whole), decide(whole, cut)):
        assert verdict.same
        assert verdict.why.endswith(ON_TRUST)
    assert not decide(dead(title="关于…"), make()).same
    assert not decide(replace(cut, published_on=date(2021, 2, 4)), make()).same
    assert not decide(replace(cut, site="tj_tten"), make(site="cde")).same
    assert not decide(replace(cut, complete=True, warnings=()), make()).same


def test_a_dead_address_under_a_cut_title_is_joined_to_the_stored_notice(tmp_path: Path) -> None:
    db = open_database(tmp_path / "zhengxun.db")
    for notice in (make(), dead(title=make().title[:12] + "…")):
        result = save_notice(db, notice, now=NOW, run_id=None)
        settle(db, get_notice(db, result.id), NOW)
    first, second = group_of(db, 2)
    assert (first.duplicate_of, second.duplicate_of) == (None, 1)
    db.close()


def test_a_dead_address_of_the_same_title_and_day_is_the_same_until_it_is_read() -> None:
    for verdict in (decide(dead(), make()), decide(make(), dead())):
        assert verdict.same
        assert verdict.why.endswith(ON_TRUST)
    unread = make(key="k9", url=ORIGINAL + "?2", complete=False, body_text="", warnings=("超时",))
    assert not decide(unread, make()).same
    assert decide(dead(), dead(key="k8", url=ORIGINAL + "?8")).same
    assert not decide(dead(published_on=date(2021, 2, 4)), make()).same
    assert not decide(
        make(key="k9", url=ORIGINAL + "?2", body_text="另一份文件。" * 40), make()
    ).same
