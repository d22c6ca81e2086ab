"""What a line of a page is, and how much it says that it belongs to a text.

A line is told by its form: sentences have their punctuation, furniture has its links. The few
words that are asked for are those that every publisher must print (ICP备) or prints in one form
(上一篇：); none decides alone whether a page is a notice.
"""

from __future__ import annotations

import re
from typing import Literal

from crawlers.reading.day_evidence import has_day
from crawlers.reading.outline import Line
from crawlers.reading.printed_dates import dates_in

Kind = Literal["text", "short", "title", "stamp", "link", "crumb", "neighbour", "foot", "picture"]

_SENTENCE = re.compile(r"[。；！？]|[a-z]{3}[.?!](?:\s|$)")
_CLAUSE = re.compile(r"[，、]")
_STAMP = re.compile(
    r"^\W{0,3}(?:(?:信息|文章|稿件|新闻)?来\s?源|(?:信息|网站)?发\s?[布表]|印发|公布|公开|更新|时\s?间|日\s?期|作\s?者|浏览|阅读|点击|访问|字\s?[体号]|责任?编|"
    r"由\s?\S{1,30}\s?(?:提交|发[布表])[于在]|\S{1,20}\s(?:提交|发[布表])[于在]\s?\d|"
    r"编辑|审核|撰稿|供稿|录入|分享|打印|扫一扫|扫码(?:关注|分享|阅读|打开|浏览|查看本|手机)|收藏|索\s?引\s?号|索\s?取\s?号|主题分类|信息分类|发[文布]机[关构]|文\s?号|发文字号|成文日期|标\s?题|有效性|"
    r"[昨前今]天\s?\d{1,2}[:：]\d\d|\d{1,3}\s?(?:分钟|小时|天|周|个?月|年)前\W*$|"
    r"本文(?:网址|链接|地址)|原文(?:链接|标题)|原标题|点赞|赞赏|长按|识别二维码|点击(?:上方|下方|蓝字)|办件评价|您的评价|将本文|共\s?\d{1,5}\s?[条页]|"
    r"平均\s?[(（]|分类[:：]|标签[:：]|返回(?:顶部|首页|列表|上页|目录)|[\d,]{1,9}\s?次?(?:阅读|浏览|点击|访问)|发表(?:回复|评论)|责编|"
    r"主\s?题\s?词|体裁分类|组配分类|公开方式|公开形式|公开范围|公开时限|统一编号|实施日期|失效日期|备\s?注)[^。；]{0,80}$"
)
_NEIGHBOUR = re.compile(
    r"^\W{0,3}(?:上|下|前|后)(?:一)?(?:篇|条|则)(?:\W|$)|^[←→]\s?\S|^\W{0,3}(?:Previous|Next)\W"
)
_FOOT = re.compile(
    r"^\W{0,3}(?:免责|版权|转载)(?:声明|说明|申明)\s?[:：]|ICP备|公网安备|版权所有|Copyright|©|网站标识码|^\W{0,3}(?:主办|承办|技术支持|主管|运行维护|网站维护)(?:单位)?\s?[:：]",
    re.IGNORECASE,
)
_CRUMB = re.compile(
    r"^\W{0,3}(?:您?(?:现在|当前)?(?:所在)?的?)?位置(?:是)?\s?[:：]|[^<>]{1,20}(?:\s[>＞»›/]|[>＞»›])\s?\S"
)
_PICTURE = 20.0  # what a picture weighs in characters: some bodies are pictures only
_FILE = 5.0  # … and a link to a file: some bodies are nothing else
_STAMP_REST = 30  # characters that may stand around a stamp's day: a source, a counter
_STAMP_NAME = 10  # … a name without a label
_LONGEST_STAMP = 120


def kind_of(line: Line) -> Kind:
    """What a line is by itself; where it stands is not asked."""
    text = line.text
    if not text:
        return "picture"
    if is_neighbour(text):
        return "neighbour"
    if line.linked * 10 >= len(text.replace(" ", "")) * 6:
        return "link"
    if len(text) < 300 and _FOOT.search(text):
        return "foot"
    if len(text) < _LONGEST_STAMP:
        if _STAMP.match(text):
            return "stamp"
        if line.linked and _CRUMB.match(text):
            return "crumb"
    return "text" if is_sentence(text) else "short"


def is_neighbour(text: str) -> bool:
    """Whether words name the notice before or after: 上一篇：…"""
    return bool(_NEIGHBOUR.match(text))


def is_sentence(text: str) -> bool:
    """Whether a line is written in sentences."""
    if _SENTENCE.search(text):
        return len(text) >= 6
    return len(text) >= 18 and bool(_CLAUSE.search(text))


def is_dateline(line: Line) -> bool:
    """A line that holds little else than a day: a stamp under a title, or a signature's day."""
    if (
        len(line.text) >= 80
        or line.text[-1] in "：:"
        or _SENTENCE.search(line.text)
        or not has_day(line.text)
    ):
        return False
    start, end, _ = dates_in(line.text)[0]
    rest = line.text[:start] + line.text[end:]
    most = _STAMP_REST if re.search(r"[:：]", rest) else _STAMP_NAME
    return len(rest.strip("[]（）() ")) <= most and not re.search(r"[，,]", rest)


def weight(line: Line, kind: Kind) -> float:
    """How many characters of a line speak for a text; links speak against it."""
    if kind == "link" and not line.pictures:
        return -0.25 * line.linked
    free = max(0, len(line.text) - line.linked - line.files)
    shown = sum(1 for picture in line.pictures if _is_shown(picture)) if line.pictures else 0
    pictures = _PICTURE * shown if not line.linked or kind == "picture" else 0.0
    if kind == "text":
        return free - 0.5 * line.linked + pictures
    if kind == "short":
        return 0.35 * free - 0.5 * line.linked + pictures + _FILE * bool(line.files)
    if kind == "picture":
        return pictures if not line.links else 0.25 * pictures
    return -0.25 * line.linked


def _is_shown(picture: object) -> bool:
    """Whether a picture may be part of a text: icons have a size or a place that says so."""
    get = picture.get  # type: ignore[attr-defined]
    for name in ("width", "height"):
        size = re.match(r"\d{1,4}", get(name) or "")
        if size and int(size[0]) < 60:
            return False
    source = get("src") or get("data-src") or get("data-original") or ""
    return bool(source) and not re.search(
        r"icon|logo|filetype|fileTypeImages|\.gif(?:\?|$)", source
    )


def is_link_row(line: Line) -> bool:
    """Whether a line is a row of a list of pages: a link of a title's length, a day perhaps."""
    return line.linked >= 6 and line.linked * 2 >= len(line.text) - 24
