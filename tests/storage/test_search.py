"""Search finds exactly what a substring search would, and survives anything typed."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from storage.database import open_database, transaction
from storage.models import Attachment
from storage.notices.notices import save_notice
from storage.search import index, limits, ranking
from storage.search.search import search
from tests.storage.samples import NOW, page, saved
from texts.folding import clean, fold, holds, nfkc

TEXTS = {
    "cde": "国家药监局药审中心关于发布《中药新药用于慢性胃炎的临床疗效评价技术指导原则》的通告",
    "ip": "北京市知识产权局“两区”工作推进措施 京知局〔2021〕35号，提升专利侵权纠纷行政裁决质量",
    "biosimilar": "生物类似药相似性评价和适应症外推技术指导原则，PD-1抑制剂，GB/T 1.1—2020",
    "spaced": "知识 产权\n保护中心",
    "fund": "给予100万元补助；增长10%，合计5.5万元（含税）a_b",
    "wide": "ＰＤ－１抑制剂　２０２１年",
}


@pytest.fixture(params=["waiting", "indexed"])
def filled(db: Database, request: pytest.FixtureRequest) -> Database:
    """A store with the texts, in the index or not there yet."""
    for key, text in TEXTS.items():
        saved(db, page(key, title=f"标题{key}", body_text=text))
    if request.param == "indexed":
        index_all(db)
    return db


def index_all(db: Database) -> None:
    """Nothing waits for the index any more."""
    with transaction(db):
        index.catch_up(db, most_waiting=1)
    assert db.execute("SELECT count(*) FROM search_queue").fetchone() == (0,)


def like(db: Database, word: str) -> set[str]:
    """The keys of the notices whose title or text contains the word, by LIKE."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = db.execute(
        "SELECT key FROM notices WHERE title LIKE :w ESCAPE '\\' OR body_text LIKE :w ESCAPE '\\'",
        {"w": f"%{escaped}%"},
    )
    return {row[0] for row in rows}


def found(db: Database, words: str, **limits: object) -> set[str]:
    """The keys of the notices search finds."""
    hits = search(db, words, limit=1000, **limits)  # type: ignore[arg-type] # limits of any kind
    return {hit.url.rsplit("/", 1)[1] for hit in hits}


@pytest.mark.parametrize(
    "word",
    [
        "药", "号", "专利", "中药", "通知", "产权局", "物类似药", "知识产权", "两区", "1.1", "GB/T",
        "%", "10%", "a_b", "_", "”", "《", "〔2021〕35号", "5.5万", "不存在的词", "标题", "cd",
        "慢性胃炎的临床疗效评价技术指导原则", "专利侵权纠纷行政裁决的质量", "工作推进措施",
        "药审药", "知识权", "的通告", "局〔2021〕", "补助；增长10%",
    ],
)  # fmt: skip
def test_finds_exactly_what_like_finds(filled: Database, word: str) -> None:
    assert found(filled, word) == like(filled, word)


def test_width_and_case_do_not_matter(filled: Database) -> None:
    for words in ("PD-1", "pd-1", "ｐｄ－１", "PD－１"):
        assert found(filled, words) == {"biosimilar", "wide"}


def test_all_words_must_occur_anywhere(filled: Database) -> None:
    assert found(filled, "专利　知识产权") == {"ip"}
    assert found(filled, "专利 中药") == set()


def test_a_word_is_not_found_across_white_space(filled: Database) -> None:
    assert "spaced" not in found(filled, "知识产权")
    assert "spaced" in found(filled, "知识 产权")


@pytest.mark.parametrize(
    "words",
    [
        "", " ", "\t\n", '"', '""', '"专利', "'", "''", "*", "专利*", "(", ")", "AND", "OR",
        "NOT x", "NEAR(a b)", "title:专利", "-专利", "^专利", "专利 AND", "{a b}", ":", "/", "\\",
        "\x00", "\x00专利", "\ud800", "🧪", "𠮷", "ﷺ", "a" * 10_000, "药 " * 500,
        "; DROP TABLE notices",
    ],
)  # fmt: skip
def test_nothing_typed_raises(filled: Database, words: str) -> None:
    assert isinstance(search(filled, words), list)


def test_without_a_word_there_are_no_hits(filled: Database) -> None:
    assert search(filled, "") == []
    assert search(filled, "　 ") == []
    assert search(filled, "药", limit=0) == []


