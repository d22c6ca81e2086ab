"""The page of each reader over real HTTP: looking changes nothing, only its holder can act."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlite_utils import Database

from digest.delivery.unsubscribe_links import UnsubscribeLinks, make_token
from digest.inbound.subscription_page import Limiter, SubscriptionPage, make_app
from digest.models.issue import ChapterSpec
from storage.database import open_database
from storage.models import Subscriber
from storage.readers.subscribers import add_subscriber, find_subscriber, update_subscriber
from tests.digest.samples import INSTANT

KEY = b"k" * 32
WAYS = UnsubscribeLinks(KEY, public_url="https://news.example.com/weekly")
CHAPTERS = (ChapterSpec("ip", "知识产权信息篇"), ChapterSpec("pharma", "医药信息篇"))
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def li(db: Database) -> Subscriber:
    return add_subscriber(db, "li@example.com", now=INSTANT)


@pytest.fixture
def site(tmp_path: Path) -> SubscriptionPage:
    @contextmanager
    def store() -> Iterator[Database]:
        opened = open_database(tmp_path / "zhengxun.db")
        yield opened
        opened.close()

    return SubscriptionPage(store, WAYS, "政讯周报", CHAPTERS, lambda: INSTANT)


@asynccontextmanager
async def served(
    site: SubscriptionPage, limiter: Limiter | None = None
) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    runner = web.AppRunner(make_app(site, limiter), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as client:
        yield client, origin
    await runner.cleanup()


def now_of(db: Database, person: Subscriber) -> Subscriber:
    found = find_subscriber(db, person.address)
    assert found is not None
    return found


@pytest.mark.asyncio
async def test_one_click_ends_the_subscription_and_may_be_repeated(
    db: Database, li: Subscriber, site: SubscriptionPage
) -> None:
    token = make_token(KEY, li)
    async with served(site) as (client, origin):
        for _ in range(2):
            async with client.post(f"{origin}/s/{token}", data=ONE_CLICK) as answer:
                assert (answer.status, await answer.text()) == (200, "unsubscribed\n")
    assert (now_of(db, li).state, now_of(db, li).note) == ("ended", "网页退订")


@pytest.mark.asyncio
async def test_one_click_as_multipart_under_the_path_of_the_public_url(
    db: Database, li: Subscriber, site: SubscriptionPage
) -> None:
    form = aiohttp.FormData()
    form.add_field("List-Unsubscribe", "One-Click", content_type="text/plain")
    async with (
        served(site) as (client, origin),
        client.post(f"{origin}/weekly/s/{make_token(KEY, li)}", data=form) as answer,
    ):
        assert answer.status == 200
    assert now_of(db, li).state == "ended"


@pytest.mark.asyncio
async def test_looking_changes_nothing_and_shows_a_button(
    db: Database, li: Subscriber, site: SubscriptionPage
) -> None:
    before = now_of(db, li)
    async with served(site) as (client, origin):
        url = f"{origin}/s/{make_token(KEY, li)}"
        async with client.get(url) as answer:
            page = await answer.text()
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "aiohttp" not in answer.headers["Server"].lower()
        async with client.head(url) as answer:
            assert answer.status == 200
        # Scanners of mail programs follow every link, with whatever is in it.
        async with client.get(url, params={**ONE_CLICK, "action": "end"}) as answer:
            assert answer.status == 200
    assert '<form method="post">' in page
    assert 'value="end">退订</button>' in page
    assert "li@example.com" not in page  # a forwarded mail shows its link to others too
    assert "l***@example.com" in page
    assert now_of(db, li) == before


@pytest.mark.asyncio
async def test_who_has_no_token_of_ours_learns_nothing(
    db: Database, li: Subscriber, site: SubscriptionPage
) -> None:
    right = make_token(KEY, li)
    wrong = [f"z{number}-{'a' * 24}" for number in (1, 2, 999)]
    wrong += [right[:-1] + ("a" if right[-1] != "a" else "b"), "x", "%2e%2e%2f", "z1-"]
    seen = set()
    async with served(site) as (client, origin):
        for token in wrong:
            async with client.get(f"{origin}/s/{token}") as answer:
                seen.add((answer.status, await answer.text()))
            async with client.post(f"{origin}/s/{token}", data=ONE_CLICK) as answer:
                assert (answer.status, await answer.text()) == (404, "no such subscription\n")
        for path in ("/", "/s/", "/s", "//evil.example.com/", "/s/x/../../etc"):
            async with client.get(origin + path, allow_redirects=False) as answer:
                assert answer.status == 404
                assert "Location" not in answer.headers
        async with client.put(f"{origin}/s/{right}") as answer:
            assert answer.status == 405
    assert len(seen) == 1
    assert next(iter(seen))[0] == 404
    assert now_of(db, li).state == "active"


@pytest.mark.asyncio
async def test_the_page_pauses_resumes_and_chooses_chapters(
    db: Database, li: Subscriber, site: SubscriptionPage
) -> None:
    async with served(site) as (client, origin):
        url = f"{origin}/s/{make_token(KEY, li)}"

        async def post(*fields: tuple[str, str]) -> str:
            async with client.post(url, data=fields) as answer:
                return await answer.text()

        assert "2021-03-05 起恢复发送" in await post(("action", "pause"), ("weeks", "4"))
        assert (now_of(db, li).state, now_of(db, li).paused_until) == ("paused", date(2021, 3, 5))
        assert "已恢复发送" in await post(("action", "resume"))
        assert now_of(db, li).state == "active"
        assert "已保存" in await post(("action", "save"), ("section", "ip"))
        assert now_of(db, li).sections == ("ip",)
        assert "请至少选择一个篇章" in await post(("action", "save"), ("section", "no-such"))
        assert now_of(db, li).sections == ("ip",)
        await post(("action", "save"), ("section", "ip"), ("section", "pharma"))
        assert now_of(db, li).sections == ()
        before = now_of(db, li)
        for bad in ((("action", "pause"), ("weeks", "9999")), (("action", "drop table"),)):
            await post(*bad)
        assert now_of(db, li) == before
        assert "已退订" in await post(("action", "end"))
        assert "重新订阅" in await post(("action", "resume"))
        assert now_of(db, li).state == "ended"


@pytest.mark.asyncio
async def test_a_suspended_reader_cannot_resume_here(
    db: Database, li: Subscriber, site: SubscriptionPage
) -> None:
    update_subscriber(db, li.address, now=INSTANT, state="suspended", note="退信")
    async with served(site) as (client, origin):
        url = f"{origin}/s/{make_token(KEY, li)}"
        async with client.post(url, data={"action": "resume"}) as answer:
            assert "因退信停发" in await answer.text()
    assert now_of(db, li).state == "suspended"


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"", {"Content-Type": FORM}),
        (b"List-Unsubscribe=One-Click", {}),
        (b"List-Unsubscribe=One-Click", {"Content-Type": "text/plain"}),
        (b"List-Unsubscribe=One-Click\r\n", {"Content-Type": FORM}),
        (b"list-unsubscribe=one-click", {"Content-Type": FORM}),
        (b"List-Unsubscribe=One-Click&List-Unsubscribe=One-Click", {"Content-Type": FORM}),
        (b"List-Unsubscribe=One-Click&email=li%40example.com", {"Content-Type": FORM}),
        (b"List-Unsubscribe%3DOne-Click", {"Content-Type": FORM}),
        (b'{"List-Unsubscribe": "One-Click"}', {"Content-Type": "application/json"}),
        (b"{}", {"Content-Type": "application/json"}),
        (b"--nonsense", {"Content-Type": "multipart/form-data; boundary=b"}),
        (b"--nonsense", {"Content-Type": "multipart/form-data"}),
        (b"\xff\xfe=1", {"Content-Type": f"{FORM}; charset=no-such"}),
        (b"x" * 100_000, {"Content-Type": FORM}),
        (b"no gzip", {"Content-Type": FORM, "Content-Encoding": "gzip"}),
    ],
)
@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.asyncio
async def test_one_click_is_a_post_with_whatever_body(
    db: Database,
    li: Subscriber,
    site: SubscriptionPage,
    body: bytes,
    headers: dict[str, str],
    end: str,
) -> None:
    async with served(site) as (client, origin):
        url = f"{origin}/s/{make_token(KEY, li)}{end}"
        for method in ("GET", "HEAD", "PUT", "OPTIONS"):
            alone = headers | {"Connection": "close"}
            async with client.request(method, url, data=body, headers=alone):
                assert now_of(db, li).state == "active"
        with suppress(aiohttp.ClientError):  # a body that is no end of it may end the connection
            async with client.post(url, data=body, headers=headers) as answer:
                assert answer.status == 200
    assert (now_of(db, li).state, now_of(db, li).note) == ("ended", "网页退订")


@pytest.mark.asyncio
async def test_too_many_requests_of_one_client_are_refused(
    li: Subscriber, site: SubscriptionPage
) -> None:
    behind_proxy = replace(site, forwarded=True)
    url = f"/s/{make_token(KEY, li)}"
    async with served(behind_proxy, Limiter(3)) as (client, origin):

        async def status(forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            async with client.get(origin + url, headers=headers) as answer:
                return answer.status

        assert [await status("192.0.2.1") for _ in range(4)] == [200, 200, 200, 429]
        assert await status("192.0.2.2") == 200
        # What the client itself claims to be does not help it.
        assert await status("192.0.2.99, 192.0.2.1") == 429


def test_the_limit_is_for_a_minute_and_forgets() -> None:
    limiter = Limiter(1)
    assert [limiter.allows("a", at) for at in (0.0, 59.0, 60.0, 61.0)] == [True, False, True, False]
    assert limiter.allows("b", 61.0)
