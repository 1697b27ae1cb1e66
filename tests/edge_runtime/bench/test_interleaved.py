import time
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.bench.interleaved import (
    FIRST_WORD,
    STAGES,
    WORD,
    Configuration,
    Contender,
    Samples,
    check_rounds,
    interleaved,
    time_captioners,
    timed,
)
from edge_runtime.captioner import Captioner
from edge_runtime.errors import OptionError, PictureError
from tests.two_languages import two_languages

DARK, BRIGHT = (np.full((40, 40, 3), level, np.uint8) for level in (20, 230))


def test_names_of_rows() -> None:
    assert Configuration("onnx-int8", 1, 3).name == "onnx-int8, 1 thread, beam 3"
    assert Configuration("onnx-int8", 4, 1).name == "onnx-int8, 4 threads, beam 1"
    assert Configuration("onnx-int8", 1, 1, "de").name == "onnx-int8, 1 thread, beam 1, de"
    assert "language" not in Configuration("onnx-int8", 1, 1).facts


def test_everyone_has_as_many_turns_and_warm_up_does_not_count(tiny_bundle: Path) -> None:
    captioner = Captioner.load(tiny_bundle)
    contenders = [Contender("one", captioner, 1), Contender("two", captioner, 2)]
    found = time_captioners(contenders, [DARK, BRIGHT], 20, 0.01, first_words=True)
    assert list(found) == ["one", "two"]
    for samples in found.values():
        assert samples.words == [3] * 20
        assert {stage: len(values) for stage, values in samples.milliseconds.items()} == dict.fromkeys(
            (*STAGES, FIRST_WORD), 20
        )
        for preprocess, encode, decode, total, first in zip(*samples.milliseconds.values(), strict=True):
            assert total == pytest.approx(preprocess + encode + decode)
            assert first > preprocess + encode
    assert FIRST_WORD not in time_captioners(contenders, [DARK], 20, 0)["one"].milliseconds


def test_the_order_changes_from_round_to_round(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    captioner = Captioner.load(tiny_bundle)
    beams: list[int] = []
    decode = Captioner.decode

    def recorded(self, encoded, beam):  # type: ignore[no-untyped-def]
        beams.append(beam)
        return decode(self, encoded, beam)

    monkeypatch.setattr(Captioner, "decode", recorded)
    time_captioners([Contender(str(beam), captioner, beam) for beam in (1, 2, 3)], [DARK], 20, 0)
    rounds = [tuple(beams[place : place + 3]) for place in range(0, len(beams), 3)][-20:]
    assert all(sorted(turn) == [1, 2, 3] for turn in rounds)
    assert len(set(rounds)) > 3


def test_figures() -> None:
    samples = Samples()
    for number in range(20):
        samples.add(4 + number % 2, encode=1.0 + number // 16, total=2.0 + 2 * (number // 16))
    values = samples.values()
    assert (values["encode_ms_p50"], values["total_ms_p99"]) == (1.0, 4.0)
    assert values["fps"] == round(1000 * 20 / 48, 2)
    assert samples.mean_words == 4.5
    assert samples.noise() == {"encode_ms_p50": 0.5, "total_ms_p50": 0.5, "fps": 0.5}


def test_a_picture_that_is_none(tiny_bundle: Path) -> None:
    with pytest.raises(PictureError):
        time_captioners([Contender("one", Captioner.load(tiny_bundle), 1)], [b"no picture"], 20, 0)


@pytest.mark.parametrize(
    ("rounds", "warm_up", "message"),
    [(19, 1.0, "--rounds 19: must be 20 to 100000"), (20, -1.0, "--warm-up -1"), (20, float("nan"), "--warm-up nan")],
)
def test_options(rounds: int, warm_up: float, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        check_rounds(rounds, warm_up)


def test_rounds_that_warm_up_keep_the_order_and_do_not_count() -> None:
    rounds = list(interleaved("abc", 30, 2))
    assert [(one.number, one.counts, "".join(one.order)) for one in rounds[:2]] == [
        (0, False, "abc"),
        (1, False, "abc"),
    ]
    assert [(one.number, one.counts) for one in rounds[2:]] == [(number, True) for number in range(30)]
    assert {"".join(sorted(one.order)) for one in rounds} == {"abc"}
    assert len({"".join(one.order) for one in rounds}) == 6


def test_rounds_warm_up_for_as_long_as_asked() -> None:
    begun = time.perf_counter()
    counting = next(one for one in interleaved([1], 1, 1, 0.05) if one.counts)
    assert time.perf_counter() - begun >= 0.05
    assert counting.number == 0


def test_a_call_and_its_time() -> None:
    def work() -> str:
        time.sleep(0.02)
        return "done"

    result, milliseconds = timed(work)
    assert result == "done"
    assert milliseconds >= 20


def test_further_languages_of_one_frame(tmp_path: Path) -> None:
    english = Captioner.load(two_languages(tmp_path / "bundle"))
    contenders = [Contender("one", english, 1), Contender("two", english, 1, [english.also("de")])]
    found = time_captioners(contenders, [DARK, BRIGHT], 20, 0, single_words=True)
    assert [samples.words for samples in found.values()] == [[3] * 20, [6] * 20]
    for samples, steps in zip(found.values(), (4, 8), strict=True):
        assert list(samples.milliseconds) == [*STAGES, WORD]
        for preprocess, encode, decode, total, word in zip(*samples.milliseconds.values(), strict=True):
            assert total == pytest.approx(preprocess + encode + decode)
            assert word == pytest.approx(decode / steps)
