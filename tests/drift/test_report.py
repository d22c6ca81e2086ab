"""The report: what a run comes to, also of runs that wrote their outcomes before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drift.__main__ import main


def outcome(seed: int, *kinds: str) -> dict[str, Any]:
    findings = [{"kind": kind, "site": "a", "column": "c", "what": "w"} for kind in kinds]
    counts = {"a": {"entries": 4, "right": 4 - len(kinds), "due": 4}}
    judged = {"findings": findings, "texts": {"a": [1.0]}, "counts": counts}
    changes = {"a": ["unsorted"], "b": []}
    return {"seed": seed, "seconds": 10, "changes": changes, "judgement": judged}


def test_the_outcomes_of_several_runs_are_told_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    files[0].write_text(json.dumps([outcome(1), outcome(2, "old as late")]))
    files[1].write_text(json.dumps([outcome(3), {"seed": 4, "failed": "died"}]))
    assert main(["--told", *map(str, files)]) == 1
    said = capsys.readouterr().out
    assert "| seeds, of them ended | 4, 3 |" in said
    assert "| sites, of them left as they were | 6, 3 |" in said
    assert "| old as late | 1 |" in said
    assert "missed: seed 4 failed: died" in said
    assert main(["--told", str(files[0])]) == 1
    files[0].write_text(json.dumps([outcome(1)]))
    assert main(["--told", str(files[0])]) == 0
