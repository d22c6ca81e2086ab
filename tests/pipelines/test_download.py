"""Files that notices name are fetched, kept, read and found; what fails is said, never lost."""

from __future__ import annotations

import gzip
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import Settings
from scrapy.spiders import Spider

from digest.composing.compose import Composer
from digest.composing.judging import Choice
from digest.models.issue import ChapterSpec
from digest.rendering.render_text import render_text
from digest.wording import badges
from pipelines.download import DownloadPipeline
from pipelines.downloads.file_kinds import NotAFileError, kind_of
from pipelines.downloads.kept_files import keep
from pipelines.pictures.picture_reader import NEEDED
from replica.sample_files import make_docx, make_file, make_pdf, make_xlsx
from storage.database import open_database
from storage.notices.table_rows import search_lists
from tests.installation import Installation
from tests.pipelines.file_site import HOST, SOURCES, FileSite, Reply, page, serve_files

MEGABYTE = 1024 * 1024
PDF = make_pdf("附件一 申报书格式")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 30
ROBOTS = "User-agent: *\nDisallow: /geheim/\n"
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Row:
    """One attachment as stored."""

    name: str
    type: str
    bytes: int | None
    sha256: str | None
    path: str | None
    text: str | None
    note: str
    warnings: str
    complete: int


@dataclass
class Crawled:
    """An installation whose site was crawled once."""

    installation: Installation
    site: FileSite

    @property
    def data(self) -> Path:
        return self.installation.folder / "data"

    def rows(self) -> dict[str, Row]:
        sql = (
            "SELECT a.url, a.name, a.type, a.bytes, a.sha256, a.path, a.text, a.note, n.warnings,"
            " n.complete FROM attachments a JOIN notices n ON n.id = a.notice_id"
            " WHERE a.removed_at IS NULL"
        )
        with closing(sqlite3.connect(self.data / "zhengxun.db")) as db:
            return {url: Row(*rest) for url, *rest in db.execute(sql)}

    def row(self, ending: str) -> Row:
        (found,) = [row for url, row in self.rows().items() if url.endswith(ending)]
        return found


class WithOcr(Installation):
    """One where the extra `ocr` seems to be installed: a crawl only looks whether it is."""

    def environment(self) -> dict[str, str]:
        stand_ins = self.folder / "stand-ins"
        stand_ins.mkdir(parents=True, exist_ok=True)
        for name in NEEDED:
            (stand_ins / f"{name}.py").touch()
        own = super().environment()
        return own | {"PYTHONPATH": f"{own['PYTHONPATH']}{os.pathsep}{stand_ins}"}


def make_house(folder: Path, site: FileSite) -> Installation:
    return WithOcr(
        folder,
        upstream=site.url,
        settings="[crawl]\nattachment_mb = 1\n",
        sources=SOURCES,
    )


