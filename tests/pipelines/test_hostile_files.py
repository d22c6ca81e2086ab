"""Files made to break those who open them end soon, in little memory, with a sentence."""

from __future__ import annotations

import asyncio
import io
import struct
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.downloads.archives import MAX_NAMED, MAX_READ
from pipelines.downloads.file_kinds import NotAFileError, kind_of
from pipelines.downloads.file_text import PARTLY, FileText, read_text
from pipelines.downloads.limits import OUT_OF_TIME
from pipelines.downloads.pieces import DAMAGED
from pipelines.downloads.text_reader import TextReader
from replica.sample_files import make_docx, make_pdf
from tests.pipelines.compound_files import compound_file
from tests.pipelines.packed_files import OFD, ofd_file, packed, rar_file
from tests.pipelines.test_file_formats import FILES, TABLE

MEGABYTE = 1024 * 1024
PLACES = 10


def read(folder: Path, kind: str, data: bytes) -> FileText:
    path = folder / f"file.{kind}"
    path.write_bytes(data)
    return read_text(path, kind)


def read_by_child(folder: Path, files: dict[str, bytes], cpu: int = 20) -> list[FileText]:
    """What the limited reader says of each, by one server."""
    paths = []
    for name, data in files.items():
        paths.append(folder / name)
        paths[-1].write_bytes(data)

    async def ask() -> list[FileText]:
        reader = TextReader(cpu=cpu)
        try:
            return [await reader.read(path, path.suffix[1:]) for path in paths]
        finally:
            await reader.close()

    return asyncio.run(ask())


def whole_files() -> Iterator[tuple[str, bytes]]:
    for name in ("notice.doc", "notice.odt", "notice.rtf", "list.xls", "list.xlsx", "list.ods",
                 "slides.pptx", "packed.7z"):  # fmt: skip
        yield name, (FILES / name).read_bytes()
    yield "a.pdf", make_pdf("指南")
    yield "a.docx", make_docx("指南")
    yield "a.ofd", ofd_file([(20, 20, "公告")])
    yield "a.zip", packed({"a.docx": make_docx("指南"), "b.txt": "文".encode()})
    yield "a.rar", rar_file({"b.txt": "文".encode() * 99})
    yield "a.ppt", compound_file({"PowerPoint Document": bytes(9000), "Current User": bytes(40)})


