import io
import sys

import pytest

from edge_runtime.console import log


class _Closed(io.StringIO):
    """A terminal that is not there any more."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_words_that_nobody_reads_are_lost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for stream in (_Closed(), None):
        monkeypatch.setattr(sys, "stderr", stream)
        log("to nobody")
        monkeypatch.undo()
    assert capsys.readouterr().out == ""
    log("to somebody")
    assert capsys.readouterr().err == "to somebody\n"
