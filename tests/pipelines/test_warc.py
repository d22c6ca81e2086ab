"""Archives of answers: readable by any WARC reader, whatever killed whoever wrote them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database
from warcio.archiveiterator import ArchiveIterator

from pipelines.evidence import warc
from pipelines.evidence.page_archive import Found, PageArchive, load_answer, trim
from pipelines.evidence.warc import Answer, WarcError
from storage.database import open_database
from storage.runs.saved_pages import SavedPage, get_page
from tests.installation import ROOT
from tests.storage.samples import page, saved

AT = datetime(2021, 2, 5, 9, 0, 1, 250000, tzinfo=UTC)
PAGE = Answer(
    "https://www.example.gov.cn/tzgg/通知.html?id=1",
    AT,
    200,
    (("Content-Type", "text/html; charset=gbk"), ("Set-Cookie", "session=s3cret")),
    "<html><body>关于申报的通知</body></html>".encode("gbk"),
)
BROWSER = Answer(
    "https://www.example.gov.cn/list",
    AT,
    412,
    (("Content-Type", "text/html; charset=utf-8"),),
    "<html>浏览器看到的</html>".encode(),
    via_browser=True,
)


def append(path: Path, answer: Answer, end: int, same: Answer | None = None) -> tuple[int, int]:
    return warc.append(
        path,
        warc.opening(path.name, answer.at),
        lambda: warc.record_of(answer, same),
        known_end=lambda size: min(end, size),
    )


def kinds(path: Path) -> list[str]:
    with path.open("rb") as file:
        return [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]


def test_an_answer_comes_back_as_it_was_but_for_its_cookies(tmp_path: Path) -> None:
    path = tmp_path / "one.warc.gz"
    offset, length = append(path, PAGE, 0)
    again = warc.read_record(path, offset, length)
    assert again == replace(PAGE, headers=(PAGE.headers[0], ("Content-Length", "40")))
    assert again.body.decode("gbk") == "<html><body>关于申报的通知</body></html>"
    assert kinds(path) == ["warcinfo", "response"]
    with path.open("rb") as file:
        assert b"s3cret" not in b"".join(r.raw_stream.read() for r in ArchiveIterator(file))


def test_what_a_browser_made_is_a_resource(tmp_path: Path) -> None:
    path = tmp_path / "one.warc.gz"
    offset, length = append(path, BROWSER, 0)
    again = warc.read_record(path, offset, length)
    assert (again.via_browser, again.body, again.headers) == (True, BROWSER.body, BROWSER.headers)
    assert kinds(path) == ["warcinfo", "resource"]


@pytest.mark.parametrize("cut", [1, 9, 30, 200])
def test_a_record_that_was_cut_off_is_removed_by_the_next_one(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "one.warc.gz"
    offset, length = append(path, PAGE, 0)
    with path.open("ab") as file:
        file.write(warc.record_of(BROWSER)[:cut])
    following, _ = append(path, BROWSER, offset + length)
    assert following == offset + length
    assert kinds(path) == ["warcinfo", "response", "resource"]


def test_a_whole_record_that_the_index_does_not_know_stays(tmp_path: Path) -> None:
    path = tmp_path / "one.warc.gz"
    first = append(path, PAGE, 0)
    append(path, BROWSER, sum(first))
    append(path, PAGE, sum(first), same=PAGE)
    assert kinds(path) == ["warcinfo", "response", "resource", "revisit"]


@pytest.mark.parametrize("place", [(0, 50), (3, 400), (10_000, 20)])
def test_a_wrong_place_is_an_error_that_names_it(tmp_path: Path, place: tuple[int, int]) -> None:
    path = tmp_path / "one.warc.gz"
    append(path, PAGE, 0)
    with pytest.raises(WarcError, match=r"one\.warc\.gz at"):
        warc.read_record(path, *place)


@pytest.fixture
def keeper(tmp_path: Path) -> PageArchive:
    return PageArchive(tmp_path / "zhengxun.db", tmp_path, max_mib=10)


def found(answer: Answer = PAGE, site: str = "cde", notice_id: int | None = None) -> Found:
    return Found("notice", site, "新闻中心", answer, {"notice": {}}, notice_id=notice_id)


def kept(db: Database) -> list[SavedPage]:
    rows = [get_page(db, row["id"]) for row in db.query("SELECT id FROM saved_pages ORDER BY id")]
    return [row for row in rows if row is not None]


def test_the_same_body_is_kept_once_a_month_and_found_through_either_row(
    keeper: PageArchive, tmp_path: Path
) -> None:
    later = replace(PAGE, at=AT.replace(day=8))
    next_month = replace(PAGE, at=AT.replace(month=3))
    for answer in (PAGE, later, next_month):
        assert keeper.keep(found(answer))
    rows = kept(keeper.db)
    assert [row.same_as for row in rows] == [None, rows[0].id, None]
    assert [load_answer(keeper.db, tmp_path, row).body for row in rows] == [PAGE.body] * 3
    assert kinds(tmp_path / "warc/2021-02-cde.warc.gz") == ["warcinfo", "response", "revisit"]
    assert kinds(tmp_path / "warc/2021-03-cde.warc.gz") == ["warcinfo", "response"]
    keeper.close()


def test_what_a_power_cut_took_is_forgotten_and_the_archive_goes_on(
    keeper: PageArchive, tmp_path: Path
) -> None:
    answers = [replace(PAGE, body=b"<p>%d" % number) for number in range(3)]
    for answer in answers:
        keeper.keep(found(answer))
    path = tmp_path / "warc/2021-02-cde.warc.gz"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 40)
    keeper.keep(found(BROWSER))
    bodies = [load_answer(keeper.db, tmp_path, row).body for row in kept(keeper.db)]
    assert bodies == [answers[0].body, answers[1].body, BROWSER.body]
    assert kinds(path) == ["warcinfo", "response", "response", "resource"]
    keeper.close()


def test_an_altered_record_is_not_taken_for_the_page(keeper: PageArchive, tmp_path: Path) -> None:
    keeper.keep(found())
    row = kept(keeper.db)[0]
    with pytest.raises(WarcError, match="not what was kept"):
        load_answer(keeper.db, tmp_path, replace(row, sha256="0" * 64))
    keeper.close()


def test_a_full_or_unwritable_archive_ends_the_keeping_and_nothing_else(tmp_path: Path) -> None:
    full = PageArchive(tmp_path / "zhengxun.db", tmp_path, max_mib=1)
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc/2021-01-x.warc.gz").write_bytes(b"\0" * 1024 * 1024)
    assert not full.keep(found())
    assert "evidence.max_mib" in full.trouble
    (tmp_path / "warc/2021-01-x.warc.gz").unlink()
    (tmp_path / "warc/2021-02-cde.warc.gz").mkdir()
    broken = PageArchive(tmp_path / "zhengxun.db", tmp_path, max_mib=1)
    assert not broken.keep(found())
    assert not kept(full.db)
    full.close()
    broken.close()


def test_the_oldest_months_go_first_and_the_last_two_never(
    keeper: PageArchive, tmp_path: Path
) -> None:
    notice = saved(keeper.db, page("n1"))
    other = saved(keeper.db, page("n2"))
    for month, number in ((1, notice), (2, notice), (1, other), (3, None)):
        body = b"%d" % month + b"".join(b"%d" % n for n in range(month * 1000))
        keeper.keep(found(replace(PAGE, at=AT.replace(month=month), body=body), notice_id=number))
    for path in warc.archives(tmp_path):
        with path.open("ab") as file:
            file.truncate(1024 * 1024)
    gone = trim(keeper.db, tmp_path, max_mib=1, now=AT.replace(month=3))
    assert [path.name for path in warc.archives(tmp_path)] == [
        "2021-02-cde.warc.gz",
        "2021-03-cde.warc.gz",
    ]
    assert (gone.files, gone.notices, gone.over) == (1, 1, 1024 * 1024)
    assert {row.place.file for row in kept(keeper.db) if row.place} == {
        "warc/2021-02-cde.warc.gz",
        "warc/2021-03-cde.warc.gz",
    }
    keeper.close()


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from pipelines.evidence.page_archive import PageArchive
from tests.pipelines.test_warc import PAGE, found
import random
keeper = PageArchive(Path(sys.argv[1]) / "zhengxun.db", Path(sys.argv[1]), max_mib=100)
print("go", flush=True)
for number in range(int(sys.argv[3])):
    body = random.Random(f"{sys.argv[2]}-{number}").randbytes(40_000)
    assert keeper.keep(found(replace(PAGE, body=body)))
"""


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], end: Callable[[], object]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "go\n"
    end()
    process.communicate()


def test_two_writers_and_one_killed_between_them_leave_every_page_readable(tmp_path: Path) -> None:
    open_database(tmp_path / "zhengxun.db").close()
    one, two = writer(tmp_path, "one", 40), writer(tmp_path, "two", 100_000)
    finish(one, lambda: None)
    finish(two, two.kill)
    finish(writer(tmp_path, "three", 3), lambda: None)
    with closing(open_database(tmp_path / "zhengxun.db")) as db:
        rows = kept(db)
        assert len(rows) >= 43
        for row in rows:
            load_answer(db, tmp_path, row)
    path = tmp_path / "warc/2021-02-cde.warc.gz"
    # A record that was written and not yet indexed when its writer was killed stays, whole.
    assert len(kinds(path)) - 1 - len(rows) in {0, 1}
