"""Makes files of formats that no library here writes: OFD, RAR 5, ZIP with names in GBK."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd_file(lines: Sequence[tuple[float, float, str]]) -> bytes:
    """One page with these texts: (left, top in millimetres, text)."""
    objects = "".join(
        f'<ofd:TextObject ID="{index}" Boundary="{left} {top} 100 5" Size="4">'
        f'<ofd:TextCode X="0" Y="4">{text}</ofd:TextCode></ofd:TextObject>'
        for index, (left, top, text) in enumerate(lines, 10)
    )
    return packed({
        "OFD.xml": f"<ofd:OFD {OFD}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD}><ofd:Pages>"
        '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {OFD}><ofd:Content><ofd:Layer>{objects}"
        "</ofd:Layer></ofd:Content></ofd:Page>",
    })  # fmt: skip


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def packed_in_gbk(members: Mapping[str, bytes]) -> bytes:
    """A ZIP file as packers of Chinese Windows write it: names in GBK, and nothing says so."""
    plain = {
        f"{index}".ljust(len(name.encode("gbk")), "~"): name for index, name in enumerate(members)
    }
    data = packed(dict(zip(plain, members.values(), strict=True)))
    for ascii_name, name in plain.items():
        data = data.replace(ascii_name.encode(), name.encode("gbk"))
    return data


def rar_file(members: Mapping[str, bytes]) -> bytes:
    """A RAR 5 file whose members are stored as they are."""
    blocks = [_block(1, 0, b"\x00")]
    for name, data in members.items():
        encoded = name.encode()
        fields = b"\x04" + _vint(len(data)) + b"\x00" + zlib.crc32(data).to_bytes(4, "little")
        fields += b"\x00\x00" + _vint(len(encoded)) + encoded
        blocks.append(_block(2, 2, fields, data))
    blocks.append(_block(5, 0, b"\x00"))
    return b"Rar!\x1a\x07\x01\x00" + b"".join(blocks)


def _block(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
    size_of_data = _vint(len(data)) if flags & 2 else b""
    header = _vint(kind) + _vint(flags) + size_of_data + fields
    sized = _vint(len(header)) + header
    return zlib.crc32(sized).to_bytes(4, "little") + sized + data


def _vint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])
