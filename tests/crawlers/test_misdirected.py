"""An answer from another place than was asked is no answer; another spelling of it is."""

import pytest

from crawlers.walking.misdirected import leads_elsewhere


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("http://a.cn/tzgg/", "https://www.a.cn/tzgg"),
        ("https://a.cn/tzgg/", "https://a.cn/tzgg/index.shtml"),
        ("https://a.cn/tzgg.html", "https://a.cn/tzgg/"),
        ("https://a.cn/list.jsp?c=1", "https://a.cn/list.jsp;jsessionid=0F?c=1&p=1"),
        ("https://a.cn/a/", "https://a.cn/a/2021n/"),
        ("https://a.cn/", "https://a.cn/index.html"),
    ],
)
def test_another_spelling_is_the_same_place(asked: str, answered: str) -> None:
    assert not leads_elsewhere(asked, answered)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("https://a.cn/tzgg/", "https://a.cn/"),
        ("https://a.cn/tzgg/", "https://a.cn/index.html"),
        ("https://a.cn/tzgg/", "https://a.cn/gzdt/"),
        ("https://a.cn/tzgg/", "https://b.cn/tzgg/"),
        ("https://a.cn/list.jsp?c=1", "https://a.cn/list.jsp?c=2"),
        ("https://a.cn/list.jsp?c=1", "https://a.cn/list.jsp"),
        ("https://a.cn/list.jsp", "https://a.cn/"),
        ("https://a.cn/", "https://a.cn/login/"),
    ],
)
def test_another_folder_page_or_query_is_another_place(asked: str, answered: str) -> None:
    assert leads_elsewhere(asked, answered)
