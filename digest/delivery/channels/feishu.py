"""Feishu 飞书: open.feishu.cn/document/client-docs/bot-v3/add-custom-bot."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from types import MappingProxyType

from digest.delivery.chat_bots import ChatChannel, Payload
from digest.delivery.chat_text import Dialect
from storage.readers.attempts import Cap


class Feishu(ChatChannel):
    """Its key is the end of the URL's path, its signature in the body."""

    kind = "feishu"
    # Of 20 KB for the body: JSON around the text and its escapes are allowed for.
    limit = 18_000
    caps = (Cap(5, timedelta(seconds=1)), Cap(100, timedelta(minutes=1)))
    # The markdown of a card knows bold type, links and lists, but no headings.
    dialect = Dialect(heading="**", heading_end="**", named=False)
    # 9499 it says both for nonsense and for haste; the words tell.
    later = frozenset({11232, 230020, 99991400})
    advice = MappingProxyType(
        {
            19001: "机器人的 url 无效",
            19021: "机器人的签名密钥不符，或本机时钟有误",
            19022: "本机 IP 不在机器人的白名单内",
            19024: "机器人设置了关键词，消息中没有",
        }
    )

    def message(self, title: str, text: str, *, urgent: bool) -> Payload:
        """A card, red for what is urgent."""
        template = "red" if urgent else "blue"
        card = {
            "config": {"wide_screen_mode": True},
            "header": {"template": template, "title": {"tag": "plain_text", "content": title}},
            "elements": [{"tag": "markdown", "content": text}],
        }
        return {"msg_type": "interactive", "card": card}

    def signature(self, now: datetime) -> Payload:
        """Nothing is signed, with `timestamp` (s) and the secret together as the key."""
        if not self.bot.secret:
            return {}
        stamp = str(int(now.timestamp()))
        mac = hmac.new(f"{stamp}\n{self.bot.secret}".encode(), b"", hashlib.sha256)
        return {"timestamp": stamp, "sign": base64.b64encode(mac.digest()).decode()}
