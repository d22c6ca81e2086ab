"""Starts the browser a crawl uses: the bundled one, a Chromium, or the operator's own.

All three are driven as they are: an ordinary browser under its own name, nothing masked.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError
from scrapy.settings import BaseSettings

from crawlers.failures import BrowserError

TRY_SECONDS = 40
# Its Node is linked with it; minimal systems come without (seen in a container of Debian 12).
NEEDED = "a minimal Debian or Ubuntu lacks a library of it: apt-get install libatomic1"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # --disable-component-update alone still asks update.googleapis.com at each start (measured,
    # Chromium 156): it is sent to a port where nothing answers.
    "--component-updater=url-source=http://127.0.0.1:9/",
)


@dataclass(frozen=True, slots=True)
class BrowserChoice:
    """Which browser, and how it reaches the network.

    `kind` is bundled, chromium, cdp or none; `path` an executable for chromium; `cdp_url` where
    the operator's browser listens; `upstream` the server every page is asked from ("": the net);
    `user_agent` what the bundled browser adds to its own name (it takes no other browser's name).
    """

    kind: str
    path: str = ""
    cdp_url: str = ""
    upstream: str = ""
    user_agent: str = ""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> BrowserChoice:
        """Read the ZX_BROWSER* settings, ZX_UPSTREAM and ZX_USER_AGENT."""
        return cls(
            kind=str(settings.get("ZX_BROWSER") or "bundled"),
            path=str(settings.get("ZX_BROWSER_PATH") or ""),
            cdp_url=str(settings.get("ZX_BROWSER_CDP_URL") or ""),
            upstream=str(settings.get("ZX_UPSTREAM") or ""),
            user_agent=str(settings.get("ZX_USER_AGENT") or ""),
        )


class RunningBrowser:
    """A started browser with one context, whose cookies last as long as the crawl."""

    def __init__(self, browser: Browser, context: BrowserContext, owned: AsyncExitStack) -> None:
        self.browser = browser
        self.context = context
        self._owned = owned

    @property
    def alive(self) -> bool:
        """False once the process is gone or the connection is cut."""
        return self.browser.is_connected()

    async def close(self) -> None:
        """End everything that was started for it; the operator's own browser stays open."""
        await self._owned.aclose()


async def start_browser(choice: BrowserChoice) -> RunningBrowser:
    """Raises BrowserError with what to do about it."""
    if choice.kind == "none":
        raise BrowserError('no browser: crawl.browser = "none" in the configuration')
    starters = {"bundled": _start_bundled, "chromium": _start_chromium, "cdp": _join_cdp}
    async with AsyncExitStack() as stack:
        try:
            driver = await _start_driver(stack)
            browser, context = await starters[choice.kind](choice, driver, stack)
        except (PlaywrightError, OSError) as error:
            raise BrowserError(f"the {choice.kind} browser did not start: {error}") from error
        return RunningBrowser(browser, context, stack.pop_all())
    raise AssertionError("unreachable")


async def _start_driver(stack: AsyncExitStack) -> Playwright:
    try:
        return await stack.enter_async_context(async_playwright())
    except Exception as error:  # nothing narrower is raised when its program dies
        raise BrowserError(f"Playwright's driver did not start ({error}); {NEEDED}") from error


async def try_browser(choice: BrowserChoice) -> str:
    """Start the browser, let it open an empty page, and end it again; its version.

    Raises BrowserError with what to do about it.
    """
    try:
        async with asyncio.timeout(TRY_SECONDS):
            running = await start_browser(choice)
            try:
                page = await running.context.new_page()
                await page.goto("about:blank")
                await page.close()
                return running.browser.version
            finally:
                await running.close()
    except PlaywrightError as error:
        raise BrowserError(f"it starts, but opens no page: {error.message}") from error
    except TimeoutError as error:
        raise BrowserError(f"it did not start within {TRY_SECONDS} s") from error


async def _start_bundled(
    choice: BrowserChoice, driver: Playwright, stack: AsyncExitStack
) -> tuple[Browser, BrowserContext]:
    try:
        # No wheel of it exists for Windows; there a Chromium is the way.
        from lightpanda import AsyncCDPServer, LightpandaError
    except ImportError as error:
        raise BrowserError('no bundled browser here: set crawl.browser = "chromium"') from error
    # Without an upstream nothing else keeps a page's scripts away from this network.
    args = ["--http-proxy", choice.upstream] if choice.upstream else ["--block-private-networks"]
    if choice.user_agent.isascii() and choice.user_agent.isprintable() and choice.user_agent:
        args += ["--user-agent-suffix", choice.user_agent]
    # It reports to its makers unless told not to.
    server = AsyncCDPServer(args=args, env={"LIGHTPANDA_DISABLE_TELEMETRY": "true"})
    try:
        await stack.enter_async_context(server)
    except LightpandaError as error:
        raise BrowserError(f"the bundled browser did not start: {error}") from error
    browser = await driver.chromium.connect_over_cdp(server.ws_endpoint)
    stack.push_async_callback(browser.close)
    return browser, await browser.new_context()


async def _start_chromium(
    choice: BrowserChoice, driver: Playwright, stack: AsyncExitStack
) -> tuple[Browser, BrowserContext]:
    path = choice.path or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), "")
    if not path:
        raise BrowserError("no Chromium found: set crawl.browser_path to its executable")
    args = list(CHROMIUM_ARGS)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium's sandbox refuses to run as root
    browser = await driver.chromium.launch(
        executable_path=path,
        headless=True,
        args=args,
        proxy={"server": choice.upstream, "bypass": "<-loopback>"} if choice.upstream else None,
    )
    stack.push_async_callback(browser.close)
    return browser, await browser.new_context()


async def _join_cdp(
    choice: BrowserChoice, driver: Playwright, stack: AsyncExitStack
) -> tuple[Browser, BrowserContext]:
    if not choice.cdp_url:
        raise BrowserError("crawl.browser_cdp_url is empty: write e.g. http://127.0.0.1:9222")
    browser = await driver.chromium.connect_over_cdp(choice.cdp_url)
    stack.push_async_callback(browser.close)  # disconnects; does not end the operator's browser
    if choice.upstream:
        return browser, await browser.new_context(proxy={"server": choice.upstream})
    own = browser.contexts
    return browser, own[0] if own else await browser.new_context()
