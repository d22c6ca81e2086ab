"""Adversarial inputs for a regular expression, built from its own pieces.

Backtracking grows with near matches: long runs of what a pattern may repeat, ended by what it
cannot take. The pieces come from the parsed pattern itself, so a pattern nobody has thought of
is attacked like the others.
"""

from __future__ import annotations

import re._constants as sre
import re._parser as parser
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_CANDIDATES = "a1一 年A-_.,，。:：/<\"'=&\n(（《附日x;，0\t[{@#%\\~|+*?!^$`\u3000中"
_NEVER = "\ue000"
_MOST_PIECES = 24
_MOST_BEGINNINGS = 6
_MOST_REPEATED = 6


def pieces_of(pattern: str | bytes, flags: int) -> list[str]:
    """Short strings whose repetition a pattern may find hard: its samples, parts and classes."""
    tree = _parsed(pattern, flags)
    found: dict[str, None] = {}
    whole = _sample(tree)
    for piece in (whole, whole[:-1], whole[1:]):
        found[piece] = None
    for part in _repeated(tree):
        sample = _sample(part)
        for piece in (sample, sample[:-1], *_classes(part)):
            found[piece] = None
    for prefix in _prefixes(tree):
        found[prefix] = None
    return [piece for piece in found if piece][:_MOST_PIECES]


@dataclass(frozen=True)
class Attack:
    """`start`, then `piece` again and again, then a character that no pattern takes."""

    start: str
    piece: str

    def text(self, length: int) -> str:
        """The input of this kind with about `length` characters."""
        times = max(1, (length - len(self.start)) // len(self.piece))
        return self.start + self.piece * times + _NEVER


def attacks_on(pattern: str | bytes, flags: int) -> list[Attack]:
    """Each piece repeated alone, and what a pattern repeats after each beginning of a match."""
    tree = _parsed(pattern, flags)
    made = [Attack("", piece) for piece in pieces_of(pattern, flags)]
    repeated = dict.fromkeys(
        one for part in _repeated(tree) for one in (*_classes(part), _sample(part)) if one
    )
    for start in list(dict.fromkeys(_prefixes(tree)))[:_MOST_BEGINNINGS]:
        made.extend(Attack(start, piece) for piece in list(repeated)[:_MOST_REPEATED] if start)
    return made


def _parsed(pattern: str | bytes, flags: int) -> Any:
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    return parser.parse(text, flags)


def _sample(tree: Any) -> str:
    """The shortest string the tree matches, roughly: anchors and look-arounds count for nothing."""
    return "".join(_sample_of(op, value) for op, value in tree)


def _sample_of(op: Any, value: Any) -> str:
    if op is sre.LITERAL:
        return chr(value)
    if op in (sre.IN, sre.ANY, sre.NOT_LITERAL):
        return _members(op, value)[0]
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        low, _, part = value
        return _sample(part) * min(max(low, 1), 20)
    if op is sre.SUBPATTERN:
        return _sample(value[3])
    if op is sre.BRANCH:
        return _sample(value[1][0])
    if op is sre.ATOMIC_GROUP:
        return _sample(value)
    return ""


def _members(op: Any, value: Any) -> list[str]:
    """A few characters of a class, the first one always there."""
    if op is sre.NOT_LITERAL:
        return [one for one in _CANDIDATES if ord(one) != value][:3]
    if op is sre.ANY:
        return ["a", " ", "一"]
    accepted = [one for one in _CANDIDATES if _accepts(value, ord(one))]
    for kind, what in value:
        if kind is sre.LITERAL:
            accepted.append(chr(what))
        elif kind is sre.RANGE:
            accepted.append(chr(what[0]))
    return list(dict.fromkeys(accepted))[:4] or ["a"]


def _accepts(members: Any, code: int) -> bool:
    negated = members and members[0][0] is sre.NEGATE
    inside = any(_is_in(kind, what, code) for kind, what in members)
    return inside is not bool(negated)


def _is_in(kind: Any, what: Any, code: int) -> bool:
    if kind is sre.LITERAL:
        return bool(what == code)
    if kind is sre.RANGE:
        return bool(what[0] <= code <= what[1])
    if kind is sre.CATEGORY:
        tests = {
            sre.CATEGORY_DIGIT: str.isdigit,
            sre.CATEGORY_SPACE: str.isspace,
            sre.CATEGORY_WORD: lambda one: one.isalnum() or one == "_",
        }
        opposites = {
            sre.CATEGORY_NOT_DIGIT: sre.CATEGORY_DIGIT,
            sre.CATEGORY_NOT_SPACE: sre.CATEGORY_SPACE,
            sre.CATEGORY_NOT_WORD: sre.CATEGORY_WORD,
        }
        if what in tests:
            return bool(tests[what](chr(code)))
        if what in opposites:
            return not tests[opposites[what]](chr(code))
    return False


def _children(op: Any, value: Any) -> Iterator[Any]:
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        yield value[2]
    elif op is sre.SUBPATTERN:
        yield value[3]
    elif op is sre.BRANCH:
        yield from value[1]
    elif op in (sre.ASSERT, sre.ASSERT_NOT):
        yield value[1]
    elif op is sre.ATOMIC_GROUP:
        yield value


def _repeated(tree: Any) -> Iterator[Any]:
    """What stands under a repetition, outer before inner."""
    for op, value in tree:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) and value[1] > 1:
            yield value[2]
        for child in _children(op, value):
            yield from _repeated(child)


def _classes(part: Any) -> Iterator[str]:
    """Single characters that a repeated part takes."""
    for op, value in part:
        if op is sre.LITERAL:
            yield chr(value)
        elif op in (sre.IN, sre.ANY, sre.NOT_LITERAL):
            yield from _members(op, value)
        for child in _children(op, value):
            yield from _classes(child)


def _prefixes(tree: Any) -> Iterator[str]:
    """Beginnings of a match that end just before a repetition, and just after one of it."""
    before = ""
    for op, value in tree:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            yield before
            yield before + _sample(value[2])
        elif op is sre.SUBPATTERN:
            for inner in _prefixes(value[3]):
                yield before + inner
        elif op is sre.BRANCH:
            for branch in value[1]:
                for inner in _prefixes(branch):
                    yield before + inner
        before += _sample_of(op, value)
    yield before


def possessive_groups(pattern: str | bytes, flags: int) -> list[str]:
    """What a pattern repeats possessively that is more than one character wide."""
    found = []
    stack = [_parsed(pattern, flags)]
    while stack:
        for op, value in stack.pop():
            stack.extend(_children(op, value))
            if op is sre.POSSESSIVE_REPEAT and not _is_one_character(value[2]):
                found.append(_sample(value[2]))
    return found


def _is_one_character(tree: Any) -> bool:
    return len(tree) == 1 and tree[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY)
