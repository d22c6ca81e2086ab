"""A page kept for conditional requests is whole, or it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy import Request, Spider
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from crawlers.page_cache import SEAL, SealedCacheStorage

URL = "https://www.example.gov.cn/a.html"
REQUEST = Request(URL)
FILES = ("meta", "pickled_meta", "response_headers", "response_body", "response_data", SEAL)


@pytest.fixture
def spider() -> Spider:
    return get_crawler(Spider)._create_spider("tj_kxjs")


@pytest.fixture
def storage(tmp_path: Path, spider: Spider) -> SealedCacheStorage:
    settings = get_crawler(
        Spider, {"HTTPCACHE_DIR": str(tmp_path / "cache"), "HTTPCACHE_GZIP": True}
    ).settings
    made = SealedCacheStorage(settings)
    made.open_spider(spider)
    return made


def page(words: str) -> HtmlResponse:
    return HtmlResponse(URL, headers={"ETag": '"1"'}, body=words.encode(), encoding="utf-8")


def folder(tmp_path: Path) -> Path:
    (found,) = tmp_path.rglob("pickled_meta")
    return found.parent


def test_a_kept_page_comes_back(storage: SealedCacheStorage, spider: Spider) -> None:
    assert storage.retrieve_response(spider, REQUEST) is None
    storage.store_response(spider, REQUEST, page("一"))
    storage.store_response(spider, REQUEST, page("二"))
    kept = storage.retrieve_response(spider, REQUEST)
    assert kept is not None
    assert kept.body.decode() == "二"
    assert kept.headers["ETag"] == b'"1"'


@pytest.mark.parametrize("name", FILES[1:])
@pytest.mark.parametrize("left", ["nothing", "an empty file", "half a file"])
def test_a_page_that_was_not_written_to_its_end_is_asked_for_again(
    storage: SealedCacheStorage, spider: Spider, tmp_path: Path, name: str, left: str
) -> None:
    storage.store_response(spider, REQUEST, page("一" * 200))
    file = folder(tmp_path) / name
    whole = file.read_bytes()
    file.unlink()
    if left != "nothing":
        file.write_bytes(whole[: len(whole) // 2] if left == "half a file" else b"")
    kept = storage.retrieve_response(spider, REQUEST)
    harmless = name in {"response_headers", "response_data"} and kept is not None
    assert kept is None or (harmless and kept.body.decode() == "一" * 200)


def test_a_kill_between_two_writings_leaves_no_old_seal_on_a_new_body(
    storage: SealedCacheStorage,
    spider: Spider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage.store_response(spider, REQUEST, page("一"))
    with monkeypatch.context() as patch:
        patch.setattr("pickle.dump", _killed)
        with pytest.raises(KeyboardInterrupt):
            storage.store_response(spider, REQUEST, page("二"))
    assert storage.retrieve_response(spider, REQUEST) is None


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
