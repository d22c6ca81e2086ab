"""工业和信息化部, www.miit.gov.cn: Hanweb jpaas column shells and their JSON units."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from replica.editor_markup import with_editor_markup
from replica.entries import Entry
from replica.exchange import Answer, Ask, error_answer, redirect
from replica.page_templates import declared, encode, fill
from replica.sample_files import NamedFile, file_answer, files_named_by
from replica.sites import miit_search
from replica.sites.entrance import hold_up, refuse
from replica.sites.miit_units import LIST_COLUMNS, UNIT_PATH, answer_unit, query_data
from replica.world import World

COLUMNS = frozenset(one.name for one in LIST_COLUMNS) | {"政策文件库"}
HTML = "text/html; charset=utf-8"
BROWSERS = ("Chrome/", "Firefox/", "Safari/", "Edg/")
MOVED = ("/zwgk/zcwj/wjfb/index.html", "/zwgk/zcwj/wjfb/tz/index.html")
READERS = {"jsluid": "__jsluid_s", "clearance": "__jsl_clearance_s"}
VERIFY = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>安全验证</title></head><body>'
    '<div class="verify"><p>安全验证</p><p>您的访问过于频繁，请完成验证后继续访问</p></div>'
    "</body></html>"
)


class Miit:
    """www.miit.gov.cn and its mobile mirror."""

    hosts = frozenset({"www.miit.gov.cn", "wap.miit.gov.cn"})

    def __init__(self, world: World) -> None:
        self._world = world
        self._secret = secrets.token_bytes(32)

    def answer(self, ask: Ask) -> Answer:
        """The site behind its wall."""
        refused = refuse(self._world, "miit", ask)
        if refused is not None:
            return refused
        return hold_up(self._world, "miit", self._behind_wall(ask))

    def _behind_wall(self, ask: Ask) -> Answer:
        if ask.scheme == "http":
            return redirect(f"https://{ask.host}{ask.target}", status=301)
        mode = self._world.walls.of("miit")
        if mode == "forbidden" or not _is_browser(ask.user_agent):
            return error_answer(403)
        if mode == "verify":
            return Answer(body=VERIFY.encode(), content_type=HTML)
        if mode == "jsl521" and not self._has_clearance(ask):
            return self._jsl_page()
        return self._page(ask)

    def _page(self, ask: Ask) -> Answer:
        if ask.path == UNIT_PATH:
            return answer_unit(self._world, ask) if self._from_here(ask) else error_answer(403)
        if ask.path == miit_search.API_PATH:
            from_search = self._from_here(ask) and "/search/" in ask.referer
            return miit_search.answer_search(self._world, ask) if from_search else error_answer(403)
        if ask.path in MOVED:
            return redirect(f"https://{ask.host}{miit_search.PAGE_PATH}")
        shell = self._shell(ask)
        if shell is not None:
            return shell
        entry = self._world.find("miit", ask.path)
        return self._detail(entry) if entry is not None else self._file(ask)

    def _from_here(self, ask: Ask) -> bool:
        return urlsplit(ask.referer).hostname in self.hosts

    def _shell(self, ask: Ask) -> Answer | None:
        modified = self._world.newest_change([])
        if ask.path in {"/", "/index.html", miit_search.PAGE_PATH}:
            text = fill("miit_home", columns=LIST_COLUMNS, search=ask.path == miit_search.PAGE_PATH)
            return Answer(body=text.encode(), content_type=HTML, modified=modified)
        for column in LIST_COLUMNS:
            if ask.path in {column.path, column.path.removesuffix("index.html")}:
                text = fill("miit_column", column=column, query=query_data(column), unit=UNIT_PATH)
                return Answer(body=text.encode(), content_type=HTML, modified=modified)
        return None

    def _detail(self, entry: Entry) -> Answer:
        text = fill(
            "miit_article",
            entry=entry,
            charset=declared(entry.charset),
            body=with_editor_markup(entry.body, "spaces"),
            attachments=[(one.name, attachment_path(entry, one.file)) for one in entry.attachments],
            path=urlsplit(entry.url).path,
            unit=UNIT_PATH,
        )
        return Answer(
            body=encode(text, entry.charset),
            content_type=f"text/html; charset={declared(entry.charset)}",
            modified=entry.changed_at(self._world.now),
        )

    def _file(self, ask: Ask) -> Answer:
        for entry in self._world.published("miit"):
            for one in entry.attachments:
                if attachment_path(entry, one.file) == ask.path:
                    return file_answer(NamedFile(one.file, f"{entry.title} {one.name}"), entry)
            named = files_named_by(entry)
            file = named.get(f"https://www.miit.gov.cn{ask.path}")
            if file is not None:
                return file_answer(file, entry)
        return error_answer(404)

    def _has_clearance(self, ask: Ask) -> bool:
        visitor = ask.cookies.get(READERS["jsluid"], "")
        given = ask.cookies.get(READERS["clearance"], "")
        return bool(visitor) and hmac.compare_digest(given, self._clearance(visitor))

    def _clearance(self, visitor: str) -> str:
        return hmac.new(self._secret, visitor.encode(), hashlib.sha256).hexdigest()[:32]

    def _jsl_page(self) -> Answer:
        """加速乐: the cookie is spelt out by an expression that only a script engine evaluates."""
        visitor = secrets.token_hex(16)
        spelt = "+".join(f"('{char}')" for char in self._clearance(visitor))
        script = (
            f"<script>document.cookie=('_')+('_jsl_clearance_s')+('=')+{spelt}"
            "+(';max-age=3600')+(';path=/');location.href=location.pathname+location.search</script>"
        )
        cookie = f"{READERS['jsluid']}={visitor}; max-age=31536000; path=/; HttpOnly"
        return Answer(
            status=521, body=script.encode(), content_type=HTML, headers=[("Set-Cookie", cookie)]
        )


def attachment_path(entry: Entry, file: str) -> str:
    """Where the site keeps a file; real addresses say `attach` and the month."""
    month = f"{entry.published.year}{entry.published.month}"
    stem, _, suffix = file.rpartition(".")
    code = hashlib.md5(f"{entry.url} {stem}".encode(), usedforsecurity=False).hexdigest()
    return f"/cms_files/filemanager/1226211233/attach/{month}/{code}.{suffix}"


def _is_browser(user_agent: str) -> bool:
    return user_agent.startswith("Mozilla/5.0") and any(one in user_agent for one in BROWSERS)
