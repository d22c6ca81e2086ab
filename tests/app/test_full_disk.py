"""`zhengxun crawl` while nothing more can be written: it ends, with a line."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from replica.server import Replica
from tests.installation import Installation

# Enough for an empty store, too little for what three sites bring.
MOST_BYTES = 900_000


def test_a_crawl_of_three_sites_ends_on_a_full_disk(tmp_path: Path, replica: Replica) -> None:
    """Once in eight it waited for ever. A limit on the size of files stands for the disk."""
    house = Installation(tmp_path / "house", upstream=replica.origin)
    assert house.run("subscribers", "list").returncode == 0
    done = subprocess.run(
        [sys.executable, "-m", "cli", "crawl", "tj_kxjs", "tj_gyxxh", "bj_zscqj"],
        env=house.environment(),
        cwd=house.folder,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES)
        ),  # no threads yet
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("zhengxun: "), done.stderr[-2000:]
    assert not list((house.folder / "data").rglob("*.partial"))
