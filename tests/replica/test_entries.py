"""Content files: tolerant of what is left out, one clear line about what is wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from replica.entries import EntriesError, load_entries
from replica.server import BUNDLED, Replica, ReplicaError
from replica.sites import known_columns

SHANGHAI = ZoneInfo("Asia/Shanghai")
SMALLEST = """[[notice]]
site = "tj_kxjs"
column = "通知公告"
url = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202102/t20210203_100.html"
title = "通知"
published = "2021-02-04"
"""


def load(folder: Path, text: str) -> None:
    (folder / "one.toml").write_text(text, encoding="utf-8")
    load_entries(folder, known_columns())


def test_six_keys_are_enough_and_a_date_means_midnight_in_shanghai(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(SMALLEST, encoding="utf-8")
    (entry,) = load_entries(tmp_path, known_columns())
    assert entry.columns == ("通知公告",)
    assert entry.appears == datetime(2021, 2, 4, tzinfo=SHANGHAI)
    assert entry.has_time is False


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('titel = "x"', "one.toml: notice 1 (通知): titel: no such key"),
        ('template = "eraD"', "template: 'eraD' is none of"),
        ('charset = "gb2312"', "charset: 'gb2312' is none of utf-8, gb18030, gb18030-as-utf8"),
        ('appears = "tomorrow"', "appears: 'tomorrow' is not a time; write e.g. 2021-02-01 09:30"),
        ('columns = ["通知公告"]', "notice: give either column or columns, not both"),
        ("attachments = [{name = 'a'}]", "attachments.0.file: Field required"),
        ("pinned = 'perhaps'", "pinned: Input should be a valid boolean"),
    ],
)
def test_a_wrong_key_is_named_in_one_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(EntriesError) as caught:
        load(tmp_path, SMALLEST + line)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_column_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(EntriesError, match=r"tj_kxjs has no column '公告'; there are .*项目申报"):
        load(tmp_path, SMALLEST.replace("通知公告", "公告"))


def test_an_unknown_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EntriesError, match="site 'kxjs' is none of"):
        load(tmp_path, SMALLEST.replace('"tj_kxjs"', '"kxjs"'))


def test_one_address_cannot_be_two_notices(tmp_path: Path) -> None:
    with pytest.raises(EntriesError, match=r"notice 2 .* is also that of one.toml: notice 1"):
        load(tmp_path, SMALLEST + SMALLEST)


def test_a_wechat_notice_needs_its_identifiers(tmp_path: Path) -> None:
    text = SMALLEST.replace('"tj_kxjs"', '"wechat"').replace("通知公告", "IPRdaily")
    with pytest.raises(EntriesError, match=r"a wechat notice needs wechat ="):
        load(tmp_path, text)


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(EntriesError, match=r"one.toml: not readable as TOML"):
        load(tmp_path, "[[notice]")


def test_a_missing_folder_stops_the_replica_with_one_line(tmp_path: Path) -> None:
    with pytest.raises(ReplicaError, match="nowhere: no such folder of replica content"):
        Replica(tmp_path / "nowhere")


def test_the_bundled_content_is_well_formed() -> None:
    assert {entry.site for entry in load_entries(BUNDLED, known_columns())} == set(known_columns())
