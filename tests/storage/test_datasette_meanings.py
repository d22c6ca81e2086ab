"""What analysts read about tables and columns in Datasette: Chinese, and it fits the screen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from storage.describe import described
from tests.chromium import chromium, needs_chromium
from tests.installation import ROOT
from tests.storage.datasette_samples import TODAY, made, tree

EVERYWHERE = sorted(described())


def cells(page: Any, table: str) -> list[list[str]]:
    return [[cell.text_content() for cell in row] for row in page.cssselect(f"{table} tr")]


@pytest.mark.asyncio
async def test_the_list_of_tables_says_in_chinese_what_each_holds(site: Any) -> None:
    page = await tree(site, "/zhengxun")
    said = {row[0].split()[-1]: row[-1] for row in cells(page, ".catalogue")}

    assert said["notices"].startswith("一行是一个已发布的页面。同一文件的各页以 duplicate_of 相连")
    assert said["v_deadlines"] == "从今天起尚未截止的事项，近者在前，一项一行。"
    for name, words in said.items():
        assert words == described()[name].about.zh


@pytest.mark.asyncio
async def test_every_page_of_a_table_explains_its_columns_in_chinese(site: Any) -> None:
    for name in EVERYWHERE:
        page = await tree(site, f"/zhengxun/{name}")
        said = {code: words for _, code, words in cells(page, ".columns-text")}

        columns = described()[name].columns
        assert said == {column: meaning.zh for column, meaning in columns.items()}, name
        assert not any(meaning.en in page.text_content() for meaning in columns.values()), name


@pytest.mark.asyncio
async def test_a_column_is_explained_at_its_heading_and_in_a_row(site: Any) -> None:
    hints = (await tree(site, "/zhengxun/notices")).cssselect("th.col-published_on")
    row = dict(row[::2] for row in cells(await tree(site, "/zhengxun/notices/2"), ".record"))

    assert (
        hints[0].get("title").startswith("published_on：页面上所印的发布日期；空（NULL）= 页面未印")
    )
    assert row["主条目duplicate_of"] == "同一文件的主条目；空（NULL）= 本页就是主条目。"


# In a process of its own: a browser's idle connections are nothing for this one to close.
SERVER = """
import socket, sys, uvicorn
from datetime import date
from pathlib import Path
from storage.datasette.app import build
day = date.fromisoformat(sys.argv[2])
app = build(Path(sys.argv[1]), today=day, sections={"pharma": "医药信息篇"}).app()
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])
"""


@contextmanager
def listening(path: Path) -> Iterator[str]:
    """Datasette on loopback; its address, which takes connections at once."""
    command = [sys.executable, "-c", SERVER, str(path), TODAY.isoformat()]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.kill()


@contextmanager
def looking(path: Path) -> Iterator[tuple[Browser, str]]:
    """A browser, and where Datasette is; the browser and its connections end first."""
    with listening(path) as address, chromium() as browser:
        yield browser, address


@needs_chromium
def test_descriptions_do_not_widen_a_page(path: Path) -> None:
    made(path)
    with looking(path) as (browser, address):
        for width in (375, 1280):
            page = browser.new_page(viewport={"width": width, "height": 800})
            for name in ("", "/notices", "/checks", "/deliveries", "/v_this_week", "/notices/1"):
                page.goto(f"{address}/zhengxun{name}")
                for summary in page.locator(".columns-text summary").all():
                    summary.click()
                right = page.evaluate(
                    "Math.max(...[...document.querySelectorAll('.catalogue td, .record td')]"
                    ".map(cell => cell.getBoundingClientRect().right))"
                )
                assert 0 < right <= width, (name, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


@needs_chromium
def test_on_a_phone_a_meaning_stands_below_its_column(path: Path) -> None:
    made(path)
    with looking(path) as (browser, address):
        page = browser.new_page(viewport={"width": 375, "height": 800})
        page.goto(f"{address}/zhengxun/checks")
        page.locator(".columns-text summary").click()
        row = page.locator(".columns-text tr").filter(has_text="verdict")
        name, meaning = row.locator("td").nth(0), row.locator("td").nth(2)
        above, below = name.bounding_box(), meaning.bounding_box()

    assert above is not None
    assert below is not None
    assert below["y"] >= above["y"] + above["height"]
    assert below["width"] > 300
