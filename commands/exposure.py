"""What of this installation others can reach, for `zhengxun doctor`: said, not judged.

The addresses are the operator's own; whoever opens a port to others, or sends alarms inside the
company, means to. It is told all the same, because settings are forgotten.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from config import Config
from crawlers.reach import is_inside, is_private_host


def exposures(config: Config) -> Iterator[str]:
    """One line in Chinese for each thing that listens, or that is asked inside this network."""
    if config.metrics.port:
        yield f"监控数据 {config.metrics.host}:{config.metrics.port}：{_seen(config.metrics.host)}"
    if config.public.url:
        host = config.public.listen.rpartition(":")[0].strip("[]")
        behind = "，由您的网页服务器转发" if config.public.forwarded else ""
        yield f"订户页面 {config.public.listen}：{_seen(host)}{behind}"
    for name, address in _asked(config):
        host = urlsplit(address).hostname or ""
        if _leads_inside(host):
            yield f"{name}在内网（{host}）：配置中写明的地址不受内网限制"
    if config.crawl.browser == "cdp" and config.crawl.browser_cdp_url:
        host = urlsplit(config.crawl.browser_cdp_url).hostname or ""
        if not is_private_host(host):
            yield f"浏览器 {host}：能连到它的人都可以控制它"


def _asked(config: Config) -> Iterator[tuple[str, str]]:
    """What this program sends to, by names for people."""
    yield "告警 webhook ", config.operator.webhook
    yield "心跳地址 ", config.operator.ping_url
    yield "上游网关 ", config.upstream


def _seen(host: str) -> str:
    if host == "localhost" or host.startswith("127.") or host == "::1":
        return "只有本机可以访问"
    return "能连到本机的人都可以访问，没有密码"


def _leads_inside(host: str) -> bool:
    """Whether a host is of this network; a name that is unknown is nowhere."""
    if not host or is_private_host(host):
        return bool(host)
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(is_inside(str(entry[4][0])) for entry in found)
