"""WeCom 企业微信: developer.work.weixin.qq.com/document/path/91770."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

from digest.delivery.chat_bots import ChatChannel, Payload
from digest.delivery.chat_text import Dialect
from storage.readers.attempts import Cap


class WeCom(ChatChannel):
    """Its key is in the URL; nothing is signed."""

    kind = "wecom"
    # Of markdown.content.
    limit = 4096
    caps = (Cap(20, timedelta(minutes=1)),)
    dialect = Dialect(heading="## ")
    later = frozenset({-1, 45009, 45033})
    advice = MappingProxyType({93000: "机器人的 url 无效或已被移出群"})

    def message(self, title: str, text: str, *, urgent: bool) -> Payload:
        """The title is the text's first line."""
        return {"msgtype": "markdown", "markdown": {"content": text}}
