"""文号: the number a notice bears itself, told apart from the numbers it cites.

Written the same way always: 京知局〔2021〕35号, 2021年第7号, 国家市场监督管理总局令第27号.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from texts.normal_forms import title_key
from texts.width import fold_width

_BRACKETED = (
    r"(?P<agency>[\u4e00-\u9fff][\u4e00-\u9fffA-Z]{0,14}(?:\s[\u4e00-\u9fff]{1,4})?)\s{0,4}"
    r"[〔\[(【〖［]\s{0,4}(?P<year>(?:19|20)[0-9]{2})\s{0,4}(?:年)?[〕\])】〗］]\s{0,4}"
    r"第?\s{0,4}(?P<serial>[0-9]{1,5})\s{0,4}号"
)
_YEARLY = (
    r"(?P<yearly>(?:19|20)[0-9]{2})\s{0,4}年\s{0,4}第?\s{0,4}(?P<yearly_serial>[0-9]{1,5})\s{0,4}号"
)
_ORDER = (
    r"(?P<order>[\u4e00-\u9fff]{2,24}?(?:令|公告|通告))\s{0,4}\(?\s{0,4}第\s{0,4}"
    r"(?P<order_serial>[0-9]{1,5}|[〇零一二三四五六七八九十百]{1,6})\s{0,4}号\s{0,4}\)?"
)
_ANY = re.compile(f"(?:{_BRACKETED})|(?:{_YEARLY})|(?:{_ORDER})")
_YEARLY_KIND = r"(?:\s{0,4}(?:公告|通告|令|通知))?"
_WHOLE = re.compile(f"(?:{_BRACKETED})|(?:{_YEARLY}){_YEARLY_KIND}|(?:{_ORDER})")
_LINE = re.compile(
    r"\s*+(?:(?:发文字号|文件编号|发文编号|文\s{0,4}号|文件号)\s*+[:]?\s*+)?[(]?\s*+"
    r"(?P<number>\S(?:.{0,60}?\S)?)\s*+[)]?(?:\s*+签发人\s*+:.{0,12})?\s*+"
)
_TITLE_END = re.compile(r"(?P<open>[(])\s{0,4}(?P<inside>[^()]{4,40})[)]\s{0,9}$")
_TITLE_LAST_WORD = re.compile(rf"[\s](?P<inside>(?:{_BRACKETED})|(?:{_YEARLY}){_YEARLY_KIND})$")
_TITLE_FIRST_WORD = re.compile(rf"^(?P<inside>(?:{_BRACKETED}))\s")
# 规章 open with the order that made them: (2020年1月22日国家市场监督管理总局令第27号公布).
_PROMULGATED = re.compile(
    rf"^\(?\s*[12][0-9]{{3}}年[0-9]{{1,2}}月[0-9]{{1,2}}日\s*{_ORDER}\s*(?:公布|发布)"
)
_CITED = re.compile(r"(?:根据|依据|按照|依照|落实|贯彻|转发|执行|以下简称|参照|关于)")
_ORDER_NAME = re.compile(r"[\u4e00-\u9fff]{4,24}(?:令|公告|通告)")
_NAMED = re.compile(r"《([^《》]{4,80}(?:〈[^〉]*〉[^《》]*)?)》")
_ANNOUNCES = re.compile(r"印发|发布|出台|公布|下发")
_NOT_ANNOUNCED = re.compile(r"转发|解读|读懂|答记者问|问答|征求")
_NONE = {"", "-", "--", "---", "----", "—", "——", "无", "/", "暂无", "空"}
_TOP_LINES = 12
_HEADING_LINES = 6
_PARAGRAPH = 80


@dataclass(frozen=True, slots=True)
class DocNumber:
    """The notice's own number, who told us (`field`, `title`, `body`, `embedded`), on which line.

    `embedded` is the number of a document whose whole text a news item carries.
    """

    number: str = ""
    told_by: str = ""
    line: int = -1


def normalise_doc_number(text: str) -> str:
    """A field's value in the one way of writing; empty when it holds no number."""
    folded = fold_width(text).strip()
    if folded in _NONE:
        return ""
    match = _WHOLE.fullmatch(folded.strip("() ")) or _ANY.search(folded)
    if match is not None:
        return _write(match)
    compact = re.sub(r"\s+", "", text.strip())
    return compact if compact.endswith("号") and len(compact) <= 30 else ""


