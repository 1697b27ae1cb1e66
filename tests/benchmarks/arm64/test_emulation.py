"""Programs on this machine as the emulated ones are run: limits, ends, memory."""

import sys
from pathlib import Path

import pytest

from benchmarks.arm64.emulation import emulated, lay_out, this_machine
from export.errors import ExportError

_KEEP = "kept = [bytearray(b'1' * 1000000) for _ in range({})]"


def test_a_limit_of_memory_bites(tmp_path: Path) -> None:
    machine = this_machine(tmp_path, sys.executable)
    refused = machine.run(["-c", _KEEP.format(200) + "; import time; time.sleep(9)"], memory=100)
    assert (refused.status, refused.killed, refused.out) == (-9, True, "")
    enough = machine.run(["-c", _KEEP.format(50) + "; import time; time.sleep(0.3); print('got it')"], memory=512)
    assert (enough.status, enough.killed, enough.out) == (0, False, "got it\n")
    assert 50 < enough.peak_mb < 512


def test_what_does_not_end_is_killed(tmp_path: Path) -> None:
    ended = this_machine(tmp_path, sys.executable).run(["-c", "import time; time.sleep(60)"], seconds=0.3)
    assert (ended.status, ended.out, ended.error) == (None, "", "")


def test_a_program_that_fails_is_told_of(tmp_path: Path, dark: Path) -> None:
    (tmp_path / "place").mkdir()
    lay_out(tmp_path / "place", [dark])
    machine = this_machine(tmp_path / "place", sys.executable)
    with pytest.raises(
        ExportError, match=r"could not be captioned \(.*nothing.*\); leave out what cannot be captioned"
    ):
        machine.outputs(str(tmp_path / "nothing"))


def test_sentences_and_what_others_are_worth(tmp_path: Path, tiny_bundle: Path, dark: Path, bright: Path) -> None:
    (tmp_path / "place").mkdir()
    lay_out(tmp_path / "place", [dark, bright])
    machine = this_machine(tmp_path / "place", sys.executable)
    asked = {"captions": {"onnx-fp32": [["a", "bright", "picture"], ["a", "dark", "picture"]]}}
    facts, arrays = machine.outputs(str(tiny_bundle), asked)
    assert facts["pictures"] == ["bright.jpg", "dark.png"]
    for search in ("captions", "greedy"):
        assert [said["text"] for said in facts[search]["onnx-fp32"]] == ["a bright picture", "a dark picture"]
    own = [said["token_log_probs"] for said in facts["captions"]["onnx-fp32"]]
    assert facts["asked"]["captions"]["onnx-fp32"] == own
    assert arrays["onnx-fp32/keys"].shape == (2, 4, 8)


def test_no_emulated_system(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no emulated system with the device's packages"), emulated(tmp_path, "a53"):
        pass
