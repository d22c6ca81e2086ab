"""Names of files within what file systems take."""

from __future__ import annotations

from texts.file_names import MAX_BYTES, cut_file_name


def test_a_long_name_loses_the_end_of_its_stem_and_keeps_its_extension() -> None:
    assert cut_file_name("名单.xlsx") == "名单.xlsx"
    cut = cut_file_name("附件：" + "名" * 200 + ".xlsx")
    assert len(cut.encode()) <= MAX_BYTES
    assert cut.startswith("附件：名名")
    assert cut.endswith("名.xlsx")
    assert "\ufffd" not in cut


def test_what_is_no_extension_is_cut_too() -> None:
    for name in ("名" * 200, "a." + "b" * 400, "." + "名" * 200, "𠮷" * 100):
        assert len(cut_file_name(name).encode()) <= MAX_BYTES
