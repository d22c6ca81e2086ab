"""What holds for every site: hosts, the proxy form, recording, validators, instants, outages."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from replica.obstacles import ObstacleError, Obstacles
from replica.server import Replica, ReplicaError, start_replica
from tests.replica.conftest import CONTENT, FRIDAY, SHANGHAI
from tests.replica.visitor import CHROME, Visitor

KXJS_LIST = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/index.html"
KXJS_NOTICE = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202102/t20210203_100.html"
STATIC_PAGES = [
    KXJS_LIST,
    KXJS_NOTICE,
    "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/",
    "https://i.tten.cn/news/tzgg/202102/t20210205_300.html",
    "https://www.miit.gov.cn/zwgk/zcjd/index.html",
    "https://www.miit.gov.cn/zwgk/zcjd/art/2021/art_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.html",
    "https://zscqj.beijing.gov.cn/zscqj/zwgk/tzgg/index.html",
    "https://zscqj.beijing.gov.cn/zscqj/zwgk/tzgg/10938642/index.html",
    "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAA020",
    "http://relay.example.net/feeds/IPRdaily.xml",
]
WALLED_SITES = [
    ("cde", "https://www.cde.org.cn/"),
    ("miit", "https://www.miit.gov.cn/"),
    ("tianjin", KXJS_LIST),
    ("tj_gyxxh", "https://gyxxh.tj.gov.cn/"),
    ("tj_tten", "https://i.tten.cn/"),
    ("beijing", "https://zscqj.beijing.gov.cn/"),
    ("wechat", "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAA020"),
    ("relay", "http://relay.example.net/feeds/IPRdaily.xml"),
]


def test_a_host_nobody_knows_gets_502_and_is_told_which_there_are(visitor: Visitor) -> None:
    reply = visitor.get("https://www.example.com/")
    assert reply.status == 502
    assert "no host 'www.example.com'" in reply.text
    assert "kxjs.tj.gov.cn" in reply.text


def test_as_a_proxy_the_host_is_that_of_the_target(visitor: Visitor) -> None:
    reply = visitor.get(KXJS_LIST.replace("https:", "http:"), as_proxy=True)
    assert reply.status == 200
    assert "市科技局关于申报项目的通知" in reply.text


def test_a_proxied_visitor_counts_as_one_over_https(visitor: Visitor) -> None:
    assert visitor.get("http://www.miit.gov.cn/index.html", as_proxy=True).status == 200


def test_tunnels_are_refused_in_words(replica: Replica) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", replica.port)
    connection.set_tunnel("www.cde.org.cn", 443)
    with pytest.raises(OSError, match="502"):
        connection.request("GET", "/")
    connection.close()


def test_requests_are_recorded_with_what_tests_count(replica: Replica, visitor: Visitor) -> None:
    visitor.get(KXJS_LIST + "?a=1", headers={"Referer": "https://kxjs.tj.gov.cn/"})
    (request,) = replica.requests
    assert (request.method, request.host, request.status) == ("GET", "kxjs.tj.gov.cn", 200)
    assert (request.path, request.query) == ("/ZWGK4143/TZGG2079/index.html", "a=1")
    assert (request.referer, request.user_agent) == ("https://kxjs.tj.gov.cn/", CHROME)
    assert request.at.tzinfo is UTC
    replica.clear()
    assert replica.requests == []


@pytest.mark.parametrize("url", STATIC_PAGES)
def test_an_unchanged_page_is_answered_with_304(visitor: Visitor, url: str) -> None:
    first = visitor.get(url, headers={"Referer": "https://www.miit.gov.cn/"})
    tagged = visitor.get(url, headers={"If-None-Match": first.headers["ETag"]})
    dated = visitor.get(url, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (first.status, tagged.status, dated.status) == (200, 304, 304)
    assert tagged.body == b""
    assert visitor.get(url, headers={"If-None-Match": '"other"'}).status == 200


def test_a_revised_page_is_sent_again(replica: Replica, visitor: Visitor) -> None:
    url = "https://www.cde.org.cn/main/news/viewInfoCommon/33333333333333333333333333333333"
    cookies = visitor.get("https://www.cde.org.cn/").cookies
    replica.set_as_of(datetime(2021, 2, 4, 9, tzinfo=SHANGHAI))
    before = visitor.get(url, cookies=cookies)
    assert "自发布之日起一个月" in before.text
    assert "（更正）" not in before.text
    replica.set_as_of(FRIDAY)
    since = {"If-Modified-Since": before.headers["Last-Modified"]}
    after = visitor.get(url, cookies=cookies, headers=since)
    assert after.status == 200
    assert "自发布之日起两个月" in after.text
    assert "（更正）" in after.text


def test_what_has_not_appeared_is_neither_listed_nor_served(
    replica: Replica, visitor: Visitor
) -> None:
    url = "https://i.tten.cn/news/tzgg/202102/t20210205_300.html"
    listing = "https://i.tten.cn/news/tzgg/index.html"
    replica.set_as_of(datetime(2021, 2, 5, 14, 29, tzinfo=SHANGHAI))
    assert visitor.get(url).status == 404
    assert "t20210205_300" not in visitor.get(listing).text
    replica.set_as_of(datetime(2021, 2, 5, 14, 30, tzinfo=SHANGHAI))
    assert visitor.get(url).status == 200
    assert "t20210205_300" in visitor.get(listing).text


@pytest.mark.parametrize(("site", "url"), WALLED_SITES)
def test_a_site_that_is_down_closes_the_connection(
    replica: Replica, visitor: Visitor, site: str, url: str
) -> None:
    replica.set_wall(site, "down")
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        visitor.get(url)
    assert replica.requests[-1].status == 0
    replica.set_wall(site, "ok")
    assert visitor.get(url).status == 200


@pytest.mark.parametrize(("site", "url"), WALLED_SITES)
def test_a_slow_site_answers_late(site: str, url: str) -> None:
    walls = Obstacles(slow_seconds=0.2).with_wall(site, "slow")
    with start_replica(CONTENT, walls=walls, as_of=FRIDAY) as replica:
        asked = datetime.now(UTC)
        assert Visitor(replica.port).get(url).status == 200
        assert (replica.requests[-1].at - asked).total_seconds() >= 0.2


def test_one_tianjin_site_can_fail_alone(replica: Replica, visitor: Visitor) -> None:
    replica.set_wall("tj_kxjs", "forbidden13")
    assert visitor.get(KXJS_LIST).status == 403
    assert visitor.get("https://i.tten.cn/").status == 200


def test_robots_are_missing_unless_a_host_is_given_some(replica: Replica, visitor: Visitor) -> None:
    assert visitor.get("https://kxjs.tj.gov.cn/robots.txt").status == 404
    replica.set_robots("kxjs.tj.gov.cn", "disallow")
    reply = visitor.get("https://kxjs.tj.gov.cn/robots.txt")
    assert (reply.status, reply.text) == (200, "User-agent: *\nDisallow: /\n")
    assert visitor.get("https://gyxxh.tj.gov.cn/robots.txt").status == 404


@pytest.mark.parametrize(
    ("site", "mode", "message"),
    [
        ("cde", "jsl521", "cde has no wall 'jsl521'; there are ok, down, slow, warmup"),
        ("sina", "down", "no site 'sina' has walls; there are cde, miit"),
    ],
)
def test_unknown_walls_are_refused_in_one_line(
    replica: Replica, site: str, mode: str, message: str
) -> None:
    with pytest.raises(ObstacleError, match=message):
        replica.set_wall(site, mode)


def test_an_instant_without_a_zone_is_refused(replica: Replica) -> None:
    with pytest.raises(ReplicaError, match="has no zone"):
        replica.set_as_of(datetime(2021, 2, 5))  # noqa: DTZ001 - the mistake under test


def test_a_taken_port_is_one_clear_line(replica: Replica) -> None:
    with (
        pytest.raises(ReplicaError, match=f"port {replica.port} on 127.0.0.1 is taken; choose"),
        start_replica(CONTENT, port=replica.port),
    ):
        pass


async def _statuses(origin: str, hosts: list[str]) -> list[int]:
    async with aiohttp.ClientSession() as session:
        found = []
        for host in hosts:
            async with session.get(origin + "/", headers={"Host": host}) as answer:
                found.append(answer.status)
        return found


@pytest.mark.asyncio
async def test_it_runs_in_the_callers_own_loop() -> None:
    async with Replica(CONTENT) as replica:
        assert await _statuses(replica.origin, ["i.tten.cn", "www.cde.org.cn"]) == [200, 200]


@pytest.fixture
def command() -> Iterator[subprocess.Popen[str]]:
    root = Path(__file__).parents[2]
    words = ["--content", str(CONTENT), "--wall", "tianjin=forbidden13"]
    process = subprocess.Popen(
        [sys.executable, "-m", "replica", *words, "--as-of", "2021-02-05T17:00+08:00"],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.terminate()


def test_the_command_prints_its_origin_and_puts_up_walls(command: subprocess.Popen[str]) -> None:
    assert command.stdout is not None
    port = int(command.stdout.readline().rpartition(":")[2])
    assert Visitor(port).get(KXJS_LIST).status == 403


def test_the_command_refuses_an_unknown_wall_with_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "replica", "--wall", "cde=brick"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("replica: cde has no wall 'brick'; there are ")
    assert done.stderr.count("\n") == 1
