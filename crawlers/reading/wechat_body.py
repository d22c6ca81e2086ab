"""The body of a WeChat article or share: the written text, or what the scripts say in its place."""

from __future__ import annotations

import re
from html import escape, unescape

from lxml import etree
from parsel import Selector

from crawlers.reading.text import visible_text
from crawlers.reading.wechat_script import script_content, script_value, undo_escapes

# item_show_type: what a message is. 0 is an article; what is not named here is read like one.
_SHARES = {"5": "视频", "6": "音乐", "7": "音频", "8": "图片", "10": "文字", "11": "转载文章"}
_SHARE_CLASSES = ("share_content_page", "share_tips", "share_media")
_PICTURE = re.compile(
    r"""cdn_url["']?\s{0,9}:\s{0,9}(?:JsDecode\()?["'](https?:[^'"\s]{1,2000})["']"""
)
_TAG = re.compile(r"<(?:p|div|section|br|span|img|h[1-6]|ul|ol|table|strong|a)\b", re.IGNORECASE)
_MEDIA = (
    "mpvoice",
    "mp-common-mpaudio",
    "qqmusic",
    "mpvideo",
    "mp-common-videosnap",
    "video",
    "audio",
)
_MOST_PICTURES = 200


def article_body(page: Selector, text: str) -> Selector | None:
    """The body's node, made up of the scripts' words where the page itself has none; or None."""
    kind = _kind(page, text)
    written = next(iter(page.css("#js_content")), None)
    if kind == "0":
        found = _written(written) or _told(page, text)
    else:
        found = _told(page, text) or _described(page) or _written(written)
    found = found or _named_media(page, kind, text)
    return _with_word_of_sharer(page, found)


def _with_word_of_sharer(page: Selector, body: Selector | None) -> Selector | None:
    """The body with what its sharer wrote above it."""
    note = page.css("#js_share_notice")
    words = visible_text(note[0]) if note and body is not None else ""
    if body is None or not words or words in visible_text(body):
        return body
    inner = body.root
    first = etree.Element("p")
    first.text, first.tail = words, inner.text
    inner.text = None
    inner.insert(0, first)
    return body


def _kind(page: Selector, text: str) -> str:
    """What the message is. Without the script's word: a share's box is told by its class."""
    told = script_value(text, "item_show_type")
    if told:
        return told if told in _SHARES else "0"
    if "text_page_info" in text:
        return "10"
    classes = " ".join(page.css("#js_content::attr(class), #js_article::attr(class)").getall())
    return "5" if any(name in classes for name in _SHARE_CLASSES) else "0"


def _written(node: Selector | None) -> Selector | None:
    """`#js_content` where it says or shows something; sound and film are named in it."""
    if node is None or any(name in node.attrib.get("class", "") for name in _SHARE_CLASSES):
        return None
    for media in node.root.iter(*_MEDIA):
        name = media.get("name") or media.get("data-title") or media.get("music_name") or ""
        media.tail = f" ［{_media_kind(str(media.tag))}］{name} " + (media.tail or "")
    shows = node.xpath(".//img[@src or @data-src] | .//iframe")
    return node if visible_text(node) or shows else None


def _media_kind(tag: str) -> str:
    return "视频" if "video" in tag else "音频"


def _told(page: Selector, text: str) -> Selector | None:
    """Words and pictures that only the scripts hold."""
    place = text.find("text_page_info")
    words = script_content(text, "content_noencode")
    if not words and place >= 0:
        words = script_content(text[place:], "content")
    if not words:
        described = page.css('meta[property="og:description"]::attr(content)').get("")
        words = undo_escapes(described) or script_content(text, "desc")
    pictures = dict.fromkeys(unescape(undo_escapes(url)) for url in _PICTURE.findall(text))
    images = "".join(f'<p><img src="{escape(url)}"></p>' for url in list(pictures)[:_MOST_PICTURES])
    captions = page.css("#js_image_desc")
    if not words.strip() and captions:
        words = visible_text(captions[0])
    return _div((words if _TAG.search(words) else _paragraphs(words)) + images)


def _described(page: Selector) -> Selector | None:
    words = page.css("#js_common_share_desc, #js_text_desc, #js_video_page_title")
    return _div(_paragraphs("\n".join(visible_text(node) for node in words)))


def _named_media(page: Selector, kind: str, text: str) -> Selector | None:
    """A film or recording without a word: its body is its name."""
    name = page.css('meta[property="og:title"]::attr(content)').get("") or script_value(
        text, "msg_title"
    )
    if kind not in {"5", "6", "7"} or not name.strip():
        return None
    return _div(_paragraphs(f"［{_SHARES[kind]}］{name}"))


def _paragraphs(words: str) -> str:
    lines = (" ".join(unescape(line).split()) for line in re.split(r"[\r\n]+", words))
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)


def _div(markup: str) -> Selector | None:
    if not markup.strip():
        return None
    found = Selector(text=f'<div id="js_content">{markup}</div>').css("#js_content")
    node = found[0] if found else None
    says = node is not None and (visible_text(node) or node.css("img[src], img[data-src]"))
    return node if says else None
