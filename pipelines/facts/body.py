"""The body of a notice: hostile HTML in, clean HTML and plain text out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import nh3
from lxml import etree

from pipelines.facts.blocks import Block, read_blocks
from pipelines.facts.boilerplate import is_boilerplate, read_repost_line

MAX_CHARACTERS = 3_000_000
"""Longer bodies are cut here: no notice is as long, and reading must end."""

MAX_DEPTH = 250
"""Deeper nesting is flattened before parsing."""

_TAGS = {
    "p", "h1", "h2", "h3", "h4", "strong", "em", "u", "sub", "sup", "br", "ul", "ol", "li",
    "table", "thead", "tbody", "tr", "td", "th", "img", "a", "blockquote", "hr",
}  # fmt: skip
_ATTRIBUTES = {
    "td": {"rowspan", "colspan"},
    "th": {"rowspan", "colspan"},
    "a": {"href"},
    "img": {"src", "alt"},
}
# Pictures written into the page are the usual reason for megabytes; they are never kept.
_DATA_URL = re.compile(r"""(?:"data:[^"]{64,}"|'data:[^']{64,}')""")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)[^<>]*?(/?)>")
_NAMES = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)")
# Levels that a tag adds. Void tags add none; nor do those the parser closes by itself when the
# next begins (old pages leave <p> and <li> open), counted with the list or table around them.
_LEVELS = dict.fromkeys(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "option", "thead",
        "tbody", "tfoot",
    ),
    0,
) | {"table": 4, "ul": 2, "ol": 2, "dl": 2}  # fmt: skip
# The parser's time grows with the square of the character references in one run of text.
_MOST_REFERENCES = 100_000
_OWN_NUMBER = re.compile(
    r"[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]?\s?[、.．)）]|第[\d一二三四五六七八九十]{1,4}[条章款]"
)


@dataclass(frozen=True, slots=True)
class Body:
    """A body as read. `text` has one paragraph a line, table rows with ` | `.

    `links` are (name, absolute URL). `original_url` and `source` come from the two lines with
    which a repost ends; those lines are in neither `html` nor `text`.
    """

    html: str = ""
    text: str = ""
    links: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = ()
    original_url: str = ""
    source: str = ""
    warnings: tuple[str, ...] = ()


def read_body(fragment: str, base_url: str) -> Body:
    """Clean a raw fragment of a page found at `base_url`. Never raises; says what was wrong."""
    warnings: list[str] = []
    root = _parse(_prepare(fragment, warnings))
    if root is None:
        return Body(warnings=tuple(warnings))
    return _assemble(read_blocks(root, base_url), warnings)


def _prepare(fragment: str, warnings: list[str]) -> str:
    text = _ILLEGAL.sub("", fragment[: 8 * MAX_CHARACTERS])
    if text.count("&") > _MOST_REFERENCES:
        text = text.replace("&nbsp;", " ").replace("&", "＆")
    if len(text) > MAX_CHARACTERS:
        text = _DATA_URL.sub('""', text)
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS]
        warnings.append(f"正文超过 {MAX_CHARACTERS} 个字符，只读取了前面的部分")
    flat = _flatten(text)
    if flat != text:
        warnings.append(f"正文标签嵌套超过 {MAX_DEPTH} 层，已展平")
    return flat


def _flatten(text: str) -> str:
    """Drop the tags that would open deeper than MAX_DEPTH, keeping the words between them."""
    if text.count("<") <= MAX_DEPTH // 4 or _deepest(text) <= MAX_DEPTH:
        return text
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        levels = 0 if match[3] else _LEVELS.get(match[2].lower(), 1)
        if match[1]:
            depth = max(0, depth - levels)
            return match[0] if depth < MAX_DEPTH else " "
        depth += levels
        return match[0] if depth <= MAX_DEPTH else " "

    return _TAG.sub(keep, text)


def _deepest(text: str) -> int:
    """How deep the tags of a text open at most."""
    depth = deepest = 0
    for match in _NAMES.finditer(text):
        levels = _LEVELS.get(match[2].lower(), 1)
        depth = max(0, depth - levels) if match[1] else depth + levels
        deepest = max(deepest, depth)
    return deepest


def _parse(text: str) -> etree._Element | None:
    if not text.strip():
        return None
    parser = etree.HTMLParser(
        remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True
    )
    try:
        return etree.fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _assemble(blocks: Sequence[Block], warnings: list[str]) -> Body:
    kept: list[Block] = []
    original_url = source = ""
    for block in blocks:
        if block.kind not in ("open", "close", "table", "hr"):
            if is_boilerplate(block.text) and not block.images:
                continue
            repost = read_repost_line(block.text, block.links[0][1] if block.links else "")
            if repost is not None:
                original_url = original_url or repost.url
                source = source or repost.source
                continue
        kept.append(block)
    text = "\n".join(line for line in map(_as_text, kept) if line)
    images = tuple(dict.fromkeys(image for block in kept for image in block.images))
    if not text and images:
        warnings.append("正文为图片")
    return Body(
        html=_as_html(kept),
        text=text,
        links=tuple(link for block in kept for link in block.links),
        images=images,
        original_url=original_url,
        source=source,
        warnings=tuple(warnings),
    )


def _as_text(block: Block) -> str:
    """The block's words, numbered as a browser does; not again where the item types its own."""
    is_numbered = block.number and not _OWN_NUMBER.match(block.text)
    return f"{block.number}. {block.text}" if is_numbered else block.text


def _as_html(blocks: Sequence[Block]) -> str:
    """The blocks as HTML on an allow-list: the last gate is nh3, whatever came before."""
    pieces = [_piece(block) for block in _without_empty_lists(blocks)]
    return nh3.clean("\n".join(pieces), tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None,
                     url_schemes={"http", "https", "mailto"})  # fmt: skip


def _piece(block: Block) -> str:
    if block.kind == "hr":
        return "<hr>"
    if block.kind == "open":
        return f"<{block.html}>"
    if block.kind == "close":
        return f"</{block.html}>"
    if block.kind == "table":
        return f"<table><tbody>{block.html}</tbody></table>"
    return f"<{block.kind}>{block.html}</{block.kind}>"


def _without_empty_lists(blocks: Sequence[Block]) -> list[Block]:
    kept: list[Block] = []
    for block in blocks:
        if block.kind == "close" and kept and kept[-1].kind == "open":
            kept.pop()
        else:
            kept.append(block)
    return kept
