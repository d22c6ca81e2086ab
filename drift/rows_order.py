"""Which rows stand on a list, and in which order."""

from __future__ import annotations

import zlib
from datetime import timedelta
from html import escape
from random import Random

from drift.changes import EVERY_SITE, HTML_SITES, LIST_SITES, change
from drift.places import Place
from drift.publisher import COLUMNS, Publisher
from drift.redesign import ListPage, Redesign, Row
from drift.rows_markup import DAY
from replica.entries import Entry
from replica.exchange import Answer, Ask

# Days before a redesign that no reading ever covered: what appears with such a day is no news.
UNWATCHED = 95


def number(row: Row, salt: int) -> int:
    """A number of a row's own, the same at every visit."""
    return zlib.crc32(f"{salt} {row.entry.url}".encode())


@change("oldest first", "order", EVERY_SITE - {"wechat"})
def oldest_first(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The whole list runs the other way."""
    redesign.rows.append(lambda rows, column: sorted(rows, key=lambda row: row.entry.published))
    return "the whole list"


@change("latest at the end of each page", "order", LIST_SITES)
def upside_down(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Pages follow each other as before; within a page days ascend."""
    sizes = {place.column: place.size for place in places}

    def turned(rows: list[Row], column: str) -> list[Row]:
        size = redesign.paging.size or sizes.get(column, 15)
        made: list[Row] = []
        for start in range(0, len(rows), size):
            made += sorted(rows[start : start + size], key=lambda row: row.entry.published)
        return made

    redesign.rows.append(turned)
    return "within a page"


@change("old rows pinned", "order", EVERY_SITE)
def pin(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Some old notices stand on top, marked or not."""
    count, salt = random.randint(1, 5), random.randint(1, 9999)
    mark = random.choice(("", "", "[置顶]", "【置顶】"))
    before = redesign.since - timedelta(days=30)

    def pinned(rows: list[Row], column: str) -> list[Row]:
        old = sorted(
            (row for row in rows if row.entry.published < before), key=lambda r: number(r, salt)
        )
        top = old[:count]
        return [marked(row, mark) for row in top] + [row for row in rows if row not in top]

    redesign.rows.append(pinned)
    return f"{count} on top, {mark or 'unmarked'}"


def marked(row: Row, mark: str) -> Row:
    """A row whose printed title begins with a mark."""
    if not mark:
        return row
    title = mark + (row.entry.list_title or row.entry.title)
    entry = row.entry.model_copy(update={"list_title": title, "pinned": True})
    return Row(entry, row.link, row.is_noise)


@change("unsorted", "order", EVERY_SITE)
def shuffle(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """No order by day: by hits, by title, or by when something was last touched."""
    salt = random.randint(1, 9999)
    days = random.choice((2, 5, 12, 400))

    def shuffled(rows: list[Row], column: str) -> list[Row]:
        return sorted(
            rows,
            key=lambda row: (
                row.entry.published - timedelta(minutes=number(row, salt) % (days * 1440))
            ),
            reverse=True,
        )

    redesign.rows.append(shuffled)
    return f"by up to {days} days"


@change("archive brought over", "old rows", EVERY_SITE - {"wechat"})
def archive(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Old notices of years that were not on the old list; the list is longer, pages may be too."""
    publisher = Publisher(random.randint(50, 5000))
    count, months = random.randint(10, 40), random.choice((2, 4, 10, 24))
    for column in (one for one in COLUMNS if one.site == redesign.site):
        for _ in range(count // 2 if column.name == "政策文件库" else count):
            at = redesign.since - timedelta(days=UNWATCHED + random.uniform(0, 30 * months))
            redesign.archive.append(publisher.entry(column, at, redesign.since))
    if random.random() < 0.5:
        redesign.paging.size = random.choice((40, 60, 100))
    return f"{count} a column, up to {months} months old" + (
        f", {redesign.paging.size} rows a page" if redesign.paging.size else ""
    )


@change("many rows a page", "old rows", EVERY_SITE - {"wechat"})
def long_pages(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The first page goes back for months."""
    redesign.paging.size = random.choice((50, 80, 200))
    return f"{redesign.paging.size} rows a page"


TOPICS = (
    *("聚焦2021全国两会专题", "党史学习教育专题专栏", "“我为群众办实事”专题", "疫情防控工作专栏"),
    *("政府信息公开年度报告专栏", "扫黑除恶线索举报入口", "企业服务直通车"),
)


@change("noise rows", "noise", HTML_SITES | {"miit"}, 2)
def noise(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Rows that are no notices: advertisements, links to other columns, topics. Without a day, or
    with one of long ago."""
    count, at_top = random.randint(1, 5), random.random() < 0.6
    topics = random.sample(TOPICS, count)
    kinds = [random.choice(("topic", "column", "advertisement")) for _ in topics]
    host = places[0].host
    links = {
        "topic": "/zt/{0}/",
        "column": "/zwgk/lanmu{0}/",
        "advertisement": "https://www.example{0}.com.cn/promo/",
    }

    def noisy(rows: list[Row], column: str) -> list[Row]:
        if not rows:
            return rows
        made = [
            stray(rows[-1].entry, title, links[kind].format(100 + at), host, at)
            for at, (title, kind) in enumerate(zip(topics, kinds, strict=True))
        ]
        if at_top:
            return made + rows
        for at, row in enumerate(made):
            rows = [*rows[: 3 * at + 2], row, *rows[3 * at + 2 :]]
        return rows

    redesign.rows.append(noisy)
    redesign.gates.append(lambda ask: aside(ask, redesign))
    redesign.lists.append(undate)
    return f"{', '.join(kinds)} {'on top' if at_top else 'between the rows'}, without a day"


def aside(ask: Ask, redesign: Redesign) -> Answer | None:
    """What the links of noise lead to: another column's list, or a topic's page."""
    if not ask.path.startswith(("/zwgk/lanmu", "/zt/")):
        return None
    links = "".join(
        f'<li><a href="{redesign.addresses.of(one)}">{escape(one.title)}</a>'
        f"<span>{one.published:%Y-%m-%d}</span></li>"
        for one in redesign.neighbours[:12]
    )
    kind = "专题" if ask.path.startswith("/zt/") else "栏目"
    text = (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{kind}</title></head><body>"
        f"<div class='position'><a href='/'>首页</a> &gt; {kind}</div><ul>{links}</ul>"
        "</body></html>"
    )
    return Answer(body=text.encode(), content_type="text/html; charset=utf-8")


def stray(pattern: Entry, title: str, link: str, host: str, at: int) -> Row:
    """A row that leads to no notice."""
    address = link if link.startswith("http") else f"https://{host}{link}"
    entry = pattern.model_copy(
        update={
            "title": title,
            "list_title": "",
            "url": address,
            "pinned": False,
            "body": f"<p>{title}</p>",
        }
    )
    return Row(entry, link, is_noise=True)


def undate(page: ListPage) -> None:
    """Take the day out of the rows that are noise."""
    for node, row in zip(page.nodes, page.rows, strict=False):
        if row.is_noise:
            for one in node.iter():
                if isinstance(one.tag, str) and one.text and DAY.search(one.text):
                    one.text = DAY.sub("", one.text)
