"""An entry that cannot be rendered in time is listed with its link, and the others are whole."""

from __future__ import annotations

import io
import signal
import threading
import time

import docx
import pytest

from digest.models.issue import Digest, Entry
from digest.rendering import render_html as page_of
from digest.rendering.body_limits import TOO_SLOW
from digest.rendering.docx import document as word_file
from digest.rendering.docx.body import write_body
from digest.rendering.time_allowance import OutOfTimeError, TimeAllowance
from tests.digest.samples import Group, Section, make_digest, make_entry


def work(seconds: float) -> None:
    """Keep the processor busy."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def issue() -> Digest:
    entries = tuple(
        make_entry(number, title=f"通知{number}", body_html=f"<p>正文{number}</p>")
        for number in (1, 2, 3)
    )
    return make_digest(Section("pharma", "医药信息篇", "", (Group("国家级", entries),)))


def test_work_is_interrupted_when_its_time_is_over() -> None:
    time_for = TimeAllowance(entry=0.05, issue=10)
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(OutOfTimeError), time_for.one_entry():
        work(30)
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert time_for.left < 10


def test_when_the_time_of_the_issue_is_over_nothing_more_is_begun() -> None:
    time_for = TimeAllowance(entry=1, issue=0.02)
    with pytest.raises(OutOfTimeError), time_for.one_entry():
        work(30)
    with pytest.raises(OutOfTimeError), time_for.one_entry():
        pytest.fail("began")


def test_in_another_thread_the_work_ends_and_is_counted() -> None:
    time_for = TimeAllowance(entry=0.01, issue=0.05)
    ended = []

    def entry() -> None:
        with time_for.one_entry():
            work(0.06)
            ended.append(True)

    thread = threading.Thread(target=entry)
    thread.start()
    thread.join()
    assert ended == [True]
    assert time_for.left < 0


def test_the_page_lists_what_is_slow_with_its_link(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(entry: Entry) -> str:
        work(30 if entry.id == 2 else 0)
        return entry.body_html

    monkeypatch.setattr(page_of, "safe_body", slow)
    page = page_of.render_html(issue(), TimeAllowance(entry=0.1, issue=60))
    assert "正文1" in page
    assert "正文2" not in page
    assert "正文3" in page
    assert page.count(TOO_SLOW) == 1
    assert f'{TOO_SLOW}：<a href="https://www.cde.org.cn/' in page


def test_the_word_file_takes_out_again_what_was_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(document: docx.document.Document, entry: Entry) -> None:
        write_body(document, entry)
        work(30 if entry.id == 2 else 0)

    monkeypatch.setattr(word_file, "write_body", slow)
    content = word_file.render_docx(issue(), TimeAllowance(entry=0.1, issue=60))
    lines = [line.text for line in docx.Document(io.BytesIO(content)).paragraphs]
    assert [line for line in lines if line.startswith("正文")] == [
        "正文1",
        f"{TOO_SLOW}：https://www.cde.org.cn/main/news/viewInfoCommon/aa11",
        "正文3",
    ]
    assert [line for line in lines if line.startswith("2、")][-1] == "2、通知2"
