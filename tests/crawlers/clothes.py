"""A list and its pages in clothes drawn at random: the same notices, every time another markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from crawlers.items import KnownRow

BASE = "https://www.example.gov.cn/tzgg/index.html"
SUBJECTS = (
    "2021年科技计划项目", "高新技术企业认定", "药品注册审评", "知识产权保护专项",
    "中小企业技术改造", "重点新产品（杀手锏产品）", "绿色制造示范单位", "医疗器械临床评价",
    "首台（套）重大技术装备", "仿制药一致性评价", "专利转化专项计划", "科技型中小企业评价",
    "软件和信息服务业", "工业互联网",
)  # fmt: skip
ACTS = (
    "关于组织申报{}的通知", "关于公布{}名单的公告", "关于对{}拟支持项目的公示",
    "关于征求《{}管理办法（征求意见稿）》意见的函", "关于开展{}工作的补充通知",
    "《{}实施细则》政策解读",
)  # fmt: skip
WORDS = ("news", "list", "item", "con", "box", "main", "wrap", "tz", "info", "cell", "zw", "lm")


def drawn(seed: int) -> Random:
    """The dice of one test."""
    return Random(seed)  # noqa: S311 - not a secret


@dataclass(frozen=True)
class Told:
    """A notice as its publisher knows it."""

    number: int
    title: str
    day: date
    paragraphs: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"/tzgg/{self.number}.html"


def told(count: int, rng: Random, newest: date = date(2021, 2, 5)) -> list[Told]:
    """Notices of their own titles, the newest first."""
    titles: dict[str, None] = {}
    while len(titles) < count:
        title = rng.choice(ACTS).format(rng.choice(SUBJECTS))
        titles[f"市科技局{title}" if rng.random() < 0.7 else title] = None
    day, found = newest, []
    for number, title in enumerate(titles):
        found.append(Told(1000 - number, title, day, tuple(_text(rng, title))))
        day -= timedelta(days=rng.choice((0, 1, 1, 2, 3)))
    return found


def _text(rng: Random, title: str) -> list[str]:
    lines = ["各有关单位：", f"为做好{title[-12:]}相关工作，现将有关事项说明如下。"]
    for number in range(rng.randint(2, 12)):
        subject = rng.choice(SUBJECTS)
        lines.append(
            f"{number + 1}．{subject}的申报材料应当真实完整，第{rng.randint(2, 99)}项由"
            f"{rng.choice(SUBJECTS)}主管处室负责审核，联系电话{rng.randint(10000000, 99999999)}。"
        )
    return [*lines, "特此通知。"]


def known(notices: list[Told]) -> list[KnownRow]:
    """The notices as the store knows them."""
    return [
        KnownRow(
            key=one.path,
            url=f"https://www.example.gov.cn{one.path}",
            title=one.title,
            day=one.day.isoformat(),
            text="\n".join(one.paragraphs),
        )
        for one in notices
    ]


@dataclass
class Clothes:
    """One way to print a list; what is drawn is kept, so that a page 2 looks the same."""

    rng: Random
    names: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, object] = field(default_factory=dict)

    def draw(self, what: str, *ways: object) -> object:
        """The same answer every time it is asked."""
        if what not in self.drawn:
            self.drawn[what] = self.rng.choice(ways)
        return self.drawn[what]

    def named(self, what: str) -> str:
        """` class="…"`: a word, a word with a hash, a hash, or nothing."""
        if what not in self.names:
            self.names[what] = self._name()
        return self.names[what]

    def _name(self) -> str:
        word = "-".join(self.rng.sample(WORDS, self.rng.choice((1, 2))))
        digest = "".join(self.rng.choice("abcdefgh0123456789") for _ in range(6))
        kind = self.rng.choice(("word", "word", "hashed", "hash", "none"))
        name = {"word": word, "hashed": f"{word}__{digest}", "hash": f"css-{digest}", "none": ""}
        return f' class="{name[kind]}"' if name[kind] else ""

    # --- a list

    def list_page(self, notices: list[Told], hot: list[Told]) -> str:
        """The page, with navigation, a sidebar that shows some of the notices, and a foot."""
        rows = "".join(self.row(index, one) for index, one in enumerate(notices))
        tags = {"li": "ul", "tr": "table", "dt": "dl", "dd": "dl"}
        box = tags.get(str(self.row_tag), "div")
        inner = f"<{box}{self.named('box')}>{self.head_row()}{rows}</{box}>"
        for layer in range(int(str(self.draw("layers", 0, 1, 2, 3)))):
            inner = f"<div{self.named(f'layer{layer}')}>{inner}</div>"
        side = "".join(
            f'<li><a href="{one.path}" title="{one.title}">{one.title[:14]}…</a></li>'
            for one in hot
        )
        side = f"<div{self.named('side')}><h3>热点信息</h3><ul>{side}</ul></div>"
        parts = [inner, side] if self.draw("side", "after", "before") == "after" else [side, inner]
        menu = "".join(
            f'<li><a href="/{n}/">{n}栏目导航</a></li>' for n in ("政务", "服务", "互动")
        )
        return (
            f"<html><head><title>通知公告</title></head><body><div{self.named('top')}><ul>{menu}</ul>"
            f"</div><div>当前位置：<a href='/'>首页</a> &gt; <a href='/tzgg/'>通知公告</a></div>"
            f"{''.join(parts)}<div>共 1 页</div>"
            f"<div>版权所有：某市科学技术局 <a href='/map/'>网站地图查看</a></div></body></html>"
        )

    @property
    def row_tag(self) -> object:
        return self.draw("row", "li", "li", "tr", "div", "p", "dt", "dd", "section", "a")

    def head_row(self) -> str:
        if self.row_tag == "tr" and self.draw("head", True, False):
            return "<tr><th>标题</th><th>日期</th></tr>"
        return ""

    def row(self, index: int, one: Told) -> str:
        """One row; the date before, behind, inside, above, or in an attribute."""
        day, place = (
            self.day(one),
            str(self.draw("place", "before", "after", "in", "next", "under")),
        )
        tag = str(self.row_tag)
        odd = (" odd", "")[index % 2] if self.draw("odd", True, False) else ""
        name = self.named("row").replace('"', f'"{odd.strip()} ', 1) if odd else self.named("row")
        mark = str(self.draw("mark", "", "", "· ", "<i></i>", "<b>[通知]</b>"))
        stamp = f"<{self.date_tag}{self.named('date')}>{day}</{self.date_tag}>"
        if tag == "a":
            order = [self.words(one), stamp]
            order = order if place in {"after", "in", "next"} else order[::-1]
            return f'<a{name} href="{one.path}">{"".join(order)}</a>'
        link = self.link(one, stamp if place == "in" else "")
        cell = (lambda x: f"<td>{x}</td>") if tag == "tr" else (lambda x: x)
        if place == "before":
            inner = cell(stamp) + cell(mark + link)
        elif place == "next" and tag in {"dt", "div", "p"}:
            follower = {"dt": "dd"}.get(tag, "p" if tag == "div" else "div")
            return f"<{tag}{name}>{mark}{link}</{tag}><{follower}>发布：{day}</{follower}>"
        elif place == "under":
            inner = cell(f"<div>{mark}{link}</div>") + cell(f"<div>来源：科技局 {stamp}</div>")
        else:
            inner = cell(mark + link) + (cell(stamp) if place != "in" else "")
        return f"<{tag}{name}>{inner}</{tag}>"

    @property
    def date_tag(self) -> object:
        return self.draw("date tag", "span", "em", "i", "time", "font")

    def day(self, one: Told) -> str:
        form = str(
            self.draw("form", "%Y-%m-%d", "%Y-%m-%d", "[%Y/%m/%d]", "%Y年%m月%d日", "%Y.%m.%d")
        )
        return one.day.strftime(form)

    def words(self, one: Told) -> str:
        """The title: whole, in a tag of its own, or split by one."""
        kind = self.draw("words", "plain", "plain", "own", "split")
        if kind == "own":
            return f"<span{self.named('title')}>{one.title}</span>"
        if kind == "split":
            return f"{one.title[:4]}<font>{one.title[4:7]}</font>{one.title[7:]}"
        return one.title

    def link(self, one: Told, behind: str) -> str:
        kind = self.draw("link", "href", "href", "cut", "data", "onclick")
        if kind == "cut":
            return f'<a href="{one.path}" title="{one.title}">{one.title[:16]}…{behind}</a>'
        if kind == "data":
            return f'<a href="javascript:;" data-url="{one.path}">{self.words(one)}{behind}</a>'
        if kind == "onclick":
            act = f"window.open('{one.path}')"
            return f'<span{self.named("click")} onclick="{act}">{self.words(one)}{behind}</span>'
        return f'<a href="{one.path}" target="_blank">{self.words(one)}{behind}</a>'

    # --- a notice

    def notice_page(self, one: Told, related: list[Told]) -> str:
        """The page of a notice: its body in a box of its own, or flat among title and stamp."""
        head, foot = self._head(one), self._foot(related)
        body = self._paragraphs(one)
        if self.draw("flat", False, False, True):
            inner = f"<div{self.named('flat')}>{head}{body}{foot}</div>"
        else:
            share = "<div>【打印】【关闭窗口】</div>" if self.draw("share in", True, False) else ""
            tag = self.draw("body tag", "div", "div", "section", "article")
            inner = f"{head}<{tag}{self.named('body')}>{body}{share}</{tag}>{foot}"
        if self.draw("table", False, False, True):
            inner = f"<table><tr><td>{inner}</td></tr></table>"
        for layer in range(int(str(self.draw("page layers", 0, 1, 2)))):
            inner = f"<div{self.named(f'page layer{layer}')}>{inner}</div>"
        menu = "".join(
            f'<li><a href="/{n}/">{n}栏目导航</a></li>' for n in ("政务", "服务", "互动")
        )
        return (
            f"<html><head><title>{one.title}_某市科学技术局</title></head><body>"
            f"<div{self.named('top')}><ul>{menu}</ul></div>"
            f"<div>当前位置：<a href='/'>首页</a> &gt; <a href='/tzgg/'>通知公告</a></div>"
            f"{inner}<div>版权所有：某市科学技术局　网站标识码1200000012</div></body></html>"
        )

    def _head(self, one: Told) -> str:
        tag = self.draw("title tag", "h1", "h2", "div", "p")
        words = f"{one.title[:6]}<br>{one.title[6:]}" if self.draw("broken", 0, 0, 1) else one.title
        label = self.draw("label", "发布时间：", "日期：", "")
        stamp = f"{label}{self.day(one)}"
        if self.draw("particulars", True, False):
            stamp += " 来源：某市科学技术局 浏览：12 次 字号：[大 中 小]"
        box = self.draw("stamp tag", "div", "p", "span")
        return f"<{tag}{self.named('h')}>{words}</{tag}><{box}{self.named('stamp')}>{stamp}</{box}>"

    def _paragraphs(self, one: Told) -> str:
        kind = self.draw("paragraphs", "p", "p", "br", "div", "span")
        if kind == "br":
            return "<br>".join(f"　　{line}" for line in one.paragraphs)
        if kind == "span":
            return "".join(f"<p><span>{line[:5]}</span>{line[5:]}</p>" for line in one.paragraphs)
        return "".join(f"<{kind}>{line}</{kind}>" for line in one.paragraphs)

    def _foot(self, related: list[Told]) -> str:
        links = "".join(f'<li><a href="{one.path}">{one.title}</a></li>' for one in related)
        return (
            f"<div{self.named('share')}>分享到： 微信 微博 【打印本页】</div>"
            f"<div{self.named('related')}><h4>相关信息</h4><ul>{links}</ul></div>"
        )
