"""What happens to interfaces: fields renamed, envelopes changed, days in another form; feeds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html import escape
from random import Random
from typing import Any

from china_time import SHANGHAI
from drift.changes import change
from drift.places import Place
from drift.redesign import Redesign
from replica.exchange import Answer, Ask, error_answer, json_answer
from replica.sites.cde_lists import LISTINGS
from replica.sites.miit_units import UNIT_PATH

JSON_SITES = frozenset({"cde", "miit"})
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("name", "newsTitle", "docTitle", "subject"),
    "publishDate": ("publishTime", "pubDate", "releaseDate", "createTime"),
    "issueDate": ("issueTime", "pubDate", "releaseDate"),
    "deploytime": ("pubtime", "releasetime", "writetime"),
    "publishtime": ("showtime", "createtime"),
    "newsIdCode": ("newsId", "id", "idCode"),
    "externalLinks": ("link", "linkUrl", "href"),
    "url": ("link", "docUrl", "href"),
}
DAYS = ("publishDate", "issueDate", "deploytime", "publishtime")
DAY_FORMS: dict[str, Callable[[datetime], object]] = {
    "2021-03-05": lambda d: f"{d:%Y-%m-%d}",
    "2021-03-05 09:30:00": lambda d: f"{d:%Y-%m-%d %H:%M:%S}",
    "2021.03.05": lambda d: f"{d:%Y.%m.%d}",
    "milliseconds": lambda d: int(d.timestamp() * 1000),
    "ISO": lambda d: d.isoformat(),
    "2021年03月05日": lambda d: f"{d:%Y年%m月%d日}",
}


@change("fields renamed", "json", JSON_SITES, 2)
def rename(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """One or two fields of a record have other names."""
    present = [
        name
        for name in NAMES
        if (name in {"deploytime", "publishtime", "url"}) == (redesign.site == "miit")
    ]
    chosen = random.sample(["title", *present], random.randint(1, 2))
    names = {old: random.choice(NAMES[old]) for old in chosen}
    redesign.records.append(
        lambda record: {names.get(key, key): value for key, value in record.items()}
    )
    return ", ".join(f"{old} is {new}" for old, new in names.items())


@change("days of records otherwise", "json", JSON_SITES, 1.5)
def redate(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The day of a record is printed in another form."""
    form = random.choice(list(DAY_FORMS))

    def on_record(record: dict[str, Any]) -> dict[str, Any]:
        days = {key: DAY_FORMS[form](moment_of(record[key])) for key in DAYS if record.get(key)}
        return record | days

    redesign.records.append(on_record)
    return form


def moment_of(value: Any) -> datetime:
    """The instant of a record as the old interface gave it: YYYYMMDD or milliseconds."""
    text = str(value)
    if len(text) == 8:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=SHANGHAI)
    return datetime.fromtimestamp(int(text) / 1000, SHANGHAI)


