"""How a delivery and a reader stand, in the words (Chinese) of the verbs and of the desk alike."""

from __future__ import annotations

from storage.models import Delivery

DELIVERY_WORDS = {
    "queued": "待发",
    "sending": "发送中",
    "sent": "已发",
    "deferred": "稍后再试",
    "refused": "被拒",
    "unknown": "中断，待重发",
}
READER_WORDS = {
    "active": "正常",
    "paused": "已暂停",
    "suspended": "退信停发",
    "ended": "已停止",
}
RETURNED, OMITTED = "已退回", "不发"


def state_word(row: Delivery) -> str:
    """How a delivery stands: what came back after it was sent, and what was not wanted, too."""
    if row.omitted:
        return OMITTED
    return RETURNED if row.bounce else DELIVERY_WORDS[row.state]
