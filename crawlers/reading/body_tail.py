"""What a page prints behind a text inside the text's own boxes: what readers wrote, links to other
pages, bars to vote on.

A heading alone ends nothing: behind it must stand what such a heading is for, entries with a time
of their own, or links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawlers.reading.line_kinds import Kind
from crawlers.reading.outline import Outline

_READERS = re.compile(r"^[^一二三四五六七八九十\d、.]{0,6}\d{0,5}\s?[条个]?(?:评论|留言|跟帖|点评)")
_OTHERS = re.compile(r"^\W{0,3}(?:相关|推荐|热门|最新|附近|更多|猜你|精彩|延伸|热点|往期)\S{0,8}$")
_HEADING = 14  # characters of such a heading
_ENTRY = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{1,2}[-/]\d{1,2}|(?<!\d)\d{1,2}[:：]\d\d(?!\d)|[天时分]钟?前|[昨前]天"
)
_ENTRY_HEAD = 40  # characters of the line with a name and a time
_ENTRY_TIME = 20  # … behind which an entry's words may end in its time
_LOOK = 4  # lines behind a heading in which the first entry, or link, begins
_COUNT = re.compile(r"\W{0,2}([^\W\d]{0,5})\s?[(（:：]?\s?\d{1,5}\s?[)）]?(?:\s?\d{1,3}%)?")
_BUTTON = 8  # characters of a line of a bar
_REPLY = re.compile(r"(?:发表|我要|网友)?(?:回复|评论|留言)|发表您的(?:看法|评论)|评论区")
_REPLY_ASKS = re.compile(r"登录|邮箱|必填|昵称|验证码")
_FILES = re.compile(
    r"\W{0,3}(?:(?:相关|文件)?附件(?:下载|列表|信息)?|(?:相关)?(?:文件|资料|附件)下载)\W{0,3}"
)
_FILE_NAME = re.compile(
    r"\.(?:pdf|docx?|xlsx?|wps|et|zip|rar|ofd|pptx?|jpe?g|png)\b", re.IGNORECASE
)
_TAGS = re.compile(r"(?:标签|关键词|分类|Tags?|Categories)\s?[:：]?", re.IGNORECASE)
_MOST_TAGS = 6
_MOST_FILES = 30
_ASKS = re.compile(r"^.{4,24}[?？]$")
_SHARE = 0.4  # of a text that may stand behind links to other pages: a disclaimer


def without_tail(outline: Outline, kinds: Sequence[Kind], lines: list[int]) -> list[int]:
    """The lines of a text without what stands behind its end."""
    lines = _before_readers(outline, kinds, lines)
    lines = _before_labels(outline, kinds, _before_reply(outline, lines))
    lines = _before_files(outline, kinds, lines)
    lines = _before_other_pages(outline, kinds, lines)
    return _before_question(outline, kinds, _before_bar(outline, lines))


def _before_reply(outline: Outline, lines: list[int]) -> list[int]:
    """Without the invitation to write something: 发表回复, and that one must log in for it."""
    for place, number in enumerate(lines):
        if not place or not _REPLY.fullmatch(outline.lines[number].text):
            continue
        following = "".join(outline.lines[one].text for one in lines[place + 1 : place + 1 + _LOOK])
        if _REPLY_ASKS.search(following) or not following:
            return lines[:place]
    return lines


def _before_labels(outline: Outline, kinds: Sequence[Kind], lines: list[int]) -> list[int]:
    """Without the tags of a page below its text: a label of its own line (标签：) and few words."""
    for place in range(len(lines) - 1, max(0, len(lines) - 1 - _MOST_TAGS), -1):
        if kinds[lines[place]] == "text":
            break
        if _TAGS.fullmatch(outline.lines[lines[place]].text):
            return lines[:place]
    return lines


def _before_files(outline: Outline, kinds: Sequence[Kind], lines: list[int]) -> list[int]:
    """Without a list of files under a heading of its own (附件下载) that ends the text: the files
    are the notice's attachments. A line 附件：… of the text names them too, and stays."""
    for place in range(len(lines) - 1, max(0, len(lines) - _MOST_FILES), -1):
        if not _FILES.fullmatch(outline.lines[lines[place]].text):
            continue
        behind = [outline.lines[number] for number in lines[place + 1 :]]
        said = any(kinds[number] == "text" for number in lines[:place])
        is_list = all(line.files or _FILE_NAME.search(line.text) for line in behind)
        return lines[:place] if said and behind and is_list else lines
    return lines


