"""relay.example.net: feeds of WeChat accounts such as an operator's own relay would offer."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import format_datetime

from replica.entries import Entry
from replica.exchange import Answer, Ask, error_answer
from replica.page_templates import fill
from replica.sites.entrance import hold_up, refuse
from replica.world import World

FEEDS: Mapping[str, tuple[str, str]] = {
    "/feeds/IPRdaily.xml": ("IPRdaily", "relay_rss"),
    "/feeds/zhichanredian.xml": ("知产热点", "relay_atom"),
}
TYPES = {
    "relay_rss": "application/rss+xml; charset=utf-8",
    "relay_atom": "application/atom+xml; charset=utf-8",
}
ITEMS = 20


class Relay:
    """One RSS 2.0 and one Atom feed; their items carry short WeChat links."""

    hosts = frozenset({"relay.example.net"})

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, ask: Ask) -> Answer:
        """A feed, or 404."""
        refused = refuse(self._world, "relay", ask)
        if refused is not None:
            return refused
        return hold_up(self._world, "relay", self._feed(ask))

    def _feed(self, ask: Ask) -> Answer:
        if ask.path not in FEEDS:
            return error_answer(404)
        account, template = FEEDS[ask.path]
        entries = self._world.listed("wechat", account)[:ITEMS]
        updated = self._world.newest_change(entries)
        text = fill(
            template,
            account=account,
            address=f"http://{ask.host}{ask.path}",
            items=[(one, _short_link(one), format_datetime(one.published)) for one in entries],
            updated=updated,
        )
        body = text.encode()
        if self._world.walls.of("relay") == "broken":
            body = body[: len(body) // 2]
        return Answer(body=body, content_type=TYPES[template], modified=updated)


def _short_link(entry: Entry) -> str:
    return f"https://mp.weixin.qq.com/s/{entry.wechat.short}" if entry.wechat else entry.url
