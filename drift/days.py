"""How a site may print a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from random import Random

FORMATS: dict[str, Callable[[datetime], str]] = {
    "2021-03-05": lambda d: f"{d:%Y-%m-%d}",
    "2021/03/05": lambda d: f"{d:%Y/%m/%d}",
    "2021.03.05": lambda d: f"{d:%Y.%m.%d}",
    "2021年3月5日": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "2021-3-5": lambda d: f"{d.year}-{d.month}-{d.day}",
    "2021-03-05 09:30": lambda d: f"{d:%Y-%m-%d %H:%M}",
    "[2021-03-05]": lambda d: f"[{d:%Y-%m-%d}]",
    "20210305": lambda d: f"{d:%Y%m%d}",
}
YEARLESS: dict[str, Callable[[datetime], str]] = {
    "03-05": lambda d: f"{d:%m-%d}",
    "[03-05]": lambda d: f"[{d:%m-%d}]",
    "3月5日": lambda d: f"{d.month}月{d.day}日",
    "03/05": lambda d: f"{d:%m/%d}",
}
SPLITS: dict[str, Callable[[datetime], tuple[str, str]]] = {
    "05 | 2021-03": lambda d: (f"{d:%d}", f"{d:%Y-%m}"),
    "05 | 2021年3月": lambda d: (f"{d:%d}", f"{d.year}年{d.month}月"),
    "03-05 | 2021": lambda d: (f"{d:%m-%d}", f"{d.year}"),
    "2021.03 | 05": lambda d: (f"{d:%Y.%m}", f"{d:%d}"),
    "5 | 3月 2021": lambda d: (f"{d.day}", f"{d.month}月 {d.year}"),
}


def draw_format(random: Random, *, yearless: float = 0.2) -> str:
    """The name of a format, one without a year with that probability."""
    return random.choice(list(YEARLESS if random.random() < yearless else FORMATS))


def printed(day: datetime, name: str) -> str:
    """A day in a format."""
    return (FORMATS | YEARLESS)[name](day)


def split_html(day: datetime, name: str, tag: str) -> str:
    """A day in two elements."""
    one, two = SPLITS[name](day)
    return f"<{tag}>{escape(one)}</{tag}><{tag}>{escape(two)}</{tag}>"
