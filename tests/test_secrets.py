"""A password planted wherever one can be configured stands in no log, alarm, archive or page."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from replica.server import Replica
from tests.installation import Installation
from tests.test_scheduler import daemon

SECRET = "geheim-7391"
SETTINGS = f"""\
[smtp]
host = "127.0.0.1"
port = 9
security = "none"
username = "zhengxun"
sender = "zx@example.com"
timeout = 2

[operator]
email = "op@example.com"
webhook = "http://127.0.0.1:9/hook/{SECRET}?key={SECRET}"
ping_url = "http://127.0.0.1:9/ping/{SECRET}"

[summary]
endpoint = "http://127.0.0.1:9/v1"
model = "m1"

[[channels]]
kind = "webhook"
name = "robot"
url = "http://127.0.0.1:9/robot/{SECRET}"
secret = "{SECRET}"
private = true
"""
SOURCES = f"""\
[catalogue]
built_in = false

[tj_tten]
name = "科服网"
platform = "easysite"
section = "projects"
group = "天津市"
crawl = "20 8 * * mon-fri"

[[tj_tten.columns]]
name = "通知公告"
url = "https://i.tten.cn/tten/tzgg/index.html"
min_rows = 900

[wechat]
name = "微信公众号"
platform = "wechat"
section = "ip"
group = "资讯"
crawl = "40 8 * * mon-fri"

[[wechat.columns]]
name = "IPRdaily"
url = "https://mp.weixin.qq.com/"
relay = "http://relay.example.net/feeds/IPRdaily.xml?key={SECRET}"
min_rows = 900

[[wechat.columns]]
name = "坏了"
url = "https://mp.weixin.qq.com/"
relay = "http://relay.example.net/no-such-feed.xml?key={SECRET}"
"""


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below, archives unpacked; what Scrapy keeps to ask again is a cache of answers."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "httpcache" not in path.parts:
            data = path.read_bytes()
            yield path.name, gzip.decompress(data) if path.suffix == ".gz" else data


def test_no_secret_leaves_the_configuration(
    tmp_path: Path, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENGXUN_SMTP_PASSWORD", SECRET)
    installation = Installation(
        tmp_path / "house", replica.origin, settings=SETTINGS, sources=SOURCES
    )
    # The house takes ours out of the environment: this one is put back.
    plain = installation.environment
    secret = {"ZHENGXUN_SMTP_PASSWORD": SECRET, "ZHENGXUN_SUMMARY_KEY": SECRET}
    monkeypatch.setattr(installation, "environment", lambda: plain() | secret)
    assert installation.run("subscribers", "add", "li@example.com").returncode == 0
    with daemon(installation) as started:
        lines = started.until("issue 2021-W05 composed")
        lines += started.until("database checked and copied")
        _, rest = started.end()
    said = [("daemon", lines + rest)]
    for words in (["status", "--json"], ["doctor"]):
        done = installation.run(*words)
        said.append((words[0], done.stdout + done.stderr))
    assert [name for name, text in said if SECRET in text] == []
    assert len(list((installation.folder / "data" / "warc").iterdir())) == 2
    logs = dict(contents(installation.folder / "data"))
    assert {"daemon.log", "wechat.log", "tj_tten.log", "zhengxun.db"} <= set(logs)
    assert [name for name, data in logs.items() if SECRET.encode() in data] == []
    check_events(installation)


def check_events(installation: Installation) -> None:
    """Every event of a crawl names its address, and a notice its row in the store."""
    lines = (installation.folder / "data/logs/daemon.log").read_text("utf-8").splitlines()
    events = [event for event in map(json.loads, lines) if event["logger"] == "zhengxun.crawl"]
    about = [event for event in events if event["message"] in {"list", "notice"}]
    assert {event["message"] for event in about} == {"list", "notice"}
    assert all(event["crawl_url"].startswith("http") for event in about)
    ids = [event["crawl_notice_id"] for event in about if event["message"] == "notice"]
    assert all(isinstance(number, int) for number in ids)
    assert len(set(ids)) == len(ids)
    assert all("body" not in key for event in events for key in event)
