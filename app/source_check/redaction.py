"""Takes out of a page that leaves the house what is the operator's own: where the relays stand, the
upstream, the contact, this machine's folders and address, and keys in addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from app.context import Context

_KEYS = re.compile(
    r"(?i)(\b(?:\w{0,20}(?:token|secret|passwd|password|session|sessionid)|api_?key|key|auth|sign|"
    r"signature|ticket|sid)=)[^&\s\"'<>;#?]{4,2000}"
)
_JSESSION = re.compile(r"(?i)(;jsessionid=)[\w.!-]{1,200}")
# What a wall prints of its visitor; a version number of four parts goes with it.
_ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_MAC_OR_V6 = re.compile(r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){5,7}[0-9a-f]{1,4}(?![\w:])")
_LOGIN = re.compile(r"(?<=://)[^/\s@\"'<>]{1,200}@")


class Redaction:
    """What is taken out, for one configuration."""

    def __init__(self, context: Context) -> None:
        config = context.config
        relays = [
            one.relay for site in context.catalogue.values() for one in site.columns if one.relay
        ]
        words = dict.fromkeys(relays, "〔中继〕")
        words |= {urlsplit(relay).netloc: "〔中继〕" for relay in relays}
        words |= {config.upstream: "〔上游〕", urlsplit(config.upstream).netloc: "〔上游〕"}
        words |= {config.crawl.contact: "〔联系人〕", config.crawl.browser_cdp_url: "〔浏览器〕"}
        words |= dict.fromkeys(_folders([config.data, Path.home()]), "〔目录〕")
        self.words = sorted(
            ((word, instead) for word, instead in words.items() if len(word) > 3),
            key=lambda one: -len(one[0]),
        )

    def of(self, text: str) -> str:
        """The text without them."""
        for word, instead in self.words:
            text = text.replace(word, instead)
        text = _JSESSION.sub(r"\1…", _LOGIN.sub("…@", text))
        text = _MAC_OR_V6.sub("〔地址〕", _ADDRESS.sub("〔地址〕", text))
        return _KEYS.sub(r"\1…", text)


def _folders(paths: Iterable[Path]) -> Iterable[str]:
    for path in paths:
        if path.is_absolute():
            yield str(path)
        yield str(path.resolve())
