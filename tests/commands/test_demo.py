"""The demo is never its own obstacle."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from app.context import CommandError
from commands import demo


def test_a_second_demo_at_once_is_told_to_wait_and_touches_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "demo"
    with demo.alone(folder):
        demo.fresh_folder(folder)
        (folder / "zhengxun.db").touch()
        with pytest.raises(CommandError, match="正在运行另一个演示"), demo.alone(folder):
            pytest.fail("began")
        assert (folder / "zhengxun.db").is_file()
    with demo.alone(folder):
        demo.fresh_folder(folder)
    assert [path.name for path in folder.iterdir()] == [demo.MARKER]


@pytest.mark.parametrize("place", range(4))
def test_interrupted_anywhere_it_can_begin_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    folder = tmp_path / "demo"
    demo.fresh_folder(folder)
    for number in range(3):
        (folder / f"file{number}").write_text("x")
    steps = [0]

    def count() -> None:
        steps[0] += 1
        if steps[0] == place + 1:
            raise KeyboardInterrupt

    rename, remove = Path.rename, shutil.rmtree

    def renamed(path: Path, target: Path) -> Path:
        count()
        return rename(path, target)

    def removed(path: Path) -> None:
        for file in list(path.iterdir())[:2]:
            file.unlink()  # a part of it, the mark perhaps
        count()
        remove(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", renamed)
        patch.setattr(demo.shutil, "rmtree", removed)
        with suppress(KeyboardInterrupt):
            demo.fresh_folder(folder)
    demo.fresh_folder(folder)
    assert [path.name for path in folder.iterdir()] == [demo.MARKER]
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.docx").touch()
    with pytest.raises(CommandError, match="was not made by the demo"):
        demo.fresh_folder(tmp_path / "demo")
