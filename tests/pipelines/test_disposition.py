"""File names in Content-Disposition headers, as servers write them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.downloads.disposition import file_name

NAME = "申报书（2021）.wps"
QUOTED = quote(NAME).encode()


@pytest.mark.parametrize(
    "header",
    [
        b"attachment; filename*=UTF-8''" + QUOTED,
        b"attachment; filename*=UTF-8''" + QUOTED + b"; size=1508",
        b'attachment; size=1; filename="' + NAME.encode() + b'"; creation-date="Thu, 04 Feb 2021"',
        b'attachment;filename="' + NAME.encode("gbk") + b'"',
        b"attachment;filename=" + NAME.encode("gbk"),
        b'attachment; filename="' + QUOTED + b'"',
        b'attachment; FileName = "' + NAME.encode() + b'"',
        b"attachment; filename=\"fallback.bin\"; filename*=utf-8''" + QUOTED,
        b'attachment; filename="C:\\docs\\' + NAME.encode() + b'"',
        b"attachment; filename*=GBK''" + quote(NAME.encode("gbk")).encode(),
    ],
)
def test_the_name_is_found_however_it_is_written(header: bytes) -> None:
    assert file_name(header) == NAME


def test_an_encoded_word_is_read() -> None:
    assert file_name(b'attachment; filename="=?UTF-8?B?5oyH5Y2XLmRvYw==?="') == "指南.doc"


@pytest.mark.parametrize(
    "header", [b"", b"inline", b"attachment; filename=", b'attachment; name="a"']
)
def test_without_a_name_there_is_none(header: bytes) -> None:
    assert file_name(header) == ""


@given(st.binary(max_size=300))
def test_no_header_raises(header: bytes) -> None:
    name = file_name(b"attachment; filename=" + header)
    assert "/" not in name
    assert "\n" not in name
