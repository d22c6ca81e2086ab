"""Pages made to break a reader end in a kept, marked notice, in bounded time and memory.

All are read in one child process, the light ones first. The bounds are wide, for a busy machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024
SECONDS = 60
PEAK_MEGABYTES = 900
TITLE = "关于开展申报工作的通知"
TEXT = "<p>各有关单位：请于2021年3月1日前报送材料。</p>"


def page(body: str, title: str = TITLE) -> bytes:
    return (
        f"<html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>"
        f"<div>发布时间：2021-02-03</div><div class=TRS_Editor>{body}</div></body></html>"
    ).encode()


def ten_megabytes_of(piece: str) -> str:
    return piece * (10 * MEGABYTE // len(piece))


FRAMESET = "<frameset cols='20%,80%'><frame src=menu.html><frame src=main.html></frameset>"
SCRIPTS = (
    "<script>alert(1)</script><p onclick='x()'>点<a href='javascript:alert(1)'>击</a>"
    "<img src=x onerror=alert(1)><svg onload=alert(2)></svg><iframe src=//evil.example></iframe>"
    "<a href='vbscript:x'>二</a><form action=/x><input name=y></form></p><object data=x></object>"
)
LIGHT = {
    "nothing": b"",
    "no_body": f"<html><head><title>{TITLE}</title></head></html>".encode(),
    "frameset": f"<html><head><title>{TITLE}</title></head>{FRAMESET}</html>".encode(),
    "meta_refresh": (
        b"<html><head><meta http-equiv=refresh content='0;url=http://x.example/'></head></html>"
    ),
    "mixed": page(TEXT).replace("报送材料".encode(), "报送材料".encode("gb18030")),
    "replacement": page(TEXT.replace("材料", "\ufffd\ufffd")),
    "broken_title": page(TEXT, "关于开展申\ufffd\ufffd作的通知"),
    "scripts": page(TEXT + SCRIPTS),
    "hidden_rtl": page(f"{TEXT}<p>文件\u202etxt.exe\u202c名 \u2066隐\u2069</p>", f"\u202e{TITLE}"),
}
HEAVY = {
    "divs": page(ten_megabytes_of("<div>") + "尾"),
    "tables": page(ten_megabytes_of("<table><tr><td>") + "尾"),
    "lists": page(ten_megabytes_of("<ul><li>") + "尾"),
    "signs": page(ten_megabytes_of("<")),
    "entities": page(ten_megabytes_of("&nbsp;&#x4e2d;")),
}


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("pages")
    for name, body in {**LIGHT, **HEAVY}.items():
        (folder / name).write_bytes(body)
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipelines.read_pages", str(folder), *LIGHT, *HEAVY],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["name"]: one for one in found}


@pytest.mark.parametrize("name", [*LIGHT, *HEAVY])
def test_every_page_is_a_notice_with_a_title_and_a_mark(
    readings: dict[str, dict[str, Any]], name: str
) -> None:
    one = readings[name]
    assert one["title"]
    assert one["published_on"] == "2021-02-03"
    assert one["complete"] or one["warnings"]
    assert one["seconds"] < SECONDS
    assert one["peak_megabytes"] < PEAK_MEGABYTES


@pytest.mark.parametrize("name", ["nothing", "no_body", "divs", "tables", "lists"])
def test_a_page_without_a_readable_body_says_so(
    readings: dict[str, dict[str, Any]], name: str
) -> None:
    assert readings[name]["complete"] is False
    assert {"页面里没有读到正文", "未读到正文"} & set(readings[name]["warnings"])


@pytest.mark.parametrize(
    ("name", "where"),
    [("frameset", "https://gyxxh.tj.gov.cn/a/main.html"), ("meta_refresh", "http://x.example/")],
)
def test_a_page_that_holds_nothing_itself_says_where_its_content_is(
    readings: dict[str, dict[str, Any]], name: str, where: str
) -> None:
    assert readings[name]["complete"] is False
    assert where in readings[name]["warnings"][0]


@pytest.mark.parametrize("name", ["mixed", "replacement"])
def test_characters_that_cannot_be_decoded_are_marked(
    readings: dict[str, dict[str, Any]], name: str
) -> None:
    assert "正文含无法解码的字符" in readings[name]["warnings"]
    assert "各有关单位" in readings[name]["text"]


def test_a_title_that_cannot_be_decoded_makes_the_notice_incomplete(
    readings: dict[str, dict[str, Any]],
) -> None:
    assert "标题含无法解码的字符" in readings["broken_title"]["warnings"]
    assert readings["broken_title"]["complete"] is False


def test_nothing_that_runs_is_kept(readings: dict[str, dict[str, Any]]) -> None:
    html = readings["scripts"]["html"].lower()
    for trace in ("script", "onclick", "onerror", "onload", "evil", "<form", "<object", "<svg"):
        assert trace not in html
    assert "报送材料" in html


def test_signs_that_turn_the_reading_direction_are_dropped(
    readings: dict[str, dict[str, Any]],
) -> None:
    one = readings["hidden_rtl"]
    assert one["title"] == TITLE
    assert one["text"].endswith("文件txt.exe名 隐")
