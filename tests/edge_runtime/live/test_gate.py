import numpy as np
import pytest

from edge_runtime.backends.decoding import Floats
from edge_runtime.frames.base import Pixels
from edge_runtime.live.gate import CoarseCheck, Gate, GateOptions, Sensitivity, thumbnail
from tests.edge_runtime.fake_source import noisy, scene


def _seen(angle: float) -> Floats:
    """What an encoder sees, `angle` apart from what it sees at 0."""
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def _captioned(gate: Gate, pixels: Pixels, angle: float = 0.0, at: float = 0.0) -> CoarseCheck:
    coarse = gate.coarse_check(pixels, at)
    decision = gate.decide(coarse, _seen(angle))
    gate.captioned(coarse, decision, _seen(angle), at)
    return coarse


def test_the_first_frame_goes_through() -> None:
    coarse = Gate(GateOptions()).coarse_check(scene(1), 0.0)
    assert coarse.trigger == "first"
    assert coarse.thumbnail.shape == (12, 16, 3)


@pytest.mark.parametrize("sensitivity", ["low", "normal", "high"])
def test_noise_and_trembling_do_not(sensitivity: Sensitivity) -> None:
    gate = Gate(GateOptions(sensitivity=sensitivity, max_age=0))
    big = scene(1, 480, 640)
    _captioned(gate, big)
    triggers = [gate.coarse_check(noisy(big, seed, 8.0, 1), seed).trigger for seed in range(20)]
    assert triggers == [None] * 20


def test_light_that_goes_up_does_not() -> None:
    gate = Gate(GateOptions(max_age=0))
    _captioned(gate, scene(2))
    assert gate.coarse_check(scene(2) + np.uint8(40), 1.0).trigger is None


def test_another_scene_goes_through_if_the_encoder_sees_it_too() -> None:
    gate = Gate(GateOptions(max_age=0))
    _captioned(gate, scene(1))
    coarse = gate.coarse_check(scene(3), 1.0)
    assert coarse.trigger == "changed"
    assert coarse.difference > 1
    decision = gate.decide(coarse, _seen(1.5))
    assert (decision.reason, decision.same_scene) == ("changed", False)
    assert decision.difference == pytest.approx((1 - np.cos(1.5)) / 0.22, rel=1e-5)


def test_what_only_looks_different_is_remembered_and_not_asked_again() -> None:
    gate = Gate(GateOptions(max_age=0))
    _captioned(gate, scene(1))
    decision = gate.decide(gate.coarse_check(scene(3), 1.0), _seen(0.1))
    assert (decision.reason, decision.same_scene) == (None, True)
    assert gate.coarse_check(noisy(scene(3), 0), 2.0).trigger is None
    assert gate.coarse_check(noisy(scene(1), 0), 3.0).trigger is None
    assert gate.coarse_check(scene(5), 4.0).trigger == "changed"


def test_a_new_scene_forgets_the_old_one() -> None:
    gate = Gate(GateOptions(max_age=0))
    _captioned(gate, scene(1))
    _captioned(gate, scene(3), 1.5, 1.0)
    assert gate.coarse_check(scene(3), 2.0).trigger is None
    assert gate.coarse_check(scene(1), 2.0).trigger == "changed"


def test_an_old_caption_is_refreshed() -> None:
    gate = Gate(GateOptions(max_age=10))
    _captioned(gate, scene(1))
    assert gate.coarse_check(scene(1), 9.9).trigger is None
    coarse = gate.coarse_check(scene(1), 10.0)
    assert coarse.trigger == "refresh"
    decision = gate.decide(coarse, _seen(0.0))
    assert (decision.reason, decision.same_scene) == ("refresh", True)
    gate.captioned(coarse, decision, _seen(0.0), 10.0)
    assert gate.coarse_check(scene(1), 19.9).trigger is None


def test_small_changes_count_by_sensitivity() -> None:
    changed = scene(1, 480, 640).copy()
    changed[100:220, 100:200] = 0
    found = {}
    names: tuple[Sensitivity, ...] = ("low", "normal", "high")
    for sensitivity in names:
        gate = Gate(GateOptions(sensitivity=sensitivity, max_age=0))
        _captioned(gate, scene(1, 480, 640))
        coarse = gate.coarse_check(changed, 1.0)
        found[sensitivity] = coarse.trigger, gate.decide(coarse, _seen(0.6)).reason
    assert found == {"low": ("changed", None), "normal": ("changed", None), "high": ("changed", "changed")}


def test_a_frame_that_shows_nothing_is_not_captioned() -> None:
    gate = Gate(GateOptions(sensitivity="high", max_age=1))
    assert gate.coarse_check(np.zeros((48, 64, 3), np.uint8), 0.0).trigger is None
    assert gate.coarse_check(noisy(np.full((480, 640, 3), 90, np.uint8), 0, 4.0), 0.0).trigger is None


def _blank(level: int) -> Pixels:
    return np.full((48, 64, 3), level, np.uint8)


def test_a_change_into_and_out_of_a_blank_frame_goes_through_where_it_is_asked_for() -> None:
    dim = (scene(2) // 8 + 4).astype(np.uint8)
    gate = Gate(GateOptions(max_age=10), blank=True)
    assert gate.coarse_check(_blank(10), 0.0).trigger == "first"
    _captioned(gate, dim)
    found = [_captioned(gate, _blank(10), 1.5).trigger, _captioned(gate, dim, 0.0).trigger]
    assert found == ["changed", "changed"]
    assert 1 <= gate.coarse_check(_blank(10), 1.0).difference < 2


def test_a_lens_that_stays_covered_follows_the_usual_rules() -> None:
    gate = Gate(GateOptions(max_age=10), blank=True)
    _captioned(gate, scene(1))
    _captioned(gate, _blank(0), 1.5)
    triggers = [gate.coarse_check(noisy(_blank(4), seed, 4.0), seed).trigger for seed in range(9)]
    assert triggers == [None] * 9
    assert gate.coarse_check(_blank(0), 10.0).trigger == "refresh"
    # Its light is all that it has.
    assert gate.coarse_check(_blank(255), 1.0).trigger == "changed"


def test_a_scene_at_the_edge_of_blank_is_not_asked_about_by_turns() -> None:
    gate = Gate(GateOptions(max_age=0), blank=True)
    _captioned(gate, (scene(2) // 8 + 4).astype(np.uint8))
    assert gate.decide(gate.coarse_check(_blank(10), 1.0), _seen(0.1)).reason is None
    assert gate.coarse_check(_blank(10), 2.0).trigger is None


def test_without_a_gate_everything_goes_through_and_the_scene_is_still_told() -> None:
    gate = Gate(GateOptions(enabled=False, max_age=0))
    _captioned(gate, scene(1))
    coarse = gate.coarse_check(scene(1), 1.0)
    same, other = gate.decide(coarse, _seen(0.0)), gate.decide(coarse, _seen(1.5))
    assert (same.reason, same.same_scene, other.reason, other.same_scene) == ("every", True, "every", False)


def test_a_thumbnail_averages_noise_away() -> None:
    grey = np.full((480, 640, 3), 100, np.uint8)
    assert float(np.abs(thumbnail(noisy(grey, 1, 10.0)) - 100).max()) < 5
