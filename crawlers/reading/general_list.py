"""Find the rows of a list nobody described: links of one kind that stand together, with dates.

Also reads rows that are data inside a script, as Hanweb writes them: `urls[i]='…';headers[i]="…"`
(北京市知识产权局 until 2019, 北京市科委) and `<record><![CDATA[<li>…]]></record>` (CNIPA, 医保局).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree
from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.dates import find_date, url_date
from crawlers.reading.rows import Row
from crawlers.reading.text import visible_text

_SHORTEST_TITLE = 6  # navigation says 首页, 更多, 下一页; no notice has so short a title
_CLIMB = 5
_FURNITURE = {
    "related",
    "nav",
    "menu",
    "foot",
    "footer",
    "header",
    "crumb",
    "crumbs",
    "breadcrumb",
    "pager",
}
_ASSIGNED = re.compile(
    r"""(urls|headers|year|month|day)\s*\[\s*i\s*\]\s*=\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
)
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
_PINNED = re.compile(r"置\s*顶|\[顶\]|【顶】")


def general_rows(page: Selector, base_url: str, link: str = "") -> list[Row]:
    """The rows of the likeliest list on the page. `link` is a regex the address must match.

    Without `link` at least three rows must stand together, or the answer is empty.
    """
    groups = [group for group in _groups(page, base_url, link) if link or len(group) >= 3]
    return max(groups, key=_weight, default=[])


def linked_rows(page: Selector, base_url: str, link: str) -> list[Row]:
    """Every row whose address matches `link`, wherever it stands (a home page's blocks)."""
    seen: dict[str, Row] = {}
    for group in _groups(page, base_url, link):
        for row in group:
            known = seen.setdefault(row.url, row)
            known.date = known.date or row.date
    return list(seen.values())


def script_rows(text: str, base_url: str) -> list[Row]:
    """Rows held as data in the page's source: Hanweb's arrays, or its CDATA records."""
    rows = _array_rows(text, base_url)
    for record in _RECORD.findall(text):
        found = _groups(Selector(text=f"<div>{record}</div>"), base_url, "")
        rows += found[0][:1] if found else []
    return rows


def is_pinned(node_html: str) -> bool:
    """Whether a row says 置顶, or shows it as a picture or class named top."""
    return bool(_PINNED.search(node_html) or re.search(r"(?:icon|ico|zd)[-_]?top", node_html))


def without_date(title: str, date: str) -> str:
    """A title without the row's date before or behind it: some skins put both into the link."""
    if not date:
        return title
    dated = rf"[\[(（]?\s*{re.escape(date)}\s*[\])）]?"
    return re.sub(rf"^{dated}|{dated}$", "", title).strip() or title


def date_behind(words: str) -> str:
    """A date that ends the row inside its link; one within a title is not the row's."""
    words = words.rstrip(" ]）)")
    printed = find_date(words[-18:])
    return printed if printed and words.endswith(printed) else ""


def _array_rows(text: str, base_url: str) -> list[Row]:
    rows: list[Row] = []
    values: dict[str, str] = {}
    for name, single, double in _ASSIGNED.findall(text):
        if name == "urls":
            values = {}
        values[name] = re.sub(r"\\(.)", r"\1", single or double)
        if "urls" in values and name in {"day", "headers"}:
            day = "-".join(values[part] for part in ("year", "month", "day") if part in values)
            row = Row(absolute(base_url, values["urls"]), _plain(values.get("headers", "")), day)
            if rows and rows[-1].url == row.url:
                rows.pop()
            rows += [row] if row.url and row.title else []
    return rows


def _plain(fragment: str) -> str:
    return visible_text(Selector(text=f"<p>{fragment}</p>"))


