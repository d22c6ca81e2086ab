"""DingTalk 钉钉: open.dingtalk.com/document/orgapp/custom-robot-access."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote_plus

from digest.delivery.chat_bots import ChatChannel, Payload
from digest.delivery.chat_text import Dialect
from storage.readers.attempts import Cap


class DingTalk(ChatChannel):
    """Its signature is in the URL."""

    kind = "dingtalk"
    # Of 20000 for the body: JSON around the text and its escapes are allowed for.
    limit = 18_000
    # It shuts the bot for ten minutes after more.
    caps = (Cap(20, timedelta(minutes=1)),)
    # A single line end joins two lines in its markdown; two make a paragraph.
    dialect = Dialect(heading="### ", line_end="\n\n")
    later = frozenset({-1, 130101, 410100, 660026, *range(90002, 90019), 90030})
    advice = MappingProxyType(
        {
            310000: "机器人的安全设置（加签密钥、关键词或 IP）不符",
            300001: "机器人的 access_token 无效",
            400013: "群已解散",
            400101: "机器人的 access_token 无效",
            400102: "机器人已停用",
        }
    )

    def message(self, title: str, text: str, *, urgent: bool) -> Payload:
        """The title is what the list of conversations shows."""
        return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}

    def signed_url(self, now: datetime) -> str:
        """With a time (ms) and the HMAC-SHA256 of it."""
        url, secret = self.bot.url, self.bot.secret
        if not secret:
            return url
        stamp = int(now.timestamp() * 1000)
        mac = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
        sign = quote_plus(base64.b64encode(mac.digest()))
        return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={sign}"
