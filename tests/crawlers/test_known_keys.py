"""Pages known under another address keep the key they were stored under."""

from __future__ import annotations

import pytest

from crawlers.reading.addresses import notice_key
from crawlers.reading.known_keys import KnownKeys, session_names
from crawlers.reading.platform import NO_PLATFORM

HOST = "https://kjj.example.gov.cn"
FIRST, SECOND = "8a8f3c1d2e4b5968778695a4b3c2d1e0", "91b2c3d4e5f60718293a4b5c6d7e8f90"


def known(*urls: str) -> KnownKeys:
    return KnownKeys(
        (notice_key(HOST + url, NO_PLATFORM), HOST + url, "关于甲事项的通知") for url in urls
    )


def key(keys: KnownKeys, url: str, title: str = "关于甲事项的通知") -> str:
    return keys.key_of(HOST + url, notice_key(HOST + url, NO_PLATFORM), title)


@pytest.mark.parametrize(
    ("stored", "printed"),
    [
        ("/a.jsp?id=1&lm=2", "/a.jsp?lm=2&id=1"),
        ("/a/1/index.html", "/a/1/"),
        ("/a/1.html", "//a/1.html"),
    ],
)
def test_another_form_of_a_known_address_has_the_known_key(stored: str, printed: str) -> None:
    assert key(known(stored), printed) == HOST + stored


def test_a_new_page_has_a_key_of_its_own() -> None:
    assert key(known("/a.jsp?id=1"), "/a.jsp?id=2") == HOST + "/a.jsp?id=2"


def test_a_session_that_all_links_share_is_no_part_of_the_page() -> None:
    keys = known(*(f"/v.jsp?sid={FIRST}&id={n}" for n in range(3)))
    printed = [f"/v.jsp?sid={SECOND}&id={n}" for n in range(3)]
    keys.look_at([HOST + url for url in printed])
    assert [key(keys, url) for url in printed] == [
        f"{HOST}/v.jsp?sid={FIRST}&id={n}" for n in range(3)
    ]


def test_the_number_of_a_column_is_no_session() -> None:
    keys = known(*(f"/v.jsp?column={FIRST}&id={n}" for n in range(3)))
    printed = [f"/v.jsp?column={SECOND}&id={n}" for n in range(3)]
    keys.look_at([HOST + url for url in printed])
    assert [key(keys, url, "别的栏目的另一件事") for url in printed] == [HOST + u for u in printed]


def test_only_long_random_values_on_most_links_may_be_a_session() -> None:
    rows = [f"{HOST}/v.jsp?sid={FIRST}&lm=tzgg&y=2021&id={n}{SECOND}" for n in range(4)]
    assert session_names(rows) == {"sid"}
    assert session_names(rows[:1]) == set()
