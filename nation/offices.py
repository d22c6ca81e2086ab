"""Invented offices on one server: any host answers, with lists, notices and nothing else.

Office 17 is `o00017.example.cn`. Each column lists twenty notices, the newest first, one every
fifteen days; by the round of the day some columns have one more. Pages carry an ETag, as most do.
"""

from __future__ import annotations

import hashlib
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COLUMNS = ("tzgg", "zcwj")
NAMES = {"tzgg": "通知公告", "zcwj": "政策文件"}
LISTED = 20
EVERY_DAYS = 15
# One column in so many has a new notice in each round: 100,000 a day in 245,000 columns, in three.
NEW_EVERY = 8
WORDS = (
    "申报单位应当于规定时间内提交材料",
    "各有关企业要高度重视认真组织实施",
    "对符合条件的项目给予资金支持",
    "逾期未报视为自动放弃申报资格",
    "请登录业务系统在线填写并上传附件",
    "现将有关事项通知如下请遵照执行",
    "加强事中事后监管落实主体责任",
    "按照属地管理原则由所在区初审推荐",
    "评审结果将在门户网站公示五个工作日",
    "本办法自印发之日起施行有效期三年",
)
PATH = re.compile(r"/(?P<column>\w+)/(?:\d+/t\d+_\d*(?P<number>\d\d)\.html)?")
KINDS = ("项目申报", "资金管理", "专家评审", "监督检查", "备案登记", "人才引进", "标准制定")


def host_of(office: int) -> str:
    """The host of an office."""
    return f"o{office:05d}.example.cn"


def has_new(office: int, column: str, turn: int) -> bool:
    """Whether a column has one notice more from this round (0, 1, …) on; none in the first two,
    the first sight and a visit with nothing new."""
    return turn >= 2 and (office * len(COLUMNS) + COLUMNS.index(column) + turn) % NEW_EVERY == 0


def day_of(number: int, today: date) -> date:
    """When the notice of this number stands on the list: 0 is today's, later ones are older."""
    return today - timedelta(days=max(0, (number - 1) * EVERY_DAYS + 1 if number else 0))


def title_of(office: int, column: str, number: int) -> str:
    """A notice's title; no other has it."""
    chance = random.Random(f"{office} {column} {number}")  # noqa: S311 # invented, not secret
    year = chance.randint(2019, 2021)
    return f"关于开展{year}年度第{office}号园区{chance.choice(KINDS)}工作（{column}{number}）的通知"


def list_page(office: int, column: str, turn: int, today: date) -> str:
    """The list of a column as of a round."""
    first = 0 if has_new(office, column, turn) else 1
    rows = "".join(
        f'<li><a href="/{column}/202101/t{day_of(number, today):%Y%m%d}_{office}{number:02d}.html">'
        f"{title_of(office, column, number)}</a><span>{day_of(number, today)}</span></li>"
        for number in range(first, first + LISTED)
    )
    head = f"<title>{NAMES[column]}</title>"
    return f'<html><head>{head}</head><body><ul class="news_list">{rows}</ul></body></html>'


def notice_page(office: int, column: str, number: int, today: date) -> str:
    """One notice: a thousand characters."""
    chance = random.Random(f"text {office} {column} {number}")  # noqa: S311 # same
    parts = "".join(f"<p>{'，'.join(chance.sample(WORDS, 5))}。</p>" for _ in range(12))
    title, day = title_of(office, column, number), day_of(number, today)
    meta = f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day}">'
    body = f"<h1>{title}</h1><div>发布时间：{day}</div>"
    text = f'<div class="TRS_Editor">{parts}<p>第{office}号办公室</p></div>'
    return f"<html><head><title>{title}</title>{meta}</head><body>{body}{text}</body></html>"


@dataclass
class Country:
    """What the server answers as of now, and what it was asked."""

    origin: str = ""
    turn: int = 0
    today: date = date(2021, 2, 5)
    requests: int = 0
    answered_bytes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def page(self, host: str, path: str) -> str | None:
        """The page at an address; None where there is none."""
        office = int(host[1:6])
        found = PATH.fullmatch(path.partition("?")[0])
        if found is None or found["column"] not in NAMES:
            return None
        if found["number"] is None:
            return list_page(office, found["column"], self.turn, self.today)
        return notice_page(office, found["column"], int(found["number"]), self.today)


class Handler(BaseHTTPRequestHandler):
    """Answers for every office."""

    protocol_version = "HTTP/1.1"
    country: Country

    def do_GET(self) -> None:  # the library's name
        """A page, 304 for one that the asker has, or 404."""
        text = self.country.page(self.headers["Host"], self.path)
        body = (text or "").encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        status = 404 if text is None else 200
        if text is not None and self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        with self.country.lock:
            self.country.requests += 1
            self.country.answered_bytes += len(body)
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the library's name
        """Say nothing."""


@contextmanager
def offices() -> Iterator[Country]:
    """The running server."""
    country = Country()
    handler: Any = type("CountryHandler", (Handler,), {"country": country})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    country.origin = f"http://127.0.0.1:{server.server_port}"
    try:
        yield country
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
