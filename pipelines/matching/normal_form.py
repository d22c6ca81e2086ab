"""A text made ready to lay beside another: no furniture, no layout, one way to write a thing.

What is left out or rewritten here is how a page is made, never what a notice says: the lines of
an editor, 一、 and （二） before a paragraph, 17:00 for 17时, the order in which bodies sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.facts.dates import find_dates
from texts.folding import nfkc
from texts.normal_forms import normal_text

BODIES_OF_STATE = (*"局委厅会院市省区县部所办", "中心")
NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千万亿a-z]")
# Lines around a text that belong to the page, by their first words.
FURNITURE_LINE = re.compile(
    r"^\W*(?:(?:信息|文章|稿件|文件|内容|资料)?来源|转载自|转自|本文(?:来源|转自)|发布(?:时间|日期|机构|单位)|"
    r"发文(?:日期|机关|字号)|成文日期|时间|日期|作者|供稿|撰稿|责任?编辑|编辑|审核|校对|浏览(?:次数|量)?|"
    r"排版|图源|文字|制图|美编|监制|责编|"
    r"阅读(?:次数|量)?|点击(?:次数|数)?|字[号体]|打印|关闭|【?打印|分享(?:到)?|上一[篇条]|下一[篇条]|"
    r"相关(?:链接|阅读|附件|文章)|扫一扫|微信扫|索引号|主题(?:分类|词)|信息分类|有效性|"
    r"免责声明|版权声明|声明|当前位置|您(?:现在|当前)的?位置|返回|附件下载|原文链接|点击(?:下载|查看)|"
    r"阅读原文)(?=$|[\s:：】\]|｜>＞])"
)
# Lines of an editor around or inside a text: a placeholder of a picture, a shout, an invitation.
EDITORS_LINE = re.compile(
    r"^\W*(?:图片|视频|音频|图\d{0,2}|划重点|敲黑板|重点来了|编者按|小编(?:注|按|提示)|导读|全文如下|点击图片|"
    r"end|点击(?:上方|下方|标题)?(?:下方|上方)?蓝字.{0,8}|.{0,20}(?:扫描|识别|长按).{0,6}二维码.{0,10})\W*$",
    re.IGNORECASE,
)
MAX_FURNITURE = 80
# The page says itself that its text goes on elsewhere; a link to the original says no such thing.
_GOES_ON_ELSEWHERE = re.compile(
    r"^\W*+(?!.*(?:https?:|www\.|附件))"
    r"(?:未完|.{0,8}(?:阅读原文|(?:阅读|查看)全文)|全文(?:详)?见)|^(?:…+|\.{3,})$"
)
_MAX_POINTER = 40
_LAST_LINES = 8
_CONTACT = re.compile(
    r"^\W*(?:联系人|联系(?:电话|方式|邮箱)|咨询(?:电话|方式|热线|邮箱)|电话|传真|电子邮箱|邮箱)"
)
_MAX_CONTACT = 80
_ADDRESSEES = re.compile(r"^.{0,40}(?:各|有关|单位|企业|公司).{0,80}:$")
_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]{1,4}[章条节]")
_VARIANTS = str.maketrans("账录它像", "帐陆他象")
# 一、 （二） 3. 4、 where a paragraph begins are layout; 2021年 and 1.5倍 are not.
_ENUMERATOR = re.compile(
    r"(?:^|(?<=[。;；:：]))(?:[(（][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、"
    r"|\d{1,2}[.、．](?!\d)|0\d(?=\s))\s*"
)
# The first of a list may follow any text; the second goes on with one.
_FIRST = re.compile(r"^[(（]?(?:一|0?1)(?![一二三四五六七八九十\d])")
_POINT = re.compile(r"(?<=\d)[.．](?=\d)")
_CLOCK = re.compile(
    r"(?<![\d:.])([01]?\d|2[0-4])(?:[时点]([0-5]?\d)分|[时点]整?(?!\d)|:([0-5]\d))(?![\d:])"
)
_WHOLE_NUMBER = re.compile(r"(?<![\d.])(\d+)\.0+(?![\d.])")
# 3月16日至18日 and 3月16日—18日 are one way to write a span.
_DASH = re.compile(r"(?<=[\d年月日时分])(?:[-—–－~～]{1,2}|至|到)(?=\d)")
_END_OF_SENTENCE = ("。", ";")
_BODY_NAME = re.compile(f"[\u4e00-\u9fff]{{1,20}}(?:{'|'.join(BODIES_OF_STATE)})")
_ROW_NUMBER = re.compile(r"^\s*(\d{1,3})\s*\|\s*")


@dataclass(frozen=True, slots=True)
class NormalForm:
    """A text to lay beside another, and where its lines begin.

    Of the lines: which go on counting (二、) or with a table's rows, which are sentences with a
    figure in them, which tell whom to ask, which open a numbered part. `is_cut`: the page says
    that its text goes on elsewhere.
    """

    text: str
    lines: frozenset[int]
    counting: frozenset[int]
    stating: frozenset[int]
    contacts: frozenset[int]
    addressees: frozenset[int]
    parts: frozenset[int]
    is_cut: bool


def normal_form(text: str) -> NormalForm:
    """Make a text ready. Pure."""
    kept: list[str] = []
    marked: list[tuple[int, set[str]]] = []
    length = 0
    printed = [line for line in (nfkc(one).strip() for one in text.splitlines()) if line]
    for line, before in zip(printed, ["", *printed], strict=False):
        bare = "" if is_furniture(line) else _bare(line)
        if bare:
            marked.append((length, set(_marks(line, before, bare))))
            kept.append(bare)
            length += len(bare)

    def places(mark: str) -> frozenset[int]:
        return frozenset(at for at, marks in marked if mark in marks)

    return NormalForm(
        text="".join(kept),
        lines=frozenset(at for at, _ in marked),
        counting=places("counting"),
        stating=places("stating"),
        contacts=places("contacts"),
        addressees=places("addressees"),
        parts=places("parts"),
        is_cut=any(_goes_on_elsewhere(line) for line in printed[-_LAST_LINES:]),
    )


def as_list(text: str) -> str:
    """The numbers of a table's rows as those of a list, which are layout.

    Only what counts 1, 2, 3 to the end in the first cells of a table is a row's number, or, of a
    table printed a cell a line, what does so after the cell 序号.
    """
    lines = text.splitlines()
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and "|" in lines[end]:
            end += 1
        found = [(at, _ROW_NUMBER.match(lines[at])) for at in range(start, end)]
        rows = [(at, match) for at, match in found if match]
        if len(rows) > 1 and [int(m[1]) for _, m in rows] == list(range(1, len(rows) + 1)):
            for at, match in rows:
                lines[at] = f"({match[1]}){lines[at][match.end() :]}"
        start = max(end, start + 1)
    return "\n".join(_counted(lines))


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the page, not to the notice on it."""
    if len(line) > MAX_FURNITURE:
        return False
    return bool(FURNITURE_LINE.match(line) or EDITORS_LINE.match(line) or _goes_on_elsewhere(line))


