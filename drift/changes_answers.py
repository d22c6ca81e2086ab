"""Answers with status 200 that are no pages, ways of delivery, and columns that moved."""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import replace
from random import Random

from drift.changes import EVERY_SITE, HTML_SITES, LIST_SITES, PAGE_SITES, change
from drift.places import Place
from drift.redesign import Redesign, Row
from replica.content import Entry
from replica.exchange import Answer, Ask, error_answer, redirect

HTML = "text/html; charset=utf-8"
SHELLS = {
    "error": (
        "系统提示",
        "<p>很抱歉，您访问的页面出错了（错误代码 10021），请稍后再试。</p><a href='/'>返回首页</a>",
    ),
    "login": (
        "统一身份认证",
        "<form action='/login' method='post'><p>请登录后查看</p><input name='user'>"
        "<input name='pwd' type='password'><button>登录</button></form>"
        "<p>未注册用户请先注册，忘记密码请联系管理员。</p>",
    ),
    "maintenance": (
        "系统维护公告",
        "<h1>系统维护公告</h1><p>尊敬的用户：为提升服务质量，本网站将进行系统升级维护，"
        "期间暂停对外服务，"
        "给您带来的不便敬请谅解。</p><p>技术支持电话：010-68200000</p>",
    ),
    "consent": (
        "隐私政策",
        "<h2>用户须知与隐私政策</h2><p>欢迎访问本网站。在您使用我们的服务之前，请仔细阅读并同意以下"
        "条款：我们会使用 Cookie 收集必要的访问信息，用于改进服务。继续浏览即表示您同意上述政策。"
        "</p><a href='?agree=1'>同意并继续</a>",
    ),
    "verification": (
        "安全验证",
        "<div class='verify'><p>为了您的账号安全，请拖动滑块完成验证</p><div id='slider'></div>"
        "<p>访问编号：7c9e-11eb</p></div>",
    ),
}


def shell(kind: str) -> Answer:
    """A page that is not the one that was asked for."""
    title, body = SHELLS[kind]
    text = (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"<div class='header'><a href='/'>网站首页</a></div><div class='tip'>{body}</div>"
        "<div class='footer'>版权所有</div></body></html>"
    )
    return Answer(body=text.encode(), content_type=HTML)


