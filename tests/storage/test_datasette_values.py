"""Values of the store as people read them in Datasette: times of Beijing, yes or no, numbers."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.database import open_database
from storage.models import Check
from storage.runs.runs import save_check, start_run
from tests.storage.datasette_samples import tree
from tests.storage.samples import at


@pytest.mark.asyncio
async def test_times_are_beijings_in_lists_and_in_rows(site: Any) -> None:
    """2021-02-05 09:00 UTC; only days are as they stand."""
    for address in ("/zhengxun/issues", "/zhengxun/issues/1"):
        page = (await tree(site, address)).text_content()

        assert page.count("2021-02-05 17:00") == 3, address  # instant, composed_at, released_at
        assert "+00:00" not in page, address


@pytest.mark.asyncio
async def test_a_number_is_no_yes_or_no(path: Path, site: Any) -> None:
    with closing(open_database(path)) as db:
        run = start_run(db, "cde", now=at("2021-02-05 02:00"), pid=1)
        save_check(
            db, Check(run, "cde", "新闻中心", at("2021-02-05 02:01"), "ok", new=1, revised=1)
        )
    checks = await tree(site, "/zhengxun/checks")
    items = await tree(site, "/zhengxun/issue_items")

    assert [cell.text_content() for cell in checks.cssselect("td.col-revised")] == ["1", "0", "0"]
    assert [cell.text_content() for cell in items.cssselect("td.col-moved")] == ["否"]
