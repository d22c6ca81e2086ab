"""Where a list goes on: the next page of a list page, whatever turns it, and how far it goes.

Evidence in order: a link that says so, a page number, a script that can be worked out, an address
that follows from those of other pages (then it is a guess, and says so). What cannot be worked
out is a finding of its own: pages exist, and nobody can turn to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.pager_controls import Control
from crawlers.reading.pager_forms import called_page, counted_form
from crawlers.reading.pager_sight import Sight, is_same, look_at, says_last

_DRAWN_FOR = re.compile(r"\.(?:pagination|paging|pager)\(\s{0,20}(\d{1,7})\s{0,20},")
_MOST_TRIED = 8  # controls whose script is looked into


@dataclass(frozen=True, slots=True)
class Pager:
    """What a list page says of its own place and of what follows.

    `next_url` is None where nothing leads on; with `form` these fields are posted to it. `current`
    and `last` count pages from 1, `total` rows, `size` rows a page; None where the page does not
    say. `is_end`: the page itself proves that it is the last. `stuck`: there are more pages, and
    the way to them cannot be worked out. `guessed`: the address is derived, and may not exist.
    `sign` says in Chinese what it was seen by; empty when the page shows no pager at all.
    """

    next_url: str | None = None
    form: tuple[tuple[str, str], ...] = ()
    current: int | None = None
    last: int | None = None
    total: int | None = None
    size: int | None = None
    is_end: bool = False
    stuck: bool = False
    guessed: bool = False
    sign: str = ""


def read_pager(
    page: Selector,
    url: str,
    *,
    asked: int = 1,
    column_url: str = "",
    rows: int | None = None,
) -> Pager:
    """The pager of a list page.

    `asked` is the number of the page in the walk, from 1; `column_url` the column's own address,
    whose folder the pages lie in; `rows` how many notices were read on this page, if known.
    """
    sight = look_at(page, url, asked, column_url, rows)
    sight.asked = max(asked, sight.counts.current or _numbered(sight) or 1)
    place = _place(sight)
    for step in (_by_link, _proved_end, _by_script, _by_counted_form, _by_pattern):
        found = step(sight)
        if found is not None:
            return _with_place(found, place)
    return _with_place(_no_way(sight), place)


def _place(sight: Sight) -> Pager:
    """The numbers alone. A current page by script counts from zero or one: the page asked for
    tells which."""
    printed, script = sight.counts, sight.script.counts
    size = printed.size or script.size
    total = printed.total if printed.total is not None else script.total
    last = sight.last
    if last is None and total is not None and size:
        last = max(1, -(-total // size))
    return Pager(current=printed.current or _numbered(sight), last=last, total=total, size=size)


def _numbered(sight: Sight) -> int | None:
    """The page number that is no link among its neighbours that are."""
    plain = [c for c in sight.controls if c.kind == "number" and not (c.address or c.script)]
    linked = [c for c in sight.controls if c.kind == "number" and c.works]
    boxes = {c.box for c in linked}
    near = {c.number for c in plain if c.box in boxes}
    return near.pop() if len(near) == 1 else None


def _by_link(sight: Sight) -> Pager | None:
    """A control labelled 下一页, or with the next page's number, that has an address."""
    if says_last(sight):
        return None
    nexts = [c for c in sight.controls if c.kind == "next" and c.works and c.address]
    numbers = [c for c in sight.controls if c.kind == "number" and c.number == sight.asked + 1]
    far = [c for c in sight.controls if c.kind == "far" and c.works and c.address]
    for control in (*nexts, *_in_series(sight, numbers), *(far if _pages(sight) else ())):
        clearly = control.kind == "next" and control in nexts
        if not control.address or not sight.leads(control.address, clearly=clearly):
            continue
        if is_same(control.address, sight.url):
            continue
        word = "下一页链接" if control.kind != "number" else f"第 {control.number} 页的链接"
        return Pager(next_url=control.address, sign=word)
    return None


