"""Sums of money as printed: 100亿元以上, 最高不超过50万元."""

from __future__ import annotations

import re

from texts.width import fold_width

_AMOUNT = re.compile(
    r"(?:(?:最高(?:不超过)?|不超过|不低于|不少于|至少|超过|约|近|每年)\s{0,3})?"
    r"(?:(?<![0-9.])[0-9][0-9,]{0,14}(?:\.[0-9]{1,4})?(?:\s?[-~—至]\s?[0-9][0-9,]{0,14}(?:\.[0-9]{1,4})?)?"
    r"|(?<![一二两三四五六七八九十百千零])[一二两三四五六七八九十百千零]{1,8})\s{0,3}"
    r"(?:百|千)?[万亿]?\s{0,3}(?:亿)?\s{0,3}(?:(?:人民币)|美|欧)?元(?![素旦件器月宵])"
    r"(?:\s{0,3}(?:以上|以下|以内|左右|/[年人家项次]))?"
)
_FEWEST_DIGITS = re.compile(r"[0-9]|[一二两三四五六七八九十百千][万亿百千十]")
_MOST = 20


def find_amounts(text: str) -> tuple[str, ...]:
    """Different sums in printed order, without inner spaces; at most twenty."""
    if "元" not in text:
        return ()
    found: dict[str, None] = {}
    for match in _AMOUNT.finditer(fold_width(text)):
        amount = re.sub(r"\s+", "", match[0])
        if _FEWEST_DIGITS.search(amount):
            found[amount] = None
        if len(found) == _MOST:
            break
    return tuple(found)