def fill(site: FileSite) -> None:
    """A notice for each fate that a file can have."""
    named = (("Content-Disposition", "attachment;filename=%E6%8C%87%E5%8D%97.docx"),)
    site.replies |= {
        "/att/a.pdf": Reply(PDF, "application/pdf"),
        "/att/downloadAtt?idCODE=1": Reply(make_docx("申报指南正文"), headers=named),
        "/att/list.xlsx": Reply(make_xlsx("企业名单")),
        "/att/old.doc": Reply(OLE2 + "旧文件".encode().ljust(504, b"\0")),
        "/att/winners.doc": Reply(make_file(".doc", "附件1 拟立项项目名单")),
        "/att/error.pdf": page("<html><body>您访问的文件不存在</body></html>"),
        "/att/error.docx": Reply(b'{"code":500,"msg":"error"}', "application/json"),
        "/att/virus.pdf": Reply(b"MZ" + bytes(500)),
        "/att/large.pdf": Reply(PDF + bytes(2 * MEGABYTE)),
        "/att/endless.pdf": Reply(PDF + bytes(3 * MEGABYTE), chunked=True),
        "/att/bomb.pdf": Reply(
            gzip.compress(bytes(60 * MEGABYTE)), headers=(("Content-Encoding", "gzip"),)
        ),
        "/cut/cut.pdf": Reply(hang_up=True),
        "/geheim/a.pdf": Reply(PDF),
        **{f"/att/refused{n}.pdf": Reply(b"no", "text/html", 403) for n in range(4)},
        "/pic/text.png": Reply(PICTURE, "image/png"),
        "/pic/line.png": Reply(PICTURE[:99], "image/png"),
    }
    site.notice(1, "/att/a.pdf", "/att/downloadAtt?idCODE=1", "/att/list.xlsx", "/att/old.doc")
    site.notice(2, "/att/error.pdf", "/att/error.docx", "/att/virus.pdf", "/att/gone.pdf")
    site.notice(3, "/att/large.pdf", "/att/endless.pdf", "/att/bomb.pdf")
    site.notice(4, "/geheim/a.pdf", "http://127.0.0.1:9/inside.pdf")
    site.notice(5, *(f"https://wall.example.cn/att/refused{n}.pdf" for n in range(4)))
    site.notice(6, "/att/a.pdf")
    pictures = "".join(f"<img src='/pic/{name}.png'>" for name in ("text", "text", "line", "none"))
    site.notice(8, "/att/winners.doc", text=pictures)
    site.notice(7, "https://cut.example.cn/cut/cut.pdf")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with serve_files(ROBOTS) as site:
        fill(site)
        installation = make_house(tmp_path_factory.mktemp("files"), site)
        done = installation.run("crawl", "files")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Crawled(installation, site)


def test_a_file_is_kept_under_its_checksum_with_its_text(crawled: Crawled) -> None:
    rows = [row for url, row in crawled.rows().items() if url.endswith("/att/a.pdf")]
    sha256 = hashlib.sha256(PDF).hexdigest()
    for row in rows:
        assert (row.type, row.bytes, row.sha256) == ("pdf", len(PDF), sha256)
        assert row.path == f"files/{sha256[:2]}/{sha256}.pdf"
        assert row.text == "附件一 申报书格式"
        assert row.note == ""
        assert (crawled.data / row.path).read_bytes() == PDF


def test_a_list_in_a_word_file_is_rows_and_a_watched_firm_in_it_a_badge(crawled: Crawled) -> None:
    row = crawled.row("winners.doc")
    assert (row.type, row.note) == ("doc", "")
    with closing(open_database(crawled.data / "zhengxun.db")) as db:
        [hit] = search_lists(db, ["盈科瑞"])
        assert hit.cells == {
            "序号": "1",
            "企业名称": "北京盈科瑞创新医药股份有限公司",
            "项目名称": "中药新药筛选平台",
        }
        choice = Choice(watch=("盈科瑞",))
        chapters = (ChapterSpec("projects", "科技项目篇", "科技项目部", ("天津市",)),)
        sites = {"files": "文件网站"}
        now = datetime(2021, 2, 5, 9, tzinfo=UTC)
        composer = Composer(db, chapters, "盈科瑞", "政讯周报", sites, now, choice=choice)
        issue = composer.compose("2021-W05", instant=now)
    marked = {entry.title: badges(entry) for entry in issue.entries() if entry.list_hit}
    assert list(marked) == ["关于第8号文件的通知"]
    assert "名单命中：盈科瑞" in marked["关于第8号文件的通知"]
    assert "；附件1 拟立项项目名单）" in render_text(issue)


