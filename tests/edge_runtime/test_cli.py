import functools
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from edge_runtime.cli import main


class _Result:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


@pytest.fixture
def run(tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str | Path) -> _Result:
        words = [str(argument) for argument in arguments]
        if words[0] == "caption" and "--bundle" not in words:
            words += ["--bundle", str(tiny_bundle)]
        try:
            status = main(words)
        except SystemExit as stop:
            status = int(str(stop.code))
        return _Result(status, *capsys.readouterr())

    return call


def test_plain_output_is_path_tab_sentence(run: Any, dark: Path, bright: Path) -> None:
    result = run("caption", dark, bright)
    assert result.out == f"{dark}\ta dark picture\n{bright}\ta bright picture\n"
    assert (result.status, result.err) == (0, "")


def test_timings_are_a_third_column(run: Any, dark: Path) -> None:
    path, sentence, taken = run("caption", "--timings", dark).out.rstrip("\n").split("\t")
    assert (path, sentence) == (str(dark), "a dark picture")
    number, unit = taken.split(" ")
    assert float(number) > 0
    assert unit == "ms"


def test_json_is_one_object_a_line(run: Any, dark: Path, bright: Path) -> None:
    result = run("caption", "--json", dark, bright)
    first, second = (json.loads(line) for line in result.out.splitlines())
    assert set(first) >= {"source", "caption", "log_prob", "timings_ms", "variant"}
    assert set(first["timings_ms"]) == {"load", "preprocess", "encode", "decode", "total"}
    assert (first["source"], first["caption"], first["variant"]) == (str(dark), "a dark picture", "onnx-fp32")
    assert first["tokens"] == ["a", "dark", "picture"]
    assert sum(first["token_log_probs"]) == pytest.approx(first["log_prob"], abs=1e-3)
    assert second["caption"] == "a bright picture"


def test_a_folder_in_the_order_of_names(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    for name in ("b.png", "a.JPG", "deeper/c.webp"):
        Image.new("RGB", (20, 20)).save(folder / name)
    (folder / "notes.txt").write_text("not a picture")
    flat = run("caption", folder)
    assert [line.split("\t")[0] for line in flat.out.splitlines()] == [str(folder / "a.JPG"), str(folder / "b.png")]
    deep = run("caption", "--recursive", folder)
    assert len(deep.out.splitlines()) == 3
    assert (flat.status, deep.status, flat.err) == (0, 0, "")


def test_a_picture_on_stdin(run: Any, dark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(dark.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run("caption", "-").out == "-\ta dark picture\n"


def test_stdin_without_a_picture(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for stdin, message in (
        (None, "-: nothing came on stdin"),
        (io.TextIOWrapper(io.BytesIO(b"")), "-: nothing came on stdin"),
        (io.TextIOWrapper(io.BytesIO(b"hello")), "- (stdin): not a picture"),
    ):
        monkeypatch.setattr(sys, "stdin", stdin)
        result = run("caption", "-")
        assert result.status == 2
        assert message in result.err


def test_a_name_that_is_too_long_does_not_stop_the_others(run: Any, dark: Path) -> None:
    result = run("caption", "a" * 300 + ".jpg", dark)
    assert result.status == 1
    assert result.out == f"{dark}\ta dark picture\n"


def test_names_that_would_break_a_line_are_escaped(run: Any, dark: Path, tmp_path: Path) -> None:
    odd = tmp_path / "tab\there\nline.png"
    odd.write_bytes(dark.read_bytes())
    assert run("caption", odd).out == f"{tmp_path}/tab\\there\\nline.png\ta dark picture\n"
    assert json.loads(run("caption", "--json", odd).out)["source"] == str(odd)


def test_good_ones_are_captioned_and_bad_ones_reported(run: Any, dark: Path, bright: Path, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    result = run("caption", dark, tmp_path / "text.jpg", tmp_path / "none.jpg", bright)
    assert result.status == 1
    assert len(result.out.splitlines()) == 2
    assert [line.split(": ")[1] for line in result.err.splitlines()] == [
        str(tmp_path / "text.jpg"),
        str(tmp_path / "none.jpg"),
    ]


def test_nothing_captioned_is_status_2(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, words in ((tmp_path / "none.jpg", "no such file"), (tmp_path / "empty", "a folder without pictures")):
        result = run("caption", path)
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith(f"edge-caption: {path}: {words}")
        assert result.err.count("\n") == 1


def test_wrong_options(run: Any, dark: Path, tmp_path: Path) -> None:
    for words, message in [
        (("caption", dark, "--variant", "onnx-int3"), "unknown variant 'onnx-int3'; this bundle holds: onnx-fp32"),
        (("caption", dark, "--beam", "0"), "beam 0: must be 1 to 50"),
        (("caption", dark, "--threads", "0"), "threads 0: must be 1 to 64"),
        (("caption", dark, "--bundle", tmp_path / "none"), "no such bundle"),
        (("bundle", "verify", tmp_path / "none"), "no such bundle"),
    ]:
        result = run(*words)
        assert (result.status, result.out) == (2, "")
        assert message in result.err
        assert result.err.count("\n") == 1
    assert run("caption", dark, "--beams", "3").status == 2
    assert run("caption").status == 2
    assert run("paint").status == 2


def test_bundle_commands(run: Any, tiny_bundle: Path) -> None:
    assert (
        run("bundle", "verify", tiny_bundle).out == f"{tiny_bundle}: intact, 3 files; onnx-fp32 captioned a picture\n"
    )
    info = run("bundle", "info", tiny_bundle)
    assert "onnx-fp32 (default)" in info.out
    assert "32 x 32 RGB uint8" in info.out
    assert json.loads(run("bundle", "info", "--json", tiny_bundle).out)["name"] == "tiny"


def _spawn(*arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "edge_runtime", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_ctrl_c_is_status_130_and_one_sentence(tiny_bundle: Path) -> None:
    reading, writing = os.pipe()
    # A shell that starts a job in the background makes it ignore Ctrl-C, and so whatever this test is part of.
    heed = functools.partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    process = _spawn("caption", "-", "--bundle", str(tiny_bundle), stdin=reading, preexec_fn=heed)
    try:
        time.sleep(2.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        os.close(reading)
        os.close(writing)
        process.kill()
    assert (process.returncode, out, err) == (130, b"", b"edge-caption: interrupted\n")


def test_a_reader_that_leaves_is_no_error(tiny_bundle: Path, dark: Path) -> None:
    process = _spawn("caption", *[str(dark)] * 50, "--bundle", str(tiny_bundle))
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(20) == 0


def test_file_names_that_are_no_text(tiny_bundle: Path, dark: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff\xfe.png"
    Path(os.fsdecode(odd)).write_bytes(dark.read_bytes())
    process = _spawn("caption", os.fsdecode(odd), "--bundle", str(tiny_bundle))
    out, err = process.communicate(timeout=20)
    assert (out, err, process.returncode) == (odd + b"\ta dark picture\n", b"", 0)
