"""Reads saved pages as a crawl would, and says what that took. A child of test_hostile_pages."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from scrapy.http import HtmlResponse

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.memory_limit import most_held
from crawlers.reading.charset import readable
from crawlers.reading.notice import fill_from_page
from pipelines.normalise import normalise

NOW = datetime(2021, 2, 5, 9, tzinfo=UTC)
URL = "https://gyxxh.tj.gov.cn/a/t20210203_1.html"
HTML = {"Content-Type": "text/html"}


def main(folder: Path, names: list[str]) -> None:
    """One JSON line a page; memory is the peak of this process so far."""
    for name in names:
        body = (folder / name).read_bytes()
        started = time.process_time()
        response = readable(HtmlResponse(URL, body=body, headers=HTML))
        item = NoticeItem("tj", "通知", "k", URL, "projects", "天津市")
        item.list_title, item.list_date = "关于开展申报工作的通知", "2021-02-03"
        fill_from_page(item, response.text, Selectors(), platforms.platform("trs"))
        notice = normalise(item, NOW)
        facts = {
            "name": name,
            "seconds": round(time.process_time() - started, 2),
            "peak_megabytes": most_held() // 2**20,
            "title": notice.title,
            "published_on": str(notice.published_on),
            "complete": notice.complete,
            "warnings": notice.warnings,
            "text": notice.body_text[-200:],
            "html": notice.body_html[-2000:],
        }
        sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
