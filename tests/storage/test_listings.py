"""What the store tells of a column's notices for comparing a list with them."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from storage.notices.listings import recent_listings
from storage.runs.saved_pages import SavedPage, save_page
from tests.storage.samples import NOW, page, saved


def test_the_newest_notices_of_a_column_come_first_and_no_more_than_wanted(db: Database) -> None:
    for day in (1, 3, 2):
        saved(db, page(f"n{day}", published_on=date(2021, 2, day)))
    saved(db, page("elsewhere", column="工作动态"))
    saved(db, page("undated", published_on=None))
    found = recent_listings(db, "cde", "新闻中心", most=3, characters=100)
    assert [(row.key, row.day) for row in found] == [
        ("n3", "2021-02-03"),
        ("n2", "2021-02-02"),
        ("n1", "2021-02-01"),
    ]
    undated = recent_listings(db, "cde", "新闻中心", most=4, characters=100)[-1]
    assert (undated.key, undated.day) == ("undated", "")


def test_a_text_is_cut_and_the_row_of_the_list_is_known_where_the_page_was_kept(
    db: Database,
) -> None:
    notice_id = saved(db, page("n1", body_text="正文" * 50))
    saved(db, page("n2", published_on=date(2021, 1, 1)))
    row = {"list_title": "关于公开征求…", "list_date": "02-03"}
    save_page(
        db,
        SavedPage(
            kind="notice", site="cde", column="新闻中心", url="https://x/", fetched_at=NOW,
            status=200, via="http", bytes=1, sha256="0", asked={"notice": row},
            notice_id=notice_id,
        ),
    )  # fmt: skip
    first, second = recent_listings(db, "cde", "新闻中心", most=5, characters=10)
    assert first.text == "正文" * 5
    assert (first.listed_title, first.listed_day) == ("关于公开征求…", "02-03")
    assert (second.listed_title, second.listed_day) == ("", "")
    assert first.last_listed_at == "2021-02-03T02:00:00+00:00"
