"""One notice as it is known: its text, revisions, other pages and tasks; read again on demand."""

from __future__ import annotations

from app.context import Context
from app.reading_now import add_page, site_for
from desk.pages.tasks import STATE_WORDS, found_notice
from desk.visits import Answer, Go, Page, RefusedError, Visit, needs
from digest.safe_text import clean_line, clean_text, safe_link
from storage.desk.acts import note_act
from storage.desk.tasks import tasks_of
from storage.matching.duplicates import group_of
from storage.notices.revisions import list_revisions
from storage.values import to_instant

MOST_TEXT = 60_000


@needs("look")
def show(visit: Visit) -> Answer:
    """The notice."""
    number, names = visit.number("id"), visit.context.site_names()
    with visit.context.store() as db:
        stored = found_notice(db, number)
        pages = [one for one in group_of(db, number) if one.id != number]
        revisions = list_revisions(db, number)
        tasks = tasks_of(db, number)
    text = clean_text(stored.notice.body_text)
    values = {
        "number": number,
        "stored": stored,
        "notice": stored.notice,
        "site": names.get(stored.notice.site, stored.notice.site),
        "text": text[:MOST_TEXT],
        "is_cut": len(text) > MOST_TEXT,
        "pages": [(one, names.get(one.notice.site, one.notice.site)) for one in pages],
        "revisions": [(to_instant(one.seen_at), one.changed) for one in revisions],
        "tasks": tasks,
        "words": STATE_WORDS,
        "work": visit.desk.background.of(f"page:{stored.notice.url}"),
    }
    return Page("notice.html.jinja", values)


@needs("edit")
def read_again(visit: Visit) -> Answer:
    """Wrong? Read the page again, now."""
    number = visit.number("id")
    with visit.context.store() as db:
        url = found_notice(db, number).notice.url
    return _read(visit, url, f"/notice/{number}")


@needs("edit")
def add(visit: Visit) -> Answer:
    """Put a page into the store by its address."""
    url = safe_link(visit.text("url", 2000))
    if not url:
        raise RefusedError("请写完整的网址，以 https:// 或 http:// 开头。")
    return _read(visit, url, "/add")


@needs("look")
def ask(visit: Visit) -> Answer:
    """The form to add a page, and how the last one went."""
    return Page("add.html.jinja", {"work": visit.desk.background.of("add")})


def _read(visit: Visit, url: str, to: str) -> Answer:
    context, who = visit.context, visit.signature
    # Asked here too, so that a host nobody watches is said at once.
    site_for(context, url)
    name = "add" if to == "/add" else f"page:{url}"
    if not visit.desk.background.start(name, "正在读取", lambda: _add(context, url, who)):
        raise RefusedError("正在读取，请稍候。", 409)
    with context.store() as db:
        note_act(db, f"读取 {clean_line(url)}", who=who, now=context.config.clock())
    return Go(to, said="开始读取，一两分钟内会有结果。")


def _add(context: Context, url: str, who: str) -> str:
    added = add_page(context, url, who=who)
    if added is None:
        raise RefusedError(f"没有收录 {url}：网页读不出通知。")
    notice = added.stored.notice
    word = "已重新读取" if added.was_known else "已收录"
    return f"{word}：编号 {added.stored.id} {clean_line(notice.title or notice.url)}"