def test_the_pictures_of_a_body_without_text_wait_to_be_recognised(crawled: Crawled) -> None:
    with closing(sqlite3.connect(crawled.data / "zhengxun.db")) as db:
        found = db.execute(
            "SELECT b.position, b.url, f.path, f.type FROM body_pictures b"
            " JOIN picture_files f ON f.sha256 = b.sha256 WHERE f.done_at IS NULL"
        ).fetchall()
    # An ornament is no text, and one that is missing is not the end of the notice.
    sha256 = hashlib.sha256(PICTURE).hexdigest()
    path = f"files/{sha256[:2]}/{sha256}.png"
    assert found == [(0, f"https://{HOST}/pic/text.png", path, "png")]
    assert (crawled.data / path).read_bytes() == PICTURE
    notice = f"https://{HOST}/tzgg/t20210203_8.html"
    assert ("/pic/text.png", notice) in crawled.site.asked


def test_nothing_kept_can_be_executed_and_nothing_half_is_left(crawled: Crawled) -> None:
    files = [path for path in (crawled.data / "files").rglob("*") if path.is_file()]
    assert len(files) == 7
    assert not any(os.access(path, os.X_OK) for path in files)
    assert not [path for path in files if path.suffix == ".part"]


def test_the_server_s_name_gives_a_nameless_file_its_type(crawled: Crawled) -> None:
    row = crawled.row("idCODE=1")
    assert (row.type, row.text) == ("docx", "申报指南正文")
    assert crawled.row("list.xlsx").text == "Sheet\n企业名单"


def test_a_damaged_legacy_file_is_kept_without_text_and_said_so(crawled: Crawled) -> None:
    row = crawled.row("old.doc")
    assert row.sha256
    assert (row.text, row.note) == (None, "文件已损坏或格式不符，未提取文字")
    assert "old.doc" not in row.warnings


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("error.pdf", "网站返回的是网页，不是文件"),
        ("error.docx", "内容不是 DOCX 文件"),
        ("virus.pdf", "内容是可执行程序，不是文档"),
        ("gone.pdf", "网站返回 404"),
        ("large.pdf", "超过 1 MB 的大小限制"),
        ("endless.pdf", "超过 1 MB 的大小限制"),
        ("bomb.pdf", "超过 1 MB 的大小限制"),
        ("geheim/a.pdf", "网站的 robots.txt 不允许下载"),
        ("inside.pdf", "地址不允许访问或跳转次数过多"),
        ("refused0.pdf", "网站拒绝访问（403）"),
        ("cut.pdf", "连接失败或中断"),
    ],
)
def test_a_file_that_does_not_come_is_named_linked_and_explained(
    crawled: Crawled, ending: str, reason: str
) -> None:
    row = crawled.row(ending)
    assert (row.sha256, row.path, row.text) == (None, None, None)
    assert row.note == f"未下载：{reason}"
    assert f"附件“{row.name}”未下载：{reason}" in row.warnings
    assert row.complete == 1


def test_a_host_that_keeps_failing_is_left_in_peace_but_its_pages_are_read(
    crawled: Crawled,
) -> None:
    refused = [path for path in crawled.site.paths() if "refused" in path]
    assert len(refused) == 3
    assert crawled.row("refused3.pdf").note.startswith("未下载：")
    with closing(sqlite3.connect(crawled.data / "zhengxun.db")) as db:
        assert db.execute("SELECT count(*), min(complete) FROM notices").fetchone() == (8, 1)


def test_the_server_sees_the_notice_as_referer_and_a_shared_file_is_asked_for_once(
    crawled: Crawled,
) -> None:
    asked = [referer for path, referer in crawled.site.asked if path == "/att/a.pdf"]
    assert len(asked) == 1
    assert asked[0].startswith("https://files.example.gov.cn/tzgg/t20210203_")
    assert not [path for path in crawled.site.paths() if "geheim" in path or "inside" in path]


def test_a_word_in_a_file_finds_its_notice(crawled: Crawled) -> None:
    found = crawled.installation.run("search", "申报指南正文")
    assert "关于第1号文件的通知" in found.stdout
    both = crawled.installation.run("search", "印发给你们 企业名单")
    assert "关于第1号文件的通知" in both.stdout
    assert "关于第2号文件的通知" not in both.stdout


