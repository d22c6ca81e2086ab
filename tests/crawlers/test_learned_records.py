"""A JSON list whose fields and envelope have other names is read by what is known of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawlers.reading.learned_records import count_of, derive_records
from tests.crawlers.clothes import Told, drawn, known, told

FORM = "https://www.example.gov.cn/tzgg/{}.html"


def record(one: Told, names: dict[str, str], day: object) -> dict[str, Any]:
    usual = {"title": one.title, "publishDate": day, "newsId": str(one.number) * 3, "type": "1"}
    return {names.get(name, name): value for name, value in usual.items()}


def answer_of(notices: list[Told], names: dict[str, str]) -> list[dict[str, Any]]:
    return [record(one, names, f"{one.day:%Y%m%d}") for one in notices]


@pytest.fixture
def notices() -> list[Told]:
    return told(12, drawn(4))


def rows_of(notices: list[Told]) -> Any:
    return [
        type(row)(f"{one.number}" * 3, FORM.format(str(one.number) * 3), row.title, row.day)
        for one, row in zip(notices, known(notices), strict=True)
    ]


@pytest.mark.parametrize(
    "envelope",
    [
        lambda records: {"code": 200, "data": {"records": records, "total": 12}},
        lambda records: {"status": 1, "result": {"data": {"list": records, "totalCount": "12"}}},
        lambda records: {"total": 12, "hits": [{"group": [{"data": one}]} for one in records]},
    ],
)
def test_records_are_found_wherever_they_are_and_whatever_their_fields_are_called(
    notices: list[Told], envelope: Any
) -> None:
    names = {"title": "docTitle", "publishDate": "pubTime", "newsId": "idCode"}
    answer = json.loads(json.dumps(envelope(answer_of(notices, names))))
    learned = derive_records(answer, rows_of(notices)[4:])
    assert learned is not None
    assert (learned.title, learned.day, learned.link) == ("docTitle", "pubTime", "idCode")
    read = learned.records(answer)
    assert [learned.title_of(one) for one in read] == [one.title for one in notices]
    assert [learned.day_of(one) for one in read] == [f"{one.day:%Y%m%d}" for one in notices]
    assert learned.address_of(read[0]) == FORM.format(str(notices[0].number) * 3)
    assert count_of(answer) == 12


def test_a_title_with_markup_is_found_and_an_instant_is_a_day(notices: list[Told]) -> None:
    records = [
        {"name": f"<em>{one.title[:4]}</em>{one.title[4:]}", "at": _milliseconds(one)}
        for one in notices
    ]
    learned = derive_records({"rows": records}, rows_of(notices))
    assert learned is not None
    assert (learned.title, learned.day, learned.link) == ("name", "at", "")
    assert learned.title_of(records[0]) == notices[0].title
    assert learned.day_of(records[0]) == notices[0].day.isoformat()
    assert learned.address_of(records[0]) == ""


def _milliseconds(one: Told) -> int:
    from datetime import datetime, timedelta, timezone

    at = datetime(one.day.year, one.day.month, one.day.day, 9, tzinfo=timezone(timedelta(hours=8)))
    return int(at.timestamp() * 1000)


@pytest.mark.parametrize("has_field", [True, False])
def test_an_address_is_asked_for_the_day_where_no_field_has_it_and_is_none_itself(
    notices: list[Told], has_field: bool
) -> None:
    records = [
        {"name": one.title, "href": f"/art/{one.day:%Y/%m/%d}/art_{one.number}.html"}
        | ({"when": f"{one.day:%Y-%m-%d}"} if has_field else {})
        for one in notices
    ]
    learned = derive_records({"rows": records}, rows_of(notices))
    assert learned is not None
    assert learned.day == ("when" if has_field else "href")
    assert learned.day_of(records[0]) == notices[0].day.isoformat()
    topic = {"name": "聚焦全国两会专题", "href": "/zwgk/lanmu100/"}
    assert learned.day_of(topic) == ""


def test_two_known_notices_are_too_few(notices: list[Told]) -> None:
    answer = {"data": answer_of(notices, {})}
    assert derive_records(answer, rows_of(notices)[:2]) is None
    assert derive_records({"data": {"records": []}}, rows_of(notices)) is None
    assert derive_records([], rows_of(notices)) is None


NEW = "https://www.example.gov.cn/xw/{}.shtml"


def under_new_codes(notices: list[Told], name: str, value: str) -> dict[str, Any]:
    """An answer whose addresses have nothing in common with the known ones any more."""
    pictures = {"cover": "/img/{}.png", "type": "7"}
    return {
        "rows": [
            {
                "docTitle": one.title,
                "day": f"{one.day:%Y-%m-%d}",
                name: value.format(9_100_000_000 + place),
            }
            | {what: one_of.format(place) for what, one_of in pictures.items()}
            for place, one in enumerate(notices)
        ]
    }


@pytest.mark.parametrize("value", [NEW, "/xw/{}.shtml"])
def test_addresses_of_a_new_form_are_told_by_what_they_are(notices: list[Told], value: str) -> None:
    answer = under_new_codes(notices, "linkUrl", value)
    learned = derive_records(answer, rows_of(notices)[4:])
    assert learned is not None
    assert learned.link == "linkUrl"
    assert learned.address_of(answer["rows"][0]) == value.format(9_100_000_000)


def test_new_codes_are_put_where_the_known_ones_stood(notices: list[Told]) -> None:
    kept = [
        type(row)(row.key, FORM.format(8_000_000_000 + place), row.title, row.day)
        for place, row in enumerate(rows_of(notices))
    ]
    answer = under_new_codes(notices, "code", "{}")
    learned = derive_records(answer, kept)
    assert learned is not None
    assert learned.address_of(answer["rows"][2]) == FORM.format(9_100_000_002)


def test_what_could_be_either_of_two_is_not_guessed(notices: list[Told]) -> None:
    answer = under_new_codes(notices, "linkUrl", NEW)
    for place, one in enumerate(answer["rows"]):
        one["other"] = f"https://www.example.gov.cn/wap/{place + 500}.shtml"
    learned = derive_records(answer, rows_of(notices))
    assert learned is not None
    assert learned.link == ""
