"""The list of notices as it stands on a screen of 1280 px, in a real Chromium."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

from storage.database import open_database, transaction
from tests.chromium import chromium, needs_chromium
from tests.storage.datasette_samples import served
from tests.storage.samples import page, saved

pytestmark = needs_chromium

ROOT = Path(__file__).parents[2]
TITLE = "市工业和信息化局 市财政局关于做好2020年天津市中小企业公共服务示范平台申报有关工作的通知"
# Four lines of a title.
MOST_PIXELS = 110


async def page_of(path: Path) -> str:
    async with served(path) as site:
        answer = await site.client.get("/zhengxun/notices")
        sheet = await site.client.get("/-/static/app.css")
    own = (ROOT / "storage/datasette/assets/desk.css").read_text(encoding="utf-8")
    return f"{answer.text}<style>{sheet.text}</style><style>{own}</style>"


def test_no_row_is_higher_than_a_few_lines(path: Path) -> None:
    with closing(open_database(path)) as db:
        first = saved(db, page("1", title=TITLE))
        second = saved(db, page("2", title=f"{TITLE}（转载）"))
        with transaction(db):
            db.execute("UPDATE notices SET duplicate_of = ? WHERE id = ?", [first, second])
    text = asyncio.run(page_of(path))
    with chromium() as browser:
        shown = browser.new_page(viewport={"width": 1280, "height": 800})
        shown.set_content(text)
        assert shown.locator("td.col-duplicate_of a").count() == 1
        heights = [row.bounding_box() for row in shown.locator(".rows-and-columns tbody tr").all()]
        browser_heights = [box["height"] for box in heights if box is not None]
    assert len(browser_heights) == 2
    assert max(browser_heights) < MOST_PIXELS
