"""Text in pictures: queued, read page by page, kept apart, found and never believed blindly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from app import due_jobs, jobs
from app.context import Context
from config import Config
from config_sections import OcrConfig
from digest.composing.recognised import told
from digest.models.entry import Entry, file_facts
from digest.models.issue import Digest
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import render_html
from digest.rendering.render_text import render_text
from pipelines.downloads.kept_files import keep
from pipelines.downloads.limits import FAILED, OUT_OF_MEMORY, OUT_OF_TIME, Limits
from pipelines.pictures.facts_of_pictures import facts_of
from pipelines.pictures.page_text import Piece, in_reading_order
from pipelines.pictures.picture_reader import LIMITS, PictureReader
from pipelines.pictures.work_off import GIVEN_UP, GONE, MOST_ATTEMPTS, work_off
from storage.database import open_database
from storage.datasette.notice_view import notice_context
from storage.models import (
    Attachment,
    Deadline,
    PictureFacts,
    PictureReading,
    PictureText,
)
from storage.notices.notices import get_notice
from storage.pictures.queue import begin_page, is_waiting
from storage.pictures.readings import picture_readings
from storage.search.search import search
from storage.values import select
from tests.digest.samples import INSTANT
from tests.digest.test_two_depths import composer, save, words_of
from tests.pipelines.tiny_engine import draw
from tests.storage.samples import NOW, page, saved

ROOT = Path(__file__).parents[2]
ENGINE = "tests.pipelines.tiny_engine"
NOTICE = """天津市科学技术局关于征集重点研发项目的通知
津科规〔2021〕18号
各有关单位：现组织开展征集工作，请于2021年3月15日前将申报书报送我局。
天津市科学技术局
2021年2月4日"""


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty store in the data folder `tmp_path`, whose readers find the tiny engine."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    database = open_database(tmp_path / "zhengxun.db")
    yield database
    database.close()


def kept(data: Path, body: bytes, name: str = "扫描件.png", **over: Any) -> Attachment:
    """A downloaded file with these bytes."""
    sha256, path = keep(data, body, "png")
    url = f"https://www.cde.org.cn/files/{sha256[:8]}.png"
    return replace(Attachment(url, name, "png", len(body), sha256, path), **over)


def read_all(
    db: Database,
    data: Path,
    limits: Limits = LIMITS,
    most: int = 99,
    goes_on: Callable[[], bool] = lambda: True,
) -> int:
    """Work off the queue with the tiny engine; how many pages were read."""

    async def work() -> int:
        reader = PictureReader(ENGINE, limits)
        try:
            return await work_off(
                db, data, reader, lambda: NOW, most=most, seconds=60, goes_on=goes_on
            )
        finally:
            await reader.close()

    return asyncio.run(work())


def files(db: Database) -> list[dict[str, Any]]:
    return select(db, "SELECT * FROM picture_files ORDER BY id")


def test_pictures_and_scans_are_queued_once_and_printed_files_are_not(
    db: Database, tmp_path: Path
) -> None:
    picture, body = kept(tmp_path, draw("一")), kept(tmp_path, draw("二"))
    scan = replace(picture, url="https://a.cn/1.pdf", type="pdf", sha256="1" * 64, path="files/1")
    scan = replace(scan, note="文件中没有可提取的文字（可能是扫描件）")
    printed = replace(scan, url="https://a.cn/2.pdf", sha256="2" * 64, note="", text="印")
    linked = Attachment("https://a.cn/3.png", "图", "png")
    first = page("a", attachments=(picture, scan, printed, linked), pictures=(body,))
    saved(db, first)
    saved(db, page("b", attachments=(picture,)))
    assert [row["sha256"] for row in files(db)] == [picture.sha256, "1" * 64, body.sha256]
    saved(db, replace(first, pictures=()))
    assert select(db, "SELECT sha256 FROM body_pictures") == [{"sha256": body.sha256}]


def test_what_is_recognised_is_found_and_called_what_it_is(db: Database, tmp_path: Path) -> None:
    body, scan = draw(NOTICE, ink=13), draw("盈科瑞入选名单", "第二页：安罗替尼")
    pictures = (kept(tmp_path, body),)
    number = saved(
        db, page("a", attachments=(kept(tmp_path, scan),), pictures=pictures, body_text="见图。")
    )
    assert not search(db, "盈科瑞")
    assert read_all(db, tmp_path) == 3
    assert not is_waiting(db)
    for words in ("盈科瑞", "安罗替尼", "盈科瑞 安罗替尼", "重点研发项目 见图"):
        [hit] = search(db, words)
        assert hit.id == number
    [hit] = search(db, "盈科瑞")
    assert hit.excerpt == "图片识别：【盈科瑞】入选名单 第二页：安罗替尼"
    [stored] = [get_notice(db, number).notice]
    assert (stored.doc_number, stored.deadline_on, stored.body_text) == ("", None, "见图。")
    reading = picture_readings(db, [number])[number]
    assert reading.facts.doc_number == "津科规〔2021〕18号"
    assert reading.facts.written_on == date(2021, 2, 4)
    assert [one.on for one in reading.facts.deadlines] == [date(2021, 3, 15)]
    assert reading.texts[0].confidence == pytest.approx(1 - 13 / 255, abs=1e-3)
    context = notice_context(db, number)
    assert context is not None
    shown = [(one.name, one.sure, one.lines[0]) for one in context["pictures"]]
    assert shown[0] == ("正文图片", "95%", "天津市科学技术局关于征集重点研发项目的通知")
    assert shown[1] == ("扫描件.png", "100%", "盈科瑞入选名单")


def test_a_file_goes_on_where_it_was_left(db: Database, tmp_path: Path) -> None:
    saved(db, page("a", attachments=(kept(tmp_path, draw("一", "二", "三")),)))
    assert read_all(db, tmp_path, most=1) == 1
    # What came since waits until the file that was begun is done.
    saved(db, page("b", attachments=(kept(tmp_path, draw("新")),)))
    assert read_all(db, tmp_path, most=2) == 2
    assert [(row["text"], row["done_at"] is None) for row in files(db)] == [
        ("一\n二\n三", False),
        ("", True),
    ]
    assert read_all(db, tmp_path, goes_on=lambda: False) == 0
    assert read_all(db, tmp_path) == 1
    assert read_all(db, tmp_path) == 0


def test_a_page_that_ends_its_process_is_said_and_the_others_are_read(
    db: Database, tmp_path: Path
) -> None:
    whole = draw("好", "占满内存", "没完没了", "中途死去", "还好")
    saved(db, page("a", attachments=(kept(tmp_path, whole),)))
    limits = Limits(memory=1024**3, cpu=1, seconds=20.0)
    assert read_all(db, tmp_path, limits) == 5
    [file] = files(db)
    assert file["text"] == "好\n还好"
    assert file["note"].split("；") == [OUT_OF_MEMORY, OUT_OF_TIME, FAILED]
    damaged = kept(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(50))
    saved(db, page("b", attachments=(damaged,)))
    read_all(db, tmp_path)
    assert files(db)[1]["note"] == FAILED


def test_a_file_whose_reading_never_ends_is_given_up(db: Database, tmp_path: Path) -> None:
    saved(db, page("a", attachments=(kept(tmp_path, draw("一")),)))
    for _ in range(MOST_ATTEMPTS):
        # The power went, each time.
        assert begin_page(db) is not None
    lost = kept(tmp_path, draw("二"))
    saved(db, page("b", attachments=(lost,)))
    (tmp_path / str(lost.path)).unlink()
    assert read_all(db, tmp_path) == 0
    assert [row["note"] for row in files(db)] == [GIVEN_UP, GONE]


def test_the_day_has_a_bound_and_the_job_keeps_to_it(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(db, page("a", attachments=(kept(tmp_path, draw("一", "二", "三")),)))
    config = Config(data=tmp_path, now=NOW, ocr=OcrConfig(pages_a_day=2))
    context = Context(config)
    monkeypatch.setattr(jobs, "PictureReader", lambda: PictureReader(ENGINE))
    monkeypatch.setattr(due_jobs, "is_installed", lambda: False)
    assert not due_jobs.pictures_wait(context)
    monkeypatch.setattr(due_jobs, "is_installed", lambda: True)
    assert not due_jobs.pictures_wait(Context(config.model_copy(update={"ocr": OFF})))
    assert due_jobs.pictures_wait(context)
    assert jobs.read_pictures(context)
    assert not due_jobs.pictures_wait(context)
    tomorrow = Context(config.model_copy(update={"now": NOW + timedelta(hours=8)}))
    assert due_jobs.pictures_wait(tomorrow)
    assert jobs.read_pictures(tomorrow)
    assert files(db)[0]["text"] == "一\n二\n三"


OFF = OcrConfig(enabled=False)


def test_an_issue_tells_it_apart_and_tells_it_again_the_same(db: Database, tmp_path: Path) -> None:
    fields = {"summary": "正文为图片，请查看原文。", "body_text": "", "body_html": ""}
    scan = kept(tmp_path, draw("一\n盈科瑞等三家企业入选\n名单"))
    pictures = (kept(tmp_path, draw(NOTICE)),)
    number = save(db, 1, "关于征集项目的通知", attachments=(scan,), pictures=pictures, **fields)
    read_all(db, tmp_path)
    issue = composer(db).compose("2021-W05", instant=INSTANT, record=True)
    [entry] = issue.entries()
    [file] = entry.attachments
    assert file_facts(file).endswith("；图片识别：盈科瑞等三家企业入选）")
    assert entry.summary.startswith(
        "正文为图片，请查看原文。 图片识别：文号 津科规〔2021〕18号（待核对）；"
        "截止 2021-03-15（待核对）；天津市"
    )
    assert entry.summary.endswith("（识别把握 100%，以原文为准）")
    pages = render_text(issue), render_html(issue), words_of(render_docx(issue))
    assert all("图片识别：文号 津科规〔2021〕18号（待核对）" in page for page in pages)
    thin = replace(entry.stored.notice, body_text="见图。", body_html="<p>见图。</p>")
    stored = replace(entry.stored, notice=thin)
    shown = replace(entry, stored=stored)
    thin_issue = with_entry(issue, shown)
    pages = render_text(thin_issue), render_html(thin_issue), words_of(render_docx(thin_issue))
    assert all("图片识别：文号 津科规〔2021〕18号（待核对）" in page for page in pages)
    # Not among what readers must act on: nobody has looked whether it is right.
    assert (entry.doc_number, entry.deadlines, entry.id) == ("", (), number)
    db.execute("UPDATE picture_files SET text = '别的'")
    [again] = composer(db).compose("2021-W05", instant=INSTANT).entries()
    assert again.summary == entry.summary


def with_entry(issue: Digest, entry: Entry) -> Digest:
    """The issue with this one entry in the place of its own."""
    sections = []
    for section in issue.sections:
        groups = tuple(
            replace(group, entries=tuple(entry for _ in group.entries)) for group in section.groups
        )
        sections.append(replace(section, groups=groups))
    return replace(issue, sections=tuple(sections))


READING = PictureReading(
    (PictureText("", "1", "关于征集的通知", 0.9),),
    PictureFacts(
        "津科规〔2021〕18号",
        date(2021, 2, 4),
        (Deadline(date(2021, 3, 15), "申报", "3月15日"),),
        0.9,
    ),
)


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ({"doc_number": "津科规〔2021〕13号"}, "文号"),
        ({"deadline_on": date(2021, 3, 16)}, "截止"),
        ({"deadlines": (Deadline(date(2021, 3, 16), "申报", "3月16日"),)}, "截止"),
        ({"written_on": date(2021, 2, 5)}, "落款日期"),
        ({"published_on": date(2021, 2, 5)}, "落款日期"),
    ],
)
def test_what_is_printed_is_never_beaten(printed: dict[str, Any], word: str) -> None:
    bare = replace(page(), published_on=None)
    said = told(bare, READING)
    assert f"{word} " in said
    assert said.count("（待核对）") == 3
    assert f"{word} " not in told(replace(bare, **printed), READING)


def test_scans_among_the_files_count_only_where_the_body_says_hardly_anything() -> None:
    scan = PictureText("扫描件.pdf", "1", NOTICE, 1.0)
    assert facts_of(page(body_text="见附件。"), [scan]).doc_number == "津科规〔2021〕18号"
    assert facts_of(page(body_text="正文。" * 100), [scan]) == PictureFacts()


def at(text: str, left: float, top: float, size: float = 20, tilt: float = 0) -> Piece:
    return Piece(text, 1.0, left, top, left + size * len(text), top + size, tilt)


def test_cells_of_a_row_are_one_line_and_columns_of_prose_are_read_one_after_the_other() -> None:
    table = [at("金额", 400, 102), at("序号", 0, 100), at("1", 5, 140), at("80", 400, 141)]
    assert [text for text, _ in in_reading_order(table)] == ["序号 金额", "1 80"]
    left, right = ("左栏的一行文字共十个", "右栏的一行文字共十个")
    prose = [at("通知", 180, 0)]
    prose += [at(f"{left}{n}", 0, 40 * n) for n in range(1, 6)]
    prose += [at(f"{right}{n}", 300, 40 * n) for n in range(1, 6)]
    lines = [text for text, _ in in_reading_order(prose)]
    assert lines == [
        "通知",
        *(f"{left}{n}" for n in range(1, 6)),
        *(f"{right}{n}" for n in range(1, 6)),
    ]


def test_a_page_that_lies_askew_is_read_in_its_lines() -> None:
    tilted = [at("一二三四", 0, 0, tilt=0.05), at("五六七八", 600, 30, tilt=0.05)]
    tilted += [at("下一行字", 0, 34, tilt=0.05), at("接着的字", 600, 64, tilt=0.05)]
    lines = [text for text, _ in in_reading_order(tilted)]
    assert lines == ["一二三四 五六七八", "下一行字 接着的字"]
