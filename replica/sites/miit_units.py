"""The units of MIIT's column pages: GET /api-gateway/…/build/unit answers HTML inside JSON."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from math import ceil
from urllib.parse import urlsplit

from replica.entries import Entry
from replica.exchange import Answer, Ask, json_answer
from replica.page_templates import fill
from replica.world import World

UNIT_PATH = "/api-gateway/jpaas-publish-server/front/page/build/unit"
WEB_ID = "8d828e408d90447786ddbe128d495e9e"
TEMPLATE_SET = "209741b2109044b5b7695700b2bec37e"
ROWS = 24
CUT = 36


@dataclass(frozen=True, slots=True)
class Column:
    """A column page and the unit in it."""

    name: str
    path: str
    page_id: str
    tag_id: str = "当前栏目_list"


def _column(name: str, path: str, tag_id: str = "当前栏目_list", page_id: str = "") -> Column:
    made = hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()
    return Column(name, path, page_id or made, tag_id)


LIST_COLUMNS = (
    _column("司局动态", "/xwfb/gxdt/sjdt/index.html", "右侧内容"),
    _column("消费品司医药", "/jgsj/xfpgys/yy/index.html"),
    _column("消费品司文件发布", "/jgsj/xfpgys/wjfb/index.html"),
    _column("政策解读", "/zwgk/zcjd/index.html", "右侧内容"),
    _column("文件公示", "/zwgk/wjgs/index.html", "右侧内容"),
    _column("意见征集", "/gzcy/yjzj/index.html"),
    _column(
        "科技司文件发布", "/jgsj/kjs/wjfb/index.html", page_id="7df23bf39e2d42b793ebfcc3319015b7"
    ),
)


def query_data(column: Column) -> str:
    """The pseudo-JSON in single quotes that a column page prints."""
    return (
        f"{{'parseType':'buildstatic','webId':'{WEB_ID}','tplSetId':'{TEMPLATE_SET}',"
        f"'pageType':'column','tagId':'{column.tag_id}','editType':'null',"
        f"'pageId':'{column.page_id}'}}"
    )


def answer_unit(world: World, ask: Ask) -> Answer:
    """One page of a column's rows, or the read counter of an article; pageNo alone is ignored."""
    if ask.query.get("webId") != WEB_ID or ask.query.get("tplSetId") != TEMPLATE_SET:
        return _failure()
    if ask.query.get("parseType") == "build":
        return _success('<span class="readcount">阅读次数：<em>1024</em></span>')
    for column in LIST_COLUMNS:
        if column.page_id == ask.query.get("pageId") and column.tag_id == ask.query.get("tagId"):
            number = _page_number(ask.query.get("paramJson", ""))
            return _success(_rows(world, column, number)) if number else _failure()
    return _failure()


def _page_number(param: str) -> int:
    """1 without paramJson; 0 (an error) unless pageNo is a number and pageSize the text "24"."""
    if not param:
        return 1
    try:
        asked = json.loads(param)
        return int(asked["pageNo"]) if asked["pageSize"] == str(ROWS) else 0
    except (ValueError, KeyError, TypeError):
        return 0


def _rows(world: World, column: Column, number: int) -> str:
    entries = world.listed("miit", column.name)
    shown = entries[(number - 1) * ROWS : number * ROWS]
    return fill(
        "miit_unit",
        column=column,
        rows=[(one, printed_link(one), _printed_title(one)) for one in shown],
        count=len(entries),
        pages=ceil(len(entries) / ROWS),
        size=ROWS,
        number=number,
        unit=UNIT_PATH,
        query=query_data(column),
    )


def printed_link(entry: Entry) -> str:
    """Rows mix relative, http and https addresses; which one a row has never changes."""
    if entry.external_url:
        return entry.external_url
    path = urlsplit(entry.url).path
    prefixes = ("", "http://www.miit.gov.cn", "https://www.miit.gov.cn")
    return prefixes[zlib.crc32(entry.url.encode()) % 3] + path


def _printed_title(entry: Entry) -> str:
    if entry.list_title:
        return entry.list_title
    return entry.title if len(entry.title) <= CUT else entry.title[:CUT] + "..."


def _success(html: str) -> Answer:
    return json_answer({"success": True, "code": "200", "data": {"html": html}})


def _failure() -> Answer:
    return json_answer({"success": False, "code": "500", "message": "参数错误", "data": None})
