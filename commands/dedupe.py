"""`zhengxun dedupe`: pages that contradict each other, and a person's word on them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console

from app.context import Context
from commands.terminal import printed
from pipelines.dedupe_by_hand import join_by_hand, split_by_hand
from storage.database import transaction
from storage.matching.settlements import open_cases
from storage.models import StoredNotice
from storage.notices.notices import get_notice


def review(context: Context, console: Console, *, as_json: bool) -> int:
    """Cases nobody has settled yet; 1 when there are any."""
    with context.store() as db:
        cases = open_cases(db)
    if as_json:
        rows = [{"a": facts(case.a), "b": facts(case.b), "why": case.why} for case in cases]
        console.file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return int(bool(cases))
    for case in cases:
        console.print(f"[bold]{printed(case.why)}[/bold]")
        for page in (case.a, case.b):
            console.print(f"  {line(page)}")
        pair = f"{case.a.id} {case.b.id}"
        console.print(f"  同一文件：zhengxun dedupe join {pair}")
        console.print(f"  不同文件：zhengxun dedupe split {pair}\n")
    if not cases:
        console.print("没有待核对的文件")
    return int(bool(cases))


def join(context: Context, one: int, other: int, console: Console) -> int:
    """The two pages are one document, whatever was said before."""
    with context.store() as db, transaction(db):
        group = join_by_hand(db, one, other, context.config.clock())
    console.print("同一文件的页面：")
    show(group, console)
    return 0


def split(context: Context, page: int, other: int | None, console: Console) -> int:
    """The page is not the document of the other, or of any page it is linked with."""
    with context.store() as db, transaction(db):
        apart = split_by_hand(db, page, other, context.config.clock())
        alone = get_notice(db, page)
    if not apart:
        console.print(f"{page} 未与其他页面合并")
        return 1
    console.print("不同文件：")
    show([alone, *apart], console)
    return 0


def show(pages: Sequence[StoredNotice], console: Console) -> None:
    """One line a page."""
    for page in pages:
        console.print(f"  {line(page)}")


def line(page: StoredNotice) -> str:
    """Id, day, title and address, for a terminal."""
    notice = page.notice
    day = notice.published_on or "日期不详"
    return f"{page.id}  {day}  {printed(notice.title)}  [dim]{printed(notice.url)}[/dim]"


def facts(page: StoredNotice) -> dict[str, object]:
    """A page as plain values."""
    notice = page.notice
    day = notice.published_on.isoformat() if notice.published_on else None
    return {"id": page.id, "published_on": day, "title": notice.title, "url": notice.url}
