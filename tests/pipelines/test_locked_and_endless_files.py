"""Files that are locked, cut short or made never to end, of the kinds that others leave out. All of
them pass one reader: each ends soon, in a sentence or with what there was."""

from __future__ import annotations

import gzip
import io
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import libarchive
import pytest

from pipelines.downloads.archives import MAX_NAMED
from pipelines.downloads.file_text import FileText
from pipelines.downloads.pieces import PASSWORD
from pipelines.pictures.picture_reader import is_installed
from tests.pipelines.compound_files import compound_file
from tests.pipelines.packed_files import packed, rar_file
from tests.pipelines.test_gold_files import GOLD
from tests.pipelines.test_hostile_files import FILES, MEGABYTE, PLACES, read_by_child

CUT = ("slides_small.odp", "small.mht", "page_small.doc", "small.ofd", "small.csv", "list_small.et",
       "small.wps", "slides_small.ppt", "tabs_small.xls", "wide_small.txt")  # fmt: skip


def changed(name: str, place: bytes, into: bytes) -> bytes:
    """A file of tests/files with its one such place changed."""
    data = (FILES / name).read_bytes()
    assert data.count(place) == 1, data.count(place)
    return data.replace(place, into)


def with_member(name: str, member: str, content: bytes) -> bytes:
    """An archive of the gold set with a member put in, or in the place of its own."""
    with zipfile.ZipFile(GOLD / name) as made:
        members = {one: made.read(one) for one in made.namelist()}
    return packed(members | {member: content})


def locked_doc() -> bytes:
    """Its header says that what follows is encrypted."""
    data = bytearray((FILES / "notice.doc").read_bytes())
    start = data.index(struct.pack("<H", 0xA5EC), 512)
    data[start + 0x0B] |= 0x01
    return bytes(data)


def locked_xls() -> bytes:
    """The record after its first says how it is encrypted."""
    data = bytearray((FILES / "list.xls").read_bytes())
    start = data.index(struct.pack("<HHH", 0x0809, 16, 0x0600))
    data[start + 20 : start + 22] = struct.pack("<H", 0x002F)
    return bytes(data)


def locked_files() -> dict[str, bytes]:
    manifest = b'<m:manifest xmlns:m="urn:x"><m:encryption-data/></m:manifest>'
    user = struct.pack("<HHIII", 0, 0x0FF6, 20, 20, 0xF3D1C4DF) + bytes(20)
    return {
        "a.doc": locked_doc(),
        "b.wps": locked_doc(),
        "c.xls": locked_xls(),
        "d.et": locked_xls(),
        "e.odt": with_member("small.odt", "META-INF/manifest.xml", manifest),
        "f.ods": with_member("list_small.ods", "META-INF/manifest.xml", manifest),
        "g.odp": with_member("slides_small.odp", "META-INF/manifest.xml", manifest),
        "h.ppt": compound_file({"PowerPoint Document": bytes(9000), "Current User": user}),
        "i.ofd": with_member("small.ofd", "Encryptions.xml", b"<e/>"),
        "j.docx": compound_file({"EncryptedPackage": bytes(5000)}),
    }


