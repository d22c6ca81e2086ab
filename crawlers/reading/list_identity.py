"""What a list page says of whose list it is: its own names, and where its rows lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from parsel import Selector

from crawlers.reading.general_list import own_folder, own_share, separate_lists
from crawlers.reading.meta import read_meta
from crawlers.reading.rows import Row
from crawlers.reading.text import visible_text

FRONT_LISTS = 3
"""Lists of other folders side by side from which a page without a column's name is a front page."""

OFFICE = re.compile(r"(?:局|委员会|委|部|厅|院|中心|网|网站|政府|协会)$")
"""How a publisher's own name ends, and no column's."""

_DATED = re.compile(r"/(?:\d{1,2}|(?=[^/]*\d{4})[\w-]++)(?=/|$)")
_PATH_MARK = re.compile(r">|＞|»|›|/|→|-{2,}")
_LONGEST_NAME = 20


@dataclass(frozen=True, slots=True)
class ListIdentity:
    """Evidence, no verdict. `names` are what the page calls itself (its meta tags, the last step
    of its path, its title without the site's name), `folders` host and folder of the rows without
    the parts that name a day or a number, most rows first, `lists` the folders of each dated list
    on the page that leads elsewhere than the others; `at_home` and `outside` count the dated lists
    that lead into the page's own folder and out of it."""

    names: tuple[str, ...] = ()
    folders: tuple[tuple[str, int], ...] = ()
    lists: tuple[str, ...] = ()
    at_home: int = 0
    outside: int = 0

    @property
    def is_front(self) -> bool:
        """Whether it looks like a front page: no column's name, and several lists of which none,
        or only one of many, is at home here."""
        apart = self.outside > 1 and not self.at_home
        return not self.names and (apart or len(self.lists) >= FRONT_LISTS)


def list_identity(page: Selector, rows: Sequence[Row], url: str) -> ListIdentity:
    """The evidence of one list page that was read as `rows`."""
    own = own_folder(url)
    lists = separate_lists(page, url) if own else []
    home = sum(own_share(one, own) > 0.5 for one in lists)
    return ListIdentity(
        names=tuple(dict.fromkeys(filter(None, _names(page)))),
        folders=tuple(Counter(folder_of(row.url) for row in rows).most_common()),
        lists=tuple(dict.fromkeys(map(_main_folder, lists))),
        at_home=home,
        outside=len(lists) - home,
    )


def folder_of(url: str) -> str:
    """Host and folder of an address; what names a day or a number is left out:
    /zwgk/tzgg/202102/t20210204_1.html lies in /zwgk/tzgg/."""
    parts = urlsplit(url)
    folder = parts.path.rpartition("/")[0]
    return f"{parts.netloc}{_DATED.sub('', folder)}/"


def _main_folder(rows: Sequence[Row]) -> str:
    return Counter(folder_of(row.url) for row in rows).most_common(1)[0][0]


def _names(page: Selector) -> list[str]:
    meta = read_meta(page)
    title = page.css("title")
    words = re.split(r"[-_|—–]+", visible_text(title[0]) if title else "")
    parts = [part.strip() for part in words]
    own = parts[0] if parts[0] != meta.site_name and not OFFICE.search(parts[0]) else ""
    return [meta.column, _last_step(page), own]


def _last_step(page: Selector) -> str:
    """The last step of 首页 > 政务公开 > 通知公告."""
    for node in page.xpath("//*[contains(text(), '当前位置') or contains(text(), '首页')]")[:20]:
        for box in (node, *node.xpath("ancestor::*[position() <= 2]")[::-1]):
            words = visible_text(box)
            steps = [step for part in _PATH_MARK.split(words) if (step := part.strip())]
            if len(words) < 120 and len(steps) > 1 and "首页" in words:
                return steps[-1] if len(steps[-1]) <= _LONGEST_NAME else ""
    return ""