def _groups(page: Selector, base_url: str, link: str) -> list[list[Row]]:
    wanted = re.compile(link) if link else None
    found: dict[tuple[object, ...], dict[str, Row]] = {}
    several: dict[etree._Element, bool] = {}
    for anchor in _anchors(page):
        url = absolute(base_url, anchor.get("href", ""))
        title = _title(anchor)
        if not _acceptable(url, title, wanted):
            continue
        node = _row_node(anchor, wanted, base_url, several)
        date = _row_date(node, title)
        row = Row(url, without_date(title, date), date or url_date(url), is_pinned(_html(node)))
        found.setdefault(_place(node), {}).setdefault(url, row)
    return [list(group.values()) for group in found.values()]


def _anchors(page: Selector) -> Iterator[etree._Element]:
    for anchor in page.xpath("//a[@href]"):
        node = anchor.root
        if not any(_is_furniture(up) for up in node.iterancestors()):
            yield node


def _is_furniture(node: etree._Element) -> bool:
    if node.tag in {"nav", "footer", "header"}:
        return True
    names = re.split(r"[\s_-]+", f"{node.get('class', '')} {node.get('id', '')}".lower())
    return not _FURNITURE.isdisjoint(names)


def _acceptable(url: str, title: str, wanted: re.Pattern[str] | None) -> bool:
    if not url:
        return False
    if wanted is not None:
        return bool(title) and wanted.search(url) is not None
    parts = urlsplit(url)
    return len(title) >= _SHORTEST_TITLE and bool(parts.path.strip("/") or parts.query)


def _title(anchor: etree._Element) -> str:
    printed = visible_text(Selector(root=anchor, type="html"))
    whole = " ".join((anchor.get("title") or "").split())
    return whole if len(whole) >= len(printed.rstrip("….")) - 2 and whole else printed


def _row_node(
    anchor: etree._Element,
    wanted: re.Pattern[str] | None,
    base_url: str,
    several: dict[etree._Element, bool],
) -> etree._Element:
    """The largest box around the link that holds no other notice link. `several` remembers the
    boxes that were looked through: they may hold thousands."""
    node = anchor
    for _ in range(_CLIMB):
        up = node.getparent()
        if up is None or up.tag in {"body", "html", "ul", "ol", "table", "tbody"}:
            break
        if up not in several:
            several[up] = _holds_several(up, wanted, base_url)
        if several[up]:
            break
        node = up
    return node


def _holds_several(node: etree._Element, wanted: re.Pattern[str] | None, base_url: str) -> bool:
    """Whether there are two notice links in a box."""
    seen: set[str] = set()
    for anchor in node.iter("a"):
        url = absolute(base_url, anchor.get("href", ""))
        if url not in seen and _acceptable(url, _title(anchor), wanted):
            seen.add(url)
            if len(seen) > 1:
                return True
    return False


def _row_date(node: etree._Element, title: str) -> str:
    text = visible_text(Selector(root=node, type="html")).replace(title, " ", 1)
    printed = find_date(text)
    follower = next(node.itersiblings("*"), None)
    if not printed and node.tail:
        printed = find_date(node.tail)
    if not printed and follower is not None and not list(follower.iter("a")):
        printed = find_date(visible_text(Selector(root=follower, type="html")))
    # Day and month set apart by style only (05 | 2021-02), or a date at the link's end.
    return printed or find_date(_spread(node).replace(title, " ", 1)) or date_behind(_spread(node))


def _spread(node: etree._Element) -> str:
    return " ".join(" ".join(str(part) for part in node.itertext()).split())


def _place(node: etree._Element) -> tuple[object, ...]:
    up = node.getparent()
    if up is None:
        return (node.tag,)
    above = up.getparent()
    where = above.getroottree().getpath(above) if above is not None else ""
    return (node.tag, up.tag, up.get("class", ""), where)


def _weight(group: list[Row]) -> tuple[bool, float]:
    """A list of notices prints dates; a menu may be longer, but has none."""
    dated = sum(bool(row.date) for row in group)
    titles = sum(len(row.title) for row in group) / len(group)
    return (dated * 2 >= len(group), 3 * dated + len(group) + titles / 10)


def _html(node: etree._Element) -> str:
    return etree.tostring(node, encoding="unicode", with_tail=False)
