"""Two or three sentences that say who must do what until when, and what a notice is. No model.

Whole sentences only, none that needs what stood before it (a list that begins with 2.), none of
tables, contacts, file names or a press's own lines. A page that is a table says what the table
holds and how many rows it has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.facts.dates import find_dates
from pipelines.facts.sentences import CELL
from pipelines.facts.summary_places import (
    NUMBER,
    contents,
    placed_sentences,
    without_announcement,
)
from pipelines.facts.tables import describe_tables
from storage.models import Deadline
from texts.width import fold_width

LONGEST = 160
"""Characters; a summary is never longer."""

_SALUTATION = re.compile(
    r"^(?:各|有关|相关|机关|局|直属|市有关)[^。，：:]{0,60}[:：]\s{0,9}|^[^。，]{2,40}(?:单位|企业|部门|申请人|同志)[:：]\s{0,9}$"
)
_SALUTATION_LINE = re.compile(r"^(?:各|有关|相关|机关|局|直属|市有关)[^。]{0,600}[:：]\s{0,9}$")
_PREAMBLE = re.compile(
    r"^(?:为|根据|按照|依据|依照|遵照|结合|经|深入贯彻|认真贯彻|全面贯彻|认真落实)[^。]{4,}?[，,]\s*(?="
    r"(?:现|特|我|市|本|国家|经研究|药审中心|决定|拟|请|兹|组织|起草|制定|将|开展|北京|天津"
    r"|[\u4e00-\u9fff]{2,8}(?:部|局|委|中心)[、，,联]))"
)
_BACKGROUND = re.compile(r"^(?:为|为了|根据|按照|依据|以习近平|深入贯彻|全面贯彻|近年来|随着|当前)")
_CUES = (
    (re.compile(r"征求意见|公开征求|公示|申报|受理|报名|缴费|报送|截止|逾期"), 3),
    (
        re.compile(
            r"现(?:将|就|予|印发|发布|公布|面向|向|在)|特此|决定|印发|制定|起草|联合(?!用药|治疗)"
        ),
        2,
    ),
    (re.compile(r"奖补|补助|资助|支持|给予|安排|不超过|以上|亿元|万元"), 2),
    (re.compile(r"适用|对象|范围|条件|企业|申请人|单位"), 1),
    (re.compile(r"不得|施行|实施|废止|有效期"), 1),
    (re.compile(r"(?:推出|提出|明确|包括)[^，。]{0,8}[0-9一二三四五六七八九十]+[项条]"), 2),
)
_EMPTY_WORDS = re.compile(
    r"敬请谅解|可在[^，。]{2,40}(?:查看|查阅|下载)|^其余|^[^，。]{0,9}(?:咨询|支持|热线|联系)(?:电话)?[:：]|^[^\s，。；]{2,20}号[。]?$|^(?:特此(?:通知|公告|通告|公示)|感谢|欢迎|请认真|请遵照|联系|附件|电话|邮|(?:通讯|通信)?地址"
    r"|抄送|提出异议的|任何(?:单位|个人|机构)|单位提出|个人提出|我们?局?(?:将|真诚)|征集到的"
    r"|[(（](?:联系|此件))|@|(?:联系人|电话|邮箱|邮编|地址)[:：]|匿名|^\d+[、.]《"
    r"|(?:局|部|委|中心|委员会|办公室)$|^\d+\. \[|^[0-9 年月日]+$"
)
# 3.电话：…, 4.传真：…: how to answer is no summary, however it is numbered.
_CONTACT_LINE = re.compile(
    r"^[0-9]{1,2}[.．、]\s*(?:电子邮箱|邮箱|电话|传真|联系|通[讯信]地址|地址|邮寄|信函|网址)"
)
_WHOM_TO_CALL = re.compile(r"^[^，。]{2,24}\s[0-9]{3,4}-[0-9]{7,8}$")
# What a press says of itself, and tags of its system.
_PRESS = re.compile(
    r"未经(?:许可|授权)|禁止转载|转载(?:请|须|需)|版权(?:归|所有)|原标题|点击(?:上方|蓝字)|关注我们|长按|扫码|"
    r"(?:来源|作者|编辑|责编|供稿|记者)\s?[:：|丨]"
)
_HASHTAG = re.compile(r"#[^#\s。，；]{1,20}#")
_FILE_NAME = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|pdf|wps|et|ofd|zip|rar)\s?[。;；]?$", re.IGNORECASE
)
_SIGNED = re.compile(r"^[\u4e00-\u9fff()（）、\s“”《》〔〕0-9]{2,40}$")
_NEEDS_MORE = re.compile(r"(?:如下|下列|以下|包括|为|下)[:：]?$")
# What stands below is a table, which is described; the words above it say what for.
_TELLS_BELOW = re.compile(r"(?:更正|公布|公示|通告|公告|调整|认定)如下[:：]$")
_POINTS_BACK = re.compile(
    r"^(?:其中|此外|同时|另外|但|而|该|其|上述|对此|至于|因此|并且?)[，,\u4e00-\u9fff]"
)
# What stood before the news: what a thing is, how it went so far, why something is done.
_ASIDE = re.compile(
    r"^[^，。]{2,40}以来[，,]|^(?:目前|当前|近年来|随着)|小编"
    r"|^(?:看点|案例|亮点|要点|问题|情形)[一二三四五六0-9]{1,2}[：:]"
)
_OF_BEFORE = re.compile(r"^(?:此前|其|该|上述)")
_HEADLINE = re.compile(r"^[一二三四五六七八九十]{1,3}、|^[(（][一二三四五六七八九十]{1,3}[)）]")
_ITEMS = frozenset("0123456789(（①②③④⑤⑥⑦⑧⑨⑩")
_DAY = re.compile(r"[0-9]\s?[日号]|月底|截止")
_DAY_LABEL = re.compile(
    r"^[^，。0-9（(]{0,18}(?:时间|时限|期限|日期|期|截止)[^，。]{0,4}[:：为是自从]?[0-9自从]"
)
_ASKS = re.compile(r"应当|必须|须|请|拟|公布|征集|现[\u4e00-\u9fff]{2}|[0-9]")
_NEWS = re.compile(f"{_CUES[0][0].pattern}|{_CUES[1][0].pattern}")
_SHORT_LINE = 14
_WORTH_ADDING = 8
_INSIDE = 1000
_CONTENTS = 16
_ENOUGH = 50
_READ_SENTENCES = 60
_SHORTEST_OF_SHORT = 6
_SHORTEST_PLAIN = 9
_LONGEST_REQUEST = 110


def summarise(title: str, text: str, deadlines: Sequence[Deadline] = ()) -> str:
    """A summary of at most LONGEST characters; empty when there is no text."""
    sentences = _candidates(title, text)
    tables = describe_tables(f"{title} {_due_phrase(deadlines)}", text)
    if not sentences:
        due = _due_phrase(deadlines)
        return _fit((due, *tables)) or _shortest(text)
    asking = _asking(sentences, deadlines)
    asked = "".join(words for _, _, words in asking)
    left = [one for one in deadlines if _start_of(one) not in asked]
    due = _due_phrase(left)
    first = "".join(_ended(words) for _, _, words in _with_those_before(asking, sentences))
    first = first if len(first) + len(due) <= LONGEST - _SHORT_LINE else ""
    taken = {place for place, _, _ in _with_those_before(asking, sentences)} if first else set()
    label = [one for one in sentences if one[1] not in taken and not _DAY_LABEL.match(one[2])]
    rest = _compose(label or ([] if due or first else sentences), LONGEST - len(due) - len(first))
    is_later = bool(first and left) and left[0].on > min(one.on for _, one, _ in asking)
    return _fit(((first + due if is_later else due + first) + rest, *tables))


def _asking(
    sentences: list[tuple[int, int, str]], deadlines: Sequence[Deadline]
) -> list[tuple[int, Deadline, str]]:
    """The sentences that ask for an act by a day, for the first two deadlines."""
    found: dict[int, tuple[int, Deadline, str]] = {}
    for deadline in deadlines[:2]:
        for _, place, words in sentences:
            if _start_of(deadline) in words and not _DAY_LABEL.match(words):
                found.setdefault(place, (place, deadline, words))
                break
    return [one for one in found.values() if len(one[2]) <= _LONGEST_REQUEST]


def _with_those_before(
    asking: list[tuple[int, Deadline, str]], sentences: list[tuple[int, int, str]]
) -> list[tuple[int, Deadline, str]]:
    """The same, each that speaks of what stands before it (此前, 其…) with the sentence before."""
    known = {place: words for _, place, words in sentences}
    found: list[tuple[int, Deadline, str]] = []
    for place, deadline, words in asking:
        before = known.get(place - 1, "") if _OF_BEFORE.match(words) else ""
        if before and before not in {one[2] for one in found}:
            found.append((place - 1, deadline, before))
        found.append((place, deadline, words))
    return found


def _start_of(deadline: Deadline) -> str:
    """The first printed words of a deadline, without the number of its item."""
    printed = re.sub(r"\s+", " ", deadline.printed).strip()
    return NUMBER.sub("", printed)[:20] or deadline.on.isoformat()


def _candidates(title: str, text: str) -> list[tuple[int, int, str]]:
    """(score, place, words) of the sentences worth choosing from."""
    found: list[tuple[int, int, str]] = []
    title_letters = re.sub(r"\W", "", title)
    lines = [line for line in text.split("\n") if not _SALUTATION_LINE.match(line)]
    body = "\n".join(line for line in lines if CELL not in line)
    shortest = _SHORT_LINE if len(body) > LONGEST else _SHORTEST_OF_SHORT
    spare: list[tuple[int, int, str]] = []
    for place, one in enumerate(placed_sentences(body)):
        words = _strip(without_announcement(one.words.strip()))
        letters = re.sub(r"\W", "", words)
        if len(words) < shortest or letters in title_letters or _says_nothing(words):
            continue
        number = NUMBER.match(words)
        plain = _PREAMBLE.sub("", words[number.end() :] if number else words)
        if len(plain) < _SHORTEST_PLAIN or (
            number and number[0][0] in _ITEMS and not _DAY.search(plain)
        ):
            continue  # an item of a list says nothing without the others
        if not _says_nothing(plain):
            aside = one.backdrop or _ASIDE.search(words)
            score = _score(words, place) - (_INSIDE if one.item else 0)
            plain = f"{one.label}：{plain}" if one.label else plain
            (spare if aside else found).append((score, place, plain))
        if place > _READ_SENTENCES:
            break
    told = _PREAMBLE.sub("", contents(body))
    if told and len(told) <= LONGEST - _ENOUGH:
        found.append((_CONTENTS, 0, told))
    if all(score < -_INSIDE // 2 for score, _, _ in found):
        return spare + found
    return _from_the_news(found)


def _from_the_news(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The sentences without those before the first that tells news and tell nothing to do with."""
    told = min((place for _, place, words in found if _NEWS.search(words)), default=0)
    return [one for one in found if one[1] >= told or one[0] + one[1] > 0 or _ASKS.search(one[2])]


