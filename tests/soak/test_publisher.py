"""The simulated year is the same for a seed, and holds every kind of page it is meant to hold."""

from __future__ import annotations

from replica.sites import known_columns
from soak.publisher import BACKLOG, COLUMNS, START, Document, Publisher, pages


def documents() -> list[Document]:
    return Publisher(1, 20).publish()


def test_a_seed_gives_the_same_year_and_another_seed_another() -> None:
    assert documents() == documents()
    assert documents() != Publisher(2, 20).publish()


def test_every_page_has_an_address_of_its_own_in_a_column_that_exists() -> None:
    found = [page for _, page in pages(documents())]
    assert len({page.url for page in found}) == len(found)
    assert all(set(page.columns) <= known_columns()[page.site] for page in found)


def test_there_are_late_changed_deleted_and_copied_notices_and_a_backlog() -> None:
    year = documents()
    assert sum(document.backlog for document in year) == BACKLOG * len(COLUMNS)
    assert all(document.appears < START for document in year if document.backlog)
    news = [document for document in year if not document.backlog]
    assert any(one.appears.date() > one.pages[0].published.date() for one in news)
    assert any(page.vanishes for one in news for page in one.pages)
    assert any(one.revisions for one in news)
    copies = [one.pages[1] for one in news if len(one.pages) == 2]
    assert {page.site for page in copies} == {"tj_tten", "tj_gyxxh"}
    assert all(bool(page.original) is (page.site == "tj_tten") for page in copies)
    assert any(one.pages[1].appears < one.pages[0].appears for one in news if len(one.pages) == 2)


def test_a_change_changes_the_text() -> None:
    changed = [page for _, page in pages(documents()) if page.revision]
    assert all(page.revision and page.revision.body != page.body for page in changed)
