"""For end-to-end tests: a data folder, the replica upstream, and the real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.warm_start import warm_start

ROOT = Path(__file__).parent.parent
FRIDAY = "2021-02-05T17:00:00+08:00"
RELAYS = """\
[[wechat.columns]]
name = "IPRdaily"
relay = "http://relay.example.net/feeds/IPRdaily.xml"

[[wechat.columns]]
name = "知产热点"
relay = "http://relay.example.net/feeds/zhichanredian.xml"
"""
# For an installation that watches tj_kxjs alone.
_OTHERS = ("cde", "miit", "tj_tten", "tj_gyxxh", "bj_zscqj", "wechat")
ONLY_ONE_SITE = "".join(f"[{site}]\nenabled = false\n\n" for site in _OTHERS)


# A catalogue of one invented office; its columns follow as [[office.columns]].
ONE_OFFICE = """\
[catalogue]
built_in = false

[office]
name = "某市科学技术局"
platform = "listing"
section = "projects"
group = "天津市"
crawl = "20 8 * * mon-fri"
"""


@dataclass
class Installation:
    """Runs `zhengxun` as a person would, in a folder of its own."""

    folder: Path
    upstream: str = ""
    now: str = FRIDAY
    settings: str = ""
    sources: str = RELAYS
    python_path: str = str(ROOT)

    def environment(self) -> dict[str, str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "zhengxun.toml").write_text(self.settings, encoding="utf-8")
        # With robots in it, the file holds passwords and is refused when others may read it.
        (self.folder / "zhengxun.toml").chmod(0o600)
        (self.folder / "sources.toml").write_text(self.sources, encoding="utf-8")
        plain = {key: value for key, value in os.environ.items() if "ZHENGXUN" not in key}
        return {
            **plain,
            "ZHENGXUN_CONFIG": str(self.folder / "zhengxun.toml"),
            "ZHENGXUN_LANGUAGE": "en",
            "ZHENGXUN_NOW": self.now,
            "ZHENGXUN_UPSTREAM": self.upstream,
            "PYTHONPATH": self.python_path,
            "COLUMNS": "200",
        }

    def run(self, *arguments: str, timeout: float = 100) -> subprocess.CompletedProcess[str]:
        environment = self.environment()
        warm = warm_start()
        # What is read when an interpreter starts a fork has read already.
        if environment.get("PYTHONPATH") == str(ROOT) and warm.busy.acquire(blocking=False):
            try:
                return warm.run(arguments, self.folder, environment, timeout)
            finally:
                warm.busy.release()
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def coverage(self) -> dict[tuple[str, str], dict[str, Any]]:
        """(site, column) -> what `status --json` says of it."""
        rows = json.loads(self.run("status", "--json").stdout)["columns"]
        return {(row["site"], row["column"]): row for row in rows}
