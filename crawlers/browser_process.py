"""Starts the browser a crawl uses: the bundled one, a Chromium, or the operator's own.

All three are driven as they are: an ordinary browser under its own name, nothing masked.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError
from scrapy.settings import BaseSettings

from crawlers.browser_proxy import BrowserProxy
from crawlers.failures import BrowserError
from crawlers.reach import Reach, resolve_host

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

log = logging.getLogger(__name__)

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
    # And who is signed in is asked of accounts.google.com.
    "--gaia-url=http://127.0.0.1:9/",
    # Nothing goes past the proxy: no UDP of calls between browsers, no name looked up ahead.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
)
# Chromium itself sends what is for this machine past any proxy.
_NO_EXCEPTIONS = "<-loopback>"
# It reports to its makers unless told not to, and takes exceptions from the proxy from here.
_BUNDLED_ENVIRONMENT = {"LIGHTPANDA_DISABLE_TELEMETRY": "true", "NO_PROXY": "", "no_proxy": ""}
# No name is looked up by the browser, whatever asks for it: only the proxy's own is known.
_NO_NAMES = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"


@dataclass(frozen=True, slots=True)
class BrowserChoice:
    """Which browser, and how it reaches the network.

    `kind` is auto, bundled, chromium, cdp or none; auto is a Chromium where one stands on this
    machine and starts, else the bundled browser. `path` is an executable for chromium; `cdp_url`
    where the operator's browser listens; `upstream` the server every page is asked from ("": the
    net, by way of a proxy that keeps the browser out of this network);
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
            kind=str(settings.get("ZX_BROWSER") or "auto"),
            path=str(settings.get("ZX_BROWSER_PATH") or ""),
            cdp_url=str(settings.get("ZX_BROWSER_CDP_URL") or ""),
            upstream=str(settings.get("ZX_UPSTREAM") or ""),
            user_agent=str(settings.get("ZX_USER_AGENT") or ""),
        )


class RunningBrowser:
    """A started browser with one context, whose cookies last as long as the crawl. `kind`: which
    one it is, never auto."""

    def __init__(
        self,
        browser: Browser,
        context: BrowserContext,
        owned: AsyncExitStack,
        proxy: BrowserProxy | None = None,
        kind: str = "",
    ) -> None:
        self.kind = kind
        self.browser = browser
        self.context = context
        self._owned = owned
        self._proxy = proxy

    def refused(self) -> frozenset[str]:
        """The hosts of this network that the browser was kept from since this was asked last."""
        if self._proxy is None:
            return frozenset()
        hosts = frozenset(self._proxy.refused)
        self._proxy.refused.clear()
        return hosts

    @property
    def alive(self) -> bool:
        """False once the process is gone or the connection is cut."""
        return self.browser.is_connected()

    async def close(self) -> None:
        """End everything that was started for it; the operator's own browser stays open."""
        await self._owned.aclose()


async def start_browser(choice: BrowserChoice, reach: Reach | None = None) -> RunningBrowser:
    """Without an upstream it speaks only to what `reach` allows.

    Raises BrowserError with what to do about it.
    """
    if choice.kind == "none":
        raise BrowserError('no browser: crawl.browser = "none" in the configuration')
    if choice.kind == "auto":
        return await _start_what_is_there(choice, reach)
    starters = {"bundled": _start_bundled, "chromium": _start_chromium, "cdp": _join_cdp}
    async with AsyncExitStack() as stack:
        try:
            proxy = None if choice.upstream else await _start_proxy(choice, reach or Reach(), stack)
            way = _Way(choice, proxy.url if proxy else choice.upstream, is_ours=proxy is not None)
            driver = await _start_driver(stack)
            browser, context = await starters[choice.kind](way, driver, stack)
        except (PlaywrightError, OSError) as error:
            raise BrowserError(f"the {choice.kind} browser did not start: {error}") from error
        return RunningBrowser(browser, context, stack.pop_all(), proxy, choice.kind)
    raise AssertionError("unreachable")


async def _start_what_is_there(choice: BrowserChoice, reach: Reach | None) -> RunningBrowser:
    """A Chromium of this machine; where there is none, or only a program of its name that does not
    start (Ubuntu has one that asks for a snap), the bundled browser."""
    if chromium_here(choice.path):
        try:
            return await start_browser(replace(choice, kind="chromium"), reach)
        except BrowserError as error:
            log.warning("%s; the bundled browser takes its place", error)
    return await start_browser(replace(choice, kind="bundled"), reach)


def chromium_here(path: str = "") -> str:
    """The Chromium of this machine: the program named, else the one on the path; "" for none."""
    return path or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), "")


@dataclass(frozen=True, slots=True)
class _Way:
    """A choice, and the proxy that everything goes through: ours, or the upstream."""

    choice: BrowserChoice
    proxy: str
    is_ours: bool


