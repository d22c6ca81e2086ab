"""One page in the browser: load it, let its challenge pass, read it, fetch from inside it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.async_api import BrowserContext, Frame, Page, Route
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as PageRequest
from playwright.async_api import Response as PageResponse

from crawlers.failures import BrowserError
from crawlers.reach import is_private_literal
from crawlers.reading.asked_post import Asked
from crawlers.wall_signs import CHALLENGE_STATUSES, has_challenge_script

log = logging.getLogger(__name__)

MAX_NAVIGATIONS = 5
PICTURE_MILLISECONDS = 5_000
HEAVY = frozenset({"image", "media", "font"})
POLL_SECONDS = 0.05
QUIET_SECONDS = 1.5
MOST_ASKED = 40
MOST_DATA = 4_000_000  # bytes of an answer
# XMLHttpRequest, not fetch(): it is what the sites' own scripts use, and what their
# per-request tokens are hooked into (CDE's myAjax).
FETCH_SCRIPT = """
(ask) => new Promise((done, fail) => {
  const call = new XMLHttpRequest();
  call.open(ask.method, ask.url);
  for (const [name, value] of Object.entries(ask.headers)) call.setRequestHeader(name, value);
  call.onload = () => done({
    status: call.status, text: call.responseText,
    type: call.getResponseHeader("Content-Type") || "",
  });
  call.onerror = () => fail(new Error("the request made inside the page failed"));
  call.send(ask.body || null);
})
"""
ABORTED = "ERR_ABORTED"
BROWSERS_PAGES = ("chrome-error:", "chrome:", "edge:", "about:neterror")
# A page may not set these itself; the browser does.
BROWSERS_OWN = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "host",
        "origin",
        "referer",
        "user-agent",
        "cache-control",
        "if-none-match",
        "if-modified-since",
    }
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: status, decoded text, Content-Type."""

    status: int
    text: str
    content_type: str


