"""The publishers the replica stands in for, one module a family of hosts."""

from __future__ import annotations

from collections.abc import Mapping

from replica.exchange import Site
from replica.sites import beijing, cde, miit, offices, relay, tianjin, wechat
from replica.world import World


def known_columns() -> Mapping[str, frozenset[str]]:
    """Site id -> the columns content may name."""
    return {
        "cde": cde.COLUMNS,
        "miit": miit.COLUMNS,
        "bj_zscqj": beijing.COLUMNS,
        "wechat": wechat.COLUMNS,
        **tianjin.COLUMNS,
    }


def make_sites(world: World) -> list[Site]:
    """Every site of the replica, sharing one world."""
    return [
        cde.Cde(world),
        miit.Miit(world),
        *tianjin.make_sites(world),
        beijing.Zscqj(world),
        wechat.Wechat(world),
        wechat.WechatImages(world),
        relay.Relay(world),
        *offices.make_sites(world),
    ]
