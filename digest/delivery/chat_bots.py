"""chat bots: an issue's essentials for WeCom, DingTalk, Feishu, or any program as JSON.

What each service takes is from its own documentation of custom bots:
WeCom developer.work.weixin.qq.com/document/path/91770, DingTalk
open.dingtalk.com/document/orgapp/custom-robot-access, Feishu
open.feishu.cn/document/client-docs/bot-v3/add-custom-bot.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote_plus, urlsplit

from digest.delivery.chat_text import essentials
from digest.delivery.smtp_client import Attempt
from digest.delivery.webhook import Answer, NotAnsweredError, NotSentError, post_json
from digest.models.issue import Digest
from digest.rendering.render_json import digest_document
from digest.safe_text import shorten
from storage.models import Subscriber
from storage.readers.attempts import Cap

Kind = Literal["wecom", "dingtalk", "feishu", "webhook"]

# Largest message, UTF-8 bytes. WeCom: markdown.content 4096. DingTalk: 20000 for the body.
# Feishu: 20 KB for the body. JSON around the text and its escapes are allowed for.
LIMITS = {"wecom": 4096, "dingtalk": 18_000, "feishu": 18_000}
TIMEOUT = 15.0
# Parts of a URL that are shorter are no passwords.
MOST_SHOWN = 4
# Too many messages, or the service is busy: worth another try. Everything else is refused.
_LATER = {
    "wecom": {-1, 45009, 45033},
    "dingtalk": {-1, 130101, 410100, 660026, *range(90002, 90019), 90030},
    "feishu": {11232, 230020, 99991400},
}
# Feishu says 9499 both for nonsense (Bad Request) and for haste (too many request).
_HASTE = "too many request"
# What the operator can mend, by the code with which a service refuses.
_ADVICE = {
    ("wecom", 93000): "机器人的 url 无效或已被移出群",
    ("dingtalk", 310000): "机器人的安全设置（加签密钥、关键词或 IP）不符",
    ("dingtalk", 300001): "机器人的 access_token 无效",
    ("dingtalk", 400013): "群已解散",
    ("dingtalk", 400101): "机器人的 access_token 无效",
    ("dingtalk", 400102): "机器人已停用",
    ("feishu", 19001): "机器人的 url 无效",
    ("feishu", 19021): "机器人的签名密钥不符，或本机时钟有误",
    ("feishu", 19022): "本机 IP 不在机器人的白名单内",
    ("feishu", 19024): "机器人设置了关键词，消息中没有",
}
# Messages a bot takes in a minute; DingTalk shuts it for ten minutes after more.
CAPS: dict[Kind, tuple[Cap, ...]] = {
    "wecom": (Cap(20, timedelta(minutes=1)),),
    "dingtalk": (Cap(20, timedelta(minutes=1)),),
    "feishu": (Cap(5, timedelta(seconds=1)), Cap(100, timedelta(minutes=1))),
    "webhook": (),
}
_LATER_STATUS = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class ChatBot:
    """One destination as configured. `url` and `secret` are passwords: they are never shown.

    `private` allows a destination that is not on the internet.
    """

    kind: Kind
    name: str
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    sections: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    private: bool = False

    @property
    def address(self) -> str:
        """What the ledger calls it: wecom:研发群."""
        return f"{self.kind}:{self.name}"

    def as_subscriber(self) -> Subscriber:
        """The bot as a recipient; its id is the store's business."""
        return Subscriber(
            id=0,
            address=self.address,
            name=self.name,
            sections=self.sections,
            groups=self.groups,
            keywords=self.keywords,
            formats=(),
            channel=self.kind,
        )


def chat_bot_caps(bot: ChatBot) -> tuple[Cap, ...]:
    """How many messages its service takes."""
    return CAPS[bot.kind]


def post_issue(bot: ChatBot, digest: Digest, *, message_id: str, now: datetime) -> Attempt:
    """Post the essentials of `digest`; never raises for what the other side does."""
    return post(bot, payload(bot, digest, message_id, now), message_id, now)


def post(bot: ChatBot, content: dict[str, Any], message_id: str, now: datetime) -> Attempt:
    """Post a message that the bot's service documents."""
    body = json.dumps(content, ensure_ascii=False).encode()
    try:
        answer = post_json(
            signed_url(bot, now),
            body,
            # For a webhook of the operator's own: the same at every attempt.
            headers={"Idempotency-Key": message_id.strip("<>")},
            private=bot.private,
            timeout=TIMEOUT,
        )
    except NotSentError as error:
        return Attempt("refused" if error.forbidden else "deferred", str(error))
    except NotAnsweredError as error:
        return Attempt("unknown", str(error))
    return judged(bot, answer)


