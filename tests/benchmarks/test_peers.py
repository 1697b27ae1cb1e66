import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cli import main
from benchmarks.peers.base import Loaded, PeerMissingError, Pixels, Said
from benchmarks.peers.florence2 import FLORENCE2
from benchmarks.peers.keras_loop import KerasLoop
from benchmarks.peers.measurement import OURS_A_TURN, PeerMeasurement
from benchmarks.peers.pixels import HALF, cropped, squeezed, tiled
from benchmarks.peers.registry import PEERS, build_peers
from benchmarks.peers.run import PeersOptions, measure_peers
from benchmarks.peers.smolvlm import SMOLVLM, SMOLVLM_WHOLE
from benchmarks.peers.table import ARCHITECTURE_ONLY, bar_of, to_markdown
from benchmarks.peers.worker import Worker
from edge_runtime.bench.result import Record, Row
from edge_runtime.errors import OptionError

EXAMPLES = Path(__file__).parents[2] / "examples"
DARK: Pixels = np.full((48, 64, 3), 20, np.uint8)


@dataclass
class Fake:
    """A peer that does as it is told."""

    name: str
    does: str = "captions"
    extra: str = "peers"
    trained: bool = False
    needs_mb: int = 1

    def load(self) -> Loaded:
        if self.does == "is not installed":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
        if self.does == "has changed":
            raise TypeError("generate() got\nan unexpected argument")
        return Loaded(1.5, {"weights": "random"})

    def caption(self, picture: Pixels, words: int) -> Said:
        if self.does == "dies":
            os._exit(9)
        return Said(words)


def test_the_others_say_as_many_words_as_ours_and_those_that_cannot_run_say_why(tiny_bundle: Path) -> None:
    peers = [Fake("fine"), Fake("absent", "is not installed"), Fake("changed", "has changed"), Fake("frail", "dies")]
    peers.append(Fake("huge", needs_mb=10**9))
    news: list[str] = []
    with PeerMeasurement(tiny_bundle, peers, 1, news.append) as measurement:
        measurement.open(DARK)
        measurement.caption_interleaved([DARK, 255 - DARK], 3)
        rows = {row.name: row for row in measurement.rows()}
    assert list(rows) == ["edge-caption onnx-fp32", "fine", "absent", "changed", "frail", "huge"]
    assert rows["absent"].missing == (
        "absent: the package 'torch' is not installed; run: pip install 'edge-caption[peers]'"
    )
    assert "(TypeError: generate() got an unexpected argument)" in rows["changed"].missing
    assert "frail: its process ended (status 9)" in rows["frail"].missing
    assert "MB of memory are free, 1000000000 are needed; measure fewer at once with --peers" in rows["huge"].missing
    ours, fine = rows["edge-caption onnx-fp32"], rows["fine"]
    assert ours.facts["words"] == fine.facts["words"] == 3.0  # "a dark picture", "a bright picture"
    assert fine.facts["captions"] == 2 * 3
    assert ours.facts["captions"] == 2 * 3 * 2 * OURS_A_TURN
    assert ours.facts["times_ours"] == ours.facts["memory_times_ours"] == 1.0
    assert fine.values["parameters_m"] == 1.5
    assert set(fine.values) == set(ours.values) == {"total_ms_p50", "load_s", "memory_mb", "parameters_m"}
    assert [line for line in news if line.startswith("round")] == [f"round {number} of 3" for number in (1, 2, 3)]


def test_a_captioner_that_fails_in_its_turn_leaves_the_others_alone(tiny_bundle: Path) -> None:
    with PeerMeasurement(tiny_bundle, [Fake("first"), Fake("second")], 1, lambda _: None) as measurement:
        measurement.open(DARK)
        measurement.captioners[1].worker.close()
        measurement.caption_interleaved([DARK], 2)
        rows = measurement.rows()
    assert [row.name for row in rows] == ["edge-caption onnx-fp32", "second", "first"]
    assert "its process ended" in rows[2].missing
    assert rows[1].facts["captions"] == 2


def test_keras_loop_says_so_many_words() -> None:
    loop = KerasLoop(1, "mobilenet_v3_small", size=32, vocabulary=9, width=8, embedding=4, length=8)
    worker = Worker(loop, 1)
    try:
        loaded, seconds = worker.load()
        assert worker.caption(DARK, 5).said == Said(5)
        assert (worker.peak_memory_mb() or 0) > 50
    finally:
        worker.close()
    assert loaded.parameters_m is not None
    assert loaded.parameters_m > 0.9
    assert loaded.facts["encoder"] == "mobilenet_v3_small"
    assert seconds > 0


def test_pictures_as_the_peers_see_them() -> None:
    from PIL import Image

    picture: Pixels = np.zeros((480, 640, 3), np.uint8)
    picture[..., 0] = 255
    seen = squeezed(picture, 8, Image.Resampling.BILINEAR, HALF, HALF)
    assert seen.shape == (1, 3, 8, 8)
    np.testing.assert_allclose(seen[0, :, 3, 4], [1, -1, -1], atol=1e-6)
    assert cropped(picture, 224, Image.Resampling.BICUBIC, HALF, HALF).shape == (1, 3, 224, 224)
    tiles, rows, columns = tiled(picture, 512, 2048)
    assert (tiles.shape, rows, columns) == ((1, 13, 3, 512, 512), 3, 4)
    split, whole, florence = (family.inputs(picture) for family in (SMOLVLM, SMOLVLM_WHOLE, FLORENCE2))
    picture_token = SMOLVLM.configuration["image_token_id"]
    assert (split["input_ids"] == picture_token).sum() == 13 * 64
    assert (whole["input_ids"] == picture_token).sum() == 64
    assert (florence["input_ids"] == FLORENCE2.configuration["image_token_id"]).sum() == 577


