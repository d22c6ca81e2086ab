"""What a page asks for while it draws itself: `python -m crawlers.watching URL`, as JSON on stdout.

For a list page that is an empty shell. The configured browser loads it, as a visitor's would, under
the same rules about this network as in a crawl.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict

from playwright.async_api import Error as PlaywrightError
from scrapy.settings import BaseSettings
from scrapy.utils.project import get_project_settings

from crawlers.browser_page import BrowserPage
from crawlers.browser_process import BrowserChoice, start_browser
from crawlers.failures import BrowserError
from crawlers.guard import refusal
from crawlers.reach import Reach, proxy_hosts
from crawlers.reading.asked_post import Asked

LOAD_SECONDS = 20.0
WATCH_SECONDS = 12.0


async def watched(url: str, settings: BaseSettings) -> list[Asked]:
    """The requests of the page's scripts, in their order. Raises BrowserError."""
    if refusal(url):
        raise BrowserError(refusal(url))
    choice = BrowserChoice.from_settings(settings)
    running = await start_browser(choice, Reach(trusted=proxy_hosts()))
    try:
        page = await BrowserPage.open(running.context, choice.upstream)
        async with asyncio.timeout(LOAD_SECONDS + WATCH_SECONDS):
            await page.load(url, referer="", wait="", seconds=LOAD_SECONDS)
            return await page.asked(WATCH_SECONDS)
    except (PlaywrightError, TimeoutError) as error:
        raise BrowserError(f"the browser did not bring {url}: {error}") from error
    finally:
        await running.close()


def main() -> None:
    """Watch the page that the first argument names."""
    try:
        found = asyncio.run(watched(sys.argv[1], get_project_settings()))
    except BrowserError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    sys.stdout.write(json.dumps([asdict(one) for one in found]))


if __name__ == "__main__":
    main()
