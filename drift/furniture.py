"""What else stands on a page: trails, related notices, hot lists, share bars, counters, clocks."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from html import escape
from random import Random

from lxml import html

from drift.changes import HTML_SITES, PAGE_SITES, change
from drift.places import Place
from drift.redesign import ListPage, NoticePage, Redesign
from drift.trees import make, room
from replica.entries import Entry

SHARE = (
    '<div class="share"><span>分享到：</span><a href="javascript:;">微信</a>'
    '<a href="javascript:;">微博</a><a href="javascript:;">QQ空间</a></div>'
)
TOOLS = (
    '<div class="tools"><span>字号：<a href="javascript:;">大</a> <a href="javascript:;">中</a>'
    ' <a href="javascript:;">小</a></span> <a href="javascript:window.print()">打印本页</a>'
    ' <a href="javascript:window.close()">关闭窗口</a></div>'
)
MOBILE = '<div class="qr"><img src="/images/qr.png"><p>扫一扫在手机打开当前页</p></div>'
HOT = "热点排行"


def others(redesign: Redesign, random: Random, count: int) -> list[Entry]:
    """Some notices of the site, the same ones on every page: what related lists name."""
    known = redesign.neighbours
    return random.sample(known, min(count, len(known)))


def linked(entries: Sequence[Entry], redesign: Redesign, *, dated: bool) -> str:
    """A list of links to notices."""
    rows = (
        f'<li><a href="{escape(redesign.addresses.of(one))}">{escape(one.title)}</a>'
        + (f"<span>{one.published:%Y-%m-%d}</span>" if dated else "")
        + "</li>"
        for one in entries
    )
    return f"<ul>{''.join(rows)}</ul>"


@change("furniture on notices", "furniture", PAGE_SITES, 2)
def on_notices(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Some of: trail, related notices with days, share bar, tools, neighbours, counter."""
    kinds = ("trail", "related", "share", "tools", "neighbours", "counter", "mobile", "clock")
    wanted = random.sample(kinds, random.randint(2, 5))
    related = others(redesign, random, random.randint(3, 8))
    inside = random.random() < 0.35

    def furnish(page: NoticePage) -> None:
        if page.body is None or page.body.getparent() is None:
            return
        above, below = notice_furniture(page, wanted, related, redesign)
        # In some designs all of it stands in the text's own container.
        for markup in above:
            add(page, markup, above=True, inside=inside)
        for markup in below:
            add(page, markup, above=False, inside=inside)

    redesign.notices.append(furnish)
    return ", ".join(wanted) + (" inside the text's container" if inside else "")


def notice_furniture(
    page: NoticePage, wanted: Sequence[str], related: list[Entry], redesign: Redesign
) -> tuple[list[str], list[str]]:
    """What goes above the text, and what below."""
    column = escape(page.entry.column)
    near = [one for one in related if one.url != page.entry.url]
    above = {
        "trail": '<div class="crumb">您现在的位置：<a href="/">首页</a> &gt; '
        f'<a href="./">{column}</a> &gt; 正文</div>',
        "clock": f'<div class="now">今天是：{clock(redesign)}</div>',
        "counter": '<p class="hits">浏览次数：<span>1,204</span> 次</p>',
        "tools": TOOLS,
    }
    below = {
        "related": f'<div class="rel"><h4>相关文件</h4>{linked(near, redesign, dated=True)}</div>',
        "share": SHARE,
        "mobile": MOBILE,
        "neighbours": "".join(
            f'<p>{word}：<a href="{escape(redesign.addresses.of(one))}">{escape(one.title)}</a></p>'
            for word, one in zip(("上一篇", "下一篇"), near, strict=False)
        ),
    }
    return (
        [above[name] for name in wanted if name in above],
        [f"<div>{below[name]}</div>" for name in wanted if name in below],
    )


def clock(redesign: Redesign) -> str:
    """The day as a page's head shows it."""
    today: datetime = redesign.since + timedelta(days=1)
    return f"{today.year}年{today.month}月{today.day}日 星期{'一二三四五六日'[today.weekday()]}"


def add(page: NoticePage, markup: str, *, above: bool, inside: bool) -> None:
    """Put furniture around a page's text, or into its container."""
    body, made = page.body, make(markup)
    if body is None:
        return
    if inside and above:
        made.tail, body.text = body.text, None
        body.insert(0, made)
    elif inside:
        body.append(made)
    elif above:
        body.addprevious(made)
    else:
        body.addnext(made)


@change("furniture on lists", "furniture", HTML_SITES, 2)
def on_lists(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Some of: hot list longer than the list, other columns' rows, clock, links, a trail."""
    wanted = random.sample(("hot", "columns", "clock", "links", "special"), random.randint(1, 3))
    hot = others(redesign, random, random.randint(12, 30))
    aside = others(redesign, random, random.randint(4, 8))
    above = random.random() < 0.5

    def furnish(page: ListPage) -> None:
        for markup in list_furniture(wanted, hot, aside, redesign):
            place = room(page.tree)
            made = html.fragment_fromstring(markup)
            if above and place.tag == "body":
                place.insert(0, made)
            else:
                place.append(made)

    redesign.lists.append(furnish)
    return ", ".join(wanted) + (" above" if above else " below")


@change("list twice", "furniture", HTML_SITES)
def twice(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The same rows once more for small screens, in a block that wide ones hide."""
    first = random.random() < 0.5
    count = random.choice((5, 8, 100))

    def double(page: ListPage) -> None:
        copies = [copy_of(node) for node in page.nodes[:count]]
        box = html.Element("div", {"class": "m-list mobile-only", "style": "display:none"})
        box.extend(copies)
        if first:
            room(page.tree).insert(0, box)
        else:
            room(page.tree).append(box)

    redesign.lists.append(double)
    return f"{count} rows {'before' if first else 'after'} the list"


def copy_of(node: html.HtmlElement) -> html.HtmlElement:
    """A row as a box of its own."""
    made = deepcopy(node)
    made.tag, made.tail = "div", None
    return made


def list_furniture(
    wanted: Sequence[str], hot: list[Entry], aside: list[Entry], redesign: Redesign
) -> list[str]:
    """The blocks, as markup."""
    links = "".join(
        f'<li><a href="https://www.example{n}.gov.cn/">友情链接单位{n}</a></li>'
        for n in range(1, 9)
    )
    blocks = {
        "hot": f'<div class="rank"><h3>{HOT}</h3>{linked(hot, redesign, dated=False)}</div>',
        "columns": '<div class="side"><h3>最新动态</h3>'
        f"{linked(aside, redesign, dated=True)}</div>",
        "clock": f'<div class="now">{clock(redesign)} 欢迎访问</div>',
        "links": f'<div class="links"><ul>{links}</ul></div>',
        "special": '<div class="zt"><a href="/zt/2021lh/">聚焦2021全国两会专题</a>'
        '<a href="/zt/dsxx/">党史学习教育专题专栏</a></div>',
    }
    return [blocks[name] for name in wanted]
