"""What the command says to people: whichever verb, in one language, and never nothing."""

from __future__ import annotations

import pytest
import typer

from cli import main


def test_ctrl_c_in_any_verb_gives_the_prompt_back_with_a_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    verb = typer.Typer()

    @verb.command()
    def long() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.argv", ["zhengxun"])
    with pytest.raises(SystemExit) as ended:
        main(verb)
    assert ended.value.code == 130
    assert capsys.readouterr().err.strip() == "zhengxun: 已中断"
