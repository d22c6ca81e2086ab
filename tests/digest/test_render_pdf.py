"""digest.pdf: what is on its pages, and that an issue without it goes out all the same."""

from __future__ import annotations

import io
import logging
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from digest.publish import write_pdf
from digest.rendering.render_pdf import PdfError, print_page, render_pdf
from tests.digest.samples import make_entry, one_entry_digest, week_digest
from tests.digest.test_special_weeks import WIDE


def _works() -> bool:
    command = [sys.executable, "-c", "import weasyprint"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


needs_weasyprint = pytest.mark.skipif(
    not _works(), reason="no WeasyPrint here, or no Pango: see docs/operating.md"
)


def _lines(page: pypdf.PageObject) -> list[str]:
    return page.extract_text().splitlines()


@needs_weasyprint
def test_contents_name_the_page_on_which_each_chapter_begins() -> None:
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(week_digest()))).pages
    contents = "".join(line for page in pages[:2] for line in _lines(page))
    for title in ("知识产权信息篇", "医药信息篇", "科技项目篇"):
        heading = f"{title}（2021/01/30~2021/02/05）"
        (place,) = (number for number, page in enumerate(pages, 1) if heading in _lines(page))
        assert f"{title} {place}" in contents
    last = "".join(_lines(pages[-1]))
    assert f"第 {len(pages)} 页 / 共 {len(pages)} 页" in last


@needs_weasyprint
def test_headings_are_bookmarks_and_titles_are_links() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(week_digest())))
    top = [item.title for item in reader.outline if not isinstance(item, list)]
    assert "医药信息篇（2021/01/30~2021/02/05）" in top
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith("政讯周报 2021-W05")
    links = [
        note.get_object().get("/A", {}).get("/URI")
        for page in reader.pages
        for note in page.get("/Annots", ())
    ]
    assert "https://www.cde.org.cn/main/news/viewInfoCommon/39dbfc16589f1d5f" in links


@needs_weasyprint
def test_a_wide_table_lies_on_a_page_turned_for_it() -> None:
    digest = one_entry_digest(make_entry(body_html=WIDE))
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(digest))).pages
    turned = [page for page in pages if page.mediabox.width > page.mediabox.height]
    assert len(turned) == 1
    assert "第29列" in turned[0].extract_text().replace("\n", "")


@needs_weasyprint
def test_nothing_is_fetched_for_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        page = f"<html><head></head><body><p>正文</p><img src='{address}'></body></html>"
        assert print_page(page).startswith(b"%PDF")
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("error", ["ImportError('no module')", "OSError('cannot load pango')"])
def test_what_is_missing_is_said_in_one_line_and_the_issue_goes_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: str,
) -> None:
    (tmp_path / "weasyprint.py").write_text(f"raise {error}\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(PdfError, match=r"pip install 'zhengxun\[pdf\]'"):
        print_page("<p>正文</p>")
    (tmp_path / "digest.pdf").write_bytes(b"of an older run")
    with caplog.at_level(logging.WARNING):
        write_pdf(replace(week_digest(), sections=()), tmp_path)
    (line,) = caplog.messages
    assert line.startswith("digest.pdf of 2021-W05 was not made: WeasyPrint cannot be used")
    assert "\n" not in line
    assert not (tmp_path / "digest.pdf").exists()


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(PdfError, match="did not finish within"):
        print_page("<p>正文</p>", timeout=0.01)