def _before_question(outline: Outline, kinds: Sequence[Kind], lines: list[int]) -> list[int]:
    """Without the question whether a page was of use: it stands last, in a box unlike those of the
    text, above buttons."""
    end = len(lines)
    while end > 2 and kinds[lines[end - 1]] == "link":
        end -= 1
    if end < 2 or not _ASKS.search(outline.lines[lines[end - 1]].text):
        return lines
    last = lines[end - 1]
    own, text = (outline.lines[one].owner for one in (last, lines[end - 2]))
    is_apart = outline.boxes[own].parent != outline.boxes[text].parent
    below = outline.lines[last + 1 : last + 3]
    has_buttons = any(line.linked and len(line.text) <= 2 * _BUTTON for line in below)
    return lines[: end - 1] if is_apart and has_buttons else lines


def _before_readers(outline: Outline, kinds: Sequence[Kind], lines: list[int]) -> list[int]:
    said = False
    for place, number in enumerate(lines):
        text = outline.lines[number].text
        said = said or kinds[number] == "text"
        if not said or len(text) > _HEADING or not _READERS.match(text):
            continue
        following = (outline.lines[other].text for other in lines[place + 1 : place + 1 + _LOOK])
        if any(_is_entry(one) for one in following):
            return lines[:place]
    return lines


def _is_entry(text: str) -> bool:
    """Whether a line is headed, or ends, with the time at which somebody wrote it."""
    if len(text) <= _ENTRY_HEAD:
        return bool(_ENTRY.search(text))
    return bool(_ENTRY.search(text[-_ENTRY_TIME:])) and text[-1] not in "。；！？"


def _before_other_pages(outline: Outline, kinds: Sequence[Kind], lines: list[int]) -> list[int]:
    for place, number in enumerate(lines):
        text = outline.lines[number].text
        if not place or len(text) > _HEADING or not _OTHERS.match(text):
            continue
        following = outline.lines[number + 1 : number + 1 + _LOOK]
        links = sum(line.linked * 2 > len(line.text) for line in following)
        if links < 2 or links < len(following) - 1:
            continue
        before, behind = (
            sum(len(outline.lines[one].text) for one in part if kinds[one] == "text")
            for part in (lines[:place], lines[place:])
        )
        if behind <= _SHARE * before:
            return lines[:place]
    return lines


def _before_bar(outline: Outline, lines: list[int]) -> list[int]:
    """Without a bar of buttons and their counters: 顶一下 (2) 踩一下, 支持 12 反对 0 中立 1."""
    start = len(lines)
    while start and _may_be_of_bar(outline, lines[start - 1]):
        start -= 1
    counts = [place for place in range(start, len(lines)) if _counts(outline, lines[place])]
    if not counts:
        return lines
    first = counts[0]
    text = outline.lines[lines[first]].text
    if text[0] in "(（":
        return lines[: max(start, first - 1)]  # its button stands before it
    votes = sum("(" in outline.lines[lines[place]].text for place in counts)
    return lines[:first] if len(counts) > 2 or votes == 2 else lines


def _may_be_of_bar(outline: Outline, number: int) -> bool:
    line = outline.lines[number]
    if line.in_cell or line.pictures or line.files:
        return False
    if _COUNT.fullmatch(line.text):
        return True
    return len(line.text) <= _BUTTON or len(re.findall(r"[^\W_]", line.text)) * 4 < len(line.text)


def _counts(outline: Outline, number: int) -> bool:
    return bool(_COUNT.fullmatch(outline.lines[number].text))
