"""Pictures of answers that could not be read: the saved text drawn by this machine's Chromium,
offline and without its scripts. No site is asked for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from app.context import Context
from crawlers.browser_process import BrowserChoice, chromium_here, start_browser
from crawlers.failures import BrowserError

log = logging.getLogger("zhengxun")

MOST = 30
SECONDS = 60.0
_EACH_MILLISECONDS = 4_000
_SIZE = {"width": 1000, "height": 640}


def drawn(context: Context, pages: Mapping[str, str]) -> dict[str, bytes]:
    """Name -> a JPEG of the page, for those that could be drawn. Without a Chromium: none."""
    crawl = context.config.crawl
    if not pages or crawl.browser == "none" or not chromium_here(crawl.browser_path):
        return {}
    found: dict[str, bytes] = {}
    try:
        asyncio.run(_draw(crawl.browser_path, dict(list(pages.items())[:MOST]), found))
    except (BrowserError, TimeoutError) as error:
        log.warning("no more pictures: %s", error)
    return found


async def _draw(path: str, pages: Mapping[str, str], found: dict[str, bytes]) -> None:
    from playwright.async_api import Error as PlaywrightError

    async with asyncio.timeout(SECONDS):
        # An upstream where nothing answers: whatever the page asks for gets nothing.
        running = await start_browser(
            BrowserChoice("chromium", path, upstream="http://127.0.0.1:9")
        )
        try:
            context = await running.browser.new_context(
                java_script_enabled=False,
                offline=True,
                viewport=_SIZE,  # type: ignore[arg-type] # a TypedDict
            )
            page = await context.new_page()
            for name, text in pages.items():
                try:
                    await page.set_content(
                        text, wait_until="domcontentloaded", timeout=_EACH_MILLISECONDS
                    )
                    found[name] = await page.screenshot(
                        type="jpeg", quality=50, timeout=_EACH_MILLISECONDS
                    )
                except PlaywrightError as error:
                    log.info("no picture of %s: %s", name, error.message.splitlines()[0])
        finally:
            await running.close()
