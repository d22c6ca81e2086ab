"""Answers with status 200 that are no pages, ways of delivery, and columns that moved."""

from __future__ import annotations

import zlib
from random import Random

from drift.changes import EVERY_SITE, PAGE_SITES, change
from drift.places import Place
from drift.redesign import Redesign
from replica.entries import Entry
from replica.exchange import Answer, Ask, redirect

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
    kind = random.choice((*SHELLS, "no rows"))
    names = [place.column for place in places]
    closed = set(names if random.random() < 0.4 else random.sample(names, 1))
    redesign.closed |= closed

    def hook(ask: Ask, column: str, entry: Entry | None) -> Answer | None:
        return shell(kind) if column in closed else None

    if kind == "no rows":
        redesign.rows.append(lambda rows, column: [] if column in closed else rows)
    else:
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
