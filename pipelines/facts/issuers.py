"""Issuing offices: joint ones told apart, short names written out, in the printed order."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from texts.width import fold_width

_SEPARATOR = re.compile(r"[、,;|\s]+")
_SPACED_OUT = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff](?:\s|$))")
_SHAPE = re.compile(
    r"[\u4e00-\u9fff()·]{2,40}(?:部|委|局|厅|署|办|院|会|中心|政府|司|处|银行|大学|法院|研究所|办公室|协会|学会|联合会|领导小组)"
)
_NOT_A_NAME = re.compile(
    r"^(?:各|我|本|该|两|三|多|附|联系|请|按|由|在|将|经|现|关于|有关|相关|主办|承办|抄送|根据|欢迎)"
    r"|[的了请将被把]|部门$|单位$|截止|另行|公示|大会$|工作会$|座谈会$|研讨会$|培训会$|开展|召开"
)
_PLACE = re.compile(r"(?:北京|天津|上海|重庆)市|[\u4e00-\u9fff]{2,3}(?:省|自治区)")
_TITLE_WHO = re.compile(
    r"^(?P<who>[\u4e00-\u9fff、,; ()]{3,80}?)\s*(?:联合)?(?:关于|印发|发布|公布|转发|公告|通告|令)"
)
_NONE = {"", "-", "--", "---", "----", "—", "——", "无", "/"}


@dataclass(frozen=True, slots=True)
class OfficeNames:
    """The tables of issuers.toml."""

    national: dict[str, str]
    local: dict[str, str]
    whole: dict[str, str]


def place_of(site_name: str, group: str = "") -> str:
    """The city or province whose offices a page calls 市…局: from the site, else the group."""
    for text in (site_name, group):
        match = _PLACE.match(text)
        if match is not None:
            return match[0]
    return ""


def split_issuers(text: str, place: str = "") -> tuple[str, ...]:
    """The offices a field or a signature names, in full; empty when it is not all offices.

    `place` is what 市 stands for, from `place_of`.
    """
    folded = fold_width(text).strip(" \n\t:,;、")
    if folded in _NONE or len(folded) > 200:
        return ()
    names = _names()
    if folded in names.whole:
        return (names.whole[folded],)
    parts = _parts(folded)
    if not all(is_office(part) for part in parts):
        return ()
    offices = [office for part in parts for office in _separate(part)]
    return tuple(dict.fromkeys(expand_name(office, place) for office in offices))


def issuers_of_title(title: str, place: str = "") -> tuple[str, ...]:
    """The offices that a title opens with (财政部 工业和信息化部关于…)."""
    match = _TITLE_WHO.match(fold_width(title))
    return split_issuers(match["who"], place) if match else ()


def is_office(name: str) -> bool:
    """Whether the words can be the name of an office."""
    if name in _names().national:
        return True
    return bool(_SHAPE.fullmatch(name)) and not _NOT_A_NAME.search(name)


def expand_name(name: str, place: str = "") -> str:
    """The full name: 市科技局 at a Tianjin site is 天津市科学技术局, 药审中心 its long name."""
    names = _names()
    if name in names.national:
        return names.national[name]
    found = _PLACE.match(name)
    own_place, rest = (found[0], name[found.end() :]) if found else ("", name)
    if not own_place and name.startswith("市") and place:
        own_place, rest = place, name[1:]
    if own_place:
        return own_place + _expand_start(rest, names.local)
    return _expand_start(name, names.national)


def _parts(folded: str) -> list[str]:
    """Split at the printed separators; 天 津 市 set wide for looks is one word."""
    words = folded.split()
    if len(words) > 2 and all(len(word) == 1 for word in words):
        return ["".join(words)]
    return [part for part in _SEPARATOR.split(_SPACED_OUT.sub("", folded)) if part]


def _expand_start(name: str, table: dict[str, str]) -> str:
    """Write out the known head of a name and keep the rest (国家药监局器审中心)."""
    if name in table:
        return table[name]
    for length in range(len(name) - 1, 2, -1):
        full = table.get(name[:length])
        if full is not None and is_office(name[length:]):
            return full + name[length:]
    return name


def _separate(name: str) -> list[str]:
    """Two offices printed without a gap: 财政部工业和信息化部, 市工业和信息化局市财政局."""
    known = _names()
    if name in known.national:
        return [name]
    for length in range(len(name) - 2, 2, -1):
        head, tail = name[:length], name[length:]
        if tail.startswith("市") and len(tail) > 3 and head[-1] in "局委办部会" and is_office(tail):
            return [*_separate(head), tail]
        if head in known.national and tail in known.national and head + tail not in known.national:
            return [head, tail]
    return [name]


@cache
def _names() -> OfficeNames:
    with Path(__file__).with_name("issuers.toml").open("rb") as file:
        tables = tomllib.load(file)
    return OfficeNames(tables["national"], tables["local"], tables["whole"])