def cut_files() -> dict[str, bytes]:
    """Each whole file, cut at ten places."""
    cut = {}
    for name, data in whole_files():
        for place in range(PLACES):
            stem, _, kind = name.partition(".")
            cut[f"{stem}{place}.{kind}"] = data[: len(data) * place // PLACES]
    return cut


def test_a_file_cut_anywhere_says_so_or_gives_what_is_there(tmp_path: Path) -> None:
    files = cut_files()
    found = read_by_child(tmp_path, files)
    assert len(found) == len(files) == 140
    for name, one in zip(files, found, strict=True):
        assert one.text or one.note, name


def test_a_file_with_bytes_changed_anywhere_ends_in_text_or_a_sentence(tmp_path: Path) -> None:
    files = {}
    for name, data in whole_files():
        for place in range(PLACES):
            changed = bytearray(data)
            for index in range(place * 7 + 3, len(changed), 97):
                changed[index] ^= 0x55
            stem, _, kind = name.partition(".")
            files[f"{stem}{place}.{kind}"] = bytes(changed)
    for name, one in zip(files, read_by_child(tmp_path, files), strict=True):
        assert one.text or one.note, name


def test_an_archive_of_ten_thousand_members_is_listed_and_read_in_part(tmp_path: Path) -> None:
    data = packed({f"{index}.txt": b"a" for index in range(10_000)})
    started = time.process_time()
    found = read(tmp_path, "zip", data)
    assert time.process_time() - started < 10
    assert found.text is not None
    assert found.text.count("【") == MAX_NAMED
    assert found.text.count("\na") == MAX_READ
    assert f"只读取了前 {MAX_READ} 个" in found.note
    assert f"只列出了前 {MAX_NAMED} 个" in found.note


@pytest.mark.parametrize("pack", [packed, rar_file])
def test_the_paths_of_members_lead_nowhere(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    names = ["../../etc/passwd.txt", "C:\\windows\\a.txt", "/root/b.txt", "a\u202excod.txt"]
    found = read(tmp_path, "zip" if pack is packed else "rar", pack(dict.fromkeys(names, b"x")))
    assert found.text is not None
    assert [line for line in found.text.splitlines() if line != "x"] == [
        "【etc/passwd.txt】",
        "【windows/a.txt】",
        "【root/b.txt】",
        "【axcod.txt】",
    ]
    assert [path.name for path in tmp_path.iterdir()] == [
        "file.zip" if pack is packed else "file.rar"
    ]


def test_archives_within_archives_end_at_the_second_level(tmp_path: Path) -> None:
    data = packed({"a.txt": b"deep"})
    for level in range(6):
        data = packed({f"{level}.zip": data})
    found = read(tmp_path, "zip", data)
    assert found.text == "【5.zip】\n【4.zip】"
    assert "嵌套超过 2 层" in found.note


def test_an_archive_that_holds_itself_twice_at_every_level_ends(tmp_path: Path) -> None:
    data = packed({"a.txt": b"a" * 1000})
    for _ in range(12):
        data = packed({"x.zip": data, "y.zip": data})
    found = read(tmp_path, "zip", data)
    assert found.text is not None
    assert found.text.count("【") == 6


def test_members_that_unpack_to_too_much_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    bomb = packed({"big.txt": bytes(80 * MEGABYTE), "b.txt": b"small"})
    found = read(tmp_path, "zip", bomb)
    assert found.text == "【big.txt】\n【b.txt】\nsmall"
    assert found.note == "“big.txt”解压后过大，未提取文字"


def test_a_member_that_lies_about_its_size_yields_only_what_it_claims(tmp_path: Path) -> None:
    size = 70 * MEGABYTE
    lying = packed({"a.txt": bytes(size)}).replace(
        size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    )
    assert "“a.txt”" in read(tmp_path, "zip", lying).note


def test_a_locked_member_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    data = bytearray(packed({"a.txt": b"secret", "b.txt": b"open"}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    found = read(tmp_path, "zip", bytes(data))
    assert found.text == "【a.txt】\n【b.txt】\nopen"
    assert found.note == "“a.txt”文件设有密码，未提取文字"


def test_a_program_in_an_archive_is_named_and_left_alone(tmp_path: Path) -> None:
    found = read(tmp_path, "zip", packed({"申报系统.exe": b"MZ" + bytes(500)}))
    assert found.text == "【申报系统.exe】"
    assert "可执行程序" in found.note


def test_a_workbook_with_one_cell_at_the_end_of_the_world_is_bounded(tmp_path: Path) -> None:
    with zipfile.ZipFile(FILES / "list.xlsx") as made:
        members = {name: made.read(name) for name in made.namelist()}
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    members["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    ).encode()
    files = {"far.xlsx": packed(members), "good.xls": (FILES / "list.xls").read_bytes()}
    far, good = read_by_child(tmp_path, files)
    assert far.text or far.note
    assert good.text is not None


def test_columns_and_rows_that_are_repeated_millions_of_times_are_bounded(tmp_path: Path) -> None:
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    cell = '<t:table-cell t:number-columns-repeated="99999999"><x:p>a</x:p></t:table-cell>'
    content = (
        f'<r xmlns:t="{table}" xmlns:x="{text}"><t:table t:name="s">'
        f'<t:table-row t:number-rows-repeated="99999999">{cell * 50}</t:table-row></t:table></r>'
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    data = packed({"mimetype": mimetype, "META-INF/manifest.xml": "<m/>", "content.xml": content})
    assert len(read(tmp_path, "ods", data).rows[0].cells) <= 300
    page = f"<html><p>a{TABLE.replace('2', '99999999')}</html>".encode()
    assert read(tmp_path, "xls", page).text is not None


def test_a_word_file_whose_pieces_all_claim_the_whole_text_is_bounded(tmp_path: Path) -> None:
    count, size = 20_000, 200_000
    main = bytearray(size)
    struct.pack_into("<HH", main, 0, 0xA5EC, 0xC1)
    clx = b"\x02" + struct.pack("<I", 4 + 12 * count)
    clx += struct.pack(f"<{count + 1}I", *(index * size // 2 for index in range(count + 1)))
    clx += struct.pack("<HIH", 0, 0, 0) * count
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    path = tmp_path / "a.doc"
    path.write_bytes(big_compound(bytes(main), clx))
    started = time.process_time()
    found = read_text(path, "doc")
    assert time.process_time() - started < 10
    assert found.text is None or len(found.text) <= size


def big_compound(main: bytes, table: bytes) -> bytes:
    """As much of the streams as one sector of FAT holds."""
    half = 60 * 512 // 2
    return compound_file({"WordDocument": main[:half], "0Table": table[:half]})


def test_slides_nested_without_end_end(tmp_path: Path) -> None:
    stream = b"".join(struct.pack("<HHI", 0xF, 0x03E8, 0xFFFFFFFF) for _ in range(3000))
    data = compound_file({"PowerPoint Document": stream, "Current User": bytes(40)})
    assert read(tmp_path, "ppt", data).text is None


def test_an_ofd_whose_pages_lie_outside_or_are_missing_is_damaged(tmp_path: Path) -> None:
    for place in ("../../../etc/passwd", "Pages/none.xml"):
        data = packed({
            "OFD.xml": f"<o:OFD {OFD.replace('ofd=', 'o=')}><o:DocRoot>D.xml</o:DocRoot></o:OFD>",
            "D.xml": f'<Document><Page BaseLoc="{place}"/></Document>',
        })  # fmt: skip
        assert read(tmp_path, "ofd", data).note == DAMAGED


def test_what_was_read_before_damage_is_kept_and_said_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(FILES / "notice.odt") as made:
        members = {name: made.read(name) for name in made.namelist()}
    content = members["content.xml"]
    members["content.xml"] = content[: content.index("联系人".encode())]
    found = read(tmp_path, "odt", packed(members))
    assert found.text is not None
    assert found.text.startswith("天津市科技局")
    assert len(found.rows) == 4
    assert found.note == PARTLY


def test_what_was_read_before_time_was_up_is_kept_and_said_so(tmp_path: Path) -> None:
    slow = io.BytesIO()
    with zipfile.ZipFile(slow, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "申报指南")
        archive.writestr("b.docx", heavy_document())
    [found] = read_by_child(tmp_path, {"slow.zip": slow.getvalue()}, cpu=1)
    assert found.text is not None
    assert found.text.startswith("【a.txt】\n申报指南\n【b.docx】")
    assert found.note == OUT_OF_TIME.replace("未提取文字", "只提取了前面的文字")


def heavy_document() -> bytes:
    """Millions of empty paragraphs."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<w:document xmlns:w="{space}"><w:body>{"<w:p/>" * 8_000_000}</w:body></w:document>'
    return packed({"word/document.xml": xml})


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"])
def test_the_type_of_fragments_is_judged_without_an_error_of_ours(body: bytes) -> None:
    # Of a container cut short, the name is all there is to go by.
    if body.startswith(b"\xd0"):
        assert kind_of(body, "", "a.doc") == "doc"
    else:
        with pytest.raises(NotAFileError):
            kind_of(body, "", "a.doc")
