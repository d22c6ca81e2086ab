"""A notice in several parts: the address of the next page of its text, and frames that hold it.

Only an address that is the page's own with a part's number is followed (`t1_5_1.html` after
`t1_5.html`, `?page=2`): 下一篇 leads to another notice.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.file_links import is_file
from crawlers.reading.text import visible_text

MOST_PARTS = 20
"""Parts of one notice that are asked for; what goes on is said."""

_NEXT = re.compile(
    r"^\W{0,3}(?:下\s?一?\s?页|后\s?一?\s?页|下页|[Nn]ext(?:\s[Pp]age)?|>|›|»|&gt;)\W{0,3}$"
)
_SCRIPT_PAGER = re.compile(
    r"createPageHTML\w{0,9}\s{0,5}\(\s{0,5}[\"']?(\d{1,4})[\"']?\s{0,5},\s{0,5}[\"']?(\d{1,4})[\"']?\s{0,5},"
    r"\s{0,5}[\"']([^\"'\s]{1,120})[\"']\s{0,5},\s{0,5}[\"'](\w{2,6})[\"']"
)
_PAGE_NAMES = re.compile(
    r"^(?:p|pg|page|pages|pageno|pagenum|pageindex|curpage|currentpage|n)$", re.IGNORECASE
)
_GOES_ON = re.compile(
    r"下\s{0,3}一?\s{0,3}页|后\s{0,3}一?\s{0,3}页|下页|[Nn]ext|createPageHTML|>\s{0,5}[\[【]?2[\]】]?\s{0,5}<"
)
_MOST_FRAMES = 10
_MOST_LINKS = 4000


def next_part(text: str, url: str, first_url: str = "", read: int = 1) -> str:
    """The address of the part after this one, or "". `url`: where this part was found; `first_url`:
    where the first part stands; `read`: how many parts have been read, this one among them."""
    first = first_url or url
    here = part_number(first, url)
    if here is None or not _GOES_ON.search(text):
        return ""
    page = Selector(text=text)
    for count, anchor in enumerate(page.css("a[href]")):
        if count == _MOST_LINKS:
            break
        printed = visible_text(anchor) if len(anchor.root.text or "") < 40 else ""
        if not printed or not (_NEXT.match(printed) or printed.strip("[]【】 ") == str(read + 1)):
            continue
        address = absolute(url, anchor.attrib["href"])
        number = part_number(first, address) if address else None
        if number is not None and number > here:
            return address
    return _by_script(text, url, read)


def frame_part(text: str, url: str) -> str:
    """The address of the page in a frame of this one that may hold its text, or "": of the same
    site, and neither a file nor a video."""
    if "<iframe" not in text.lower():
        return ""
    own = urlsplit(url)
    for source in Selector(text=text).xpath("//iframe/@src").getall()[:_MOST_FRAMES]:
        address = absolute(url, source)
        parts = urlsplit(address)
        is_page = bool(address) and not is_file(address) and "viewer" not in parts.path
        if is_page and parts.netloc == own.netloc and parts.path != own.path:
            return address
    return ""


def part_number(first: str, url: str) -> int | None:
    """The number in an address that makes it a part of the notice at `first`: 0 for that address
    itself, None for any other page. Systems call the second part 1 or 2."""
    one, two = urlsplit(first), urlsplit(url)
    if one.netloc != two.netloc:
        return None
    if one.path == two.path:
        return _number_in_query(one.query, two.query)
    return _number_in_path(one.path, two.path) if one.query == two.query else None


def _by_script(text: str, url: str, read: int) -> str:
    """TRS writes its pager by script: createPageHTML(parts, this, "t20210204_5", "html")."""
    for match in _SCRIPT_PAGER.finditer(text):
        parts, this, stem, ending = int(match[1]), int(match[2]), match[3], match[4]
        own = urlsplit(url).path.rpartition("/")[2]
        if own.startswith(stem) and this + 1 < parts and this + 1 == read:
            return absolute(url, f"{stem}_{this + 1}.{ending}")
    return ""


def _number_in_query(first: str, other: str) -> int | None:
    known, asked = dict(parse_qsl(first)), dict(parse_qsl(other))
    changed = {name for name in {*known, *asked} if known.get(name) != asked.get(name)}
    if not changed:
        return 0
    name = changed.pop()
    is_number = asked.get(name, "").isdigit() and len(asked[name]) <= 3
    if changed or not _PAGE_NAMES.match(name) or not is_number:
        return None
    return int(asked[name]) if int(asked[name]) > int(known.get(name, "0") or 0) else None


def _number_in_path(first: str, other: str) -> int | None:
    folder, _, name = first.rpartition("/")
    other_folder, _, other_name = other.rpartition("/")
    if folder != other_folder:  # /content/5 and /content/5/2
        is_below = other.startswith(f"{first.rstrip('/')}/") and re.fullmatch(
            r"\d{1,3}", other_name
        )
        return int(other_name) if is_below else None
    stem, ending = _split(name)
    other_stem, other_ending = _split(other_name)
    if ending != other_ending or not other_stem.startswith(stem) or not stem:
        return None
    match = re.fullmatch(r"[_-](\d{1,3})", other_stem[len(stem) :])
    return int(match[1]) if match else None


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, ending) if dot else (name, "")