def _says_nothing(words: str) -> bool:
    heading = _HEADLINE.match(words) and len(words) < 30 and not words.endswith("。")
    if (
        _WHOM_TO_CALL.match(words)
        or _CONTACT_LINE.match(words)
        or _PRESS.search(words)
        or _FILE_NAME.search(words)
    ):
        return True
    if _SIGNED.match(words) and not words.endswith(("。", "！", "？")):
        return True
    bare = words.rstrip("。；;，,")
    leads = bare.endswith(("：", ":")) and not _TELLS_BELOW.search(bare)
    return bool(_EMPTY_WORDS.search(words) or heading) or leads


def _shortest(text: str) -> str:
    """The text itself where it has no sentence to choose: a line or two."""
    lines = (_strip(line) for line in text.split("\n") if CELL not in line)
    told = (line for line in lines if re.search(r"\w", line) and not _says_nothing(line))
    return _fit(tuple(_ended(line) for line in told))


def _fit(parts: Sequence[str]) -> str:
    """As many of the parts as fit, whole; the first one is cut where it must be."""
    said = ""
    for part in parts:
        if part and len(said) + len(part) <= LONGEST:
            said += part if not said or said.endswith(("。", "！", "？")) else f" {part}"
        elif part and not said:
            said = _cut(part, LONGEST)
    return said