def _row(name: str, times: float, memory: float, **values: float) -> Row:
    facts = {"weights": "random", "words": 9.0, "times_ours": times, "memory_times_ours": memory, "scored": 4}
    figures = {"total_ms_p50": 5.0 * times, "memory_mb": 100 * memory, "load_s": 1.0, **values}
    return Row(name, figures, {"total_ms_p50": 0.02}, facts)


def test_the_table_says_what_random_weights_are_worth_and_holds_the_bars() -> None:
    rows = [
        _row("edge-caption onnx-int8", 1.0, 1.0, cider=0.58, bleu_4=0.22),
        _row("vit-gpt2", 231.44, 14.0),
        _row("blip-base", 99.9, 7.9),
        Row("git-base", missing="transformers has none"),
    ]
    options = {"threads": 1, "rounds": 5, "pictures": 2}
    text = to_markdown(Record("peers", "2026-01-01", {"cpu": "Cortex-A76"}, options, rows, ["it was hot"], ["a note"]))
    assert ARCHITECTURE_ONLY == "architecture only: speed and memory, no quality"
    assert f"vit-gpt2, blip-base): {ARCHITECTURE_ONLY}." in text
    assert "| vit-gpt2 | random | - | 9.0 | 1,157.2 | 2 % | 231.4 | 1,400 | 14.0 | 1.0 | 50 x slower: met;" in text
    assert "- git-base: not measured: transformers has none" in text
    assert "| edge-caption onnx-int8 | - | 0.220 | - | - | 0.580 |" in text
    assert "- NOT VALID: it was hot" in text
    assert bar_of(rows[2]) == "100 x slower: MISSED; 8 x memory: MISSED"
    assert bar_of(rows[0]) == ""


def test_ours_alone_is_a_record_too(tiny_bundle: Path) -> None:
    options = PeersOptions(tiny_bundle, [], EXAMPLES, shown=1, rounds=1, threads=1)
    record = measure_peers(options, lambda _: None)
    assert [row.name for row in record.rows] == ["edge-caption onnx-fp32"]
    assert Record.from_json(record.to_json(), "here").rows == record.rows
    assert record.options["pictures"] == 1
    assert not any("architecture only" in note for note in record.notes)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--peers", "gpt-9"], "unknown peer 'gpt-9'; choose from: keras-loop, vit-gpt2"),
        (["--rounds", "0"], "--rounds 0: must be at least 1"),
        (["--threads", "65"], "--threads 65: must be 1 to 64"),
        (["--data", "flickr8k"], "random weights have no quality"),
        (["--limit", "3"], "nothing is scored without --data"),
        (["--pictures", "nowhere"], "nowhere: no such folder of pictures"),
    ],
)
def test_bad_options(options: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peers", "--pictures", str(EXAMPLES), *options]) == 2
    assert told in capsys.readouterr().err


def test_weights_are_read_from_safetensors_alone(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"no folder of weights in it; it must hold one or more of: vit-gpt2, blip"):
        build_peers(PEERS, 1, tmp_path)
    folder = tmp_path / "blip-base"
    folder.mkdir()
    with pytest.raises(OptionError, match=r"blip-base: no config\.json that can be read"):
        build_peers(PEERS, 1, tmp_path)
    (folder / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(b"\x80")
    with pytest.raises(OptionError, match="pickled weights are not read"):
        build_peers(PEERS, 1, tmp_path)
    (folder / "model.safetensors").write_bytes(b"")
    peers = {peer.name: peer.trained for peer in build_peers(PEERS, 1, tmp_path)}
    assert [name for name, trained in peers.items() if trained] == ["blip-base"]
    assert len(peers) == 1 + 6


def test_ours_that_cannot_run_ends_the_measurement(tiny_bundle: Path, tmp_path: Path) -> None:
    from tests.tiny_bundle import write_bundle

    broken = write_bundle(tmp_path / "broken")
    (broken / "encoder.onnx").write_bytes(b"other")
    with pytest.raises(PeerMissingError, match=r"encoder\.onnx"):
        measure_peers(PeersOptions(broken, [], EXAMPLES, shown=1, rounds=1), lambda _: None)


def test_pytorch_is_named_in_one_file_alone_and_loaded_by_no_command() -> None:
    root = Path(__file__).parents[2]
    packages = ("edge_runtime", "train", "export", "benchmarks")
    files = [file for package in packages for file in (root / package).rglob("*.py")]
    naming = [
        str(file.relative_to(root))
        for file in files
        if any(line.strip().startswith(("import torch", "from torch", "import transformers")) for line in file.open())
    ]
    assert naming == ["benchmarks/peers/pytorch.py"]
    code = "import sys; from benchmarks.cli import build_parser; build_parser(); print({'torch', 'tensorflow'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"
