"""What is folded and cleaned fast is what is folded and cleaned sign by sign."""

from __future__ import annotations

import sys

from texts import folding, width


def test_every_sign_is_folded_as_the_table_says() -> None:
    for code in range(sys.maxunicode + 1):
        sign = f"字{chr(code)}"
        assert width.fold_width(sign) == sign.translate(width._FOLD)


def test_a_sign_folded_before_others_becomes_none_of_theirs() -> None:
    text = "".join(map(chr, width._FOLD)) * 2
    assert width.fold_width(text) == text.translate(width._FOLD)


def test_no_sign_that_is_cleaned_away_counts_as_plain() -> None:
    for code in range(sys.maxunicode + 1):
        sign = chr(code)
        whole = folding._NO_TEXT.sub("", sign).encode("utf-8", "replace").decode("utf-8")
        assert folding.clean(f"字{sign}") == f"字{whole}"
