"""Which field of a JSON list's records leads to the notice, and how.

Known notices tell it by their addresses. Where those have another form now, the records do: what
looks like an address, or like that part of a known address which tells one notice from another,
and is not the same in any two records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

Link = tuple[str, str]
"""A field's name, and an address with {} for its value."""
NO_LINK: Link = ("", "{}")

_SHORTEST_ID = 6  # characters of an address's part that tells one notice from another
_MOSTLY = 0.5
_LEAST = 3  # records before their differences say anything
_ADDRESS = re.compile(r"(?:https?:/)?/[^\s\"'<>{}]{2,500}")
_SHOWN = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|ico|bmp)(?:[?#]|$)", re.IGNORECASE)
_ID = re.compile(r"[0-9A-Za-z_-]{6,64}")


def link_by_known(pairs: Iterable[tuple[dict[str, Any], str]]) -> Link | None:
    """The field whose value stands in the known addresses. `pairs`: a record, the address of the
    known notice that it is."""
    votes: Counter[Link] = Counter()
    count = 0
    for record, url in pairs:
        count += 1
        for name, value in record.items():
            text = str(value or "")
            if len(text) >= _SHORTEST_ID and text in url:
                votes[name, url.replace(text, "{}", 1)] += 1
    best = max(votes, key=lambda one: votes[one], default=NO_LINK)
    return best if votes[best] >= _MOSTLY * count and votes[best] else None


def link_by_form(records: Sequence[dict[str, Any]], urls: Sequence[str]) -> Link | None:
    """The field that holds what only an address is made of, when none stands in a known one.
    None as well where several could be it."""
    told = _telling(records)
    addresses = [name for name, values in told.items() if all(map(_is_address, values))]
    at_home = {urlsplit(url).hostname for url in urls}
    near = [name for name in addresses if _hosts(told[name]) <= at_home | {None}]
    for names in (near, addresses):
        if len(names) == 1:
            return names[0], "{}"
    if addresses:
        return None
    forms = Counter(form for form in map(_form_of, urls) if form)
    if not forms:
        return None
    (form, shape), _ = forms.most_common(1)[0]
    fitting = [name for name, values in told.items() if {_shape(one) for one in values} == {shape}]
    return (fitting[0], form) if len(fitting) == 1 else None


def _telling(records: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """The values of the fields that every record has, each another one."""
    if len(records) < _LEAST:
        return {}
    told = {name: [str(one.get(name) or "").strip() for one in records] for name in records[0]}
    return {
        name: values
        for name, values in told.items()
        if all(values) and len(set(values)) == len(values)
    }


def _is_address(value: str) -> bool:
    return _ADDRESS.fullmatch(value) is not None and _SHOWN.search(value) is None


def _hosts(values: Iterable[str]) -> set[str | None]:
    return {urlsplit(value).hostname for value in values}


def _form_of(url: str) -> tuple[str, str] | None:
    """An address with {} for the part that tells its notice from others, and that part's shape: the
    last that is long enough and holds a digit."""
    start = len(url) - len(urlsplit(url)._replace(scheme="", netloc="").geturl())
    found = [one for one in _ID.finditer(url, start) if any(map(str.isdigit, one[0]))]
    if not found:
        return None
    last = found[-1]
    return url[: last.start()] + "{}" + url[last.end() :], _shape(last[0])


def _shape(value: str) -> str:
    """Of what and how many characters an identifier is: 8 digits, 32 of hex."""
    if value.isascii() and value.isdigit():
        kind = "digits"
    elif re.fullmatch(r"[0-9a-f]+", value):
        kind = "hex"
    elif re.fullmatch(r"[0-9A-Za-z_-]+", value):
        kind = "letters"
    else:
        return ""
    return f"{len(value)} {kind}"
