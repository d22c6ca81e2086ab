"""`zhengxun inspect FILE` reads a page as the crawl that stored it did."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app.context import Context
from commands.inspecting import inspect, printable
from config import load_config
from evaluation.gold import GoldNotice, load_notices
from evaluation.ours import decode
from storage.notices.notices import find_by_url
from tests.crawlers.mock_site import Answer, Asked, MockSite, serving
from tests.installation import Installation

HOST = "www.example.gov.cn"
SOURCES = f"""\
[catalogue]
built_in = false

[office]
name = "某市科学技术局"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "20 8 * * mon-fri"

[[office.columns]]
name = "通知公告"
url = "https://{HOST}/tzgg/"
min_rows = 2
selectors = {{ notice_drop = ".share" }}
"""
NOW = "2026-11-01T09:00:00+08:00"
SAME = (
    "column", "title", "published_on", "doc_number", "issuers", "written_on", "body_text",
    "summary", "complete", "content_hash",
)  # fmt: skip


def pages() -> list[GoldNotice]:
    """Pages of every markup we know that say their own title and day."""
    chosen = [one for one in load_notices() if one.platform in {"trs", "hanweb", "easysite"}]
    return [one for one in chosen if one.published_on and not one.declared][:24]


def answer(asked: Asked) -> Answer:
    if asked.path == "/tzgg/":
        rows = (
            f'<li><a href="/tzgg/{one.name}.html">{one.title}</a>'
            f"<span>{one.published_on}</span></li>"
            for one in pages()
        )
        return Answer(body=f"<html><body><ul>{''.join(rows)}</ul></body></html>")
    name = asked.path.removeprefix("/tzgg/").removesuffix(".html")
    found = next((one for one in pages() if one.name == name), None)
    return Answer(404) if found is None else Answer(body=decode(found.page, found.declared))


@pytest.fixture(scope="module")
def site() -> Iterator[MockSite]:
    with serving(answer) as started:
        yield started


def inspected(context: Context, page: Path, url: str) -> dict[str, Any]:
    printed = io.StringIO()
    assert inspect(context, str(page), url, Console(file=printed, width=10_000), as_json=True) == 0
    [found] = json.loads(printed.getvalue())
    assert isinstance(found, dict)
    return found


def test_a_saved_page_reads_as_the_crawl_stored_it(site: MockSite, tmp_path: Path) -> None:
    installation = Installation(tmp_path / "house", site.url, now=NOW, sources=SOURCES)
    assert installation.run("crawl", "--days", "9000").returncode == 0
    context = Context(load_config(installation.environment(), cwd=installation.folder))
    differing = []
    with context.store() as db:
        for one in pages():
            url = f"https://{HOST}/tzgg/{one.name}.html"
            stored = find_by_url(db, url)
            assert stored is not None, one.name
            page = tmp_path / f"{one.name}.html"
            page.write_text(decode(one.page, one.declared), encoding="utf-8")
            found = inspected(context, page, url)
            kept = {name: printable(getattr(stored.notice, name)) for name in SAME}
            differing += [(one.name, name) for name in SAME if found[name] != kept[name]]
            assert found["platform"] == "trs"
            assert found["column"] == "通知公告"
            assert found["body_borne_out_by"]
    assert differing == []


def test_a_page_of_no_known_site_is_read_by_the_system_its_address_shows(tmp_path: Path) -> None:
    context = Context(load_config({"ZHENGXUN_NOW": NOW}, cwd=tmp_path))
    page = tmp_path / "page.html"
    page.write_text(decode(pages()[0].page, ""), encoding="utf-8")
    by_address = inspected(
        context, page, "https://www.nobody.example/zwgk/202610/t20261020_31.html"
    )
    without = inspected(context, page, "")
    assert by_address["platform"] == "trs"
    assert without["platform"] == "listing"
    assert by_address["title"] == without["title"] == pages()[0].title


def test_a_notice_with_rows_of_others_below_is_no_list(tmp_path: Path) -> None:
    context = Context(load_config({"ZHENGXUN_NOW": NOW}, cwd=tmp_path))
    rows = "".join(
        f'<li><a href="/gg/{n}.html">关于公布第{n}批名单的公告</a><span>2026-09-0{n}</span></li>'
        for n in range(1, 8)
    )
    page = tmp_path / "page.html"
    page.write_text(
        "<html><body><h1>关于暂停窗口服务的公告</h1><p>发布日期：2026-10-08</p>"
        f"<div><p>因系统升级，本周五下午暂停窗口服务，请改日办理。</p></div><ul>{rows}</ul></body></html>",
        encoding="utf-8",
    )
    found = inspected(context, page, "https://www.nobody.example/gg/88.html")
    assert found["title"] == "关于暂停窗口服务的公告"
    assert found["published_on"] == "2026-10-08"
