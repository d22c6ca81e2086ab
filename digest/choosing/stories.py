"""Which entries explain or report another one of the same issue: they are set under it.

The evidence is a name that both print: the document's number, or the title between its 《》, or
what a notice says it issues. A subject in common is none: two drafts about one thing stay two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.choosing.document import Document
from texts.width import fold_width

_BOOK = re.compile(r"《([^《》]{6,120})》")
_ISSUED = re.compile(r"(?:印发|发布|公布|颁布)([^《》,。;:]{8,60}?)的(?:通知|公告|通告)")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_TELLS = frozenset({"解读", "动态", "消息"})
_HEADS = frozenset({"发布", "征求意见", "文件", "规则", "申报", "通告", "公示", "名单"})
_SHORTEST = 8
_OPENING = 160


def stories_among(documents: Sequence[Document]) -> dict[int, int]:
    """id of an explanation or report -> id of the document of the same chapter that it tells of."""
    named: dict[tuple[str, str], int] = {}
    for document in documents:
        if document.role in _HEADS:
            for name in _names(document):
                named.setdefault((document.chapter, name), document.id)
    found: dict[int, int] = {}
    for document in documents:
        if document.role in _TELLS and document.due_on is None:
            head = _head(document, named)
            if head is not None and head != document.id:
                found[document.id] = head
    return found


def _names(document: Document) -> list[str]:
    """What a document may be called by others, in letters and figures alone."""
    title = fold_width(document.title)
    names = [*_BOOK.findall(title), *_ISSUED.findall(title), document.doc_number]
    return [letters for name in names if len(letters := _letters(name)) >= _SHORTEST]


def _head(document: Document, named: dict[tuple[str, str], int]) -> int | None:
    """The document that is named in the title, between 《》 in the opening, or by its number."""
    title, opening = _letters(document.title), fold_width(document.text[:_OPENING])
    books = {_letters(book) for book in _BOOK.findall(opening)}
    plain = _letters(opening)
    for (chapter, name), head in named.items():
        if chapter != document.chapter:
            continue
        if name in title or name in books or (_has_figures(name) and name in plain):
            return head
    return None


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", fold_width(text)).lower()


def _has_figures(name: str) -> bool:
    return sum(mark.isdigit() for mark in name) >= 4
