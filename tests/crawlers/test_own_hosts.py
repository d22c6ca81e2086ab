"""Which hosts are a publisher's own."""

import pytest

from crawlers.walking.own_hosts import is_own_host


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