@change("titles marked up", "json", JSON_SITES)
def mark_titles(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Titles carry markup, entities or spaces."""
    how = random.choice(("entities", "em", "font", "spaces"))

    def on_record(record: dict[str, Any]) -> dict[str, Any]:
        title = str(record.get("title", ""))
        made = {
            "entities": escape(title).replace("《", "&laquo;")
            if "《" not in title
            else escape(title),
            "em": f"<em>{title[:4]}</em>{title[4:]}",
            "font": f'<font color="red">{title}</font>',
            "spaces": f"  {title[:6]}\u3000{title[6:]}\n",
        }[how]
        return record | {"title": made}

    if how != "spaces":
        redesign.records.append(on_record)
    else:
        redesign.records.append(lambda record: record | {"title": f"  {record.get('title', '')}\n"})
    return how


@change("envelope changed", "json", JSON_SITES, 1.5)
def envelope(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The answer around the records has another shape."""
    how = random.choice(("renamed list", "code", "flat", "no total", "wrapped"))

    def on_answer(answer: dict[str, Any], number: int) -> object:
        return ENVELOPES[how](answer)

    redesign.envelopes.append(on_answer)
    return how


def _renamed(answer: dict[str, Any]) -> object:
    data = dict(answer.get("data") or {})
    for old, new in (("records", "list"), ("html", "content"), ("searchResult", "result")):
        if old in data:
            data[new] = data.pop(old)
    return answer | {"data": data}


def _flat(answer: dict[str, Any]) -> object:
    data = answer.get("data") or {}
    for name in ("records", "html"):
        if name in data:
            return answer | {"data": data[name]}
    return answer


def _no_total(answer: dict[str, Any]) -> object:
    data = {
        key: value
        for key, value in (answer.get("data") or {}).items()
        if key not in {"total", "pages"}
    }
    if isinstance(data.get("searchResult"), dict):
        data["searchResult"] = {k: v for k, v in data["searchResult"].items() if k != "totalCount"}
    return answer | {"data": data}


def _code(answer: dict[str, Any]) -> object:
    made = dict(answer)
    made["code"] = 0 if isinstance(made.get("code"), int) else "0"
    return made


ENVELOPES: dict[str, Callable[[dict[str, Any]], object]] = {
    "renamed list": _renamed,
    "code": _code,
    "flat": _flat,
    "no total": _no_total,
    "wrapped": lambda answer: {"status": 1, "result": answer},
}


@change("interface moved", "json", JSON_SITES)
def move_interface(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Lists come from another address. MIIT's pages name it; CDE's is known to its script only."""
    if redesign.site == "miit":
        new = f"/api-gateway/jpaas-publish-server/front/page/build/unit{random.randint(2, 9)}"
        redesign.gates.append(lambda ask: error_answer(404) if ask.path == UNIT_PATH else None)
        redesign.rewrites.append(
            lambda ask: replace(ask, path=UNIT_PATH) if ask.path == new else ask
        )
        redesign.delivery.append(lambda ask, answer: renamed_in(answer, UNIT_PATH, new))
        return new
    place = random.choice(places)
    old = next(one.endpoint for one in LISTINGS if one.column == place.column)
    how = random.choice(("404", "200"))
    redesign.closed |= {
        one.column for one in LISTINGS if one.endpoint == old and redesign.site == "cde"
    } & {one.column for one in places}

    def gate(ask: Ask) -> Answer | None:
        if ask.path != old or ask.method != "POST":
            return None
        return (
            error_answer(404) if how == "404" else json_answer({"msg": "接口不存在", "code": 404})
        )

    redesign.gates.append(gate)
    return f"{old} answers {how}"


def renamed_in(answer: Answer, old: str, new: str) -> Answer:
    """A page that names the new interface."""
    return replace(answer, body=answer.body.replace(old.encode(), new.encode()))


# --- feeds


@change("another feed format", "feed", frozenset({"wechat"}))
def atom(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Atom in the place of RSS."""
    redesign.feed_form = "relay_atom"
    return "Atom"


@change("feed shortened", "feed", frozenset({"wechat"}))
def shorten(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Fewer entries."""
    redesign.paging.size = random.choice((2, 3, 5, 8))
    return f"{redesign.paging.size} entries"


@change("feed titles prefixed", "feed", frozenset({"wechat"}))
def prefix(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The account's name before each title."""
    mark = random.choice(("IPRdaily：", "[IPRdaily] ", "【转载】"))
    redesign.texts.append(
        lambda text: re.sub(r"(<(?:item|entry)>\s*<title>)", lambda m: m[1] + mark, text)
    )
    return mark


@change("feed without days", "feed", frozenset({"wechat"}))
def no_days(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Entries carry no date."""
    redesign.texts.append(
        lambda text: re.sub(r"<(pubDate|published|updated)>.*?</\1>\n?", "", text)
    )
    return "no pubDate"


@change("feed links tracked", "feed", frozenset({"wechat"}))
def tracked(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Links carry parameters of the relay."""
    mark = random.choice(("?scene=1&amp;from=relay", "?utm_source=rss", "#rd", "?poc_token=x"))
    redesign.texts.append(
        lambda text: re.sub(
            r"(https://mp\.weixin\.qq\.com/s/[\w-]{22})", lambda m: m[1] + mark, text
        )
    )
    return mark