def _strip(line: str) -> str:
    words = _SALUTATION.sub("", re.sub(r"\s+", " ", line).strip())
    return _without_press(_HASHTAG.sub("", words)).strip()


def _without_press(words: str) -> str:
    """The sentence without clauses in which a press speaks of itself."""
    if not _PRESS.search(words):
        return words
    return "；".join(part for part in re.split(r"[；;]", words) if not _PRESS.search(part))


def _score(words: str, place: int) -> int:
    score = sum(weight for pattern, weight in _CUES if pattern.search(words))
    if find_dates(fold_width(words)):
        score += 1
    if NUMBER.match(words):
        score -= 3
    if _POINTS_BACK.match(words) or _NEEDS_MORE.search(words.rstrip("。；")):
        score -= 2
    if _BACKGROUND.match(words) and not _PREAMBLE.match(words):
        score -= 3
    return score * 4 - place


def _compose(sentences: list[tuple[int, int, str]], room: int) -> str:
    """The best sentences that fit whole, in printed order; only a single one is ever cut."""
    chosen: dict[int, str] = {}
    left = room
    for score, place, words in sorted(sentences, key=lambda one: (-one[0], one[1])):
        if chosen and score < -_INSIDE // 2:
            continue  # out of the middle of an item: only where there is nothing else
        if words in chosen.values() or (room - left > _ENOUGH and score + place < _WORTH_ADDING):
            continue
        whole = _ended(_clauses(words, left))
        if len(whole) <= left:
            chosen[place] = whole
            left -= len(whole)
        if len(chosen) == 3 or left < _SHORT_LINE:
            break
    if not chosen and sentences and room > _SHORT_LINE:
        return _cut(max(sentences)[2], room)
    return "".join(chosen[place] for place in sorted(chosen))


def _clauses(words: str, room: int) -> str:
    """As many of a long sentence's clauses between ； as fit; the sentence itself when none do."""
    if len(words) < room or "；" not in words:
        return words
    head = words[: room - 1]
    end = head.rfind("；")
    return words[:end] if end > _ENOUGH else words


def _due_phrase(deadlines: Sequence[Deadline]) -> str:
    """`征求意见截止 2021-02-18。` for up to two deadlines."""
    if not deadlines:
        return ""
    named = [
        f"{one.what if one.what != '截止' else ''}截止 {one.on.isoformat()}"
        for one in deadlines[:2]
    ]
    return f"{'，'.join(named)}。"


def _ended(words: str) -> str:
    words = words.rstrip("，、, ；;：:")
    return words if words.endswith(("。", "！", "？", "…")) else words + "。"


def _cut(words: str, room: int) -> str:
    """Shorten at the end of a clause where one is near, else anywhere, marked with …"""
    if len(words) <= room:
        return words
    head = words[: room - 1]
    comma = max(head.rfind("，"), head.rfind("、"), head.rfind("；"), head.rfind("。"))
    return (head[:comma] if comma > room // 2 else head) + "…"