def seven_zip(members: Mapping[str, bytes]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.7z"
        with libarchive.file_writer(str(path), "7zip") as archive:
            for name, data in members.items():
                archive.add_file_from_memory(name, len(data), data)
        return path.read_bytes()


def loop_of_sectors() -> bytes:
    """A compound file whose sectors lead back to their first."""
    data = bytearray(compound_file({"WordDocument": bytes(30_000), "0Table": bytes(9000)}))
    table = [*struct.unpack_from("<128I", data, 512)]
    ends = [index for index, following in enumerate(table) if following == 0xFFFFFFFE]
    for index in ends[1:]:
        table[index] = index - 3
    struct.pack_into("<128I", data, 512, *table)
    return bytes(data)


def endless_files() -> dict[str, bytes]:
    many = {f"{index}.txt": b"a" for index in range(10_000)}
    deep_mail = b"MIME-Version: 1.0\n" + b"".join(
        b'Content-Type: multipart/related; boundary="%d"\n\n--%d\n' % (level, level)
        for level in range(3_000)
    )
    return {
        "many.rar": rar_file(many),
        "many.7z": seven_zip(many),
        "bomb.gz": gzip.compress(bytes(200 * MEGABYTE), 9),
        "bomb.7z": seven_zip({"a.txt": bytes(100 * MEGABYTE)}),
        "bomb.odt": with_member("small.odt", "content.xml", b"<a>" + b" " * (90 * MEGABYTE)),
        "loop.doc": loop_of_sectors(),
        "deep.rtf": b"{\\rtf1 " + b"{" * 500_000 + b"a" + b"}" * 500_000 + b"}",
        "deep.doc": b"<html xmlns:w='urn:schemas-microsoft-com:office:word'>" + b"<div>" * 200_000,
        "deep.mht": deep_mail,
        "wide.csv": b"a," * 3_000_000,
        "lines.csv": b"a,b\n" * 2_000_000,
        "bytes.txt": bytes([0xFF, 0xFE]) + b"\xd8" * 4_000_000,
        "paths.7z": seven_zip({"../../etc/passwd.txt": b"x", "/root/b.txt": b"x"}),
        "stream.pdf": pdf_of_streams(),
    }


def pdf_of_streams() -> bytes:
    """A stream packed a hundred times, each time into the next."""
    data = b"a" * MEGABYTE
    for _ in range(100):
        data = zlib.compress(data)
    filters = b"/FlateDecode " * 100
    body = b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(data), filters, data)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R 2 0 R]/Count 99999999>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n4 0 obj"
        + body
        + b"endobj\ntrailer<</Root 1 0 R>>"
    )


def test_a_locked_file_of_any_kind_is_said_to_be_locked(tmp_path: Path) -> None:
    files = locked_files()
    found = dict(zip(files, read_by_child(tmp_path, files), strict=True))
    assert {name: one for name, one in found.items() if one.note != PASSWORD or one.text} == {}


def test_other_kinds_cut_anywhere_say_so_or_give_what_is_there(tmp_path: Path) -> None:
    files = {}
    for name in CUT:
        data = (GOLD / name).read_bytes()
        for place in range(PLACES):
            stem, _, kind = name.partition(".")
            files[f"{stem}{place}.{kind}"] = data[: len(data) * place // PLACES]
    for name, one in zip(files, read_by_child(tmp_path, files), strict=True):
        assert one.text or one.note, name


def test_what_never_ends_is_ended(tmp_path: Path) -> None:
    files = endless_files()
    started = time.monotonic()
    found = dict(zip(files, read_by_child(tmp_path, files, cpu=5), strict=True))
    # By the clock of a busy machine: each has 5 s of a processor.
    assert time.monotonic() - started < 30 * len(files)
    for name, one in found.items():
        assert one.text or one.note, name
        assert len(one.text or "") < 210_000, name
    for name in ("many.rar", "many.7z"):
        assert str(found[name].text).count("【") == MAX_NAMED
    assert [line for line in str(found["paths.7z"].text).splitlines() if line != "x"] == [
        "【etc/passwd.txt】",
        "【root/b.txt】",
    ]
    assert "过大" in found["bomb.7z"].note + found["bomb.gz"].note
    assert found["bomb.odt"] == FileText(None, found["bomb.odt"].note)


@pytest.mark.skipif(not is_installed(), reason="zhengxun[ocr] is not installed")
def test_pictures_cut_short_and_too_large_ones_are_said_to_be(tmp_path: Path) -> None:
    from PIL import Image

    from pipelines.downloads.pieces import DAMAGED
    from pipelines.pictures.rapid_engine import TOO_MANY_PIXELS, read_page

    out = io.BytesIO()
    Image.new("1", (20_000, 20_000), 1).save(out, "PNG")
    assert read_page(out.getvalue(), "png", 0).note == TOO_MANY_PIXELS
    for name in ("small.gif", "fold.jpg", "fax.tif", "guide.webp", "two_pages.pdf"):
        data = (GOLD / name).read_bytes()
        for place in range(PLACES // 2):
            cut = data[: len(data) * place // PLACES]
            assert read_page(cut, name.rpartition(".")[2], 0).note == DAMAGED, (name, place)
