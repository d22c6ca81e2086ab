"""北京市知识产权局, zscqj.beijing.gov.cn, in its three designs: Hanweb, static, EasySite."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from math import ceil
from urllib.parse import urlsplit

from replica.editor_markup import with_editor_markup
from replica.entries import Entry
from replica.exchange import Answer, Ask, error_answer
from replica.page_templates import declared, encode, fill
from replica.sample_files import NamedFile, file_answer, files_named_by
from replica.sites.entrance import hold_up, refuse
from replica.world import World

HTML = "text/html; charset=UTF-8"
ERA_C: Mapping[str, str] = {
    "通知公告": "/zscqj/zwgk/tzgg/",
    "信息动态": "/zscqj/zwgk/xwdt/",
    "政策法规": "/zscqj/zwgk/flfg18/",
}
ERA_B = ("媒体报道", "/zwxx/mtbd/")
ERA_A = ("通知公告旧版", "/col/col5652/")
COLUMNS = frozenset({*ERA_C, ERA_B[0], ERA_A[0]})
PAGE_SIZE = 15
_STATIC = re.compile(r"^pc_index_list(?:_(?P<number>[2-9]|[1-9]\d+))?\.html$")


class Zscqj:
    """The bureau's site; all three designs answer at once, as old links do for a while."""

    hosts = frozenset({"zscqj.beijing.gov.cn"})

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, ask: Ask) -> Answer:
        """The site behind its wall."""
        refused = refuse(self._world, "beijing", ask)
        if refused is not None:
            return refused
        if self._world.walls.of("beijing") == "forbidden":
            return error_answer(403)
        answer = error_answer(405) if ask.method == "POST" else self._page(ask)
        return hold_up(self._world, "beijing", answer)

    def _page(self, ask: Ask) -> Answer:
        if ask.path in {"/", "/zscqj/index.html"}:
            text = fill("zscqj_home", columns=ERA_C)
            return self._static(text, [])
        listed = self._era_c(ask.path) or self._era_b(ask.path) or self._era_a(ask.path)
        if listed is not None:
            return listed
        entry = self._world.find("bj_zscqj", ask.path)
        return self._detail(entry) if entry is not None else self._file(ask)

    def _era_c(self, path: str) -> Answer | None:
        for column, folder in ERA_C.items():
            if not path.startswith(folder):
                continue
            stem = pager_stem(folder)
            match = re.fullmatch(
                rf"(?:index|{stem}-(?P<number>[1-9]\d*))\.html|", path[len(folder) :]
            )
            if match is None:
                return None
            entries = self._world.listed("bj_zscqj", column)
            number = int(match["number"] or 1)
            shown, pages = _cut(entries, number)
            if number > pages:
                return None
            rows = [(one, _link(one)) for one in shown]
            if self._world.walls.of("beijing") == "redesign":
                name = "北京市知识产权局"
                text = fill("redesigned_list", site=name, column=column, rows=rows)
                return self._static(text, shown)
            text = fill(
                "zscqj_list",
                column=column,
                rows=rows,
                total=len(entries),
                pages=pages,
                number=number,
                stem=f"{folder}{stem}",
            )
            return self._static(text, shown)
        return None

    def _era_b(self, path: str) -> Answer | None:
        column, folder = ERA_B
        match = _STATIC.match(path.removeprefix(folder)) if path.startswith(folder) else None
        if match is None:
            return None
        entries = self._world.listed("bj_zscqj", column)
        number = int(match["number"] or 1)
        shown, pages = _cut(entries, number)
        if number > pages:
            return None
        rows = [(one, _link(one), _sourced_title(one)) for one in shown]
        text = fill("zscqj_list_b", column=column, rows=rows, pages=pages, number=number)
        return self._static(text, shown)

    def _era_a(self, path: str) -> Answer | None:
        column, folder = ERA_A
        if path not in {folder, f"{folder}index.html"}:
            return None
        entries = self._world.listed("bj_zscqj", column)
        rows = [(one, _link(one)) for one in entries]
        return self._static(fill("zscqj_list_a", column=column, rows=rows), entries)

    def _static(self, text: str, shown: list[Entry]) -> Answer:
        modified = self._world.newest_change(shown)
        return Answer(body=text.encode(), content_type=HTML, modified=modified)

    def _detail(self, entry: Entry) -> Answer:
        old = entry.column in {ERA_A[0], ERA_B[0]} or entry.template in {"eraA", "eraB"}
        text = fill(
            "zscqj_article_old" if old else "zscqj_article",
            entry=entry,
            charset=declared(entry.charset),
            body=with_editor_markup(entry.body, "word"),
            attachments=[(one.name, attachment_path(entry, one.file)) for one in entry.attachments],
            path=urlsplit(entry.url).path,
            labelled=bool(entry.doc_number or entry.issuers or entry.column == "政策法规"),
        )
        return Answer(
            body=encode(text, entry.charset),
            content_type=f"text/html; charset={declared(entry.charset)}",
            modified=entry.changed_at(self._world.now),
        )

    def _file(self, ask: Ask) -> Answer:
        for entry in self._world.published("bj_zscqj"):
            for one in entry.attachments:
                if attachment_path(entry, one.file) == ask.path:
                    return file_answer(NamedFile(one.file, f"{entry.title} {one.name}"), entry)
            file = files_named_by(entry).get(f"https://{ask.host}{ask.path}")
            if file is not None:
                return file_answer(file, entry)
        return error_answer(404)


def pager_stem(folder: str) -> str:
    """The 8 hex digits in front of a page number (`1a2b3c4d-2.html`), fixed for a column."""
    return f"{zlib.crc32(folder.encode()):08x}"


def attachment_path(entry: Entry, file: str) -> str:
    """Where EasySite keeps a file of a page (form of the address inferred from sister sites)."""
    folder, _, number = urlsplit(entry.url).path.removesuffix("/index.html").rpartition("/")
    if folder.startswith("/zscqj/") and number.isdigit():
        return f"/zscqj/resource/cms/article/{zlib.crc32(folder.encode())}/{number}/{file}"
    return f"/attach/{zlib.crc32(entry.url.encode()):08x}/{file}"


def _cut(entries: list[Entry], number: int) -> tuple[list[Entry], int]:
    pages = max(1, ceil(len(entries) / PAGE_SIZE))
    return entries[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], pages


def _link(entry: Entry) -> str:
    return entry.external_url or urlsplit(entry.url).path


def _sourced_title(entry: Entry) -> str:
    title = entry.list_title or entry.title
    return f"{entry.source}：{title}" if entry.source else title