def payload(bot: ChatBot, digest: Digest, message_id: str, now: datetime) -> dict[str, Any]:
    """The JSON that the bot's service documents."""
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "wecom": lambda: _wecom(digest),
        "dingtalk": lambda: _dingtalk(digest),
        "feishu": lambda: _feishu(digest) | feishu_signature(bot.secret, now),
        "webhook": lambda: (
            {"message_id": message_id, "title": digest.title} | digest_document(digest)
        ),
    }
    return makers[bot.kind]()


def signed_url(bot: ChatBot, now: datetime) -> str:
    """The URL; DingTalk's with a time (ms) and the HMAC-SHA256 of it."""
    if bot.kind != "dingtalk" or not bot.secret:
        return bot.url
    stamp = int(now.timestamp() * 1000)
    mac = hmac.new(bot.secret.encode(), f"{stamp}\n{bot.secret}".encode(), hashlib.sha256)
    sign = quote_plus(base64.b64encode(mac.digest()))
    joint = "&" if "?" in bot.url else "?"
    return f"{bot.url}{joint}timestamp={stamp}&sign={sign}"


def judged(bot: ChatBot, answer: Answer) -> Attempt:
    """How it ended. The services answer 200 with an error code inside when they refuse."""
    fine = answer.status // 100 == 2
    busy = answer.status // 100 == 5 or answer.status in _LATER_STATUS
    if bot.kind == "webhook" or busy:
        state: Literal["sent", "deferred", "refused"] = "deferred" if busy else "refused"
        return Attempt("sent" if fine else state, f"HTTP {answer.status}")
    try:
        said = json.loads(answer.body.decode("utf-8", "replace"))
        code = int(said.get("errcode", said.get("code", said.get("StatusCode", -1))))
        words = str(said.get("errmsg", said.get("msg", said.get("StatusMessage", ""))))
    except (ValueError, AttributeError, TypeError):
        if fine:
            return Attempt("deferred", f"HTTP {answer.status}: the answer is no JSON object")
        return Attempt("refused", f"HTTP {answer.status}")
    if fine and code == 0:
        return Attempt("sent", "0 ok")
    later = code in _LATER[bot.kind] or _HASTE in words.casefold()
    return Attempt("deferred" if later else "refused", _reply(bot, code, words))


def _reply(bot: ChatBot, code: int, words: str) -> str:
    """The service's words and ours, without the bot's passwords."""
    advice = _ADVICE.get((bot.kind, code), "")
    said = f"{code} {words}" + (f"（{advice}）" if advice else "")
    parts = urlsplit(bot.url)
    # Feishu's key is the end of the path; the others' are in the query.
    tail = parts.path.rpartition("/")[2] if bot.kind == "feishu" else ""
    for secret in (bot.secret, tail, *parts.query.split("&")):
        bare = secret.partition("=")[2] or secret
        said = said.replace(bare, "***") if len(bare) > MOST_SHOWN else said
    return shorten(said, 300)


def _wecom(digest: Digest) -> dict[str, Any]:
    text = essentials(digest, heading="## ", limit=LIMITS["wecom"])
    return {"msgtype": "markdown", "markdown": {"content": text}}


def _dingtalk(digest: Digest) -> dict[str, Any]:
    # A single line end joins two lines in DingTalk's markdown; two make a paragraph.
    text = essentials(digest, heading="### ", limit=LIMITS["dingtalk"], line_end="\n\n")
    title = f"{digest.title} {digest.week}"
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}


def _feishu(digest: Digest) -> dict[str, Any]:
    # The markdown of a card knows bold type, links and lists, but no headings.
    text = essentials(digest, heading="**", heading_end="**", limit=LIMITS["feishu"], named=False)
    title = f"{digest.title} {digest.week}"
    card = {
        "config": {"wide_screen_mode": True},
        "header": {"template": "blue", "title": {"tag": "plain_text", "content": title}},
        "elements": [{"tag": "markdown", "content": text}],
    }
    return {"msg_type": "interactive", "card": card}


def feishu_signature(secret: str, now: datetime) -> dict[str, str]:
    """Feishu signs nothing with `timestamp` (s) and the secret together as the key."""
    if not secret:
        return {}
    stamp = str(int(now.timestamp()))
    mac = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)
    return {"timestamp": stamp, "sign": base64.b64encode(mac.digest()).decode()}
