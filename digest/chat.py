"""Group robots: an issue's essentials for WeCom, DingTalk, Feishu, or any program as JSON.

What each service takes is from its own documentation of custom robots:
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
from urllib.parse import quote_plus

from digest.chat_text import essentials
from digest.courier import Attempt
from digest.models import Digest
from digest.render_json import digest_document
from digest.safe_text import shorten
from digest.webhook import Answer, NotAnsweredError, NotSentError, post_json
from storage.attempts import Cap
from storage.models import Subscriber

Kind = Literal["wecom", "dingtalk", "feishu", "webhook"]

# Largest message, UTF-8 bytes. WeCom: markdown.content 4096. DingTalk: 20000 for the body.
# Feishu: 20 KB for the body. JSON around the text and its escapes are allowed for.
LIMITS = {"wecom": 4096, "dingtalk": 18_000, "feishu": 18_000}
TIMEOUT = 15.0
# Too many messages in a minute, or the service is busy: worth another try.
_LATER = {
    "wecom": {-1, 45009, 45033},
    "dingtalk": {-1, 130101, 410100, 660026},
    "feishu": {11232, 99991400},
}
# Messages a robot takes in a minute; DingTalk shuts it for ten minutes after more.
CAPS: dict[Kind, tuple[Cap, ...]] = {
    "wecom": (Cap(20, timedelta(minutes=1)),),
    "dingtalk": (Cap(20, timedelta(minutes=1)),),
    "feishu": (Cap(100, timedelta(minutes=1)),),
    "webhook": (),
}
_LATER_STATUS = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Robot:
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
        """The robot as a recipient; its id is the store's business."""
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


def robot_caps(robot: Robot) -> tuple[Cap, ...]:
    """How many messages its service takes."""
    return CAPS[robot.kind]


def post_issue(robot: Robot, digest: Digest, *, message_id: str, now: datetime) -> Attempt:
    """Post the essentials of `digest`; never raises for what the other side does."""
    body = json.dumps(payload(robot, digest, message_id, now), ensure_ascii=False).encode()
    try:
        answer = post_json(
            signed_url(robot, now),
            body,
            # For a webhook of the operator's own: the same at every attempt.
            headers={"Idempotency-Key": message_id.strip("<>")},
            private=robot.private,
            timeout=TIMEOUT,
        )
    except NotSentError as error:
        return Attempt("refused" if error.forbidden else "deferred", str(error))
    except NotAnsweredError as error:
        return Attempt("unknown", str(error))
    return judged(robot, answer)


def payload(robot: Robot, digest: Digest, message_id: str, now: datetime) -> dict[str, Any]:
    """The JSON that the robot's service documents."""
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "wecom": lambda: _wecom(digest),
        "dingtalk": lambda: _dingtalk(digest),
        "feishu": lambda: _feishu(digest) | _feishu_signature(robot.secret, now),
        "webhook": lambda: (
            {"message_id": message_id, "title": digest.title} | digest_document(digest)
        ),
    }
    return makers[robot.kind]()


def signed_url(robot: Robot, now: datetime) -> str:
    """The URL; DingTalk's with a time (ms) and the HMAC-SHA256 of it."""
    if robot.kind != "dingtalk" or not robot.secret:
        return robot.url
    stamp = int(now.timestamp() * 1000)
    mac = hmac.new(robot.secret.encode(), f"{stamp}\n{robot.secret}".encode(), hashlib.sha256)
    sign = quote_plus(base64.b64encode(mac.digest()))
    joint = "&" if "?" in robot.url else "?"
    return f"{robot.url}{joint}timestamp={stamp}&sign={sign}"


def judged(robot: Robot, answer: Answer) -> Attempt:
    """How it ended. The services answer 200 with an error code inside when they refuse."""
    if answer.status // 100 != 2:
        retry = answer.status // 100 == 5 or answer.status in _LATER_STATUS
        return Attempt("deferred" if retry else "refused", f"HTTP {answer.status}")
    if robot.kind == "webhook":
        return Attempt("sent", f"HTTP {answer.status}")
    try:
        said = json.loads(answer.body.decode("utf-8", "replace"))
        code = int(said.get("errcode", said.get("code", said.get("StatusCode", -1))))
        words = str(said.get("errmsg", said.get("msg", said.get("StatusMessage", ""))))
    except (ValueError, AttributeError, TypeError):
        return Attempt("deferred", f"HTTP {answer.status}: the answer is no JSON object")
    if code == 0:
        return Attempt("sent", "0 ok")
    secret = robot.secret
    words = words.replace(secret, "***") if secret else words
    reply = shorten(f"{code} {words}", 300)
    return Attempt("deferred" if code in _LATER[robot.kind] else "refused", reply)


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


def _feishu_signature(secret: str, now: datetime) -> dict[str, str]:
    """Feishu signs nothing with `timestamp` (s) and the secret together as the key."""
    if not secret:
        return {}
    stamp = str(int(now.timestamp()))
    mac = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)
    return {"timestamp": stamp, "sign": base64.b64encode(mac.digest()).decode()}
