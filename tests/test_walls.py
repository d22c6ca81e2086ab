"""A wall is not silence: each obstacle ends in a verdict that a person understands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from crawlers.browser_process import chromium_here
from replica.server import Replica, start_replica
from tests.installation import FRIDAY, Installation


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with start_replica(as_of=datetime.fromisoformat(FRIDAY)) as started:
        yield started


@pytest.fixture
def installation(tmp_path: Path, replica: Replica) -> Iterator[Installation]:
    # The same on every machine: a Chromium opens some of these walls.
    settings = '[crawl]\nbrowser = "bundled"\n'
    yield Installation(tmp_path / "house", upstream=replica.origin, settings=settings)
    for site in ("cde", "miit", "tianjin", "beijing", "wechat", "relay"):
        replica.set_wall(site, "ok")


# Obstacles that stand at the same time, each at a publisher of its own: (mode of each publisher's
# stand-in, and what each site's columns must say). One crawl meets all of a round.
ROUNDS: dict[str, tuple[dict[str, str], dict[str, tuple[set[str], str]]]] = {
    "refusals": (
        {"miit": "forbidden", "tianjin": "forbidden13", "beijing": "forbidden", "relay": "down"},
        {
            "miit": ({"blocked"}, "403"),
            "tj_kxjs": ({"blocked"}, "403"),
            "tj_tten": ({"blocked"}, "403"),
            "bj_zscqj": ({"blocked"}, "403"),
            "wechat": ({"unreachable"}, "连接"),
        },
    ),
    "scripts": (
        {"miit": "jsl521", "tianjin": "down", "relay": "broken"},
        {
            "miit": ({"blocked"}, "521"),
            "tj_gyxxh": ({"unreachable"}, "连接"),
            "wechat": ({"degraded", "broken"}, "不完整"),
        },
    ),
    "verification": ({"miit": "verify"}, {"miit": ({"blocked"}, "浏览器也未能通过")}),
    "silence": ({"miit": "down"}, {"miit": ({"unreachable"}, "连接")}),
}


@pytest.mark.parametrize("name", ROUNDS)
def test_a_wall_is_a_verdict_with_a_reason(
    installation: Installation, replica: Replica, name: str
) -> None:
    walls, expected = ROUNDS[name]
    for wall, mode in walls.items():
        replica.set_wall(wall, mode)
    installation.run("crawl", *expected)
    coverage = installation.coverage()
    for site, (verdicts, words) in expected.items():
        rows = [row for (of, _), row in coverage.items() if of == site]
        assert rows, site
        for row in rows:
            assert row["verdict"] in verdicts, row
            assert words in row["reason"]


@pytest.mark.skipif(not chromium_here(), reason="no Chromium here")
def test_where_a_chromium_stands_it_opens_what_the_bundled_browser_does_not(
    installation: Installation, replica: Replica
) -> None:
    replica.set_wall("miit", "jsl521")
    installation.settings = ""
    installation.run("crawl", "miit")
    verdicts = {row["verdict"] for (of, _), row in installation.coverage().items() if of == "miit"}
    assert verdicts <= {"ok", "quiet", "degraded"}


def test_cde_wants_a_browser_and_gets_one(installation: Installation, replica: Replica) -> None:
    replica.set_wall("cde", "browser")
    installation.run("crawl", "cde")
    verdicts = {column: row for (of, column), row in installation.coverage().items() if of == "cde"}
    assert verdicts["发布通告"]["verdict"] in {"ok", "degraded"}, verdicts["发布通告"]
    assert verdicts["征求意见"]["rows"] >= 10
    assert "browser started" in (installation.folder / "data/logs/cde.log").read_text("utf-8")


def test_a_cde_that_refuses_browsers_too_is_read_from_its_home_page(
    installation: Installation, replica: Replica
) -> None:
    replica.set_wall("cde", "block")
    installation.run("crawl", "cde")
    rows = {column: row for (of, column), row in installation.coverage().items() if of == "cde"}
    assert rows["发布通告"]["verdict"] == "degraded"
    assert "首页" in rows["发布通告"]["reason"]
    assert rows["法律法规"]["verdict"] == "blocked"
    assert "202" in rows["法律法规"]["reason"]


def test_a_wall_at_one_site_leaves_the_others_alone_and_is_in_the_issue(
    installation: Installation, replica: Replica
) -> None:
    replica.set_wall("miit", "forbidden")
    installation.run("crawl", "miit", "tj_kxjs", "bj_zscqj")
    rows = installation.coverage()
    assert rows["tj_kxjs", "通知公告"]["verdict"] == "ok"
    assert rows["bj_zscqj", "通知公告"]["verdict"] == "ok"
    done = installation.run("digest", "--week", "2021-W05", "--json")
    assert done.returncode == 0, done.stderr
    coverage = json.loads(done.stdout)["coverage"]
    blocked = [row for row in coverage if row["site"] == "miit"]
    assert blocked
    assert all(row["verdict"] == "blocked" for row in blocked)
    text = (installation.folder / "data/issues/2021-W05/digest.txt").read_text("utf-8")
    assert "被拦截" in text
    assert "工业和信息化部" in text


def test_wechat_articles_behind_the_shell_are_kept_and_said(
    installation: Installation, replica: Replica
) -> None:
    replica.set_wall("wechat", "verify")
    installation.run("crawl", "wechat")
    rows = {column: row for (of, column), row in installation.coverage().items() if of == "wechat"}
    assert rows["IPRdaily"]["verdict"] in {"degraded", "blocked"}
    assert rows["IPRdaily"]["new"] >= 1


def test_robots_txt_is_obeyed_and_said(installation: Installation, replica: Replica) -> None:
    replica.set_robots("gyxxh.tj.gov.cn", "disallow")
    replica.clear()
    installation.run("crawl", "tj_gyxxh")
    replica.set_robots("gyxxh.tj.gov.cn", "missing")
    asked = [request.path for request in replica.requests if request.host == "gyxxh.tj.gov.cn"]
    assert set(asked) == {"/robots.txt"}
    rows = [row for (of, _), row in installation.coverage().items() if of == "tj_gyxxh"]
    assert all(row["verdict"] == "blocked" for row in rows)
    assert all("robots" in row["reason"] for row in rows)


def test_a_publisher_that_bars_us_is_left_alone_for_the_day(
    installation: Installation, replica: Replica
) -> None:
    replica.set_wall("cde", "barred")
    replica.clear()
    installation.run("crawl", "cde")
    asked = [one for one in replica.requests if one.host == "www.cde.org.cn"]
    assert len(asked) == 1  # robots.txt is refused too, and that is heeded
    rows = [row for (of, _), row in installation.coverage().items() if of == "cde"]
    assert {row["verdict"] for row in rows} == {"blocked"}
    assert all("网站已封禁本机的访问" in row["reason"] for row in rows)
    replica.set_wall("cde", "ok")
    installation.now = "2021-02-05T19:00:00+08:00"
    installation.run("crawl", "cde")
    assert [one.host for one in replica.requests].count("www.cde.org.cn") == 1