def _marks(line: str, before: str, bare: str) -> Iterator[str]:
    if _goes_on(line, before):
        yield "counting"
    if line.endswith(_END_OF_SENTENCE) and NUMERAL.search(bare):
        yield "stating"
    if _CONTACT.match(line) and len(line) <= _MAX_CONTACT:
        yield "contacts"
    if _ADDRESSEES.match(line):
        yield "addressees"
    if _SECTION.match(line):
        yield "parts"


def _goes_on(line: str, before: str) -> bool:
    """Whether a line is the next of a list, or of a table's rows."""
    if "|" in line and line.count("|") == before.count("|"):
        return True
    return bool(_ENUMERATOR.match(line)) and not _FIRST.match(line)


def _goes_on_elsewhere(line: str) -> bool:
    return len(line) <= _MAX_POINTER and bool(_GOES_ON_ELSEWHERE.match(line))


def _counted(lines: list[str]) -> list[str]:
    kept: list[str] = []
    following, number = 0, ""
    for line in lines:
        bare = line.strip()
        if bare == "序号":
            following = 1
        elif following and bare == str(following):
            number, following = f"({bare})", following + 1
            continue
        kept.append(number + line)
        number = ""
    return [*kept, number] if number else kept


def _bare(line: str) -> str:
    whole = _with_one_clock(_with_plain_dates(_ENUMERATOR.sub("", _in_one_order(line))))
    whole = normal_text(_WHOLE_NUMBER.sub(r"\1", whole)).casefold()
    whole = _DASH.sub("\x01", _POINT.sub("\x02", whole))
    signs = (sign for sign in whole if sign.isalnum() or sign in "\x01\x02")
    return "".join(signs).replace("\x01", "-").replace("\x02", ".").translate(_VARIANTS)


def _in_one_order(line: str) -> str:
    """Several bodies sign in one line, each page naming its own first."""
    names = line.split()
    if len(names) > 1 and all(_BODY_NAME.fullmatch(name) for name in names):
        return " ".join(sorted(names))
    return line


def _with_plain_dates(line: str) -> str:
    """二〇二一年二月三日, 2021年02月03日 and 2021-02-03 as 2021年2月3日."""
    for found in reversed(find_dates(line)):
        day = found.on
        if not found.time:
            line = f"{line[: found.start]}{day.year}年{day.month}月{day.day}日{line[found.end :]}"
    return line


def _with_one_clock(line: str) -> str:
    """09:30 and 9点30分 as 9时30分; 17:00 as 17时."""

    def written(match: re.Match[str]) -> str:
        minutes = int(match[2] or match[3] or 0)
        return f"{int(match[1])}时" + (f"{minutes}分" if minutes else "")

    return _CLOCK.sub(written, line)
