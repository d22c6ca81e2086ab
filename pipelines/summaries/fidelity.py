"""Whether a summary is made of nothing but its page's own words, with words only left out.

A sentence of a summary is accepted when it is the sentences that it cites, each from its first word
and in printed order, less what may be left out: numbering and salutation before it, clauses of
background (为…，根据…，), a few words in brackets, whole clauses at its end. So every number, date,
文号, unit, name and negation stands where the page has it, beside the words the page has it with.
What cannot be told is what a choice of true sentences leaves unsaid (docs/operating.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipelines.summaries.sentences import NUMBERING, Numbered
from texts.width import fold_width

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„「」", '"'),
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("—–−‐‑―", "-"),
        **dict.fromkeys("〔［【", "["),
        **dict.fromkeys("〕］】", "]"),
    }
)
_OPENING, _CLOSING = frozenset("(《〈[「『"), frozenset(")》〉]」』")
_SALUTATION = re.compile(
    r"(?:各|有关|相关)[^,。:;]{0,60}(?:单位|企业|部门|[局厅委院所校办人]|中心|园区|主体|公司|机构)\)?:"
)
_BACKGROUND = re.compile(
    r"为(?!如下)|(?:近日|日前)$|(?:深入|认真|全面)?(?:贯彻|落实)"
    r"|(?:根据|按照|依据|依照|遵照|结合|在《)[^,]*(?:规定|要求|部署|精神|安排|程序|计划|方案|办法|通知|指南|条例"
    r"|决定|法|[》)\]]|基础上|问题)$"
    r"|经[^,]{0,40}(?:推荐|评审|评价|审查|审核|审议|论证|研究|清理|考察|公示|领导批准|政府同意)$"
)
# What a clause of background may go on with.
_AND_SO = re.compile(
    r"把|并与|强化|引导|推动|促进|提高|提升|加强|保障|规范|优化|完善|减少|更好|进一步|充分|切实|确保|加快|服务"
)
# A clause on which the others rest, or that asks something of whom it names.
_RESTS_ON = re.compile(
    r"^(?:如|若|凡|除|因|当|未|一旦|对于?|虽|尽管|即使|只要|只有)"
    r"|(?:的|者|时|后|前|外|下|企业|单位|机构|个人|人员|申请人|持有人)$|[不未无非禁除仅只]|应当|必须|须"
)
_SAID = "反映|认为|觉得|表示|指出|要求|强调|了解|介绍|提出|称|据|报道|显示|传"
# Cut off after it, a clause promises more, or says what somebody only claims.
_HANGS = re.compile(
    r"^(?:如|若|凡|除|因|当|一旦|对于?|虽|尽管|即使|只要|只有|在)(?!.*(?:请|应|须|予以|给予))"
    r"|(?:的|者|时|后|如下|以下|下列|包括|为|是|及|与|和|:)$|分别|依次"
    rf"|^[^:]{{0,14}}(?:{_SAID})$"
)
_LEADS_ON = re.compile(r"(?::|如下|以下|下列)$")
_TAKES_BACK = re.compile(
    r"但|然而|却|除|仅|只|(?<![期时权])限|方可|方能|才[能可]|否则|暂|未|尚|非|不|无(?:效|需|须|关|法|权|故|正当)|谣|虚假|误|更正|撤"
    r"|取消|废|停|终止|失效|禁|例外|最高|最多|至少|封顶|且|前提|条件|否认|驳回|改为|推迟|延期|另行|的$"
)
_NO_LATE = re.compile(
    r"逾期(?:不予受理|不再受理|不受理|视为放弃|视为无意见|视为无异议|系统自动关闭)"
    r"|匿名反映不予受理|不收取费用"
)
# Whom it speaks of stands in the sentence before it.
_POINTS_BACK = re.compile(
    r"其|该|此(?!次)|上述|以上|前款|前述|前者|后者|对此|这|它|同时|另|并|而|也|还|则|但|不过|然而|因此|所以"
    r"|据此|否则|至于|所填|应|须|必须|需|可|不得|予以|给予|将|均|一律"
)
_ASIDE = re.compile(
    r",?(?:以下简称|以下统称|下称)[^(),]{1,40}(?=\))|\((?:见附件[0-9]{0,2}|详见[^()]{1,20})\)"
)
_NOW = re.compile(r"(?:现|特)(?=将|就|予|面向|向|组织|开展|决定|征集|公开|制定)")
_MOST_CLAUSES = 40
_NOTHING = r"(?!)"


class UnfaithfulError(Exception):
    """A summary says something else than its page, or may; in Chinese, in one line."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a summary, and the numbers of those that it cites."""

    text: str
    cites: tuple[int, ...]


def check(said: Sequence[Said], page: Sequence[Numbered]) -> None:
    """Nothing, when every sentence is its page's own. Raises UnfaithfulError otherwise."""
    told: list[int] = []
    for place, sentence in enumerate(said, start=1):
        if any(not 1 <= number <= len(page) for number in sentence.cites):
            raise UnfaithfulError(f"第 {place} 句引用了没有的句子")
        used = _sources(sentence, page)
        if not used:
            raise UnfaithfulError(f"第 {place} 句不是所引句子的原话")
        if set(used) & set(told):
            raise UnfaithfulError(f"第 {place} 句重复")
        for number in used:
            _check_place(place, number, page, told)
            told.append(number)