@given(
    text=st.text(
        st.sampled_from(
            "药专利知识产权⽇\x01 \n\t，。“（１1aAﬁ①㈠…é́🧪𠮷𮯠\u200b\ufeff\u3000%_\"'*"
        ),
        max_size=12,
    ),
    cut=st.tuples(st.integers(0, 12), st.integers(1, 4)),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_piece_of_a_text_is_found(
    tmp_path_factory: pytest.TempPathFactory, text: str, cut: tuple[int, int]
) -> None:
    # A letter and its accent are one sign once composed, and no longer found apart.
    text = unicodedata.normalize("NFKC", text)
    piece = text[cut[0] : cut[0] + cut[1]]
    path = tmp_path_factory.getbasetemp() / "pieces.db"
    db = open_database(Path(path))
    try:
        with transaction(db):
            db.execute("DELETE FROM attachments")
            db.execute("DELETE FROM notices")
            save_notice(db, page(title="", body_text=text), now=NOW, run_id=None)
        is_word = bool(clean(piece).split())
        assert bool(search(db, piece)) == is_word
        index_all(db)
        assert bool(search(db, piece)) == is_word
    finally:
        db.close()


def test_a_title_outranks_a_text(db: Database) -> None:
    body = saved(db, page("body", title="通知", body_text="专利" * 30))
    title = saved(db, page("title", title="专利资助办法", body_text="另有规定的除外。" * 20))

    assert [hit.id for hit in search(db, "专利")] == [title, body]


def test_equal_hits_come_newest_first(db: Database) -> None:
    old = saved(db, page("a", title="专利", published_on=date(2021, 1, 1)))
    new = saved(db, page("b", title="专利", published_on=date(2021, 2, 1)))

    assert [hit.id for hit in search(db, "专利")] == [new, old]


def test_limits_by_site_section_and_days(db: Database) -> None:
    saved(db, page("a", published_on=date(2021, 1, 1)))
    saved(db, page("b", published_on=date(2021, 2, 1)))
    saved(db, page("c", site="miit", section="projects", published_on=date(2021, 3, 1)))
    saved(db, page("d", published_on=None))

    assert found(db, "通知", site="miit") == {"c"}
    assert found(db, "通知", section="pharma") == {"a", "b", "d"}
    assert found(db, "通知", since=date(2021, 2, 1)) == {"b", "c"}
    assert found(db, "通知", until=date(2021, 2, 1)) == {"a", "b"}
    assert len(search(db, "通知", limit=2)) == 2


def test_the_hit_is_marked_in_the_words_of_the_page(db: Database) -> None:
    saved(db, page("a", title="甲", body_text="一" * 50 + "①ＰＤ－１抑制剂" + "二" * 100))

    (hit,) = search(db, "pd-1")

    assert hit.excerpt == "…" + "一" * 19 + "①【ＰＤ－１】抑制剂" + "二" * 53 + "…"


def test_a_sign_that_folds_to_several_keeps_its_place(db: Database) -> None:
    saved(db, page("a", title="甲", body_text="附件㈠申报书㎏单位"))

    assert [hit.excerpt for hit in search(db, "一")] == ["附件【㈠】申报书㎏单位"]
    assert [hit.excerpt for hit in search(db, "申报")] == ["附件㈠【申报】书㎏单位"]


def test_a_hit_in_title_or_number_alone_is_shown_there(db: Database) -> None:
    saved(db, page("a", title="中药保护", body_text="正文", doc_number="国药监〔2021〕7号"))

    assert [hit.excerpt for hit in search(db, "中药")] == ["【中药】保护"]
    assert [hit.excerpt for hit in search(db, "〔2021〕7")] == ["国药监【〔2021〕7】号"]


def test_an_excerpt_is_one_line(db: Database) -> None:
    saved(db, page("a", body_text="第一行\n第二行\t药\n第三行"))

    assert [hit.excerpt for hit in search(db, "药")] == ["第一行 第二行 【药】 第三行"]


def test_a_changed_or_removed_text_is_no_longer_found(db: Database) -> None:
    notice_id = saved(db, page("a", body_text="旧药"))
    saved(db, page("a", body_text="新规", content_hash="b"))

    assert search(db, "旧药") == []
    assert [hit.id for hit in search(db, "新规")] == [notice_id]

    db.execute("DELETE FROM revisions")
    db.execute("DELETE FROM notices")
    assert search(db, "新规") == []


def test_a_longer_word_is_looked_up_in_the_texts(db: Database) -> None:
    # Both hold every triple of 药品审评药品: one in two places, one as a word.
    apart = saved(db, page("apart", body_text="药品审评中心，审评药品，品审评药"))
    whole = saved(db, page("whole", body_text="药品审评药品"))
    index_all(db)

    assert [hit.id for hit in search(db, "药品审评药品")] == [whole]
    assert [hit.id for hit in search(db, "审评药品")] == [whole, apart]


def test_a_word_does_not_run_from_the_title_into_the_text(db: Database) -> None:
    saved(db, page("a", title="关于中药", doc_number="国药监〔2021〕7号", body_text="注册的通知"))
    index_all(db)

    for word in ("中药注", "药注", "号注", "药注册的通"):
        assert search(db, word) == []


def test_a_changed_or_removed_text_leaves_the_index_too(db: Database) -> None:
    notice_id = saved(db, page("a", body_text="旧药"))
    index_all(db)
    saved(db, page("a", body_text="新规", content_hash="b"))

    assert search(db, "旧药") == []
    assert [hit.id for hit in search(db, "新规")] == [notice_id]
    index_all(db)
    assert search(db, "旧药") == []
    assert [hit.id for hit in search(db, "新规")] == [notice_id]

    db.execute("DELETE FROM revisions")
    db.execute("DELETE FROM notices")
    assert search(db, "新规") == []
    assert db.execute("SELECT count(*) FROM notices_fts_docsize").fetchone() == (0,)


def test_an_unchanged_page_is_not_indexed_again(db: Database) -> None:
    saved(db, page("a"))
    index_all(db)

    saved(db, page("a"))

    assert db.execute("SELECT count(*) FROM search_queue").fetchone() == (0,)


def test_so_many_wait_and_then_enter_the_index_together(db: Database) -> None:
    for number in range(index.MOST_WAITING - 1):
        saved(db, page(str(number), title="中药保护"))
    assert db.execute("SELECT count(*) FROM notices_fts_docsize").fetchone() == (0,)

    saved(db, page("last", title="中药保护"))

    assert db.execute("SELECT count(*) FROM search_queue").fetchone() == (0,)
    assert len(search(db, "中药", limit=100)) == index.MOST_WAITING


def test_a_title_in_the_index_outranks_a_text_that_waits(db: Database) -> None:
    titles = [saved(db, page(f"t{number}", title="专利资助办法")) for number in range(3)]
    index_all(db)
    for number in range(3):
        saved(db, page(f"b{number}", title="通知", body_text="专利"))

    assert [hit.id for hit in search(db, "专利", limit=3)] == titles[::-1]


def test_the_order_is_title_number_text_files_and_the_newest_first(db: Database) -> None:
    file = Attachment("https://x.cn/1.pdf", "附件", text="关于中药七号的规定")
    places = {
        "file": {"attachments": (file,)},
        "text": {"body_text": "见中药七号"},
        "number": {"doc_number": "中药七号"},
        "title": {"title": "中药七号"},
    }
    for key, over in places.items():
        for day in (2, 1):
            saved(db, page(f"{key}{day}", published_on=date(2021, 2, day), **over))

    for word in ("中药", "中药七", "中药七号"):
        for _ in range(2):
            order = [hit.url.rsplit("/", 1)[1] for hit in search(db, word)]
            assert order == [f"{key}{day}" for key in reversed(places) for day in (2, 1)]
            index_all(db)


def test_more_hits_than_are_ranked_exactly_are_all_within_reach(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "MOST_RANKED", 5)
    ids = [saved(db, page(str(number), body_text="关于中药保护")) for number in range(40)]
    old = saved(db, page("old", title="中药保护", published_on=date(2019, 1, 1)))

    assert [hit.id for hit in search(db, "中药保护", limit=3)] == [old, *ids[:-3:-1]]
    assert {hit.id for hit in search(db, "中药保护", limit=100)} == {*ids, old}


def test_limits_by_number_and_deadline(db: Database) -> None:
    saved(db, page("a", doc_number="国药监〔2021〕7号", deadline_on=date(2021, 3, 1)))
    saved(db, page("b", doc_number="国药监〔2021〕17号", deadline_on=date(2021, 3, 31)))
    saved(db, page("c"))

    assert found(db, "通知", number="国药监") == {"a", "b"}
    assert found(db, "通知", number="〕7") == {"a"}
    assert found(db, "通知", due_since=date(2021, 3, 1), due_until=date(2021, 3, 30)) == {"a"}
    assert found(db, "通知", due_since=date(2021, 3, 2)) == {"b"}


@pytest.mark.parametrize("few", [0, 300])
def test_limits_find_the_same_whether_few_are_read_or_the_index_is(
    db: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(limits, "FEW", few)
    monkeypatch.setattr(limits, "_GAP", 3)
    for number in range(40):
        month = 1 + number % 4
        saved(db, page(str(number), published_on=date(2021, month, 1), title=f"第{number}号通知"))
        if number % 7 == 0:
            saved(db, page(f"other{number}", site="miit", published_on=date(2021, 2, 1)))

    in_march = {str(number) for number in range(2, 40, 4)}
    of_miit = {f"other{number}" for number in range(0, 40, 7)}
    assert found(db, "通知", since=date(2021, 3, 1), until=date(2021, 3, 31)) == in_march
    assert found(db, "公开征求意见", site="miit") == of_miit
    assert found(db, "通知", site="miit", until=date(2021, 1, 31)) == set()


def test_the_quick_fold_is_nfkc() -> None:
    for code in range(0x110000):
        sign = chr(code)
        if unicodedata.is_normalized("NFKC", sign):
            continue
        assert nfkc(sign) == unicodedata.normalize("NFKC", sign)
        # A Chinese word is found in whatever sign becomes it.
        for char in fold(sign):
            if "\u3400" <= char <= "\u9fff":
                assert holds(f"前{sign}后", char), hex(code)
    printed = "，：（ｅ́；！？％．－／＋～…　\u3099か\u3099①"
    assert nfkc(printed) == unicodedata.normalize("NFKC", printed)
