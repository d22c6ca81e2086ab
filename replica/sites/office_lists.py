"""How the lists of further offices look: markup and answers as public code describes them."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence
from html import escape
from math import ceil
from typing import Any

from replica.exchange import Answer, Ask, error_answer, json_answer
from replica.sites.office_documents import Document

SIZE = 15
_XINWEN = "<p class='article-title xinwen'>"
_HEAD = (
    '<!DOCTYPE html><html><head><meta charset="{charset}">'
    "<title>{name}-{office}</title></head><body>"
)
_MENU = (
    '<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a>'
    '<a href="/hd/">互动</a></div>'
)


def page(office: str, name: str, body: str, charset: str = "utf-8") -> Answer:
    """A page of an office with its menu."""
    text = _HEAD.format(charset=charset, name=name, office=office) + _MENU + body + "</body></html>"
    return Answer(body=text.encode(charset), content_type="text/html")


def part(documents: Sequence[Document], number: int, size: int = SIZE) -> Sequence[Document]:
    """The rows of page `number`, counted from 1."""
    return documents[(number - 1) * size : number * size]


def trs(
    documents: Sequence[Document], number: int, folder: str, ending: str, box: str = "list"
) -> str:
    """Static rows with relative links and TRS' pager, in a box of this class."""
    rows = "".join(
        f"<li><a href='./{posixpath.relpath(one.path, folder)}' title='{escape(one.title)}'>"
        f"{escape(one.title[:18])}…</a><span>{one.day:%Y-%m-%d}</span></li>"
        for one in part(documents, number)
    )
    pages = ceil(len(documents) / SIZE)
    pager = f'<script>createPageHTML({pages}, {number - 1}, "index", "{ending}");</script>'
    return f"<div class='{box}'><ul class='u-list'>{rows}</ul></div>{pager}"


def dated_first(documents: Sequence[Document], number: int, folder: str) -> str:
    """生态环境部: the day before the link; further pages are index_8597_1.shtml."""
    rows = "".join(
        f"<li><span class='date'>{one.day:%Y-%m-%d}</span>"
        f"<a href='./{posixpath.relpath(one.path, folder)}'>{escape(one.title)}</a></li>"
        for one in part(documents, number)
    )
    pages = ceil(len(documents) / SIZE)
    links = "".join(f"<a href='index_8597_{n}.shtml'>{n + 1}</a>" for n in range(1, pages))
    script = f"<script>var countPage = {pages};</script>"
    return f"<ul id='div'>{rows}</ul><div class='page'>{links}</div>{script}"


def inspection_centre(documents: Sequence[Document], number: int, target: str) -> str:
    """核查中心: title and day inside the link, further pages by a form."""
    rows = "".join(
        f"<li><a href='{one.path}' target='_blank'><p class='content'>{escape(one.title)}</p>"
        f"<p class='datatime'>{one.day:%Y-%m-%d}</p></a></li>"
        for one in part(documents, number)
    )
    pages = ceil(len(documents) / SIZE)
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{value}">'
        for name, value in {"pageNo": number, "total_pages": pages, "cur_page": number,
                            "iTotal_length": len(documents)}.items()
    )  # fmt: skip
    form = f'<form id="pageForm" method="post" action="{escape(target)}">{hidden}</form>'
    return f"<div class='page-lst-box'><ul>{rows}</ul></div>{form}"


def records(documents: Sequence[Document], start: int, end: int, column: str) -> str:
    """Hanweb's rows, wrapped as data."""
    rows = "".join(
        f"<record><![CDATA[<li><a href='{one.path}' title='{escape(one.title)}' target='_blank'>"
        f"{escape(one.title)}</a><span>{one.day:%Y-%m-%d}</span></li>]]></record>"
        for one in documents[start - 1 : end]
    )
    return f"<datastore><recordset>{rows}</recordset></datastore>"


def data_page(documents: Sequence[Document], column: str) -> str:
    """Hanweb's column page: the first rows stand in a script."""
    inside = records(documents, 1, SIZE, column)
    numbers = (
        f"{{perpage:{SIZE},totalrecord:{len(documents)},totalpage:{ceil(len(documents) / SIZE)},"
        f"columnid:{column},unitid:2464,webid:2}}"
    )
    drawn = f"<script type='text/xml'>{inside}</script>"
    return f"<div id='2464'>{drawn}</div><script>var p={numbers};</script>"


def unit_shell(tag: str, web: str, sheet: str, number: str) -> str:
    """The column page of a jpaas site: an empty place and the unit that fills it. Some write the
    type `bulidstatic`."""
    query = {
        "parseType": "bulidstatic", "webId": web, "tplSetId": sheet, "pageType": "column",
        "tagId": tag, "editType": "null", "pageId": number,
    }  # fmt: skip
    said = json.dumps(query, ensure_ascii=False).replace('"', "'")
    return (
        '<script parseType="bulidstatic" url="/api-gateway/jpaas-publish-server/front/page/build/'
        f'unit" queryData="{said}"></script>'
    )


