"""Faithful summaries made false, a fact at a time: what a model that errs, or lies, would send."""

# ruff: noqa: E501 (pairs of words are left side by side)

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

from pipelines.summaries.fidelity import Said, plain
from pipelines.summaries.sentences import Numbered, numbered_sentences

GOLD = Path(__file__).parent / "machine_summaries.toml"
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日")
_TITLE = re.compile(r"《[^》]+》")
_BODY = re.compile(r"[\u4e00-\u9fff]{2,12}?(?:局|部|委|中心|公司|办公室|司|厅|处|企业|单位|机构)")
_NUMERAL = re.compile(r"[一二三四五六七八九十]+(?=[个家条批份类年次人项周日])")
_UNITS = (
    ("万元", "亿元"), ("亿元", "万元"), ("个工作日", "日"), ("万家", "家"), ("周岁", "岁以上"),
    ("%", "‰"), ("项", "个百分点"), ("家", "个"), ("年", "个月"), ("日", "个工作日"), ("个", "万个"),
)  # fmt: skip
_WORDS = (
    ("应当", "可以"), ("应于", "可于"), ("不超过", "不少于"), ("不少于", "不超过"), ("不低于", "不高于"),
    ("以上", "以下"), ("日前", "日后"), ("月底前", "月底后"), ("下降", "上升"), ("增长", "下降"), ("拟", "已"),
    ("征求意见稿", "正式稿"), ("现予发布", "拟予发布"), ("施行", "废止"), ("废止", "施行"), ("开始", "截止"),
    ("截止", "开始"), ("请于", "可于"), ("试行", "正式"), ("起草", "发布"), ("每", "前"), ("左右", "以上"),
)  # fmt: skip
_NEGATIONS = ("不予", "不得", "不再", "不", "未", "无", "除", "仍", "暂停")