def find_doc_numbers(text: str) -> list[str]:
    """Every number printed in a text, cited ones too, in order, each once."""
    return list(dict.fromkeys(_write(match) for match in _ANY.finditer(fold_width(text))))


def own_doc_number(field: str, title: str, lines: Sequence[str]) -> DocNumber:
    """The notice's own number: the page's field, else its title, else a line of its own."""
    number = normalise_doc_number(field)
    if number:
        return DocNumber(number, "field")
    number = _from_title(fold_width(title).strip())
    if number:
        return DocNumber(number, "title")
    return _from_top(lines) or _from_embedded(title, lines) or DocNumber()


def _write(match: re.Match[str]) -> str:
    group = match.groupdict()
    if group.get("agency"):
        agency = re.sub(r"\s+", "", group["agency"])
        return f"{agency}〔{group['year']}〕{group['serial']}号"
    if group.get("yearly"):
        return f"{group['yearly']}年第{group['yearly_serial']}号"
    return f"{group['order']}第{group['order_serial']}号"


def _from_title(title: str) -> str:
    whole = _WHOLE.fullmatch(title)
    if whole is not None:
        return _write(whole)
    end = _TITLE_END.search(title)
    # 关于转发《…》（财建〔2021〕2号）prints the number of what it forwards.
    if end and not (title[: end.start()].endswith("》") and not title.startswith("《")):
        inside = _WHOLE.fullmatch(end["inside"].strip())
        if inside is not None:
            return _write(inside)
    for pattern in (_TITLE_LAST_WORD, _TITLE_FIRST_WORD):
        match = pattern.search(title)
        if match is not None:
            return _write(match)
    return ""


def _line_number(line: str) -> str:
    """The number, when the line prints a number and nothing else."""
    if not 5 <= len(line) <= 48 or "号" not in line:
        return ""
    match = _LINE.fullmatch(fold_width(line))
    whole = _WHOLE.fullmatch(match["number"]) if match else None
    if whole is None or _CITED.match(whole["agency"] or ""):
        return ""
    return _write(whole)


def _promulgated(line: str) -> str:
    match = _PROMULGATED.match(fold_width(line).strip())
    return _write(match) if match else ""


def _order_over_two_lines(line: str, following: Sequence[str]) -> str:
    """国家知识产权局公告 on one line, 第四一三号 on the next."""
    if len(line) > 30 or not following or not _ORDER_NAME.fullmatch(fold_width(line).strip()):
        return ""
    return _line_number(line.strip() + following[0].strip())


def _from_top(lines: Sequence[str]) -> DocNumber | None:
    """A number line before the first paragraph: headings, numbers and salutations come first."""
    for index, line in enumerate(lines[:_TOP_LINES]):
        number = _line_number(line) or _order_over_two_lines(line, lines[index + 1 : index + 2])
        if number:
            return DocNumber(number, "body", index)
        order = _promulgated(line)
        if order:
            return DocNumber(order, "body", index)
        if len(line) > _PARAGRAPH or line.rstrip().endswith(("。", "；")):
            return None
    return None


def _from_embedded(title: str, lines: Sequence[str]) -> DocNumber | None:
    """The number line under the heading of the very document that the title announces."""
    if not _ANNOUNCES.search(title) or _NOT_ANNOUNCED.search(title):
        return None
    names = [title_key(name) for name in _NAMED.findall(title)]
    for index, line in enumerate(lines):
        number = _line_number(line) if names else ""
        if not number:
            continue
        heading = title_key("".join(lines[max(0, index - _HEADING_LINES) : index]))
        if any(name in heading for name in names) or _announced(names, number, lines[:index]):
            return DocNumber(number, "embedded", index)
    return None


def _announced(names: Sequence[str], number: str, before: Sequence[str]) -> bool:
    """Whether an earlier paragraph says 《the document》（this number）."""
    key = title_key(number)
    text = title_key("".join(before))
    return any(name + key in text for name in names)
