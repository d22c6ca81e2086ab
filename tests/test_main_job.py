"""The main job as a stranger runs it: `zhengxun demo`, and what its issue must hold.

The ten items of the hand-made week (2021-W05) are facts checked by eye against the document that
this program replaces: title, date, number, link. None of its errors may come back.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from replica.server import Replica
from tests.installation import Installation

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Demo:
    """A finished demo: its folder, what it printed, its issue as read by a machine."""

    folder: Path
    printed: str
    issue: dict[str, Any]

    def entries(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for section in self.issue["sections"]:
            for group in section["groups"]:
                for item in group["items"]:
                    yield section["id"], group["title"], item

    def called(self, title: str) -> list[tuple[str, str, dict[str, Any]]]:
        return [entry for entry in self.entries() if title in entry[2]["title"]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    data = tmp_path_factory.mktemp("data")
    environment = {key: value for key, value in os.environ.items() if "ZHENGXUN" not in key}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "demo"],
        cwd=ROOT,
        env={**environment, "ZHENGXUN_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    folder = data / "demo"
    issue = json.loads((folder / "issues" / "2021-W05" / "digest.json").read_text("utf-8"))
    return Demo(folder, done.stdout, issue)


IPR = "中共中央 国务院：对恶意侵权/长时间持续侵权/商标侵权等行为,严格执行侵权惩罚性赔偿制度"
RELEASED = "国家药监局药审中心关于发布《{}》的通告（2021年第{}号）"
FLU = RELEASED.format("流行性感冒治疗和预防药物临床试验技术指导原则", 7)
ADAPTIVE = RELEASED.format("药物临床试验适应性设计指导原则（试行）", 6)
OMALIZUMAB = RELEASED.format("注射用奥马珠单抗生物类似药临床试验指导原则", 8)
HERBAL = (
    "关于公开征求《中药新药复方制剂中医药理论申报资料撰写指导原则（征求意见稿）》、"
    "《古代经典名方中药复方制剂说明书撰写指导原则（征求意见稿）》意见的通知"
)
PLATFORMS = (
    "市工业和信息化局 市财政局关于进一步做好2020年天津市中小企业公共服务示范平台申报有关工作的通知"
)

# title, chapter, heading, published, number, part of the link, words of the body's end
TEN = [
    ("关于印发北京市知识产权局“两区”工作推进措施的通知", "ip", "地方级", "2021-02-03",
     "京知局〔2021〕35号", "https://zscqj.beijing.gov.cn/zscqj/zwgk/tzgg/", "2021年2月3日"),
    (IPR, "ip", "资讯", "2021-01-31", "", "https://mp.weixin.qq.com/s", ""),
    ("哪些情况下商标会被撤销？如何防止商标被撤销？", "ip", "资讯", "2021-02-04", "",
     "https://mp.weixin.qq.com/s", ""),
    (FLU, "pharma", "国家级", "2021-02-01", "2021年第7号",
     "https://www.cde.org.cn/main/news/viewInfoCommon/", "2021年2月1日"),
    (ADAPTIVE, "pharma", "国家级", "2021-02-01", "2021年第6号",
     "https://www.cde.org.cn/main/news/viewInfoCommon/", "2021年1月29日"),
    (HERBAL, "pharma", "国家级", "2021-02-04", "",
     "https://www.cde.org.cn/main/news/viewInfoCommon/", "2021年2月4日"),
    (OMALIZUMAB, "pharma", "国家级", "2021-02-04", "2021年第8号",
     "https://www.cde.org.cn/main/news/viewInfoCommon/", "2021年2月4日"),
    ("两部门联合印发《关于支持“专精特新”中小企业高质量发展的通知》", "projects", "北京市",
     "2021-02-02", "财建〔2021〕2号",
     "https://www.miit.gov.cn/xwdt/gxdt/sjdt/art/2021/art_4b80c75fe4c446aaa76a536b74577c02.html",
     ""),
    ("市科技局关于支持人才创新创业联盟的若干措施", "projects", "天津市", "2021-02-05", "",
     "https://kxjs.tj.gov.cn/", ""),
    (PLATFORMS, "projects", "天津市", "2021-02-05", "",
     "gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/202102/t20210204_5348438.html", "2021年2月4日"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "chapter", "heading", "published", "number", "link", "ending"),
    TEN,
    ids=[row[0][:16] for row in TEN],
)
def test_each_item_of_the_example_week_is_there_once_and_right(
    demo: Demo,
    title: str,
    chapter: str,
    heading: str,
    published: str,
    number: str,
    link: str,
    ending: str,
) -> None:
    found = [entry for entry in demo.entries() if entry[2]["title"] == title]
    assert len(found) == 1
    section, group, item = found[0]
    assert (section, group) == (chapter, heading)
    assert item["published_on"] == published
    assert (item["doc_number"] or "") == number
    assert link in item["url"]
    assert not item["late"]
    assert len(item["body_text"]) > 300
    assert ending in item["body_text"]


def test_the_tianjin_notices_name_their_reposts(demo: Demo) -> None:
    for title, repost in (
        ("市科技局关于支持人才创新创业联盟的若干措施", "t20210205_158961.html"),
        (PLATFORMS, "i.tten.cn/news/tzgg/202102/"),
    ):
        [(_, _, item)] = [entry for entry in demo.entries() if entry[2]["title"] == title]
        assert any(repost in url for url in item["also_at"])


def test_the_hand_made_errors_are_not_repeated(demo: Demo) -> None:
    [(_, _, omalizumab)] = demo.called("奥马珠单抗生物类似药临床试验指导原则》的通告")
    [(_, _, herbal)] = demo.called("古代经典名方中药复方制剂说明书撰写指导原则（征求意见稿）》意见")
    assert "奥马珠单抗" in omalizumab["body_text"]
    assert "古代经典名方" not in omalizumab["body_text"]
    assert omalizumab["url"] != herbal["url"]
    assert herbal["deadline_on"] == "2021-02-18"
    assert all(item["url"].startswith(("https://", "http://")) for _, _, item in demo.entries())


def test_no_document_stands_twice(demo: Demo) -> None:
    urls = [item["url"] for _, _, item in demo.entries()]
    assert len(urls) == len(set(urls))
    others = [url for _, _, item in demo.entries() for url in item["also_at"]]
    assert not set(urls) & set(others)


def test_the_week_is_the_week(demo: Demo) -> None:
    assert (demo.issue["from"], demo.issue["to"]) == ("2021-01-30", "2021-02-05")
    days = {item["published_on"] for _, _, item in demo.entries()}
    assert min(days) >= "2021-01-30"
    assert max(days) <= "2021-02-05"
    assert sum(1 for _ in demo.entries()) >= 60


def test_templated_notices_that_differ_in_a_number_stay_apart(demo: Demo) -> None:
    with sqlite3.connect(demo.folder / "zhengxun.db") as db:
        linked = db.execute(
            "SELECT a.title, b.title FROM notices a JOIN notices b ON a.duplicate_of = b.id"
        ).fetchall()
    db.close()
    for one, other in linked:
        batches = [word for word in ("第一批", "第二批", "第三批", "第四批") if word in one]
        assert all(word in other for word in batches), (one, other)


def test_every_column_has_a_verdict_in_the_issue(demo: Demo) -> None:
    coverage = demo.issue["coverage"]
    assert {row["site"] for row in coverage} >= {
        "cde", "miit", "tj_kxjs", "tj_tten", "tj_gyxxh", "bj_zscqj", "wechat",
    }  # fmt: skip
    bad = [row for row in coverage if row["verdict"] not in {"ok", "quiet", "degraded"}]
    assert not bad
    text = (demo.folder / "issues" / "2021-W05" / "digest.txt").read_text("utf-8")
    assert "信息来源状况" in text


def test_the_word_file_holds_every_entry(demo: Demo) -> None:
    document = Document(str(demo.folder / "issues" / "2021-W05" / "digest.docx"))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for title, *_ in TEN:
        assert title.split("（2021")[0][:20] in words
    assert "知识产权信息篇（2021/01/30~2021/02/05）" in words
    assert "盈科瑞﹒知识产权部" in words


def test_each_reader_got_one_mail_and_the_ledger_says_so(demo: Demo) -> None:
    mails = sorted((demo.folder / "outbox").glob("*.eml"))
    messages = [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in mails]
    assert sorted(str(message["To"].addresses[0].addr_spec) for message in messages) == [
        "ip@example.com",
        "pharma@example.com",
        "projects@example.com",
    ]
    for message in messages:
        html = message.get_body(("html",))
        plain = message.get_body(("plain",))
        assert html is not None
        assert plain is not None
        assert "2021-W05" in str(message["Subject"])
        assert len(html.get_content().encode()) < 100_000
    with sqlite3.connect(demo.folder / "zhengxun.db") as db:
        states = db.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall()
        ids = {row[0] for row in db.execute("SELECT message_id FROM deliveries")}
    db.close()
    assert states == [("sent", 3)]
    assert ids == {str(message["Message-ID"]) for message in messages}


def test_a_whole_crawl_starts_no_browser_where_none_is_needed(demo: Demo) -> None:
    logs = {path.stem: path.read_text("utf-8") for path in (demo.folder / "logs").glob("*.log")}
    assert set(logs) == {
        "cde", "miit", "tj_kxjs", "tj_tten", "tj_gyxxh", "bj_zscqj", "wechat",
    }  # fmt: skip
    # tests/test_walls.py sees these words where a browser was needed.
    assert [site for site, text in logs.items() if "browser started" in text] == []


def test_the_demo_says_where_everything_is(demo: Demo) -> None:
    flat = demo.printed.replace("\n", "")
    for name in ("digest.html", "digest.docx", "outbox", "zhengxun.db"):
        assert name in flat


STATE = "SELECT site, key, title, content_hash, first_seen_at, revised_at FROM notices ORDER BY id"


def test_a_second_crawl_with_nothing_new_stores_nothing_and_fetches_no_notice(
    demo: Demo, replica: Replica, tmp_path: Path
) -> None:
    installation = Installation(tmp_path, upstream=replica.origin)
    shutil.copytree(demo.folder, tmp_path / "data")
    store = tmp_path / "data" / "zhengxun.db"
    before = asked(store, STATE)
    addresses = {str(row[0]) for row in asked(store, "SELECT url FROM notices")}
    assert len(before) > 150
    sites = ["cde", "miit", "tj_kxjs", "tj_tten", "tj_gyxxh", "bj_zscqj", "wechat"]
    assert installation.run("crawl", *sites).returncode == 0
    assert asked(store, STATE) == before
    assert asked(store, "SELECT count(*) FROM revisions") == [(0,)]
    requests = {f"https://{request.host}{request.path}" for request in replica.requests}
    fetched = {url for url in addresses if url.partition("?")[0] in requests}
    lists = {url for url in addresses if "listpage" in url or url.endswith("/index.html")}
    assert requests
    assert not fetched - lists


def asked(store: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store)) as db:
        return db.execute(sql).fetchall()