@change("lists closed", "answers", EVERY_SITE, 1.2)
def close_lists(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Some or all lists answer 200 with another page."""
    kind = random.choice(list(SHELLS))
    names = [place.column for place in places]
    closed = set(names if random.random() < 0.4 else random.sample(names, 1))
    redesign.closed |= closed

    def hook(ask: Ask, column: str, entry: Entry | None) -> Answer | None:
        return shell(kind) if column in closed else None

    redesign.instead.append(hook)
    return f"{kind} for {'、'.join(sorted(closed))}"


@change("some notices closed", "answers", PAGE_SITES, 1.2)
def close_notices(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Part of the notices answer 200 with another page, directly or by a redirect."""
    kind, share, salt = (
        random.choice(list(SHELLS)),
        random.choice((20, 40, 70)),
        random.randint(1, 9999),
    )
    by_redirect = random.random() < 0.3

    def hook(ask: Ask, column: str, entry: Entry | None) -> Answer | None:
        if entry is None or zlib.crc32(f"{salt} {entry.url}".encode()) % 100 >= share:
            return None
        return redirect(f"https://{ask.host}/sys/{kind}.html") if by_redirect else shell(kind)

    def gate(ask: Ask) -> Answer | None:
        return shell(kind) if ask.path == f"/sys/{kind}.html" else None

    redesign.shut = lambda entry: zlib.crc32(f"{salt} {entry.url}".encode()) % 100 < share
    redesign.instead.append(hook)
    redesign.gates.append(gate)
    return f"{kind} for {share} % of them" + (" by redirect" if by_redirect else "")


# --- delivery


def is_page(answer: Answer) -> bool:
    """Whether an answer is an HTML page."""
    return answer.status == 200 and "html" in answer.content_type and bool(answer.body)


@change("redirect hops", "delivery", HTML_SITES)
def hops(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Every page is reached over some redirects."""
    count = random.randint(1, 3)

    def gate(ask: Ask) -> Answer | None:
        step = int(ask.query.get("hop", "0")) if ask.query.get("hop", "0").isdigit() else 0
        if ask.path in {"/robots.txt", "/"} or step >= count:
            return None
        pairs = "&".join(
            part for part in ask.query_string.split("&") if part and not part.startswith("hop=")
        )
        target = f"{ask.path}?{pairs}&hop={step + 1}" if pairs else f"{ask.path}?hop={step + 1}"
        return redirect(f"https://{ask.host}{target}")

    redesign.gates.append(gate)
    return f"{count} a page"


@change("cookie gate", "delivery", HTML_SITES)
def cookie_gate(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Without a cookie every page redirects to itself and sets it."""
    name = random.choice(("wzws_sid", "HWWAFSESID", "arialoadData"))

    def gate(ask: Ask) -> Answer | None:
        if name in ask.cookies or ask.path == "/robots.txt":
            return None
        answer = redirect(f"https://{ask.host}{ask.target}")
        answer.headers.append(("Set-Cookie", f"{name}=1f8a7c; Path=/"))
        return answer

    redesign.gates.append(gate)
    return name


@change("charset", "delivery", HTML_SITES, 1.5)
def charset(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Pages in GBK or UTF-16, with the right label or a wrong one, or with a mark of bytes."""
    codec, label, meta = random.choice(
        (
            ("gb18030", "gbk", "gb2312"),
            ("gb18030", "", "gb2312"),
            ("gb18030", "", "utf-8"),
            ("gb18030", "utf-8", "utf-8"),
            ("utf-8", "gbk", "utf-8"),
            ("utf-8", "", "gb2312"),
            ("utf-16", "utf-16", "utf-16"),
            ("utf-16", "", "utf-8"),
            ("utf-8-sig", "", "utf-8"),
            ("utf-8-sig", "iso-8859-1", "utf-8"),
        )
    )

    def deliver(ask: Ask, answer: Answer) -> Answer:
        if not is_page(answer):
            return answer
        try:
            text = answer.body.decode("utf-8")
        except UnicodeDecodeError:
            return answer  # one of the few old pages in an encoding of their own
        for old in ("utf-8", "UTF-8"):
            text = text.replace(f"charset={old}", f"charset={meta}").replace(
                f'charset="{old}"', f'charset="{meta}"'
            )
        kind = f"text/html; charset={label}" if label else "text/html"
        return replace(answer, body=text.encode(codec, "replace"), content_type=kind)

    redesign.delivery.append(deliver)
    return f"{codec}, header {label or 'none'}, meta {meta}"


@change("compressed", "delivery", HTML_SITES, 0.5)
def compressed(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """gzip, asked for or not."""

    def deliver(ask: Ask, answer: Answer) -> Answer:
        if not is_page(answer):
            return answer
        headers = [*answer.headers, ("Content-Encoding", "gzip")]
        return replace(answer, body=gzip.compress(answer.body), headers=headers)

    redesign.delivery.append(deliver)
    return "gzip"


@change("cut short", "delivery", HTML_SITES)
def cut(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Connections end before the page does: now and then, or always for lists."""
    every = random.choice((1, 3, 5))
    share, counter = random.uniform(0.3, 0.9), [0]
    if every == 1:
        redesign.closed |= {place.column for place in places}

    def deliver(ask: Ask, answer: Answer) -> Answer:
        if not is_page(answer):
            return answer
        counter[0] += 1
        if counter[0] % every == 0:
            answer.cut_at = int(len(answer.body) * share)
        return answer

    redesign.delivery.append(deliver)
    return f"every {every}. page after {share:.0%}"


# --- moved and split columns


def home_with(links: list[tuple[str, str]]) -> Answer:
    """A front page that links the columns where they are now."""
    shown = "".join(f"<li><a href='{link}'>{name}</a></li>" for name, link in links)
    text = (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>首页</title></head><body>"
        f"<div class='nav'><ul>{shown}</ul></div>"
        "<div class='news'><h2>要闻</h2><p>欢迎访问本网站新版。</p></div>"
        "</body></html>"
    )
    return Answer(body=text.encode(), content_type=HTML)


@change("column moved", "moved", HTML_SITES, 1.5)
def move(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """A list has another address; the old one redirects, is gone, or shows the front page."""
    place = random.choice(places)
    new = random.choice(
        (f"/xxgk/{random.randint(100, 999)}/", f"/zwgk/tz/{random.randint(10, 99)}/", "/new/gg/")
    )
    how = random.choice(("redirects", "redirects", "gone", "front page"))
    redesign.folders[place.column] = new
    if how != "redirects":
        redesign.closed.add(place.column)

    def gate(ask: Ask) -> Answer | None:
        front = home_with([(place.column, new)])
        if ask.path in {"/", "/index.html"}:
            return front
        rest = ask.path.removeprefix(place.folder)
        if not ask.path.startswith(place.folder) or not is_list_file(rest):
            return None
        target = redirect(f"https://{place.host}{new}", status=301)
        return {"redirects": target, "gone": error_answer(404), "front page": front}[how]

    redesign.gates.append(gate)
    return f"{place.column} to {new}; the old address {how}"


def is_list_file(rest: str) -> bool:
    """Whether what follows a folder is its list and not a notice."""
    return re.fullmatch(r"(?:20\d\dn/)?(?:index\w*\.html|[0-9a-f]{8}-\d+\.html)?", rest) is not None


@change("column split", "moved", HTML_SITES, 1.5)
def split(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Half of a list stands under another tab, at another address."""
    place, salt = random.choice(places), random.randint(1, 9999)
    other = f"{place.folder}{random.choice(('gg', 'qt', 'b'))}/"
    names = random.choice((("通知", "公告"), ("本级", "转发"), ("要闻", "其他")))

    def half(row: Row) -> int:
        return zlib.crc32(f"{salt} {row.entry.url}".encode()) % 2

    redesign.rows.append(
        lambda rows, column: [
            row for row in rows if column != place.column or half(row) == redesign.tab
        ]
    )
    redesign.tabs[place.column] = (other, names)
    return f"{place.column}: {names[0]} stays, {names[1]} at {other}"


@change("columns merged", "moved", LIST_SITES - {"tj_tten"})
def merge(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Two columns share one list now; both addresses show it."""
    usual = [place for place in places if place.kind in {"html", "unit"}]
    if len(usual) < 2:
        return "nothing: there is only one column"
    one, two = random.sample(usual, 2)
    redesign.merged[one.column] = [one.column, two.column]
    redesign.merged[two.column] = [one.column, two.column]
    return f"{one.column} and {two.column}"


@change("directories of years", "moved", HTML_SITES)
def years(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """A list shows this year's notices only; earlier ones stand in directories."""
    redesign.rows.append(
        lambda rows, column: [row for row in rows if row.entry.published.year == 2021]
    )
    return "only 2021 on the list"
