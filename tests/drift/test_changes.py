"""A redesign hides nothing that it does not say: what was there can still be found by a person."""

from __future__ import annotations

import gzip
from random import Random

import pytest
from lxml import html

from drift.changes import REGISTER, Change
from drift.places import places_of
from drift.plan import draw, fits
from drift.publisher import Publisher
from drift.redesign import Redesign
from drift.run import redesigned
from drift.site import RedesignedSite
from drift.timetable import REDESIGNED, crawls_of, week_start
from drift.truth import likeness, one_title, text_at
from replica.exchange import Answer, Ask
from replica.obstacles import Obstacles
from replica.world import World

ENTRIES = Publisher(0).publish()
NOW = crawls_of(REDESIGNED)[-1]
HTML_CHANGES = [one for one in REGISTER.values() if "tj_kxjs" in one.sites]


def site_with(change: Change, number: int, site: str = "tj_kxjs") -> RedesignedSite:
    random = Random(f"{change.name} {number}")  # noqa: S311 # a test
    made = Redesign(site, week_start(REDESIGNED), random)
    made.neighbours = [one for one in ENTRIES if one.site == site][:60]
    made.note(change.name, change.apply(random, made, places_of(site)))
    world = World([*ENTRIES, *made.archive], walls=Obstacles(), as_of=NOW)
    for one in redesigned(world, {site: made}):
        if isinstance(one, RedesignedSite):
            return one
    raise AssertionError("no such site")


def visit(site: RedesignedSite, url: str) -> Answer:
    """As a browser: with cookies, over redirects."""
    cookies: dict[str, str] = {}
    for _ in range(9):
        host, _, rest = url.removeprefix("https://").partition("/")
        path, _, query = f"/{rest}".partition("?")
        pairs = dict(part.partition("=")[::2] for part in query.split("&") if part)
        answer = site.answer(Ask("GET", "https", host, path, pairs, query, {}, cookies))
        for name, value in answer.headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition(";")[0].partition("=")
                cookies[key] = rest
        if answer.status not in {301, 302}:
            return answer
        url = dict(answer.headers)["Location"]
    raise AssertionError(f"redirects without end: {url}")


def text_of_answer(answer: Answer) -> str:
    body = answer.body
    if ("Content-Encoding", "gzip") in answer.headers:
        body = gzip.decompress(body)
    for codec in ("utf-8-sig", "utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "gb18030"):
        try:
            return body.decode(codec)
        except UnicodeDecodeError:
            continue
    raise AssertionError("in no known encoding")


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("change", HTML_CHANGES, ids=lambda one: one.name)
def test_a_notice_can_still_be_read_under_the_address_that_its_list_prints(
    change: Change, number: int
) -> None:
    site = site_with(change, number)
    entry = max(
        (one for one in ENTRIES if one.columns == ("项目申报",) and one.appears <= NOW),
        key=lambda one: one.published,
    )
    answer = visit(site, site.redesign.addresses.of(entry))
    assert answer.status == 200
    if change.name in {"some notices closed", "cut short"}:
        return
    text = text_of_answer(answer)
    assert one_title(entry.title) in one_title(text.replace("<br>", ""))
    words = "".join(str(part) for part in html.fromstring(text).itertext())
    wanted = text_at(entry, NOW)
    assert all(one_title(part) in one_title(words) for part in wanted.split("。") if part)
    assert likeness(wanted, words) > 0.2


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("change", HTML_CHANGES, ids=lambda one: one.name)
def test_a_list_shows_its_notices_or_is_said_to_be_closed(change: Change, number: int) -> None:
    site = site_with(change, number)
    place = next(one for one in site.places if one.column == "项目申报")
    if place.column in site.redesign.closed or change.name in {"cut short"}:
        return
    folders = [site.redesign.folders.get(place.column, place.folder)]
    folders += [folder for folder, _ in filter(None, [site.redesign.tabs.get(place.column)])]
    shown = ""
    for folder in folders:
        answer = visit(site, f"https://{place.host}{folder}")
        assert answer.status == 200
        shown += one_title(text_of_answer(answer))
    entries = [one for one in ENTRIES if one.columns == ("项目申报",) and one.appears <= NOW]
    found = [one for one in entries if one_title(one.title)[:12] in shown]
    assert len(found) >= min(len(entries), site.redesign.paging.size or place.size) // 2
    assert found or not entries


def test_the_same_seed_draws_the_same_redesigns_and_another_one_others() -> None:
    def told(seed: int) -> list[list[str]]:
        return [one.told for one in draw(seed, ENTRIES).values()]

    assert told(5) == told(5)
    assert len({str(told(seed)) for seed in range(20)}) == 20


def test_every_change_is_drawn_and_some_sites_are_left_alone() -> None:
    counts = [one.names for seed in range(60) for one in draw(seed, ENTRIES).values()]
    names = {name for one in counts for name in one}
    assert names == set(REGISTER)
    assert 0.05 < sum(not one for one in counts) / len(counts) < 0.25
    assert max(len(one) for one in counts) == 3


def test_two_changes_of_a_kind_that_would_undo_each_other_are_not_drawn_together() -> None:
    assert not fits(REGISTER["unsorted"], [REGISTER["oldest first"]])
    assert fits(REGISTER["titles cut"], [REGISTER["oldest first"]])
