"""Why a column is bad: the page that it answered with, as words, and its picture."""

from __future__ import annotations

from pathlib import Path

from desk.page_words import words_of
from desk.visits import Answer, Page, RefusedError, Sheet, Visit, needs
from digest.safe_text import clean_text
from storage.runs.saved_pages import SavedPage, get_page, told_by

MOST_BYTES, MOST_WORDS, MOST_SOURCE = 2 * 1024 * 1024, 8_000, 24_000
MOST_PICTURE = 8 * 1024 * 1024


@needs("look")
def show(visit: Visit) -> Answer:
    """What the column answered when it turned bad; nothing of it is run, or even fetched."""
    # With it comes all that reads pages, which takes a third of the desk's memory.
    from crawlers.reading.charset import detect

    site, column = visit.context.site(visit.path["site"]), visit.query.get("column", "")
    with visit.context.store() as db:
        page = told_by(db, site.id, column)
    if page is None:
        raise RefusedError("没有保存这个栏目出错时的网页。", 404)
    body = _kept(visit, page.copy)[:MOST_BYTES]
    source = body.decode(detect(body), "replace") if body else ""
    values = {
        "site": site,
        "column": column,
        "page": page,
        "words": words_of(source)[:MOST_WORDS],
        "source": clean_text(source)[:MOST_SOURCE],
        "has_picture": bool(page.picture) and _file(visit, page.picture) is not None,
    }
    return Page("evidence.html.jinja", values)


@needs("look")
def picture(visit: Visit) -> Answer:
    """The picture that a browser took of a saved page."""
    with visit.context.store() as db:
        page: SavedPage | None = get_page(db, visit.number("id"))
    content = _kept(visit, page.picture if page is not None else "", MOST_PICTURE)
    if not content.startswith(b"\x89PNG"):
        raise RefusedError("没有这张截图。", 404)
    return Sheet(content, "image/png")


def _kept(visit: Visit, name: str, most: int = MOST_BYTES) -> bytes:
    """The first bytes of a file that the store names; none when it is gone."""
    path = _file(visit, name) if name else None
    if path is None:
        return b""
    with path.open("rb") as file:
        return file.read(most)


def _file(visit: Visit, name: str) -> Path | None:
    """A file of the data folder, and of no other."""
    data = visit.context.config.data.resolve()
    path = (data / name).resolve()
    return path if path.is_relative_to(data / "evidence") and path.is_file() else None
