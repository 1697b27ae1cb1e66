import json
import os
from pathlib import Path

import pytest

from edge_runtime.errors import SinkError
from edge_runtime.events import Counters, StatusEvent, WordsEvent
from edge_runtime.sinks.jsonl import JsonLinesSink
from tests.edge_runtime.sinks.made_events import caption

LOST = StatusEvent("lost", "0: the camera is lost", "0", 1_700_000_000.5, Counters(frames=3, lost=1))
LINE = (
    '{"event": "caption", "source": "0", "frame": 7, "position": 1.5, "captured_monotonic": 101.5, '
    '"captured_at": "2023-11-14T22:13:21.750Z", "age_ms": 42.123, "caption": "un café 日本", "said": "un café 日本", '
    '"changed": true, "words": [{"word": "un", "log_prob": -0.5}, {"word": "café", "log_prob": -0.5}, '
    '{"word": "日本", "log_prob": -0.5}], "timings_ms": {"load": 1.0, "preprocess": 2.0, "encode": 3.0, "decode": 4.0, '
    '"total": 9.0}, "variant": "onnx-fp32", "reason": "changed", "difference": 1.5, "confidence": null, "abstained": "", '
    '"hedged": false, "language": "en", "counters": {"frames": 3, "looked_at": 2, "captions": 1, "lost": 0, "recovered": 0}}\n'
    '{"event": "lost", "source": "0", "at": "2023-11-14T22:13:20.500Z", "message": "0: the camera is lost", '
    '"counters": {"frames": 3, "looked_at": 0, "captions": 0, "lost": 1, "recovered": 0}}\n'
)


def _opened(path: Path | str) -> JsonLinesSink:
    sink = JsonLinesSink(str(path))
    sink.open()
    return sink


def test_captions_and_statuses_are_lines(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = _opened(path)
    sink.event(WordsEvent("0", 7, "un"))
    sink.event(caption("un café 日本", 1.5, frame=7))
    sink.event(LOST)
    assert path.read_text(encoding="utf-8") == LINE  # before it is closed
    sink.close()
    assert path.read_text(encoding="utf-8") == LINE


def test_stdout(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    sink = _opened("-")
    sink.event(caption("un café 日本", 1.5, frame=7))
    sink.event(LOST)
    sink.close()
    print("still open")
    assert capsysbinary.readouterr().out == LINE.encode() + b"still open\n"


def test_a_file_is_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text('{"event": "caption"}\n')
    sink = _opened(path)
    sink.event(LOST)
    sink.close()
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["caption", "lost"]


def test_a_line_torn_by_a_crash_is_ended_first(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text('{"event": "lost"}\n{"event": "capt')
    sink = _opened(path)
    sink.event(LOST)
    sink.close()
    lines = path.read_text().splitlines()
    assert lines[:2] == ['{"event": "lost"}', '{"event": "capt']
    assert json.loads(lines[2]) == LOST.to_dict()
    assert len(lines) == 3


def test_a_name_that_is_no_text_stays_json(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = _opened(path)
    sink.event(caption("a dog", source="caf\udce9.mp4"))
    sink.close()
    assert json.loads(path.read_text(encoding="utf-8"))["source"] == "caf\udce9.mp4"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_an_error() -> None:
    sink = _opened("/dev/full")
    with pytest.raises(SinkError, match=r"^--jsonl /dev/full: the disk is full; make room on it and start again$"):
        sink.event(LOST)
    sink.close()


def test_what_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="its folder does not exist; make it first"):
        _opened(tmp_path / "none" / "out.jsonl")
    with pytest.raises(SinkError, match="a folder; name a file in it"):
        _opened(tmp_path)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(SinkError, match=r"cannot be written \(Not a directory\)"):
        _opened(file / "out.jsonl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SinkError, match=r"cannot be written \(Permission denied\)"):
        _opened(tmp_path / "out.jsonl")


def test_a_pipe_needs_its_reader(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(SinkError, match="nobody reads from this pipe; start its reader first"):
        _opened(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    sink = _opened(path)
    sink.event(LOST)
    assert json.loads(os.read(reader, 65536)) == LOST.to_dict()
    os.close(reader)
    with pytest.raises(SinkError, match="the program that read it has ended"):
        sink.event(LOST)
    sink.close()
