"""Answers cut short: told by their stream, by their markup, and by their siblings."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import brotli
import pytest

from crawlers.truncation import stops_midway, stream_ends
from tests.crawlers.one_crawl import crawl

ROWS = "".join(f"<li><a href='{n}.html'>关于第{n}个事项的通知</a></li>" for n in range(200))
PAGE = f"<!DOCTYPE html><html><body><ul>{ROWS}</ul></body></html>".encode()
PACKED = {
    "gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "br": brotli.compress(PAGE),
}


@pytest.mark.parametrize("kind", PACKED)
def test_a_stream_that_stops_before_its_end_is_cut(kind: str) -> None:
    whole = PACKED[kind]
    assert stream_ends(whole, kind)
    for share in (1, 3, 9):
        assert not stream_ends(whole[: len(whole) * share // 10], kind)
    assert not stream_ends(whole[:-1], kind)


def test_a_raw_deflate_stream_is_known_too() -> None:
    raw = zlib.compress(PAGE)[2:-4]
    assert stream_ends(raw, "deflate")
    assert not stream_ends(raw[:-20], "deflate")


def test_what_is_no_stream_or_only_padded_is_not_cut() -> None:
    assert stream_ends(PAGE, "")
    assert all(stream_ends(PAGE, kind) for kind in PACKED)  # a label that lies
    assert stream_ends(PACKED["gzip"] + b"\0" * 40, "gzip")
    assert stream_ends(PACKED["gzip"] * 2, "gzip")
    assert stream_ends(b"anything", "zstd")


def test_a_broken_stream_is_cut() -> None:
    whole = bytearray(gzip.compress(PAGE * 50))
    whole[len(whole) // 2] ^= 0xFF
    assert not stream_ends(bytes(whole), "gzip")


@pytest.mark.parametrize(
    "end", [b"", b"</ul>", b"<p>\xe5\xae\x8c</p>", b"<script>var a=1;</script>"]
)
def test_a_page_written_without_its_end_is_not_cut(end: bytes) -> None:
    assert not stops_midway(
        b"<html><body><ul><li>1</li></ul><p>text</p>" + end.replace(b"</ul>", b"")
    )


@pytest.mark.parametrize(
    "page",
    [
        PAGE[: len(PAGE) // 2], b"<html><body><p>text</p><a hre", b"<html><body><!-- half",
        b"<html><body><table><tr><td>1", b"<!doctype html><body><script>var rows = [",
    ],
)  # fmt: skip
def test_a_page_that_stops_midway_looks_cut(page: bytes) -> None:
    assert stops_midway(page)


def test_a_fragment_made_for_another_page_is_whole() -> None:
    assert not stops_midway(b"<li><a href='1.html'>one</a></li><ul><li>two")


@contextmanager
def serving(
    answers: dict[str, list[tuple[dict[str, str], bytes]]],
) -> Iterator[tuple[str, list[str]]]:
    """A server that gives the answers of a path one after another, the last one for ever."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            queue = answers.get(self.path)
            headers, body = (queue.pop(0) if len(queue) > 1 else queue[0]) if queue else ({}, b"")
            self.send_response(200 if queue else 404)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_a_cut_answer_is_asked_for_again_and_then_fails(tmp_path: Path) -> None:
    cut, packed = PACKED["gzip"][:-200], {"Content-Encoding": "gzip"}
    answers = {
        "/once": [(packed, cut), (packed, PACKED["gzip"])],
        "/always": [(packed, cut)],
        "/half": [({}, PAGE[:4000]), ({}, PAGE)],
        "/written-so": [({}, PAGE[:4000])],
        "/endless": [(packed, gzip.compress(b"<html><a href=x>" * 310_000 + b"</html>"))],
    }
    host = "https://www.example.gov.cn"
    with serving(answers) as (upstream, asked):
        seen = crawl([{"url": host + path} for path in answers], tmp_path, upstream=upstream)
    found = {line["url"].removeprefix(host): line for line in seen}
    assert len(found["/once"]["text"]) == len(PAGE.decode())
    assert found["/always"]["verdict"] == "unreachable"
    assert "中断" in found["/always"]["reason"]
    assert len(found["/half"]["text"]) == len(PAGE.decode())
    assert found["/written-so"]["flags"] == ["zx_looks_cut"]
    assert [asked.count(path) for path in answers] == [2, 3, 2, 2, 1]
    assert found["/endless"]["verdict"] == "broken"
    assert "大小" in found["/endless"]["reason"]
