from pathlib import Path

import numpy as np
import pytest

from edge_runtime.bench.interleaved import FIRST_WORD, STAGES, Configuration, Samples, Subject, check_rounds, take_turns
from edge_runtime.captioner import Captioner
from edge_runtime.errors import OptionError, PictureError

DARK, BRIGHT = (np.full((40, 40, 3), level, np.uint8) for level in (20, 230))


def test_names_of_rows() -> None:
    assert Configuration("onnx-int8", 1, 3).name == "onnx-int8, 1 thread, beam 3"
    assert Configuration("onnx-int8", 4, 1).name == "onnx-int8, 4 threads, beam 1"


def test_everyone_has_as_many_turns_and_warm_up_does_not_count(tiny_bundle: Path) -> None:
    captioner = Captioner.load(tiny_bundle)
    subjects = [Subject("one", captioner, 1), Subject("two", captioner, 2)]
    found = take_turns(subjects, [DARK, BRIGHT], 20, 0.01, first_words=True)
    assert list(found) == ["one", "two"]
    for samples in found.values():
        assert samples.words == [3] * 20
        assert {stage: len(values) for stage, values in samples.milliseconds.items()} == dict.fromkeys(
            (*STAGES, FIRST_WORD), 20
        )
        for preprocess, encode, decode, total, first in zip(*samples.milliseconds.values(), strict=True):
            assert total == pytest.approx(preprocess + encode + decode)
            assert first > preprocess + encode
    assert FIRST_WORD not in take_turns(subjects, [DARK], 20, 0)["one"].milliseconds


def test_the_order_changes_from_round_to_round(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    captioner = Captioner.load(tiny_bundle)
    beams: list[int] = []
    decode = Captioner.decode

    def recorded(self, encoded, beam):  # type: ignore[no-untyped-def]
        beams.append(beam)
        return decode(self, encoded, beam)

    monkeypatch.setattr(Captioner, "decode", recorded)
    take_turns([Subject(str(beam), captioner, beam) for beam in (1, 2, 3)], [DARK], 20, 0)
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
        take_turns([Subject("one", Captioner.load(tiny_bundle), 1)], [b"no picture"], 20, 0)


@pytest.mark.parametrize(
    ("rounds", "warm_up", "message"),
    [(19, 1.0, "--rounds 19: must be 20 to 100000"), (20, -1.0, "--warm-up -1"), (20, float("nan"), "--warm-up nan")],
)
def test_options(rounds: int, warm_up: float, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        check_rounds(rounds, warm_up)