def _by_counted_form(sight: Sight) -> Pager | None:
    """A form that holds the pages' count, which the page shows no control for."""
    called = counted_form(sight.page, sight.asked, sight.base)
    if called is None or not sight.leads(called[0], clearly=True):
        return None
    return Pager(next_url=called[0], form=called[1], sign="表单里写明页数")


def _in_series(sight: Sight, numbers: list[Control]) -> list[Control]:
    """Number links that are a pager's: their address holds the number, or their box turns pages."""
    boxes = {c.box for c in sight.controls if c.kind in {"next", "last", "previous", "far"}}
    return [c for c in numbers if c.box in boxes or _names(c.address, c.number) or _pages(sight)]


def _pages(sight: Sight) -> bool:
    return sight.last is not None and sight.last > sight.asked


def _names(address: str, number: int) -> bool:
    parts = urlsplit(address)
    found = re.findall(r"\d+", f"{parts.path.rpartition('/')[2]}?{parts.query}")
    return any(int(n) in {number, number - 1} for n in found if len(n) < 6)


def _proved_end(sight: Sight) -> Pager | None:
    """The page itself says that nothing follows."""
    if says_last(sight):
        return Pager(is_end=True, sign=f"页上写明共 {sight.last} 页")
    total = sight.counts.total
    if total is not None and sight.rows is not None and sight.asked == 1 and total <= sight.rows:
        return Pager(is_end=True, sign=f"页上写明共 {total} 条")
    nexts = [c for c in sight.controls if c.kind == "next"]
    if any(c.address and is_same(c.address, sight.url) for c in nexts) and sight.asked > 1:
        return Pager(is_end=True, sign="下一页链接指向本页")
    if nexts and not any(c.works for c in nexts) and _is_closed(sight, nexts):
        return Pager(is_end=True, sign="下一页不能点")
    numbers = [c.number for c in sight.controls if c.kind == "number" and c.works and c.address]
    if sight.asked > 1 and not nexts and len(numbers) >= 1 and max(numbers) < sight.asked:
        return Pager(is_end=True, sign="页码到此为止")
    return None


def _is_closed(sight: Sight, nexts: list[Control]) -> bool:
    """Whether 下一页 is shown and cannot be used, while the controls beside it can: it is marked
    as off, or it is plain words among links. Where no control has a way, a script gives it."""
    if any(c.off for c in nexts):
        return True
    boxes = {c.box for c in nexts}
    beside = (c for c in sight.controls if c.kind != "next" and c.box in boxes)
    return sight.asked > 1 and any(c.address for c in beside)


def _by_script(sight: Sight) -> Pager | None:
    """A pager drawn by script whose addresses can be worked out."""
    script = sight.script
    if script.drawn is not None and script.drawn_current is not None:
        current = script.drawn_current
        is_end = script.counts.last is not None and sight.asked >= script.counts.last
        if is_end:
            return Pager(is_end=True, sign=f"翻页脚本写明共 {script.counts.last} 页")
        address = absolute(sight.base, script.drawn.at(current + 1))
        if sight.leads(address, clearly=False):
            return Pager(next_url=address, sign="翻页脚本")
    for control in _turning(sight)[:_MOST_TRIED]:
        called = called_page(control, sight.page, script, sight.asked, sight.base)
        if called is not None and sight.leads(called[0], clearly=True):
            return Pager(next_url=called[0], form=called[1], sign="翻页脚本")
    return _by_template(sight)


def _turning(sight: Sight) -> list[Control]:
    """Controls of the next page that call a script, surest first."""
    wanted = [c for c in sight.controls if c.script and not c.address and not c.off]
    nexts = [c for c in wanted if c.kind == "next"]
    numbers = [c for c in wanted if c.kind == "number" and c.number == sight.asked + 1]
    others = [c for c in wanted if c.kind == "number" and c.number > sight.asked + 1]
    return [*numbers, *nexts, *others, *(c for c in wanted if c.kind in {"last", "far"})]


