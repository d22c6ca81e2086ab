"""Invented documents of offices that no content file describes: as many as a list needs."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import date, timedelta

_WHAT = (
    "中药饮片",
    "创新药械",
    "仿制药质量",
    "医保支付",
    "集中采购",
    "标准物质",
    "临床试验",
    "进口药材",
)
_DONE = ("抽检结果", "管理办法", "工作安排", "征求意见", "专家评审", "目录调整", "培训计划")
_KIND = ("的通知", "的公告", "的公示", "的通报", "的函")
_TEXT = (
    "现将{what}{done}的有关事项公布如下，请结合第{n}号工作方案认真执行。",
    "本次涉及{n}家单位、{m}个批次，由{what}工作组在{k}日内完成材料审核并报送汇总表。",
    "{done}期间如有疑问，请与办公室联系，联系电话：010-6{n:07d}。",
    "此前印发的第{k}号文件与本文不一致的，以本文为准，自发布之日起执行。",
)


@dataclass(frozen=True, slots=True)
class Document:
    """One notice of an office. `code` is 32 hexadecimal digits, `number` is no other's there."""

    number: int
    title: str
    day: date
    path: str
    code: str

    @property
    def body(self) -> str:
        """Neutral markup, the words of this document alone."""
        what, done = _words(self.number)
        numbers = {
            "n": self.number % 9_000_000,
            "m": self.number % 97 + 3,
            "k": self.number % 27 + 2,
        }
        parts = [part.format(what=what, done=done, **numbers) for part in _TEXT]
        return "".join(
            f"<p>{part}</p>" for part in ("各有关单位：", *parts, f"{self.day:%Y年%m月%d日}")
        )


def documents(target: str, pattern: str, count: int, today: date) -> list[Document]:
    """The documents of a list, the newest first. `pattern` is the path of one: {number}, {code},
    and the day as {day:%Y%m%d}."""
    first = 5_000_000 + zlib.crc32(target.encode()) % 4_000 * 1_000
    found = []
    for place in range(count):
        number, day = first + count - place, today - timedelta(days=2 * place + 1)
        what, done = _words(number)
        code = hashlib.md5(f"{target} {number}".encode(), usedforsecurity=False).hexdigest()
        title = f"关于{what}{done}{_KIND[number % 5]}（{day.year}年第{count - place}号）"
        path = pattern.format(number=number, code=code, day=day, short=f"{day.month}/{day.day}")
        found.append(Document(number, title, day, path, code))
    return found


def _words(number: int) -> tuple[str, str]:
    return _WHAT[number % len(_WHAT)], _DONE[number % len(_DONE)]