def test_the_next_crawls_fetch_what_is_missing_and_what_a_changed_page_may_have_replaced(
    tmp_path: Path,
) -> None:
    with serve_files() as site:
        site.replies["/att/a.pdf"] = site.replies["/att/b.pdf"] = Reply(PDF)
        site.notice(1, "/att/a.pdf", "/att/late.pdf")
        site.notice(2, "/att/b.pdf")
        crawled = Crawled(make_house(tmp_path / "house", site), site)
        crawled.installation.run("crawl", "files")
        assert crawled.row("late.pdf").note == "未下载：网站返回 404"

        site.asked.clear()
        site.replies["/att/late.pdf"] = Reply(make_pdf("迟到的附件"))
        site.replies["/att/b.pdf"] = Reply(make_pdf("更正后的附件"))
        site.notice(2, "/att/b.pdf", text="截止日期改为2021年3月1日。")
        crawled.installation.now = "2021-02-06T18:00:00+08:00"
        crawled.installation.run("crawl", "files")
        files = sorted(path for path in site.paths() if path.startswith("/att/"))
        assert files == ["/att/b.pdf", "/att/late.pdf"]
        assert crawled.row("late.pdf").text == "迟到的附件"
        assert crawled.row("late.pdf").warnings == "[]"
        assert crawled.row("b.pdf").text == "更正后的附件"
        with closing(sqlite3.connect(crawled.data / "zhengxun.db")) as db:
            assert db.execute("SELECT changed FROM revisions").fetchall() == [("正文、附件",)]
        assert "第1号" in crawled.installation.run("search", "迟到的附件").stdout
        assert "第1号" not in crawled.installation.run("search", "更正后").stdout


@pytest.mark.parametrize("off", ["ZX_ATTACHMENTS", "ZX_STORE"])
def test_without_attachments_or_a_store_nothing_is_downloaded(off: str) -> None:
    crawler = Crawler(Spider, Settings({off: False}))
    with pytest.raises(NotConfigured):
        DownloadPipeline.from_crawler(crawler)


def test_the_same_content_is_one_file(tmp_path: Path) -> None:
    first, second = keep(tmp_path, PDF, "pdf"), keep(tmp_path, PDF, "pdf")
    assert first == second
    assert [path.name for path in tmp_path.rglob("*.*")] == [Path(first[1]).name]


@pytest.mark.parametrize(
    ("body", "named", "kind"),
    [
        (PDF, "", "pdf"),
        (b"\n\n" + PDF, "pdf", "pdf"),
        (PDF, "docx", "pdf"),
        (make_docx("文"), "zip", "docx"),
        (make_xlsx("文"), "", "xlsx"),
        (make_file(".zip", "文"), "docx", "zip"),
        (OLE2 + bytes(100), "wps", "wps"),
        (OLE2 + "Workbook".encode("utf-16-le"), "", "xls"),
        (OLE2 + bytes(100), "docx", "docx"),
        (b"{\\rtf1 x}", "doc", "rtf"),
        (b'<html xmlns:o="urn:schemas-microsoft-com:office:office">', "xls", "xls"),
        ("名称,金额".encode("gbk"), "csv", "csv"),
        (b"\xff\xd8\xff\xe0", "jpeg", "jpeg"),
    ],
)
def test_the_first_bytes_decide_what_a_file_is(body: bytes, named: str, kind: str) -> None:
    assert kind_of(body, named) == kind


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"\xef\xbb\xbf \n<!DOCTYPE html><html>", "pdf"),
        (b"<!-- cached --><script>location.href='/'</script>", "doc"),
        (b"plain words", "pdf"),
        (b"plain words", ""),
        (b"\x7fELF", "txt"),
        (b"PK\x03\x04 cut off", "docx"),
        (b"a\x00b", "txt"),
    ],
)
def test_what_is_not_a_file_is_refused(body: bytes, named: str) -> None:
    with pytest.raises(NotAFileError):
        kind_of(body, named)