@dataclass(frozen=True)
class Faithful:
    """A summary by hand of a body off the replica."""

    title: str
    body: str
    page: tuple[Numbered, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Mutant:
    """A summary that is wrong in one respect, named `kind`."""

    kind: str
    said: tuple[Said, ...]
    page: tuple[Numbered, ...]


def faithful(kind: str = "copied") -> list[Faithful]:
    """The summaries by hand."""
    notices = tomllib.loads(GOLD.read_text(encoding="utf-8"))["notices"]
    return [
        Faithful(
            one["title"],
            one["body"],
            tuple(numbered_sentences(one["body"])),
            tuple(Said(part["text"], tuple(part["from"])) for part in one[kind]),
        )
        for one in notices
        if kind in one
    ]


def mutants(good: list[Faithful], count: int) -> list[Mutant]:
    """So many wrong summaries, as evenly of all kinds as there are; always the same ones."""
    random = Random(2021)  # noqa: S311 # a test that is the same every time
    found: dict[str, list[Mutant]] = {kind: [] for kind in _KINDS}
    for one in good:
        for kind, change in _KINDS.items():
            for said in change(one, good, random):
                if [plain(part.text) for part in said] != [
                    plain(part.text) for part in one.said
                ] or (kind == "cited elsewhere"):
                    found[kind].append(Mutant(kind, tuple(said), one.page))
    for some in found.values():
        random.shuffle(some)
    chosen: list[Mutant] = []
    while len(chosen) < count and any(found.values()):
        chosen += [some.pop() for some in found.values() if some]
    return chosen[:count]


Change = Callable[[Faithful, list[Faithful], Random], Iterator[list[Said]]]


def _with(one: Faithful, place: int, text: str) -> list[Said]:
    said = list(one.said)
    said[place] = replace(said[place], text=text)
    return said


def _each(pattern: re.Pattern[str], other: Callable[[str, Faithful, Random], str]) -> Change:
    """Every match of a pattern replaced by another, one at a time."""

    def change(one: Faithful, _good: list[Faithful], random: Random) -> Iterator[list[Said]]:
        for place, part in enumerate(one.said):
            for match in pattern.finditer(part.text):
                words = other(match[0], one, random)
                yield _with(
                    one, place, part.text[: match.start()] + words + part.text[match.end() :]
                )

    return change


def _number(words: str, _one: Faithful, random: Random) -> str:
    return str(int(float(words)) + random.choice((1, 2, 10)))


def _number_of_page(words: str, one: Faithful, random: Random) -> str:
    """One that occurs: on the page, and where it can be had in the cited sentences."""
    others = [found for found in _NUMBER.findall(one.body) if found != words]
    return random.choice(others or [words])


def _date_of_page(words: str, one: Faithful, random: Random) -> str:
    return random.choice([found for found in _DATE.findall(one.body) if found != words] or [words])


def _title_of_page(words: str, one: Faithful, random: Random) -> str:
    others = [found for found in _TITLE.findall(one.body) if found != words]
    return random.choice(others or ["《药品管理法》"])


def _body_of_page(words: str, one: Faithful, random: Random) -> str:
    others = [found for found in _BODY.findall(one.body) if found not in words]
    return random.choice(others or ["国家药监局"])


def _wide(words: str, _one: Faithful, random: Random) -> str:
    return "".join(
        chr(ord(mark) + 0xFEE0) for mark in str(int(float(words)) + random.choice((1, 3)))
    )


def _strange(words: str, _one: Faithful, random: Random) -> str:
    return words[:-1] + random.choice("²③Ⅳ½٣零")


def _numeral(words: str, _one: Faithful, random: Random) -> str:
    return random.choice([mark for mark in "二三四五六七八九" if mark != words])


def _pairs(pairs: tuple[tuple[str, str], ...]) -> Change:
    def change(one: Faithful, _good: list[Faithful], _random: Random) -> Iterator[list[Said]]:
        for place, part in enumerate(one.said):
            for word, other in pairs:
                if word in part.text:
                    yield _with(one, place, part.text.replace(word, other, 1))

    return change


def _negations_lost(one: Faithful, _good: list[Faithful], _random: Random) -> Iterator[list[Said]]:
    for place, part in enumerate(one.said):
        for word in _NEGATIONS:
            if word in part.text:
                yield _with(one, place, part.text.replace(word, "", 1))


def _negations_added(one: Faithful, _good: list[Faithful], random: Random) -> Iterator[list[Said]]:
    for place, part in enumerate(one.said):
        spots = [
            match.start()
            for match in re.finditer("报送|施行|发布|申报|公开|受理|给予|完成|印发", part.text)
        ]
        for spot in spots[:2]:
            word = random.choice(("不", "未", "暂停", "不再", "禁止"))
            yield _with(one, place, part.text[:spot] + word + part.text[spot:])


def _names_swapped(one: Faithful, _good: list[Faithful], _random: Random) -> Iterator[list[Said]]:
    """Who does what to whom, with words that all occur."""
    for place, part in enumerate(one.said):
        names = list(dict.fromkeys(_BODY.findall(part.text)))
        for first, second in pairwise(names):
            swapped = part.text.replace(first, "\0").replace(second, first).replace("\0", second)
            yield _with(one, place, swapped)


def _dates_swapped(one: Faithful, _good: list[Faithful], _random: Random) -> Iterator[list[Said]]:
    """Two dates of the summary change their places: each occurs, with another's role."""
    places = [(n, match) for n, part in enumerate(one.said) for match in _DATE.finditer(part.text)]
    for (n, first), (m, second) in pairwise(places):
        if n != m:
            said = _with(one, n, one.said[n].text.replace(first[0], second[0], 1))
            said[m] = replace(said[m], text=one.said[m].text.replace(second[0], first[0], 1))
            # Both are cited, so that every word stands in what is cited.
            cites = tuple(sorted({*said[n].cites, *said[m].cites}))
            yield [replace(part, cites=cites[:3]) for part in said]


def _spliced(one: Faithful, _good: list[Faithful], random: Random) -> Iterator[list[Said]]:
    """The beginning of one sentence with the end of another."""
    for number, source in enumerate(one.page, start=1):
        other = random.randrange(1, len(one.page) + 1)
        head, tail = (
            source.text.rstrip("。").split("，"),
            one.page[other - 1].text.rstrip("。").split("，"),
        )
        if other != number and len(head) > 1 and len(tail) > 1:
            yield [Said(f"{head[0]}，{tail[-1]}。", (number, other))]


def _subject_lost(one: Faithful, _good: list[Faithful], _random: Random) -> Iterator[list[Said]]:
    """A sentence that begins in the middle, after another one: its subject is then the other's."""
    for number, source in enumerate(one.page, start=1):
        clauses = source.text.rstrip("。").split("，")
        if len(clauses) > 2 and not re.match("为|根据|按照|依据|结合|近日|经", clauses[0]):
            yield [one.said[0], Said(f"{'，'.join(clauses[1:])}。", (number,))]


def _middle_lost(one: Faithful, _good: list[Faithful], _random: Random) -> Iterator[list[Said]]:
    for number, source in enumerate(one.page, start=1):
        clauses = source.text.rstrip("。").split("，")
        if len(clauses) > 2 and not re.search("为|根据|按照|依据|结合|近日|经", clauses[0]):
            yield [Said(f"{clauses[0]}，{'，'.join(clauses[2:])}。", (number,))]


def _limit_lost(one: Faithful, _good: list[Faithful], _random: Random) -> Iterator[list[Said]]:
    """A last clause left out that takes something back."""
    for number, source in enumerate(one.page, start=1):
        head, _, tail = source.text.rstrip("。").rpartition("，")
        if re.search("但|除|仅|不得|不超过|未|撤销|暂停|不合格|前提", tail) and len(head) > 10:
            yield [Said(f"{head}。", (number,))]


def _cited_elsewhere(one: Faithful, _good: list[Faithful], _random: Random) -> Iterator[list[Said]]:
    for place, part in enumerate(one.said):
        number = part.cites[0] % len(one.page) + 1
        yield [*one.said[:place], replace(part, cites=(number,)), *one.said[place + 1 :]]


def _of_another(one: Faithful, good: list[Faithful], random: Random) -> Iterator[list[Said]]:
    other = random.choice([some for some in good if some.title != one.title])
    yield [*one.said[:-1], replace(other.said[0], cites=one.said[-1].cites)]


def _letters(one: Faithful, _good: list[Faithful], random: Random) -> Iterator[list[Said]]:
    """One letter of a name, an address or a number changed, doubled or left out."""
    for place, part in enumerate(one.said):
        for _ in range(3):
            at = random.randrange(1, len(part.text) - 1)
            if part.text[at] not in "现特，。":
                mark = random.choice(("", part.text[at] * 2, chr(ord(part.text[at]) + 1)))
                yield _with(one, place, part.text[:at] + mark + part.text[at + 1 :])


def _latin(one: Faithful, _good: list[Faithful], random: Random) -> Iterator[list[Said]]:
    for place, part in enumerate(one.said):
        for match in re.finditer("[A-Za-z]{2,}", part.text):
            other = random.choice((match[0][::-1], match[0] + "x", "HKT"))
            yield _with(one, place, part.text[: match.start()] + other + part.text[match.end() :])


def _invented(one: Faithful, _good: list[Faithful], random: Random) -> Iterator[list[Said]]:
    more = random.choice(
        (
            "每家奖励50万元",
            "截止3月31日",
            "由国家药监局负责",
            "依据国药监〔2021〕9号",
            "逾期从重处罚",
            "详见HTTP",
        )
    )
    yield _with(one, 0, f"{one.said[0].text.rstrip('。')}，{more}。")


_KINDS: dict[str, Change] = {
    "another number": _each(_NUMBER, _number),
    "a number of the page": _each(_NUMBER, _number_of_page),
    "a full-width number": _each(_NUMBER, _wide),
    "a figure of another script": _each(_NUMBER, _strange),
    "a Chinese numeral": _each(_NUMERAL, _numeral),
    "a date of the page": _each(_DATE, _date_of_page),
    "dates swapped": _dates_swapped,
    "a title of the page": _each(_TITLE, _title_of_page),
    "an office of the page": _each(_BODY, _body_of_page),
    "who does what": _names_swapped,
    "another unit": _pairs(_UNITS),
    "another bound or duty": _pairs(_WORDS),
    "a negation lost": _negations_lost,
    "a negation added": _negations_added,
    "two sentences spliced": _spliced,
    "the subject lost": _subject_lost,
    "a clause lost in the middle": _middle_lost,
    "a limit lost": _limit_lost,
    "cited elsewhere": _cited_elsewhere,
    "of another page": _of_another,
    "a letter": _letters,
    "Latin letters": _latin,
    "something invented": _invented,
}
