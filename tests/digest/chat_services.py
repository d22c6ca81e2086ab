"""Stand-ins for WeCom, DingTalk and Feishu: they check what the services document, and answer so.

Each is one robot with its key (and signing secret), behind real HTTP. What they demand is written
from the documentation named in digest/delivery/channels/, not from our code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from digest.delivery.channel import Means
from digest.delivery.channels import open_channel
from digest.delivery.chat_bot import ChatBot
from digest.delivery.message_builder import MessageBuilder
from digest.delivery.smtp_client import Attempt
from digest.models.issue import Digest

KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
HOUR = 3600
Said = tuple[int, dict[str, Any]]


@dataclass
class ChatService:
    """One robot of a service; `clock` is the service's own."""

    kind: str
    clock: Callable[[], datetime]
    secret: str = ""
    keyword: str = ""
    port: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)

    @property
    def url(self) -> str:
        path = {
            "wecom": f"/cgi-bin/webhook/send?key={KEY}",
            "dingtalk": f"/robot/send?access_token={KEY}",
            "feishu": f"/open-apis/bot/v2/hook/{KEY}",
        }[self.kind]
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, target: str, kind: str, raw: bytes) -> Said:
        """What the service says to a POST, and whether it is taken."""
        if not kind.startswith("application/json"):
            return self.refuse("type")
        body = json.loads(raw)
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        check = {"wecom": self.wecom, "dingtalk": self.dingtalk, "feishu": self.feishu}[self.kind]
        why = check(parts.path, query, body, raw)
        if why:
            return self.refuse(why)
        self.taken.append(body)
        self.times.append(self.clock())
        code = "code" if self.kind == "feishu" else "errcode"
        return 200, {code: 0, "msg" if self.kind == "feishu" else "errmsg": "ok"}

    def wecom(self, path: str, query: dict[str, str], body: dict[str, Any], _raw: bytes) -> str:
        if (path, query) != ("/cgi-bin/webhook/send", {"key": KEY}):
            return "key"
        if self.in_last(60) >= 20:
            return "haste"
        if body.get("msgtype") != "markdown" or set(body) != {"msgtype", "markdown"}:
            return "type"
        return "" if 0 < len(body["markdown"]["content"].encode()) <= 4096 else "size"

    def dingtalk(self, path: str, query: dict[str, str], body: dict[str, Any], raw: bytes) -> str:
        if path != "/robot/send" or query.get("access_token") != KEY:
            return "key"
        if self.secret and not self.signed_query(query):
            return "sign"
        if self.keyword and self.keyword not in raw.decode():
            return "keyword"
        if self.in_last(60) >= 20:
            return "haste"
        if body.get("msgtype") != "markdown" or set(body["markdown"]) != {"title", "text"}:
            return "type"
        return "" if len(raw) <= 20_000 else "size"

    def feishu(self, path: str, _query: dict[str, str], body: dict[str, Any], raw: bytes) -> str:
        if path != f"/open-apis/bot/v2/hook/{KEY}":
            return "key"
        if self.secret and not self.signed_body(body):
            return "sign"
        if self.keyword and self.keyword not in raw.decode():
            return "keyword"
        if self.in_last(60) >= 100 or self.in_last(1) >= 5:
            return "haste"
        card = body.get("card", {})
        if body.get("msg_type") != "interactive" or not {"header", "elements"} <= set(card):
            return "type"
        return "" if len(raw) <= 20 * 1024 else "size"

    def signed_query(self, query: dict[str, str]) -> bool:
        """DingTalk: the milliseconds are signed with the secret; an hour old at most."""
        stamp = query.get("timestamp", "0")
        mac = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256)
        fresh = abs(self.clock().timestamp() - int(stamp) / 1000) <= HOUR
        return fresh and query.get("sign") == base64.b64encode(mac.digest()).decode()

    def signed_body(self, body: dict[str, Any]) -> bool:
        """Feishu: nothing is signed, seconds and secret are the key; an hour old at most."""
        stamp = str(body.get("timestamp", "0"))
        mac = hmac.new(f"{stamp}\n{self.secret}".encode(), digestmod=hashlib.sha256)
        fresh = abs(self.clock().timestamp() - int(stamp)) <= HOUR
        return fresh and body.get("sign") == base64.b64encode(mac.digest()).decode()

    def in_last(self, seconds: float) -> int:
        """How many were taken within so many seconds."""
        now = self.clock()
        return sum(now - at < timedelta(seconds=seconds) for at in self.times)

    def refuse(self, why: str) -> Said:
        said: dict[tuple[str, str], Said] = {
            ("wecom", "key"): (200, {"errcode": 93000, "errmsg": f"invalid webhook url {KEY}"}),
            ("wecom", "haste"): (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
            ("wecom", "size"): (200, {"errcode": 40058, "errmsg": "content exceed max length"}),
            ("dingtalk", "key"): (200, {"errcode": 300001, "errmsg": "token is not exist"}),
            ("dingtalk", "sign"): (200, {"errcode": 310000, "errmsg": "sign not match"}),
            ("dingtalk", "keyword"): (
                200,
                {"errcode": 310000, "errmsg": "keywords not in content"},
            ),
            ("dingtalk", "haste"): (200, {"errcode": 130101, "errmsg": "send too fast"}),
            ("dingtalk", "size"): (200, {"errcode": 460101, "errmsg": "message too long"}),
            ("feishu", "key"): (400, {"code": 19001, "msg": "param invalid: webhook token"}),
            ("feishu", "sign"): (200, {"code": 19021, "msg": "sign match fail or timestamp"}),
            ("feishu", "keyword"): (200, {"code": 19024, "msg": "Key Words Not Found"}),
            ("feishu", "haste"): (400, {"code": 9499, "msg": "too many request"}),
            ("feishu", "size"): (400, {"code": 9499, "msg": "Bad Request"}),
        }
        return said.get((self.kind, why), (200, {"errcode": 40008, "code": 9499, "msg": "Bad"}))


def post_issue(bot: ChatBot, digest: Digest, *, message_id: str, now: datetime) -> Attempt:
    """An issue on a bot's channel, as a pass over the ledger does it."""
    channel = open_channel(bot.kind, Means(bot))
    builder = MessageBuilder(digest, sender="", reply_to="")
    return channel.issue(builder, bot.as_subscriber(), message_id, now)(now)


@contextmanager
def running(service: ChatService) -> Iterator[ChatService]:
    """The service, on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = service.answer(self.path, self.headers["Content-Type"], raw)
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield service
    server.shutdown()
    thread.join()
    server.server_close()
