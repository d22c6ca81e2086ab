"""Files a notice page names, and bare links to files in lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from parsel import Selector

from crawlers.items import PrintedLink
from crawlers.reading.addresses import absolute
from crawlers.reading.text import visible_text

_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|rtf|zip|rar|7z|ofd|txt|csv)$", re.IGNORECASE)
_DOWNLOAD = re.compile(r"/downloadAtt\?|/att/download/|/attach(?:ment)?/|[?&]attach", re.IGNORECASE)
# Most links of a page are menus: only what may be a file is made absolute and looked at.
_LIKELY = re.compile(r"\.(?!s?html?\b)\w{2,4}(?:[?#]|\s*$)|download|att|%", re.IGNORECASE)
_BARE = re.compile(
    r"(?:附件|附表)?\s*[0-9一二三四五六七八九十]{0,2}|(?:点击|附件|全文)?(?:下载|查看)(?:附件)?"
)
# No notice names as many; a page made of links must not take minutes.
MOST_FILES = 200
_FURNITURE = "ancestor::header or ancestor::footer or ancestor::nav"


def is_file(url: str) -> bool:
    """Whether an address ends in the name of a document or archive."""
    return bool(_FILE.search(unquote(urlsplit(url).path)))


def find_attachments(page: Selector, base_url: str, css: Iterable[str] = ()) -> list[PrintedLink]:
    """Every file the page links to, in order, each once; `css` adds links with plain addresses.

    They often stand below the body, after a line such as 相关附件, so the whole page is read.
    """
    chosen = {node.root for query in css for node in page.css(query)}
    found: dict[str, PrintedLink] = {}
    for anchor in page.xpath(f"//a[@href][not({_FURNITURE})]"):
        named = _FILE.search((anchor.root.text or "").strip())
        if not (anchor.root in chosen or named or _LIKELY.search(anchor.root.get("href"))):
            continue
        url = absolute(base_url, anchor.attrib["href"])
        wanted = anchor.root in chosen and not _is_page(url)
        if url and (wanted or named or is_file(url) or _DOWNLOAD.search(url)):
            if url not in found:
                found[url] = PrintedLink(_name(anchor, url), url)
            if len(found) == MOST_FILES:
                break
    return list(found.values())


def _is_page(url: str) -> bool:
    """A related notice, not a file: CDE's .relatedNews holds both."""
    path = urlsplit(url).path
    return path.endswith((".html", ".htm", ".shtml", "/")) or "/view" in path


def _name(anchor: Selector, url: str) -> str:
    nearby = anchor.xpath(
        "(.//span[contains(@class,'fileLink')] | ..//span[contains(@class,'fileLink')])[1]"
    )
    printed = visible_text(nearby[0]) if nearby else visible_text(anchor)
    title = anchor.attrib.get("title", "").strip() or anchor.attrib.get("download", "").strip()
    if title and _BARE.fullmatch(printed):  # 附件1, with the file's name in the tooltip
        return title
    return printed or unquote(urlsplit(url).path.rsplit("/", 1)[-1])
