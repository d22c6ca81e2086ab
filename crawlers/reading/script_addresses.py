"""The address that a function of a page puts together from what a link passes to it:
`onclick="openNews('202607','n70012')"` and `url = "/news/" + ym + "/" + id + ".htm"`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

_CALL = re.compile(r"([\w$.]{1,60})\s{0,9}\(([^()]{1,300})\)")
_ARGUMENT = re.compile(r"""\s{0,9}(['"]?)([\w./-]{1,80})\1\s{0,9}""")
_TERM = r"""(?:"[^"\n<>]{0,200}"|'[^'\n<>]{0,200}'|[A-Za-z_$][\w$]{0,30})"""
_JOINED = re.compile(rf"{_TERM}(?:\s{{0,9}}\+\s{{0,9}}{_TERM}){{1,12}}")
_TERMS = re.compile(_TERM)
_MOST_JOINED = 20


@dataclass(frozen=True, slots=True)
class Call:
    """A call in an attribute: the function's name, and what is passed to it, as text."""

    function: str
    arguments: tuple[str, ...]


def first_call(code: str) -> Call | None:
    """The first call of a piece of code that passes something that may be part of an address."""
    for match in islice(_CALL.finditer(code), _MOST_JOINED):
        passed = [_ARGUMENT.fullmatch(part) for part in match[2].split(",")]
        if passed[0] is not None:
            return Call(match[1], tuple(one[2] if one else "" for one in passed))
    return None


def put_together(body: str, values: Mapping[str, str]) -> str:
    """The first text that a function's body joins from literals and its parameters, given by name
    with their values; empty when there is none, or it needs something else too."""
    for match in islice(_JOINED.finditer(body), _MOST_JOINED):
        terms = _TERMS.findall(match[0])
        names = [term for term in terms if term[0] not in "\"'"]
        if len(names) < len(terms) and names and all(values.get(name) for name in names):
            return "".join(values.get(term) or term[1:-1] for term in terms)
    return ""