class BrowserPage:
    """Wraps a Playwright page. Every method raises playwright's Error when the browser fails;
    `led_to` is where a navigation that brought nothing went, when the browser says so."""

    def __init__(self, page: Page, upstream: str) -> None:
        self.looped = False
        self._page = page
        self._upstream = upstream
        self._scheme = "https"
        self._asked = ""
        self._navigations = 0
        self._uncommitted = 0
        self._last: PageResponse | None = None
        self.led_to = ""
        self._fault = ""
        self._data: list[PageResponse] = []

    @classmethod
    async def open(cls, context: BrowserContext, upstream: str) -> BrowserPage:
        """A new page in `context`; through `upstream` when that is not empty."""
        page = await context.new_page()
        opened = cls(page, upstream)
        await page.route("**/*", opened._gate)
        page.on("response", opened._note_answer)
        page.on("requestfailed", opened._note_fault)
        page.on("framenavigated", opened._note_commit)
        return opened

    @property
    def real_url(self) -> str:
        """Where the page is now, as the site knows it."""
        return self._real(self._page.url)

    @property
    def closed(self) -> bool:
        """Whether the page is gone."""
        return self._page.is_closed()

    @property
    def passed(self) -> bool:
        """Whether the page's last answer was a page and not a challenge or an error."""
        return self._last is not None and self._last.status < 400 and not self._challenged

    @property
    def _challenged(self) -> bool:
        return self._last is not None and self._last.status in CHALLENGE_STATUSES

    def is_on(self, url: str) -> bool:
        """Whether this very page was asked for last, and was passed."""
        return self._asked == url and self.passed and not self.looped

    async def load(self, url: str, *, referer: str, wait: str, seconds: float) -> None:
        """Go to `url` and stay until it is settled, or `seconds` are over."""
        self.looped, self._navigations, self._uncommitted, self._last = False, 0, 0, None
        self._fault = self.led_to = ""
        self._asked, following = url, url
        while following and self._navigations < MAX_NAVIGATIONS:
            following = await self._go(following, referer)
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end and not self.looped and not await self._settled(wait):
            await asyncio.sleep(POLL_SECONDS)

    async def _go(self, url: str, referer: str) -> str:
        """One navigation. Returns where to go on: a redirect to https cannot be followed by a
        browser that reaches its upstream by http:// only, so it is followed here."""
        self._scheme = urlsplit(url).scheme
        if self._upstream:
            await self._page.set_extra_http_headers({"X-Forwarded-Proto": self._scheme})
        sent = self._sent(url)
        try:
            await self._page.goto(sent, wait_until="commit", referer=self._sent(referer) or None)
        except PlaywrightError:
            location = self._redirect()
            if location:
                return urljoin(url, location)
            # The abort of a sixth reload can end the first navigation too.
            if not self.looped:
                raise
        return ""

    def _redirect(self) -> str:
        if not self._upstream or self._last is None or not 300 <= self._last.status < 400:
            return ""
        return self._last.headers.get("location", "")

    async def read(self) -> Fetched:
        """The page as it stands, with the status of its last navigation. Raises BrowserError
        when no answer ever came."""
        if self._last is None:
            raise BrowserError(f"the browser got no answer from {self.real_url}")
        if self.looped:
            return Fetched(self._last.status, "", "text/html")
        self._check_still_the_sites()
        kind = (await self._last.all_headers()).get("content-type", "text/html")
        if "html" in kind:
            return Fetched(self._last.status, await self._content(), kind)
        return Fetched(self._last.status, (await self._last.body()).decode(errors="replace"), kind)

    def _check_still_the_sites(self) -> None:
        """Raises playwright's Error when the browser shows a page of its own: where a script or a
        refresh led to nothing, its words stand in place of the site's."""
        if self._fault or self._page.url.startswith(BROWSERS_PAGES):
            raise PlaywrightError(self._fault or f"a page of the browser's own: {self._page.url}")

    async def asked(self, seconds: float) -> list[Asked]:
        """What the page's scripts asked for since it was loaded, waited for until they are quiet
        or `seconds` are over."""
        loop = asyncio.get_running_loop()
        end, seen, quiet_at = loop.time() + seconds, -1, loop.time()
        while loop.time() < end and loop.time() - quiet_at < QUIET_SECONDS:
            if len(self._data) != seen:
                seen, quiet_at = len(self._data), loop.time()
            await asyncio.sleep(POLL_SECONDS)
        return [one for one in [await self._as_asked(data) for data in self._data] if one]

    async def _as_asked(self, response: PageResponse) -> Asked | None:
        request = response.request
        try:
            body = await response.body()
            kind = await request.header_value("content-type") or ""
            sent = request.post_data or ""
        except (PlaywrightError, UnicodeDecodeError):
            return None
        text = body[:MOST_DATA].decode(errors="replace")
        return Asked(self._real(response.url), request.method, sent, kind, text)

    async def picture(self) -> bytes:
        """What the page looks like, as a PNG; nothing when it cannot be drawn in time."""
        try:
            return await self._page.screenshot(timeout=PICTURE_MILLISECONDS)
        except PlaywrightError as error:
            log.info("no picture of %s: %s", self.real_url, error.message.splitlines()[0])
            return b""

    async def fetch(self, ask: dict[str, Any]) -> Fetched:
        """Make a request from inside the page, as its own scripts would."""
        headers = {
            name: value
            for name, value in dict(ask.get("headers") or {}).items()
            if name.lower() not in BROWSERS_OWN
        }
        got = await self._page.evaluate(
            FETCH_SCRIPT,
            {
                "url": self._sent(str(ask["url"])),
                "method": ask.get("method") or "GET",
                "body": ask.get("body") or "",
                "headers": headers,
            },
        )
        return Fetched(int(got["status"]), str(got["text"]), str(got["type"]))

    async def _settled(self, wait: str) -> bool:
        # Between an answer and its commit the old page still stands there.
        if self._last is None or self._challenged or self._uncommitted > 0:
            return False
        try:
            if wait and self._last.status < 400:
                return await self._page.query_selector(wait) is not None
            if await self._page.evaluate("document.readyState") != "complete":
                return False
            return not has_challenge_script(await self._page.content())
        except PlaywrightError:
            # The page is just reloading itself.
            if self._page.is_closed():
                raise
            return False

    async def _content(self) -> str:
        for _ in range(20):
            try:
                return await self._page.content()
            except PlaywrightError:
                await asyncio.sleep(POLL_SECONDS)
        return await self._page.content()

    async def _gate(self, route: Route) -> None:
        request = route.request
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._navigations += 1
            if self._navigations > MAX_NAVIGATIONS:
                self.looped = True
                await route.abort()
                return
        private = not self._upstream and is_private_literal(request.url)
        if request.resource_type in HEAVY or private:
            await route.abort()
        else:
            await route.continue_()

    def _note_answer(self, response: PageResponse) -> None:
        request = response.request
        if request.resource_type in {"xhr", "fetch"} and len(self._data) < MOST_ASKED:
            self._data.append(response)
        if request.is_navigation_request() and response.frame == self._page.main_frame:
            self._last, self._fault = response, ""
            if not 300 <= response.status < 400:
                self._uncommitted += 1

    def _note_fault(self, request: PageRequest) -> None:
        """A navigation that brought nothing; one that was left for another one is none."""
        is_pages = request.is_navigation_request() and request.frame == self._page.main_frame
        if is_pages and ABORTED not in (request.failure or ""):
            self.led_to = request.url
            self._fault = f"the page led to {request.url}: {request.failure}"

    def _note_commit(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            self._uncommitted -= 1

    def _sent(self, url: str) -> str:
        if self._upstream and url.startswith("https://"):
            return "http://" + url.removeprefix("https://")
        return url

    def _real(self, url: str) -> str:
        if self._upstream and self._scheme == "https" and url.startswith("http://"):
            return "https://" + url.removeprefix("http://")
        return url
