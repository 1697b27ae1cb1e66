import argparse
import io
import sys
from dataclasses import replace

import pytest

from edge_runtime.captioner import Caption, Timings
from edge_runtime.commands.caption import _line, _sources
from edge_runtime.errors import PictureError
from edge_runtime.pictures import content
from edge_runtime.pictures.content import content_of_stream
from edge_runtime.pictures.preprocess import load_input


def test_an_empty_path() -> None:
    (source,) = _sources([""], recursive=False)
    with pytest.raises(PictureError, match="'': the path is empty; name a picture"):
        load_input(str(source), 32, 32)


def test_a_pipe_is_read_no_further_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_BYTES", 4 << 20)
    endless = io.BufferedReader(_Endless())
    with pytest.raises(PictureError, match="stdin: more than 4 MB; make the file smaller"):
        content_of_stream(endless, "stdin")
    assert content_of_stream(io.BytesIO(b"ab" * 1000), "stdin") == b"ab" * 1000


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


ARABIC = "رجل يركب دراجة."
PLAIN = argparse.Namespace(json=False, timings=True)


def test_right_to_left_is_isolated_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    english = Caption("a dog", (), (), 0.0, Timings(1.0, 2.0, 3.0, 4.0), "onnx-fp32")
    arabic = replace(english, text=ARABIC)
    monkeypatch.setattr(sys, "stdout", _Terminal())
    assert _line("1.jpg", english, PLAIN) == "1.jpg\ta dog\t9.0 ms"
    assert _line("1.jpg", arabic, PLAIN) == f"1.jpg\t\u2068{ARABIC}\u2069\t9.0 ms"
    assert _line("صورة.jpg", english, PLAIN) == "\u2068صورة.jpg\u2069\ta dog\t9.0 ms"
    assert "\\u2068" not in _line("1.jpg", arabic, argparse.Namespace(json=True, timings=False))
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert _line("صورة.jpg", arabic, PLAIN) == f"صورة.jpg\t{ARABIC}\t9.0 ms"


class _Endless(io.RawIOBase):
    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.given += len(buffer)
        assert self.given < 8 << 20
        return len(buffer)
