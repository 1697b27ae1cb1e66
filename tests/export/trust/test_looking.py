"""What variants see and say, on the bundle whose numbers are known."""

from pathlib import Path

import numpy as np
import pytest

from edge_runtime.bundle.judge_spec import JudgeSpec
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import OptionError
from edge_runtime.judging.clearness import ClearnessProbe
from export.trust.looking import Speaker, seen_by, what_is_read
from tests.judged_bundle import matrix
from tests.tiny_bundle import SIZE, WIDTH, WORDS


def _grey(level: int) -> np.ndarray:
    return np.full((SIZE, SIZE, 3), level, np.uint8)


def _speaker(bundle: Path) -> Speaker:
    return Speaker(Bundle(bundle), "onnx-fp32", "values", 4)


def test_a_word_is_held_against_its_counterpart_where_it_is_said(tiny_bundle: Path) -> None:
    dark = WORDS.index("dark")
    probe = ClearnessProbe(JudgeSpec("values", 4, ("picture", "black", "white")), matrix())
    said = _speaker(tiny_bundle).say(_grey(204), probe, lambda ids: {1: dark})
    assert [WORDS[token] for token in said.hypothesis.ids] == ["a", "bright", "picture"]
    # The picture is b = 204 / 255 - .5 = .3, and the words' scores are b and -b.
    assert said.margins == {1: pytest.approx(0.6, abs=1e-5)}
    assert said.clearness == _speaker(tiny_bundle).look(_grey(204), probe)
    assert said.clearness.likeliest == "white"
    assert said.clearness.log_odds == pytest.approx(-np.log(np.exp(20 * 0.3 - 8) + np.exp(-20 * 0.3 - 8)), abs=1e-3)


def test_each_picture_is_seen_by_all(tiny_bundle: Path) -> None:
    speaker = _speaker(tiny_bundle)
    found = seen_by({"one": speaker, "other": speaker}, iter([_grey(0), _grey(255)]), "greys", 2)
    assert list(found) == ["one", "other"]
    assert found["other"] == pytest.approx(np.array([[-0.5] * WIDTH + [0] * WIDTH, [0.5] * WIDTH + [0] * WIDTH]))


@pytest.mark.parametrize("heads", [3, 0])
def test_heads_that_do_not_fit_are_refused(tiny_bundle: Path, heads: int) -> None:
    with pytest.raises(OptionError, match=f"--heads {heads}: the bundle's 'values' is 8 wide"):
        what_is_read(Bundle(tiny_bundle).manifest, heads)


def test_the_values_of_a_decoder_are_read_by_its_heads(tiny_bundle: Path) -> None:
    assert what_is_read(Bundle(tiny_bundle).manifest, None) == ("values", 4)
    assert what_is_read(Bundle(tiny_bundle).manifest, 2) == ("values", 2)
