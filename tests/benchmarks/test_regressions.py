"""Ratios that a change must not spoil: both sides are timed in turns here and now, so that any machine may run this.

A bar stands about a third above what the ratio is on a quiet machine; a busy one may try three times.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from edge_runtime.backends.onnx_runtime import onnx_runtime
from edge_runtime.bench.measure import BenchOptions, bench
from edge_runtime.bench.statistics import percentile
from edge_runtime.bundle.manifest import BundleFile
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import Captioner, Encoded
from edge_runtime.decoding import Search, greedy_search
from edge_runtime.machine.device import cpu_features, has_dot_product
from edge_runtime.pictures.preprocess import load_input
from edge_runtime.pictures.synthetic import synthetic_frames

pytestmark = pytest.mark.alone

_TRIES, _PAIRS, _SECONDS, _FRAMES = 3, 25, 0.4, 4
_FLOOR_BAR = 1.3
Work = Callable[[int], object]


class Setup:
    """The default bundle on one thread, and frames."""

    def __init__(self) -> None:
        self.bundle = Bundle()
        self.frames = synthetic_frames(_FRAMES)
        spec = self.bundle.manifest.input
        self.inputs = [load_input(frame, spec.height, spec.width)[None] for frame in self.frames]
        self.captioners = {
            name: Captioner.load(None, name, threads=1) for name in ("onnx-fp32", "onnx-int8", "litert-int8")
        }

    def encoding(self, variant: str) -> Work:
        captioner = self.captioners[variant]
        return lambda number: captioner.encode(self.frames[number])

    def captioning(self, variant: str, beam: int = 1) -> Work:
        captioner = self.captioners[variant]
        return lambda number: captioner.caption(self.frames[number], beam)

    def encoded(self, variant: str) -> list[Encoded]:
        return [self.captioners[variant].encode(frame) for frame in self.frames]

    def floor(self) -> Work:
        """The int8 graphs alone, inputs ready."""
        files = self.bundle.manifest.variants["onnx-int8"].files
        encoder = _session(self.bundle, files["encoder"])
        loop = _session(self.bundle, files["decoder_greedy"], files["decoder_weights"])
        names = [output.name for output in encoder.get_outputs()]

        def run(number: int) -> object:
            outputs = encoder.run(None, {"image": self.inputs[number]})
            return loop.run(None, dict(zip(names, outputs, strict=True)))

        return run


def _session(bundle: Bundle, file: BundleFile, weights: BundleFile | None = None) -> Any:
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if weights is not None:
        content = bundle.read(weights)
        options.add_external_initializers_from_files_in_memory([weights.path], [content], [len(content)])
    return onnxruntime.InferenceSession(bundle.read(file), options, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def setup() -> Setup:
    return Setup()


def _timed(work: Work, number: int) -> float:
    begun = time.perf_counter()
    work(number)
    return time.perf_counter() - begun


def _ratio(one: Work, other: Work) -> float:
    """Ratio of what each takes when nothing is in its way: its fastest fifth; they take turns, and who begins alternates."""
    ours, theirs = list[float](), list[float]()
    until, pair = time.perf_counter() + _SECONDS, 0
    while pair < _PAIRS or time.perf_counter() < until:
        sides = [(one, ours), (other, theirs)]
        for work, times in sides if pair % 2 else sides[::-1]:
            times.append(_timed(work, pair % _FRAMES))
        pair += 1
    return percentile(ours, 20) / percentile(theirs, 20)


def _best_ratio(one: Work, other: Work, bar: float) -> float:
    best = float("inf")
    for _ in range(_TRIES):
        best = min(best, _ratio(one, other))
        if best <= bar:
            break
    return best


def test_the_integer_encoder_is_faster_than_the_float_one(setup: Setup) -> None:
    bar = 0.8 if has_dot_product(cpu_features()) else 1.05
    assert _best_ratio(setup.encoding("onnx-int8"), setup.encoding("onnx-fp32"), bar) <= bar


def test_a_caption_takes_little_more_than_its_graphs(setup: Setup) -> None:
    assert _best_ratio(setup.captioning("onnx-int8"), setup.floor(), _FLOOR_BAR) <= _FLOOR_BAR


def test_a_second_encoder_pass_would_be_noticed(setup: Setup) -> None:
    caption, again = setup.captioning("onnx-int8"), setup.encoding("onnx-int8")
    assert _best_ratio(lambda number: (caption(number), again(number)), setup.floor(), _FLOOR_BAR) > _FLOOR_BAR


@pytest.mark.parametrize("variant", ["onnx-fp32", "onnx-int8", "litert-int8"])
def test_the_greedy_loop_is_no_slower_than_step_by_step(setup: Setup, variant: str) -> None:
    captioner, encoded = setup.captioners[variant], setup.encoded(variant)
    manifest = captioner.manifest
    search = Search(manifest.special_ids.start, manifest.special_ids.end, manifest.max_length)

    def steps(number: int) -> object:
        picture = encoded[number].picture
        return greedy_search(picture.step, picture.state, search)

    assert _best_ratio(lambda number: captioner.decode(encoded[number], 1), steps, 1.2) <= 1.2


def test_three_beams_cost_no_more_than_three_greedy_searches_and_a_little(setup: Setup) -> None:
    captioner, encoded = setup.captioners["onnx-int8"], setup.encoded("onnx-int8")
    three, greedy = (lambda number, beam=beam: captioner.decode(encoded[number], beam) for beam in (3, 1))
    # Without 8-bit dot products 2.8 to 3.1 were measured, of this search and of the one before it.
    bar = 2.8 if has_dot_product(cpu_features()) else 3.4
    assert _best_ratio(three, greedy, bar) <= bar


def test_both_runtimes_are_of_a_kind(setup: Setup) -> None:
    assert _best_ratio(setup.captioning("litert-int8"), setup.captioning("onnx-int8"), 1.6) <= 1.6


def test_preparing_a_frame_is_a_small_part(setup: Setup) -> None:
    pytest.importorskip("cv2")
    spec = setup.bundle.manifest.input

    def prepare(number: int) -> npt.NDArray[np.uint8]:
        return load_input(setup.frames[number], spec.height, spec.width)

    assert _best_ratio(prepare, setup.captioning("onnx-int8"), 0.1) <= 0.1


def test_integers_start_sooner_and_hold_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_runtime.bench.measure._STARTS", 2)
    record = bench(BenchOptions(None, ["onnx-int8", "onnx-fp32"], [1], [1], rounds=20, warm_up=0))
    integers, floats = (row.values for row in record.rows)
    assert integers["size_bytes"] / floats["size_bytes"] < 0.3
    assert integers["memory_mb"] / floats["memory_mb"] < 0.8
    assert integers["load_ms_p50"] / floats["load_ms_p50"] < 0.9
    for values in (integers, floats):
        assert values["load_ms_p50"] < values["cold_start_ms_p50"]
        assert values["encode_ms_p50"] < values["first_word_ms_p50"]
        assert values["encode_ms_p50"] + values["decode_ms_p50"] < 1.5 * values["total_ms_p50"]
