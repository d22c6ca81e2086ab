"""The files behind the links are what their names say."""

from __future__ import annotations

import io
import struct
import zipfile

import pypdf
import pytest

from pipelines.downloads.pieces import Row
from pipelines.downloads.word_binary import word_pieces
from replica.sample_files import make_file, make_pdf


def test_a_pdf_gives_its_chinese_text_back() -> None:
    reader = pypdf.PdfReader(io.BytesIO(make_pdf("附件：申报指南（2021年）")), strict=True)
    assert reader.pages[0].extract_text() == "附件：申报指南（2021年）"


@pytest.mark.parametrize("text", ["附件：申报书（2021年）", "长" * 500])
def test_a_word_file_is_one_for_a_reader_of_word_files(text: str) -> None:
    pieces = list(word_pieces(make_file(".doc", text)))
    assert str(pieces[0]).rstrip() == text[:160]
    rows = [piece.cells for piece in pieces if isinstance(piece, Row)]
    assert rows[:2] == [
        ("序号", "企业名称", "项目名称"),
        ("1", "北京盈科瑞创新医药股份有限公司", "中药新药筛选平台"),
    ]


def test_a_zip_holds_one_text() -> None:
    with zipfile.ZipFile(io.BytesIO(make_file(".zip", "名单"))) as archive:
        assert archive.read("README.txt").decode() == "名单"


@pytest.mark.parametrize(
    ("suffix", "beginning"),
    [
        (".png", b"\x89PNG\r\n\x1a\n"),
        (".jpg", b"\xff\xd8\xff\xdb"),
        (".gif", b"GIF89a"),
        (".doc", bytes.fromhex("d0cf11e0a1b11ae1")),
        (".rar", b"Rar!\x1a\x07\x00"),
        (".docx", b"PK\x03\x04"),
        (".xlsx", b"PK\x03\x04"),
    ],
)
def test_a_file_begins_as_its_kind_does(suffix: str, beginning: bytes) -> None:
    assert make_file(suffix, "文本").startswith(beginning)


def test_the_segments_of_a_jpeg_lead_to_its_end() -> None:
    picture = make_file(".jpg", "")
    markers, place = [], 2
    while picture[place + 1] != 0xDA:
        markers.append(picture[place + 1])
        place += 2 + struct.unpack(">H", picture[place + 2 : place + 4])[0]
    assert markers == [0xDB, 0xC0, 0xC4, 0xC4]
    assert picture.endswith(b"\xff\xd9")


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".zip"])
def test_archives_carry_no_moment_of_making(suffix: str) -> None:
    with zipfile.ZipFile(io.BytesIO(make_file(suffix, "文本"))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(2021, 2, 1, 8, 0, 0)}
