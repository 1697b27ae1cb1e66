import io

import pytest

from edge_runtime.commands.caption import _sources
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


class _Endless(io.RawIOBase):
    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.given += len(buffer)
        assert self.given < 8 << 20
        return len(buffer)
