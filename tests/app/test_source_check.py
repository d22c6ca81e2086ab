"""`zhengxun sources check --all`: one page of everything that was read, without a secret."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.context import Context
from app.source_check.looks import Answered, ColumnLook
from app.source_check.mending import mended
from app.source_check.redaction import Redaction
from app.source_check.visiting import shares
from config import Config
from config_sections import CrawlConfig
from crawlers.catalogue import Site, load_catalogue
from crawlers.failures import BAD_CERTIFICATE
from crawlers.items import ColumnReport, Failure, LearnedReader
from replica.obstacles import Obstacles
from replica.server import Replica, start_replica
from tests.installation import FRIDAY, Installation

NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
SOURCES = """\
[[wechat.columns]]
name = "IPRdaily"
relay = "http://relay.example.net/feeds/IPRdaily.xml?key=s3cr3t-of-ours"

[[tj_kxjs.columns]]
name = "立项公告"
url = "https://kxjs.tj.gov.cn/NO/SUCH/PLACE/"
"""


@dataclass
class Story:
    replica: Replica
    out: str
    folder: Path
    told: dict[str, Any]
    page: str

    def column(self, site: str, name: str) -> dict[str, Any]:
        (found,) = (one for one in self.told["sites"] if one["id"] == site)
        (column,) = (one for one in found["columns"] if one["name"] == name)
        return dict(column)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    walls = Obstacles().with_wall("cde", "barred").with_wall("beijing", "forbidden")
    with start_replica(walls=walls, as_of=datetime.fromisoformat(FRIDAY)) as replica:
        house = Installation(
            tmp_path_factory.mktemp("check"),
            replica.origin,
            sources=SOURCES,
            settings='[crawl]\ncontact = "office@our-company.example"\n',
        )
        out = house.folder / "told"
        done = house.run("sources", "check", "--all", "--out", str(out), timeout=120)
        assert done.returncode == 0, done.stderr
        told = json.loads((out / "sources-check.json").read_text("utf-8"))
        page = (out / "sources-check.html").read_text("utf-8")
        yield Story(replica, done.stdout, house.folder, told, page)


def test_every_column_of_every_enabled_site_has_its_place(story: Story) -> None:
    sites = load_catalogue()
    wanted = {
        (site.id, column.name)
        for site in sites.values()
        for column in site.columns
        if site.enabled and column.enabled
    }
    told = {(site["id"], one["name"]) for site in story.told["sites"] for one in site["columns"]}
    assert told == wanted
    assert story.told["seconds"] < 120
    for site, name in wanted:
        assert sites[site].name in story.page
        assert name in story.page


def test_a_good_column_shows_its_rows_and_a_notice(story: Story) -> None:
    column = story.column("tj_kxjs", "通知公告")
    assert (column["state"], column["reader"], column["rows"]) == ("ok", "platform", 15)
    assert len(column["first_rows"]) == 5
    assert all(row["day"] and row["title"] for row in column["first_rows"])
    assert column["notice"]["characters"] > 100
    assert column["notice"]["title"] in story.page
    assert column["first_rows"][0]["title"] in story.page
    assert column["page"] == column["picture"] == ""


def test_what_could_not_be_read_comes_with_what_was_answered(story: Story) -> None:
    gone = story.column("tj_kxjs", "立项公告")
    assert (gone["state"], gone["answer"]["status"]) == ("broken", 404)
    assert "404" in gone["page"]
    walled = story.column("bj_zscqj", "通知公告")
    assert walled["state"] == "blocked"
    assert tomllib.loads(walled["toml"])["bj_zscqj"]["walls"] == ["warmup", "browser"]
    assert story.column("bj_zscqj", "信息动态")["same_as"] == "通知公告"
    seen = [entry for entry in story.told["to_see"] if entry["site"] == "北京市知识产权局"]
    assert [len(entry["columns"]) for entry in seen] == [3]
    assert "被拦截 北京市知识产权局 通知公告" in story.out


def test_who_bars_us_is_asked_once(story: Story) -> None:
    assert story.column("cde", "征求意见")["state"] == "blocked"
    asked = [one.path for one in story.replica.requests if one.host == "www.cde.org.cn"]
    assert asked == ["/robots.txt"]


def test_of_each_column_one_page_and_one_notice_are_asked_for(story: Story) -> None:
    asked = [one for one in story.replica.requests if one.host == "i.tten.cn"]
    assert len(asked) == 3  # robots.txt, the list, a notice


def test_no_secret_is_in_what_leaves_the_house(story: Story) -> None:
    for text in (story.page, json.dumps(story.told, ensure_ascii=False)):
        for word in ("s3cr3t", "relay.example.net", "office@our-company", "127.0.0.1"):
            assert word not in text
        assert str(story.folder) not in text
    assert story.column("wechat", "IPRdaily")["rows"] > 0
    assert story.column("wechat", "知产热点")["state"] == "unasked"


def test_nothing_is_stored(story: Story) -> None:
    assert not (story.folder / "data" / "zhengxun.db").exists()


@pytest.mark.parametrize("arguments", [(), ("cde", "--all")])
def test_one_site_or_all_is_to_be_said(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = Installation(tmp_path).run("sources", "check", *arguments)
    assert done.returncode == 2
    assert "--all" in done.stderr


def test_browsers_start_a_few_at_a_time_and_one_host_is_asked_by_one_process() -> None:
    sites = list(load_catalogue().values())
    twin = sites[0].model_copy(update={"id": "twin", "walls": ()})
    (plain, many), (walled, few) = shares([*sites, twin])
    assert len(plain) + len(walled) == len(sites) + 1
    assert {"cde", "miit", "nhc", "twin"} <= {site.id for site in walled}
    assert not any("browser" in site.walls for site in plain)
    assert few == 2 < many
    hosts = [{host for site in share for host in site.named_hosts} for share in (plain, walled)]
    assert not hosts[0] & hosts[1]
    assert shares([twin]) == [([twin], many)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("您的IP：203.0.113.7 已被记录", "您的IP：〔地址〕 已被记录"),
        ("/a.jsp;jsessionid=0A1B2C.node1?x=1", "/a.jsp;jsessionid=…?x=1"),
        ("https://a.gov.cn/x?access_token=abcdefgh&p=2", "https://a.gov.cn/x?access_token=…&p=2"),
        ("http://me:pass@proxy/", "http://…@proxy/"),
        ("write to ops@company.example", "write to 〔联系人〕"),
        ("https://a.gov.cn/x?token_type=1&newsId=12345678", None),
        ("公告（2021年第1.2.3节）", None),
    ],
)
def test_what_is_taken_out(tmp_path: Path, text: str, told: str | None) -> None:
    config = Config(data=tmp_path, crawl=CrawlConfig(contact="ops@company.example"))
    assert Redaction(Context(config)).of(text) == (text if told is None else told)


def look(
    site: str, failure: Failure | None = None, rows: int = 0, text: str = "", **more: Any
) -> ColumnLook:
    """A look at the first column of a shipped site."""
    of: Site = load_catalogue()[site]
    column = of.columns[0]
    report = ColumnReport(column.name, column.url, failure=failure, rows=rows)
    report.reader = str(more.pop("reader", ""))
    url = str(more.pop("led_to", column.url))
    answer = Answered(column.url, "GET", url, 200, len(text), "text/html", "http", text)
    return ColumnLook(
        of, column, failure.verdict if failure else "ok", "", report, answer=answer, **more
    )


LIST = "<ul class='news'>" + "".join(
    f"<li><a href='/p1/{n}.html'>关于第{n}批项目申报工作的通知</a><span>2026-11-{n}</span></li>"
    for n in range(10, 22)
)


def toml_of(one: ColumnLook) -> dict[str, Any]:
    (site,) = tomllib.loads(mended(one, NOW)).values()
    (column,) = site.pop("columns", [{}])
    return {**site, **column}


def test_a_list_that_only_the_general_reader_reads_gets_its_selector() -> None:
    found = toml_of(look("nsfc", rows=12, text=LIST, reader="general"))
    assert found == {"name": "通知通告", "selectors": {"rows": "ul.news > li"}}


def test_what_known_notices_taught_comes_first() -> None:
    taught = LearnedReader("通知通告", "list", {"rows": ("div.x",)}, is_used=True)
    found = toml_of(look("nsfc", rows=12, text=LIST, reader="learned", learned=(taught,)))
    assert found["selectors"] == {"rows": ["div.x"]}


def test_a_list_of_another_system_names_it() -> None:
    trs = "".join(
        f"<h5><a href='./202611/t202611{n}_5{n}.html'>第{n}号公告全文</a></h5>"
        for n in range(10, 22)
    )
    page = f"<html><body>{trs}</body></html>"
    found = mended(look("nsfc", Failure("broken", "读不出", ""), text=page), NOW)
    assert 'platform = "trs"' in found or "rows =" in found


def test_a_quiet_column_with_a_fault_is_told_for_the_fault() -> None:
    one = replace(look("nsfc", rows=12), verdict="quiet", reason="已 40 天没有新通知")
    assert one.is_good
    faulty = replace(one, faults=("公告没有读出日期",))
    assert (faulty.is_good, faulty.why) == (False, "公告没有读出日期")
    assert replace(faulty, verdict="degraded", reason="部分").why == "部分；公告没有读出日期"


def test_a_moved_list_and_a_bad_certificate_are_told() -> None:
    moved = look("nsfc", rows=12, reader="column", led_to="https://www.nsfc.gov.cn/new/list.html")
    assert toml_of(moved)["url"] == "https://www.nsfc.gov.cn/new/list.html"
    bad = look("nsfc", Failure("unreachable", BAD_CERTIFICATE, ""))
    assert toml_of(bad) == {"tls": "lenient"}


def test_an_inferred_column_that_was_read_gets_its_evidence() -> None:
    found = toml_of(look("tj_scjg", rows=15, reader="column"))
    assert found["inferred"] is False
    assert found["seen"] == "2026-11, 实际读取 15 行"
    assert mended(look("nsfc", rows=12, reader="column"), NOW) == ""
