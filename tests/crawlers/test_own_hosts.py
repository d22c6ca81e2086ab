"""Which hosts are a publisher's own."""

import pytest

from crawlers.items import KnownRow, ListedRow
from crawlers.walking.own_hosts import hosts_taken_over, is_own_host


@pytest.mark.parametrize(
    ("host", "column_host", "own"),
    [
        ("kxjs.tj.gov.cn", "kxjs.tj.gov.cn", True),
        ("web.kxjs.tj.gov.cn", "kxjs.tj.gov.cn", True),
        ("zwgk.miit.gov.cn", "www.miit.gov.cn", True),
        ("miit.gov.cn", "www.miit.gov.cn", True),
        ("notkxjs.tj.gov.cn", "kxjs.tj.gov.cn", False),
        ("www.tj.gov.cn", "kxjs.tj.gov.cn", False),
        ("www.gov.cn", "www.gov.cn", True),
        ("www.nmpa.gov.cn", "www.gov.cn", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("", "", False),
    ],
)
def test_a_host_below_the_columns_own_is_its_publishers(
    host: str, column_host: str, own: bool
) -> None:
    assert is_own_host(host, column_host) is own


OLD, NEW = "https://zscqj.beijing.gov.cn/tzgg/{}.html", "https://zscqj1.beijing.gov.cn/a/{}.html"


def known(url: str) -> list[KnownRow]:
    return [
        KnownRow(f"k{n}", url.format(n), f"关于第{n}项工作的通知", f"2021-03-0{n}")
        for n in range(1, 6)
    ]


def listed(*numbers: int, day: str = "2021-03-0{}", key: str = "new{}") -> list[ListedRow]:
    return [
        ListedRow(key.format(n), NEW.format(n), f"关于第{n}项工作的通知", day.format(n))
        for n in numbers
    ]


def is_own(url: str) -> bool:
    return "//zscqj.beijing.gov.cn/" in url


@pytest.mark.parametrize(
    ("rows", "stored", "hosts"),
    [
        (listed(1, 2, 3), OLD, {"zscqj1.beijing.gov.cn"}),
        (listed(1, 2, 3, day="", key="k{}"), OLD, {"zscqj1.beijing.gov.cn"}),
        (listed(1, 2, 9), OLD, set()),
        (listed(1, 2, 3, day="2021-04-0{}"), OLD, set()),
        (listed(1, 2, 3, day=""), OLD, set()),
        (listed(1, 2, 3), "https://www.nmpa.gov.cn/{}.html", set()),
    ],
)
def test_a_host_is_taken_over_by_notices_that_stood_on_the_own_one(
    rows: list[ListedRow], stored: str, hosts: set[str]
) -> None:
    assert hosts_taken_over(rows, known(stored), is_own) == hosts
