"""What a person would read on a page of somebody else's: words, and nothing that acts."""

from __future__ import annotations

from typing import cast

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from digest.safe_text import clean_text

_UNSEEN = ("script", "style", "noscript", "template", "head")
_BREAKS = ("p", "div", "tr", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6")


def words_of(markup: str) -> str:
    """The text of HTML, a line a paragraph; '' for what is none."""
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        content = markup.encode("utf-8", "replace")
        tree = cast("HtmlElement", lxml_html.document_fromstring(content, parser=parser))
    except (etree.ParserError, ValueError):
        return ""
    for unseen in list(tree.iter(*_UNSEEN)):
        cast("HtmlElement", unseen).drop_tree()
    for ended in tree.iter(*_BREAKS):
        ended.tail = f"\n{ended.tail or ''}"
    lines = (" ".join(line.split()) for line in tree.text_content().splitlines())
    return clean_text("\n".join(line for line in lines if line))