async def _start_proxy(choice: BrowserChoice, reach: Reach, stack: AsyncExitStack) -> BrowserProxy:
    """Reached from this machine alone, or from where the operator's browser stands.

    Raises OSError.
    """
    browsers = urlsplit(choice.cdp_url).hostname if choice.kind == "cdp" else None
    if browsers is None:
        return await stack.enter_async_context(BrowserProxy(reach))
    callers = frozenset(await resolve_host(browsers))
    ours = await asyncio.to_thread(_address_towards, sorted(callers)[0])
    return await stack.enter_async_context(BrowserProxy(reach, host=ours, callers=callers))


def _address_towards(other: str) -> str:
    """The address of this machine that `other` is reached from; nothing is sent."""
    family = socket.AF_INET6 if ":" in other else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((other, 9))
        return str(probe.getsockname()[0])


async def _start_driver(stack: AsyncExitStack) -> Playwright:
    manager = async_playwright()
    starting = asyncio.create_task(manager.__aenter__())
    try:
        driver = await asyncio.shield(starting)
    except asyncio.CancelledError:
        # A start that is broken off would leave its program behind: it is let come, and ended.
        await asyncio.wait([starting], timeout=TRY_SECONDS)
        if starting.done() and not starting.cancelled() and starting.exception() is None:
            await manager.__aexit__()
        raise
    except Exception as error:  # nothing narrower is raised when its program dies
        raise BrowserError(f"Playwright's driver did not start ({error}); {NEEDED}") from error
    stack.push_async_exit(manager)
    return driver


async def try_browser(choice: BrowserChoice) -> tuple[str, str]:
    """Start the browser, let it open an empty page, and end it again; which one it was, and its
    version.

    Raises BrowserError with what to do about it.
    """
    try:
        async with asyncio.timeout(TRY_SECONDS):
            running = await start_browser(choice)
            try:
                page = await running.context.new_page()
                await page.goto("about:blank")
                await page.close()
                return running.kind, running.browser.version
            finally:
                await running.close()
    except PlaywrightError as error:
        raise BrowserError(f"it starts, but opens no page: {error.message}") from error
    except TimeoutError as error:
        raise BrowserError(f"it did not start within {TRY_SECONDS} s") from error


async def _start_bundled(
    way: _Way, driver: Playwright, stack: AsyncExitStack
) -> tuple[Browser, BrowserContext]:
    try:
        # No wheel of it exists for Windows; there a Chromium is the way.
        from lightpanda import AsyncCDPServer, LightpandaError
    except ImportError as error:
        raise BrowserError('no bundled browser here: set crawl.browser = "chromium"') from error
    args = ["--http-proxy", way.proxy]
    if way.is_ours:  # what went past the proxy all the same would reach nothing of this network
        args += ["--block-private-networks", "--block-cidrs", "-127.0.0.1/32"]
    name = way.choice.user_agent
    if name.isascii() and name.isprintable() and name:
        args += ["--user-agent-suffix", name]
    server = AsyncCDPServer(args=args, env=_BUNDLED_ENVIRONMENT)
    try:
        await stack.enter_async_context(server)
    except LightpandaError as error:
        raise BrowserError(f"the bundled browser did not start: {error}") from error
    browser = await driver.chromium.connect_over_cdp(server.ws_endpoint)
    stack.push_async_callback(browser.close)
    return browser, await browser.new_context()


async def _start_chromium(
    way: _Way, driver: Playwright, stack: AsyncExitStack
) -> tuple[Browser, BrowserContext]:
    path = chromium_here(way.choice.path)
    if not path:
        raise BrowserError("no Chromium found: set crawl.browser_path to its executable")
    args = [*CHROMIUM_ARGS, *([_NO_NAMES] if way.is_ours else [])]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium's sandbox refuses to run as root
    browser = await driver.chromium.launch(
        executable_path=path,
        headless=True,
        args=args,
        proxy={"server": way.proxy, "bypass": _NO_EXCEPTIONS},
    )
    stack.push_async_callback(browser.close)
    return browser, await browser.new_context()


async def _join_cdp(
    way: _Way, driver: Playwright, stack: AsyncExitStack
) -> tuple[Browser, BrowserContext]:
    if not way.choice.cdp_url:
        raise BrowserError("crawl.browser_cdp_url is empty: write e.g. http://127.0.0.1:9222")
    browser = await driver.chromium.connect_over_cdp(way.choice.cdp_url)
    stack.push_async_callback(browser.close)  # disconnects; does not end the operator's browser
    own = browser.contexts
    context = await browser.new_context(proxy={"server": way.proxy, "bypass": _NO_EXCEPTIONS})
    stack.push_async_callback(context.close)
    if way.is_ours and own:
        # What the operator's own windows have passed, a challenge say, stays passed.
        given = await own[0].cookies()
        await context.add_cookies(cast("list[SetCookieParam]", given))
    return browser, context
