"""Addresses that a page's function puts together from what a link passes."""

from __future__ import annotations

import pytest

from crawlers.reading.script_addresses import Call, first_call, put_together


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("view('123')", Call("view", ("123",))),
        ("javascript:openNews('202607', \"n70012\")", Call("openNews", ("202607", "n70012"))),
        ("return false; a.go(7);", Call("a.go", ("7",))),
        ("show(this, '9')", Call("show", ("this", "9"))),
        ("f({a:1})", None),
        ("void", None),
    ],
)
def test_a_call_is_its_name_and_what_it_passes(code: str, call: Call | None) -> None:
    assert first_call(code) == call


@pytest.mark.parametrize(
    ("body", "address"),
    [
        (
            'var url = "/news/" + ym + "/" + id + ".htm"; location.href = url;',
            "/news/202607/n7.htm",
        ),
        ("window.open('/show.asp?id='+id)", "/show.asp?id=n7"),
        ("open(base + '/show/' + id)", ""),
        ("alert('a' + 'b')", ""),
        ("return 1", ""),
    ],
)
def test_only_what_is_passed_is_put_in(body: str, address: str) -> None:
    assert put_together(body, {"ym": "202607", "id": "n7"}) == address
