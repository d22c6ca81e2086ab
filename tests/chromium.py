"""The real browser for tests that look at pages: an ordinary Chromium, skipped where none is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from crawlers.browser_process import CHROMIUM_NAMES

CHROMIUM = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), "")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="no Chromium here: apt-get install chromium"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser, closed at the end."""
    # Chromium refuses its sandbox to root, as which containers and CI run.
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=args)
        yield browser
        browser.close()