def _by_template(sight: Sight) -> Pager | None:
    """A pager without controls in the markup: counts by script, and an address it puts together."""
    counts = sight.script.counts
    is_sure = counts.last is not None or sight.last is not None or counts.total is not None
    if not is_sure and not any(c.kind in {"next", "number", "more"} for c in sight.controls):
        return None
    zero = counts.current is not None and counts.current == sight.asked - 1
    for template in sight.script.templates:
        value = sight.asked + 1
        # `e.curr` is what a pager's callback gets: it counts from one whatever the page does.
        if zero and template.variable and not template.variable.endswith(".curr"):
            value -= 1
        address = absolute(sight.base, template.at(value))
        if address and sight.leads(address, clearly=False) and not is_same(address, sight.url):
            return Pager(next_url=address, guessed=not is_sure, sign="翻页脚本里的地址")
    return None


def _by_pattern(sight: Sight) -> Pager | None:
    """The next page's address after those of 尾页 or of other pages; and a button for more."""
    known = [(c.number, c.address) for c in sight.controls if c.kind == "number" and c.address]
    if sight.last:
        known += [(sight.last, c.address) for c in sight.controls if c.kind == "last"]
    for number, address in known:
        if number <= sight.asked or not address:
            continue
        derived = renumbered(address, number, sight.asked + 1)
        if derived and sight.leads(derived, clearly=False) and not is_same(derived, sight.url):
            return Pager(next_url=derived, guessed=True, sign=f"照第 {number} 页的地址推出")
    for control in sight.controls:
        if control.kind == "more" and control.address and control.box.tag != "body":
            names = _names(control.address, sight.asked + 1)
            if names and sight.leads(control.address, clearly=False):
                return Pager(next_url=control.address, sign="“加载更多”的地址")
    return None


def renumbered(address: str, number: int, wanted: int) -> str:
    """The address with its page number replaced; empty when it does not hold it exactly once."""
    head, _, tail = address.rpartition("/")
    for shift in (0, -1):
        pattern = rf"(?<!\d){number + shift}(?!\d)"
        if len(re.findall(pattern, tail)) == 1:
            return f"{head}/{re.sub(pattern, str(wanted + shift), tail)}"
    return ""


def _no_way(sight: Sight) -> Pager:
    """Nothing leads on: either there is nothing more to be seen of, or nobody can get there."""
    last, total = _place(sight).last, _place(sight).total
    if last is not None and last > sight.asked:
        return Pager(stuck=True, sign=f"页上写明共 {last} 页")
    if total is not None and sight.rows is not None and sight.asked == 1 and total > sight.rows:
        return Pager(stuck=True, sign=f"页上写明共 {total} 条")
    if total is not None and sight.rows is not None and sight.asked == 1:
        return Pager(is_end=True, sign=f"页上写明共 {total} 条")
    live = [c for c in sight.controls if not c.off]
    if any(c.kind == "next" and not (c.address and is_same(c.address, sight.url)) for c in live):
        return Pager(stuck=True, sign="有“下一页”")
    if any(c.kind == "number" and c.script and c.number == sight.asked + 1 for c in live):
        return Pager(stuck=True, sign=f"有第 {sight.asked + 1} 页")
    drawn = _DRAWN_FOR.search(sight.script.text)
    if drawn and int(drawn[1]) > (sight.rows or 0) and sight.asked == 1:
        return Pager(stuck=True, sign=f"翻页脚本写明共 {drawn[1]} 条")
    if any(c.kind == "more" and c.script for c in live):
        return Pager(stuck=True, sign="有“加载更多”")
    return Pager()


def _with_place(found: Pager, place: Pager) -> Pager:
    return replace(
        found, current=place.current, last=place.last, total=place.total, size=place.size
    )