def _check_place(place: int, number: int, page: Sequence[Numbered], told: Sequence[int]) -> None:
    """Whether a sentence means away from its place what it means there."""
    source = page[number - 1]
    if source.reversed:
        raise UnfaithfulError(f"第 {place} 句取自一个否定的小标题之下")
    if source.limited:
        raise UnfaithfulError(f"第 {place} 句的后一句对它另有限定")
    words, _ = _without_lead(source.text)
    if _POINTS_BACK.match(words) and told[-1:] != [number - 1]:
        raise UnfaithfulError(f"第 {place} 句承接前文，前文不在摘要里")


def _sources(sentence: Said, page: Sequence[Numbered]) -> tuple[int, ...]:
    """The numbers of the sentences of which this one is made; empty when it is not."""
    words = _body(plain(sentence.text))
    cites = sorted(set(sentence.cites))
    for size in range(1, len(cites) + 1):
        for some in combinations(cites, size):
            if re.fullmatch(_together(some, page), words):
                return some
    return ()


def _together(numbers: Sequence[int], page: Sequence[Numbered]) -> str:
    """What may stand for several sentences. A comma joins only those that follow each other: one
    without a subject would take that of the sentence before it."""
    found = ""
    for place, number in enumerate(numbers):
        if place:
            found += "[,;。]" if number == numbers[place - 1] + 1 else "[;。]"
        found += pattern(page[number - 1].text) or _NOTHING
    return found


def plain(text: str) -> str:
    """A text without spaces, in half-width forms, with one kind of each mark."""
    return "".join(fold_width(text).split()).translate(_PLAIN)


def _body(words: str) -> str:
    return words.rstrip("。;,!")


def pattern(text: str) -> str:
    """What may stand for a sentence of the page, as a regular expression that never goes back;
    empty for a question, and for a sentence of too many clauses."""
    words, lead = _without_lead(text)
    if words.endswith("?"):
        return ""
    clauses = _clauses(_body(words))
    if len(clauses) > _MOST_CLAUSES:
        return ""
    first, last = _main(clauses), len(clauses)
    found = ""
    for place in range(last - 1, first - 1, -1):
        clause = _one(clauses[place], begins=place == first)
        if place == last - 1 and _LEADS_ON.search(clauses[place]):
            clause = _NOTHING
        rest = f"[,;]{found}" if found else ""
        if rest and not _HANGS.search(clauses[place]) and _may_go(clauses[place + 1 :]):
            rest = f"(?:{rest})?+"
        found = clause + rest
    before = _background(clauses[:first])
    return f"(?:{re.escape(lead)})?+{before}{found}" if lead else before + found


def _background(clauses: Sequence[str]) -> str:
    """Clauses before what matters, each of which may go, with those that go on with it."""
    units: list[str] = []
    for clause in clauses:
        one = f"{_one(clause, begins=False)}[,;]"
        if units and _AND_SO.match(clause):
            units[-1] += one
        else:
            units.append(one)
    return "".join(f"(?:{one})?+" for one in units)


def _without_lead(text: str) -> tuple[str, str]:
    """A sentence without its numbering or salutation, and these; both plain."""
    folded = fold_width(text).strip()
    match = _SALUTATION.match(folded) or NUMBERING.match(folded)
    if match is None or match.end() == len(folded):
        return plain(text), ""
    return plain(folded[match.end() :]), plain(match[0])


def _main(clauses: Sequence[str]) -> int:
    """The place of the first clause that must stay."""
    for place, clause in enumerate(clauses[:-1]):
        goes_on = place and _AND_SO.match(clause)
        if not (goes_on or _BACKGROUND.match(clause)) or _RESTS_ON.search(clause):
            return place
    return len(clauses) - 1


def _may_go(clauses: Sequence[str]) -> bool:
    """Whether a sentence still holds without these clauses at its end."""
    return not any(
        _TAKES_BACK.search(clause) and not _NO_LATE.fullmatch(clause) for clause in clauses
    )


def _one(clause: str, *, begins: bool) -> str:
    """A clause as an expression, in which what is said aside may be left out."""
    now = _NOW.match(clause) if begins else None
    found, start = ("", 0) if now is None else (f"{now[0]}?+", now.end())
    for aside in _ASIDE.finditer(clause, start):
        found += f"{re.escape(clause[start : aside.start()])}(?:{re.escape(aside[0])})?+"
        start = aside.end()
    return found + re.escape(clause[start:])


def _clauses(words: str) -> list[str]:
    """The clauses between commas and semicolons; none is cut inside brackets or numbers."""
    return [words[start:end] for start, end in _spans(words)]


def _spans(words: str) -> Iterator[tuple[int, int]]:
    depth, start, quoted = 0, 0, False
    for place, mark in enumerate(words):
        quoted ^= mark == '"'
        if mark in _OPENING:
            depth += 1
        elif mark in _CLOSING:
            depth = max(0, depth - 1)
        elif mark in ",;" and not (depth or quoted) and not _in_number(words, place):
            yield start, place
            start = place + 1
    yield start, len(words)


def _in_number(words: str, place: int) -> bool:
    return words[place - 1 : place].isdigit() and words[place + 1 : place + 2].isdigit()
