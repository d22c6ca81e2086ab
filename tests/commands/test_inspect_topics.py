"""`zhengxun inspect FILE` shows by which words a topic was found."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from app.context import Context
from commands.inspecting import inspect
from config import load_config


def test_topics_are_shown_with_the_words_that_matched(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<html><head><meta charset=utf-8></head><body><h1>关于仿制药一致性评价工作的通知</h1>"
        "<p>发布时间：2021-02-03</p><div class=TRS_Editor><p>各有关单位：请按照要求及时报送"
        "仿制药目录及有关材料，逾期不再受理。</p></div></body></html>",
        encoding="utf-8",
    )
    context = Context(load_config({"ZHENGXUN_NOW": "2026-11-20T09:00+08:00"}, cwd=tmp_path))
    printed = StringIO()
    assert inspect(context, str(page), "", Console(file=printed, width=200), as_json=False) == 0
    assert "化学药：仿制药、一致性评价" in printed.getvalue()