def unit(documents: Sequence[Document], ask: Ask, style: str) -> Answer:
    """One page of a jpaas unit; 403 without a Referer, a plain pageNo is ignored."""
    if not ask.referer:
        return error_answer(403)
    wanted = json.loads(ask.query.get("paramJson") or '{"pageNo": 1}')
    number = int(wanted["pageNo"])
    rows = "".join(_unit_row(one, style) for one in part(documents, number))
    pager = (
        f'<div class="pagination" count="{len(documents)}" rows="{SIZE}" pageNo="{number}"></div>'
    )
    if style == "content":  # 山东药监
        rows = f'<div class="page-content">{rows}</div>'
    return json_answer({"success": True, "code": "200", "data": {"html": rows + pager}})


def _unit_row(one: Document, style: str) -> str:
    link = (
        f'<a href="{one.path}" title="{escape(one.title)}" target="_blank">{escape(one.title)}</a>'
    )
    if style == "pair":  # 市监总局: two entries a row
        return (
            f'<ul><li class="nav04Left02_content">{link}</li>'
            f'<li class="nav04Left02_contenttime">{one.day:%Y-%m-%d}</li></ul>'
        )
    if style == "content":
        return f"<li>{link}<span>{one.day:%Y-%m-%d}</span></li>"
    return f"<ul class='txtList_01'><li>{link}<span>[{one.day:%Y-%m-%d}]</span></li></ul>"


def plain(documents: Sequence[Document], number: int, further: str, box: str) -> str:
    """Rows of no system in a box, and links to the other pages: `further`, {} for the number."""
    rows = "".join(
        f"<li><a href='{one.path}'>{escape(one.title)}</a><span>{one.day:%Y-%m-%d}</span></li>"
        for one in part(documents, number)
    )
    pages = ceil(len(documents) / SIZE) if further else 1
    links = "".join(f"<a href='{further.format(n)}'>{n}</a>" for n in range(1, pages + 1))
    return f"{box.format(f'<ul>{rows}</ul>')}<div class='pages'>{links}</div>"


def easysite(documents: Sequence[Document], number: int, style: str) -> str:
    """Rows and the pager of EasySite, whose pages are files named <8 hex>-<n>.html."""
    pages = ceil(len(documents) / SIZE)
    files = "".join(
        f"<a tagname='{one}' onclick=\"queryArticleByCondition(this,'{one}')\">{n}</a>"
        for n in range(1, pages + 1)
        for one in [f"3a7c90de-{n}.html"]
    )
    hidden = f"<input type='hidden' name='article_paging_list_hidden' totalpage='{pages}'>"
    opened, closed = ("<li>", "</li>") if style == "conList_ul" else (_XINWEN, "</p>")
    rows = "".join(
        f"{opened}<a href='{one.path}' title='{escape(one.title)}'>{escape(one.title)}</a>"
        f"<span>{one.day:%Y-%m-%d}</span>{closed}"
        for one in part(documents, number)
    )
    return f"<ul class='{style}1'>{rows}</ul><div class='page'>{hidden}{files}</div>"


def clicked(documents: Sequence[Document], number: int) -> str:
    """科技管理信息系统: a table whose titles are boxes that a script follows."""
    rows = "".join(
        f"<tr class='tr_normal'><td>{place}</td><td class='table_gkgs_title'>"
        f"<div title='{escape(one.title)}' onclick=\"window.open('..{one.path}')\">"
        f"{escape(one.title)}</div></td><td>国家重点研发计划</td><td>{one.day:%Y-%m-%d}</td></tr>"
        for place, one in enumerate(part(documents, number), start=1)
    )
    pages = ceil(len(documents) / SIZE)
    links = "".join(
        f"<a href='{f'index_{n}.html' if n > 1 else 'index.html'}'>{n}</a>"
        for n in range(1, pages + 1)
    )
    return f"<table id='lista0'>{rows}</table><div class='page'>{links}</div>"


def asking_by_form(path: str) -> str:
    """An empty page whose script puts the interface's address together and posts to it."""
    parts = json.dumps(path.strip("/").split("/"))
    return (
        f"<div id='app'></div><script>var way={parts};var call=new XMLHttpRequest();"
        "call.open('POST','/'+way.join('/'));"
        "call.setRequestHeader('Content-Type','application/x-www-form-urlencoded');"
        "call.send('columnID=1&title=&pageNumber=1');</script>"
    )


def flagged(documents: Sequence[Document], folder: str) -> str:
    """首都之窗: every row in one page; one whose flag is empty is a test row."""
    rows = "".join(
        f"<li><i class='flag'>是</i><a href='./{posixpath.relpath(one.path, folder)}' "
        f"title='{escape(one.title)}'>{escape(one.title[:20])}</a><span>京政发〔{one.day.year}〕"
        f"{one.number % 90 + 1}号</span><b class='u_time'>{one.day:%Y-%m-%d}</b></li>"
        for one in documents
    )
    test = "<li><i class='flag'></i><a href='./t.html' title='测试'>测试</a></li>"
    return f"<ul class='default_news'>{test}{rows}</ul>"


def bare_links(documents: Sequence[Document]) -> str:
    """河北市监: nothing but links, the day in their words."""
    return "".join(
        f"<a href='{one.path}'>{escape(one.title)} {one.day:%Y-%m-%d}</a>" for one in documents[:19]
    )


def articles(documents: Sequence[Document], host: str) -> list[dict[str, Any]]:
    """中国政府网: the whole library as one array."""
    return [
        {
            "TITLE": one.title,
            "SUB_TITLE": "",
            "URL": f"https://{host}{one.path}",
            "DOCRELPUBTIME": f"{one.day:%Y-%m-%d}",
        }
        for one in documents
    ]
