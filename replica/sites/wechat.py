"""微信公众平台, mp.weixin.qq.com: long links meet a captcha, short ones an article."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from replica.editor_markup import with_editor_markup
from replica.entries import Entry
from replica.exchange import Answer, Ask, error_answer, redirect
from replica.page_templates import fill
from replica.sample_files import NamedFile, file_answer
from replica.sites.entrance import hold_up, refuse
from replica.world import World

COLUMNS = frozenset({"IPRdaily", "知产热点"})
HTML = "text/html; charset=UTF-8"
CAPTCHA_PATH = "/mp/wappoc_appmsgcaptcha"
GENERATIONS: Mapping[str, str] = {
    "2018": "wechat_2018",
    "2020": "wechat_2020",
    "2026": "wechat_2026",
    "pictures": "wechat_pictures",
}
DELETED = "该内容已被发布者删除"
BAD_PARAMETERS = "参数错误"


class Wechat:
    """mp.weixin.qq.com for a visitor without a WeChat session."""

    hosts = frozenset({"mp.weixin.qq.com"})

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, ask: Ask) -> Answer:
        """The site behind its wall."""
        refused = refuse(self._world, "wechat", ask)
        if refused is not None:
            return refused
        return hold_up(self._world, "wechat", self._page(ask))

    def _page(self, ask: Ask) -> Answer:
        if ask.path in {CAPTCHA_PATH, "/mp/verify"}:
            return _shell("wechat_verify")
        if ask.path == "/s" and {"__biz", "mid"} <= set(ask.query):
            return redirect(_captcha(ask))
        if ask.path == "/s":
            return _notice(BAD_PARAMETERS)
        if ask.path.startswith("/s/"):
            mode = self._world.walls.of("wechat")
            if mode in {"verify", "environment"}:
                return _shell(f"wechat_{mode}")
            return self._article(ask.path.removeprefix("/s/"))
        return error_answer(404)

    def _article(self, token: str) -> Answer:
        for entry in self._world.published("wechat"):
            if entry.wechat is not None and entry.wechat.short == token:
                return self._found(entry)
        return _notice(BAD_PARAMETERS)

    def _found(self, entry: Entry) -> Answer:
        ids = entry.wechat
        if ids is None or ids.deleted:
            return _notice(DELETED)
        pictures = ids.show_type == 8 or entry.template == "pictures"
        template = GENERATIONS.get("pictures" if pictures else entry.template, "wechat_2026")
        text = fill(
            template,
            entry=entry,
            ids=ids,
            show_type=8 if pictures else ids.show_type,
            ct=int(entry.published.timestamp()),
            body=with_editor_markup(entry.body, "wechat"),
            images=picture_addresses(entry),
            user_name=f"gh_{hashlib.sha256(ids.biz.encode()).hexdigest()[:12]}",
        )
        return Answer(
            body=text.encode(),
            content_type=HTML,
            headers=[("Cache-Control", "no-cache, must-revalidate")],
            modified=entry.changed_at(self._world.now),
        )


class WechatImages:
    """mmbiz.qpic.cn, the picture host: it wants a Referer."""

    hosts = frozenset({"mmbiz.qpic.cn"})

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, ask: Ask) -> Answer:
        """A picture that an article shows."""
        refused = refuse(self._world, "wechat", ask)
        if refused is not None:
            return refused
        if not ask.referer:
            return error_answer(403)
        for entry in self._world.published("wechat"):
            for address in picture_addresses(entry):
                if urlsplit(address).path == ask.path:
                    kind = ".jpg" if "mmbiz_jpg" in address else ".png"
                    return file_answer(NamedFile(f"640{kind}", entry.title), entry)
        return error_answer(404)


def picture_addresses(entry: Entry) -> list[str]:
    """The pictures of an article, in order."""
    marks = entry.body.split('src="')[1:]
    found = [mark.partition('"')[0].replace("&amp;", "&") for mark in marks]
    return [one for one in found if urlsplit(one).hostname == "mmbiz.qpic.cn"]


def _captcha(ask: Ask) -> str:
    token = hashlib.sha256(ask.target.encode()).hexdigest()[:40]
    target = quote(f"{ask.scheme}://{ask.host}{ask.target}", safe="")
    return f"https://mp.weixin.qq.com{CAPTCHA_PATH}?poc_token=H{token}&target_url={target}"


def _shell(template: str) -> Answer:
    return Answer(body=fill(template).encode(), content_type=HTML)


def _notice(words: str) -> Answer:
    return Answer(body=fill("wechat_notice", words=words).encode(), content_type=HTML)
