"""Find the rows of a list nobody described: links of one make that stand together, with dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from parsel import Selector

from crawlers.reading.cut_lists import ListPart, whole_list
from crawlers.reading.list_groups import Group, clusters, link_groups
from crawlers.reading.list_links import Link, find_links, is_home
from crawlers.reading.printed_dates import day_of, edge_date, url_date
from crawlers.reading.row_dates import Place, row_dates, words_beside
from crawlers.reading.row_titles import Piece, common_words, pieces_of, title_of, without_date
from crawlers.reading.rows import MOST_ROWS, Row
from crawlers.reading.script_rows import array_rows, records
from crawlers.reading.whole_titles import whole_title, without_counts

_SHORTEST_TITLE = 6  # navigation says 首页, 更多, 下一页; an undated notice has no so short a title
_OWN, _MIXED = 2.0, 0.2  # what the folder and the order of days weigh against the length
_IN_ORDER = 0.7
_FEW = 3  # fewer rows are a list only if they are dated
_PINNED = re.compile(r"置\s*顶|\[顶\]|【顶】")
_PINNED_NAME = re.compile(
    r"(?:^|[\s/_-])(?:zd|zhiding|istop|is-top|sticky|stick|pinned|topped|top-?(?:icon|ico|tag|flag)"
    r"|(?:icon|ico)[-_]?(?:top|zd))(?:[\s._-]|\d|$)",
    re.IGNORECASE,
)


def general_rows(page: Selector, base_url: str, link: str = "") -> list[Row]:
    """The rows of the likeliest list on the page. `link` is a regex the address must match.

    Without `link` at least three rows must stand together, or the rows be dated; else the answer
    is empty.
    """
    lists = [one for one in _lists(page, base_url, link) if link or _is_list(one.rows)]
    # What stands in a menu or a head by its name is a list of notices only if it prints days.
    fit = [one for one in lists if not one.aside or _is_dated(one.rows)]
    own = own_folder(base_url)
    likeliest = max(fit, key=lambda one: _weight(one, own), default=ListPart([]))
    return whole_list(likeliest, fit)[:MOST_ROWS]


def own_folder(url: str) -> str:
    """What addresses of a column's own pages begin with: the folder of its list, without the
    scheme; empty where the list lies at the root of the site and everything would."""
    parts = urlsplit(url)
    folder = parts.path.rpartition("/")[0]
    return f"//{parts.netloc}{folder}/" if folder else ""


def own_share(rows: Sequence[Row], own: str) -> float:
    """The share of rows that lie in a folder, 0 to 1."""
    return sum(own in row.url for row in rows) / max(1, len(rows)) if own else 0.0


def separate_lists(page: Selector, base_url: str) -> list[list[Row]]:
    """Every dated list of three rows or more that a page shows: a front page has several."""
    lists = _lists(page, base_url, "")
    return [one.rows for one in lists if len(one.rows) >= _FEW and _is_dated(one.rows)]


def linked_rows(page: Selector, base_url: str, link: str) -> list[Row]:
    """Every row whose address matches `link`, wherever it stands (a home page's blocks)."""
    seen: dict[str, Row] = {}
    for one in _lists(page, base_url, link):
        for row in one.rows if not one.aside else ():
            known = seen.setdefault(row.url, row)
            known.date = known.date or row.date
    return list(seen.values())


def script_rows(text: str, base_url: str) -> list[Row]:
    """Rows held as data in the page's source: Hanweb's arrays, or its CDATA records."""
    rows = array_rows(text, base_url)
    for record in islice(records(text), MOST_ROWS):
        found = _lists(Selector(text=f"<div>{record}</div>"), base_url, "")
        rows += found[0].rows[:1] if found else []
    return rows[:MOST_ROWS]


def is_pinned(node: etree._Element) -> bool:
    """Whether a row says 置顶, or shows it by a picture or by the name of a mark."""
    for part in islice(node.iter("*"), 200):
        if _PINNED.search(
            f"{part.text or ''}{part.tail or ''}" if part is not node else part.text or ""
        ):
            return True
        values = (part.get("class"), part.get("src"), part.get("alt"), part.get("title"))
        marks = " ".join(value for value in values if value)[:300]
        if marks and (_PINNED.search(marks) or _PINNED_NAME.search(marks)):
            return True
    return False


def _lists(page: Selector, base_url: str, link: str) -> list[ListPart]:
    wanted = re.compile(link) if link else None
    links = [
        one
        for one in find_links(page, base_url)
        if (wanted.search(one.url) is not None if wanted else not is_home(one.url))
    ]
    groups = link_groups(links)
    own = own_folder(base_url)
    return [part for group in groups for part in _parts_of(group, own)]


def _parts_of(group: Group, own: str) -> list[ListPart]:
    """The lists a group of links makes: one, unless its blocks run from new to old each anew."""
    whole = [pieces_of(box) for box in group.boxes]
    common = common_words(whole)
    buttons = group.common > 0.5
    rows: list[Row] = []
    places: list[Place] = []
    for link, box, words in zip(group.links, group.boxes, whole, strict=True):
        title = whole_title(_title(link, words, common, buttons), box)
        rows.append(Row(link.url, title, "", is_pinned(box)))
        hint = (link.node.get("title") or "").replace(title, " ", 1) if title else ""
        words_around = f"{words_beside(box, link.node, title)} {hint}"
        places.append(Place(box, words_around, link.url))
    set_dates(rows, places)
    for row, title in zip(rows, without_counts([row.title for row in rows]), strict=True):
        row.title = title
    parts = _split(group, rows, own)
    if len(parts) > 1:
        for part in parts:  # one of several lists may print days that the others do not
            if not any(rows[at].date for at in part):
                set_dates([rows[at] for at in part], [places[at] for at in part])
    spoken = [[at for at in part if rows[at].title] for part in parts]
    return [
        ListPart([rows[at] for at in part], [group.boxes[at] for at in part], group.aside)
        for part in spoken
    ]


def set_dates(rows: Sequence[Row], places: Sequence[Place]) -> None:
    """Give each row that has none its day, taken out of its title where it stands there: beside
    the title, else in it, else in the address."""
    if sum(bool(row.date) for row in rows) * 2 < len(rows):
        days = row_dates(places)
        edges = [edge_date(row.title) for row in rows]
        if sum(map(bool, days)) < sum(map(bool, edges)):
            days = edges
        for row, day in zip(rows, days, strict=True):
            row.date = row.date or day
    for row in rows:
        row.title = without_date(row.title, row.date)
        row.date = row.date or url_date(row.url)


def _title(link: Link, words: Sequence[Piece], common: set[str], buttons: bool) -> str:
    """The link's own words, or where the link is a button those of its row."""
    attribute = link.node.get("title") or ""
    if buttons:
        return title_of(words, common)
    title = title_of(pieces_of(link.node), common, attribute if attribute not in common else "")
    return title or title_of(words, common)


def _split(group: Group, rows: list[Row], own: str) -> list[list[int]]:
    """Blocks of one make are one list while their days run on from block to block, or while
    nothing says otherwise and they stand side by side; tabs begin anew with each block."""
    result: list[list[int]] = []
    for block in clusters(group):
        if result and _runs_on(rows, result[-1], block, group, own):
            result[-1].extend(block)
        else:
            result.append(list(block))
    return result


def _runs_on(rows: list[Row], above: list[int], block: list[int], group: Group, own: str) -> bool:
    """Whether a block goes on with the list above it. Tabs that stand right beside one another are
    both the column's, unless only one of them leads into its folder; a row set large right above
    a list is its first."""
    one, other = group.boxes[above[-1]], group.boxes[block[0]]
    is_headline = len(above) == 1 and len(block) >= _FEW and one.getnext() is other.getparent()
    is_near = is_headline or _grandparent(one) is _grandparent(other)
    last = next((d for d in (day_of(rows[place].date) for place in reversed(above)) if d), None)
    first = next((d for d in (day_of(rows[place].date) for place in block) if d), None)
    if last is not None and first is not None:
        shares = [own_share([rows[at] for at in part], own) > 0.5 for part in (above, block)]
        if not _runs_by_day([rows[at] for at in block]) and _runs_by_day(
            [rows[at] for at in above]
        ):
            return False  # what is read most stands in no order
        is_tab = shares[0] == shares[1] and _is_next(one, other)
        return first <= last or is_tab
    if (last is None) != (first is None) and min(len(above), len(block)) >= _FEW:
        return False
    return is_near


def _is_next(one: etree._Element, other: etree._Element) -> bool:
    """Whether the boxes around two rows follow one another with nothing between them, and no
    heading above the rows of the second: that would begin another list."""
    first, second, above = one.getparent(), other.getparent(), other.getprevious()
    if first is None or second is None or first.getnext() is not second:
        return False
    headed = (first.tail or "") + (second.text or "")
    if above is not None:
        headed += "".join(str(part) for part in islice(above.itertext(), 20))
    return not headed.strip()


def _grandparent(node: etree._Element) -> etree._Element | None:
    return next(islice(node.iterancestors(), 1, None), None)


def _is_list(rows: Sequence[Row]) -> bool:
    dated = sum(bool(row.date) for row in rows)
    lengths = [len(row.title) for row in rows]
    if not rows:
        return False
    if dated * 2 >= len(rows):
        return len(rows) >= _FEW or max(lengths) >= _SHORTEST_TITLE
    return len(rows) >= _FEW and sum(lengths) / len(rows) >= _SHORTEST_TITLE


def _is_dated(rows: Sequence[Row]) -> bool:
    return sum(bool(row.date) for row in rows) * 2 >= len(rows)


def _weight(one: ListPart, own: str) -> tuple[bool, bool, float]:
    """A list of notices prints dates; a menu may be longer, but has none. A column's list leads
    into its own folder, and runs by day: what is hot or recommended does neither."""
    rows = one.rows
    dated = sum(bool(row.date) for row in rows)
    titles = sum(len(row.title) for row in rows) / max(1, len(rows))
    weight = 3 * dated + len(rows) + titles / 10
    weight *= _OWN if own_share(rows, own) > 0.5 else 1
    weight *= 1 if _runs_by_day(rows) else _MIXED
    return (_is_dated(rows), not one.aside, weight)


def _runs_by_day(rows: Sequence[Row]) -> bool:
    days = [day for day in (day_of(row.date) for row in rows) if day is not None]
    bare = [row.date for row in rows if row.date.startswith("--")]
    return _is_in_order(days) and _is_in_order(bare)


def _is_in_order(days: Sequence[Any]) -> bool:
    """Whether days, or months and days without a year, run one way; of few that is not asked."""
    pairs = list(pairwise(days))
    if len(pairs) < _FEW:
        return True
    falling = sum(a >= b for a, b in pairs) / len(pairs)
    rising = sum(a <= b for a, b in pairs) / len(pairs)
    return bool(max(falling, rising) >= _IN_ORDER)
