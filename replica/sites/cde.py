"""国家药监局药审中心, www.cde.org.cn: JSON lists behind a 瑞数 challenge."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, urlsplit

from replica.editor_markup import with_editor_markup
from replica.entries import Attachment, Entry
from replica.exchange import Answer, Ask, error_answer, json_answer
from replica.page_templates import declared, encode, fill
from replica.sample_files import NamedFile, file_answer, files_named_by
from replica.sites.cde_lists import (
    LISTINGS,
    Listing,
    code_of,
    notice_type,
    page_of,
    record_of,
)
from replica.sites.entrance import hold_up, refuse
from replica.sites.ruishu import META_ID, SCRIPT_PATH, Challenge, Visitor, script_text
from replica.world import World

COLUMNS = frozenset(listing.column for listing in LISTINGS) | {"受理品种目录"}
HTML = "text/html;charset=UTF-8"
# The home page was 83,535 bytes when it was measured.
HOME_BYTES = 83_535
HOME_COLUMNS = ("工作动态", "政务新闻", "发布通告", "征求意见")
DEFAULT_BAD_ENDPOINT = "/zdyz/getOpinionList"
INFO_ENDPOINTS = {
    "/main/priority/getPriorityApprovalInfo": ("优先审评公示", "pridCODE"),
    "/main/breakthrough/getBreakthroughInfo": ("突破性治疗公示", "bcnidCODE"),
}

# What a page that was let through keeps of the challenge: no sign of a wall.
LEFTOVER = f'<meta id="{META_ID}" content="x"><script>$_ts=window["$_ts"];</script>'.encode()


class Cde:
    """www.cde.org.cn as a visitor with or without the cookies meets it."""

    hosts = frozenset({"www.cde.org.cn"})

    def __init__(self, world: World) -> None:
        self._world = world
        self._challenge = Challenge()

    def answer(self, ask: Ask) -> Answer:
        """The site behind its wall."""
        refused = refuse(self._world, "cde", ask)
        if refused is not None:
            return refused
        return hold_up(self._world, "cde", self._behind_wall(ask))

    def _behind_wall(self, ask: Ask) -> Answer:
        if ask.path == SCRIPT_PATH:
            return Answer(body=script_text().encode(), content_type="application/javascript")
        mode, _, endpoint = self._world.walls.of("cde").partition(":")
        if mode == "barred":
            return Answer(status=403, body=fill("cde_barred").encode(), content_type=HTML)
        if ask.path == "/" and mode != "block_all":
            return self._home(ask)
        visitor = self._challenge.judge(ask)
        if visitor is Visitor.WRONG and not mode.startswith("block"):
            return error_answer(400)
        admitted = visitor is Visitor.SOLVED or (visitor is Visitor.WARMED_UP and mode != "browser")
        if mode.startswith("block") or not admitted:
            return self._challenge.page(ask)
        bad = mode in {"json400", "json202"}
        if bad and ask.path == (endpoint or DEFAULT_BAD_ENDPOINT):
            return error_answer(400) if mode == "json400" else self._challenge.page(ask)
        return self._post(ask, mode) if ask.method == "POST" else _with_script(self._page(ask))

    def _home(self, ask: Ask) -> Answer:
        columns = {name: self._world.listed("cde", name)[:8] for name in HOME_COLUMNS}
        bare = fill("cde_home", columns=columns, code_of=code_of, filler="")
        filler = "0123456789abcdef" * ((HOME_BYTES - len(bare.encode())) // 16)
        text = fill("cde_home", columns=columns, code_of=code_of, filler=filler)
        cookies = self._challenge.home_cookies(ask)
        return Answer(body=text.encode(), content_type=HTML, headers=cookies)

    def _page(self, ask: Ask) -> Answer:
        for listing in LISTINGS:
            if ask.path == listing.page:
                return _list_page(listing, [one for one in LISTINGS if one.page == listing.page])
        if ask.path == "/zdyz/downloadAtt":
            return self._download(ask)
        entry = self._find(ask)
        if entry is not None:
            return self._detail(entry)
        return self._picture(ask) or error_answer(404)

    def _find(self, ask: Ask) -> Entry | None:
        for entry in self._world.published("cde"):
            if urlsplit(entry.url).path != ask.path or entry.external_url:
                continue
            if not _is_guide(entry) or code_of(entry) == ask.query.get("zdyzIdCODE"):
                return entry
        return None

    def _detail(self, entry: Entry) -> Answer:
        template = "cde_policy" if "/policy/" in entry.url else "cde_news"
        template = "cde_guide" if _is_guide(entry) else template
        text = fill(
            template,
            entry=entry,
            charset=declared(entry.charset),
            body=with_editor_markup(entry.body, "ueditor"),
            attachments=[(one.name, attachment_code(entry, one)) for one in entry.attachments],
        )
        changed = entry.changed_at(self._world.now)
        content_type = f"text/html;charset={declared(entry.charset)}"
        return Answer(body=encode(text, entry.charset), content_type=content_type, modified=changed)

    def _download(self, ask: Ask) -> Answer:
        if urlsplit(ask.referer).hostname not in self.hosts:
            return error_answer(403)
        for entry in self._world.published("cde"):
            for one in entry.attachments:
                if attachment_code(entry, one) == ask.query.get("idCODE"):
                    answer = file_answer(NamedFile(one.file, f"{entry.title} {one.name}"), entry)
                    name = quote(one.name)
                    answer.headers.append(("Content-Disposition", f"attachment;filename={name}"))
                    return answer
        return error_answer(404)

    def _picture(self, ask: Ask) -> Answer | None:
        for entry in self._world.published("cde"):
            file = files_named_by(entry).get(f"https://{ask.host}{ask.path}")
            if file is not None:
                return file_answer(file, entry)
        return None

    def _post(self, ask: Ask, mode: str) -> Answer:
        listings = [one for one in LISTINGS if one.endpoint == ask.path]
        if not listings and ask.path not in INFO_ENDPOINTS:
            return error_answer(404)
        if ask.headers.get("X-Requested-With") != "XMLHttpRequest":
            return error_answer(403)
        referer = urlsplit(ask.referer)
        if referer.hostname not in self.hosts:
            return error_answer(403)
        if ask.path in INFO_ENDPOINTS:
            return self._info(ask)
        for listing in listings:
            if listing.page == referer.path and _form_fits(listing, ask):
                records = [] if mode == "empty" else self._records(listing, ask)
                number, size = int(ask.form["pageNum"]), int(ask.form["pageSize"])
                data = page_of(records, number, size)
                return json_answer({"msg": "操作成功", "code": 200, "data": data})
        known_page = any(listing.page == referer.path for listing in listings)
        return error_answer(400 if known_page else 403)

    def _records(self, listing: Listing, ask: Ask) -> list[dict[str, object]]:
        entries = self._world.listed("cde", listing.column)
        if "probleType" in listing.form:
            wanted = ask.form["probleType"]
            entries = [one for one in entries if one.record.get("probleType", "1") == wanted]
        if "noticeType" in listing.form:
            wanted = ask.form["noticeType"]
            entries = [one for one in entries if notice_type(listing.kind, one) == wanted]
        words = ask.form.get("searchTitle", "")
        newest_first = sorted(entries, key=lambda one: one.published, reverse=True)
        return [record_of(listing.kind, one) for one in newest_first if words in one.title]

    def _info(self, ask: Ask) -> Answer:
        column, name = INFO_ENDPOINTS[ask.path]
        for entry in self._world.listed("cde", column):
            if code_of(entry) == ask.form.get(name):
                data = {**entry.record, name: code_of(entry)}
                return json_answer({"msg": "操作成功", "code": 200, "data": data})
        return json_answer({"msg": "操作失败", "code": 500, "data": None})


def attachment_code(entry: Entry, attachment: Attachment) -> str:
    """The idCODE of a file: its file name if that is 32 hex digits, else made from it."""
    stem = attachment.file.partition(".")[0]
    if re.fullmatch(r"[0-9a-f]{32}", stem):
        return stem
    text = f"{entry.url} {attachment.file}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _is_guide(entry: Entry) -> bool:
    return urlsplit(entry.url).path == "/zdyz/domesticinfopage"


def _list_page(listing: Listing, tabs: list[Listing]) -> Answer:
    text = fill("cde_list", listing=listing, tabs=tabs)
    return Answer(body=text.encode(), content_type=HTML)


def _form_fits(listing: Listing, ask: Ask) -> bool:
    """All fields of the page's own script, no others, with the values it sends."""
    content_type = ask.headers.get("Content-Type", "")
    if not content_type.startswith("application/x-www-form-urlencoded"):
        return False
    if set(ask.form) != {"pageNum", "pageSize", *listing.form}:
        return False
    if not all(re.fullmatch(r"[1-9]\d{0,3}", ask.form[name]) for name in ("pageNum", "pageSize")):
        return False
    return all(wanted in {None, ask.form[name]} for name, wanted in listing.form.items())


def _with_script(answer: Answer) -> Answer:
    """The page as it is let through: the challenge's script stays in its head."""
    if answer.status == 200 and answer.content_type.startswith("text/html"):
        answer.body = answer.body.replace(b"</head>", LEFTOVER + b"</head>", 1)
    return answer
