"""Recorded sites are read as they were when somebody checked it, request by request."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest

from app.source_check.recordings import ANSWERS, SOURCES, read_of, replayed
from crawlers.recording import PRIVATE, exchanges

HERE = Path(__file__).parent
SITES = sorted(path for path in HERE.iterdir() if (path / ANSWERS).exists())


@pytest.mark.parametrize("place", SITES, ids=lambda place: place.name)
def test_a_recorded_site_is_read_as_it_was_checked(place: Path) -> None:
    expected = json.loads((place / "expected.json").read_text(encoding="utf-8"))
    read = read_of(replayed(place))
    assert (read["unknown"], read["left"]) == (0, 0)
    assert read == expected


@pytest.mark.parametrize("place", SITES, ids=lambda place: place.name)
def test_a_recording_holds_no_cookie_and_nothing_of_ours(place: Path) -> None:
    asked = list(exchanges(place / ANSWERS))
    assert asked
    for one in asked:
        assert not {name.lower() for name, _ in one.headers} & PRIVATE
    heads = gzip.decompress((place / ANSWERS).read_bytes()).lower()
    for word in (b"\r\ncookie:", b"\r\nset-cookie", b"(+", b"x-forwarded-proto", b"127.0.0.1"):
        assert word not in heads, word


def test_another_answer_is_another_reading(tmp_path: Path) -> None:
    """The bytes count: with one column's selector gone, what was read is not what was checked."""
    place = tmp_path / "cfdi"
    shutil.copytree(HERE / "cfdi", place)
    sources = (place / SOURCES).read_text(encoding="utf-8")
    (place / SOURCES).write_text(sources.replace('title = ["p.content"]', 'title = ["p.datatime"]'))
    expected = json.loads((place / "expected.json").read_text(encoding="utf-8"))
    assert read_of(replayed(place))["columns"] != expected["columns"]


def test_what_was_not_asked_then_is_told(tmp_path: Path) -> None:
    place = tmp_path / "cfdi"
    shutil.copytree(HERE / "cfdi", place)
    sources = (place / SOURCES).read_text(encoding="utf-8")
    (place / SOURCES).write_text(sources.replace("nty=A25", "nty=A26"))
    read = read_of(replayed(place))
    assert read["unknown"] == 1
    assert read["left"] == 2  # the list, and its notice
    assert read["columns"]["A25"]["verdict"] == "unreachable"
    assert read["columns"]["药品 GMP"]["verdict"] == "ok"
