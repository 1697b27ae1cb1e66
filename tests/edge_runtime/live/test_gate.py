import numpy as np
import pytest

from edge_runtime.decoding import Floats
from edge_runtime.frames.base import Pixels
from edge_runtime.live.gate import Gate, Glance, Sensitivity, thumbnail
from tests.edge_runtime.fake_source import noisy, scene


def _seen(angle: float) -> Floats:
    """What an encoder sees, `angle` apart from what it sees at 0."""
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def _captioned(gate: Gate, pixels: Pixels, angle: float = 0.0, at: float = 0.0) -> Glance:
    glance = gate.glance(pixels, at)
    verdict = gate.judge(glance, _seen(angle))
    gate.captioned(glance, verdict, _seen(angle), at)
    return glance


def test_the_first_frame_goes_through() -> None:
    glance = Gate("normal", 30.0).glance(scene(1), 0.0)
    assert glance.suspect == "first"
    assert glance.thumbnail.shape == (12, 16, 3)


@pytest.mark.parametrize("sensitivity", ["low", "normal", "high"])
def test_noise_and_trembling_do_not(sensitivity: Sensitivity) -> None:
    gate = Gate(sensitivity, None)
    big = scene(1, 480, 640)
    _captioned(gate, big)
    suspects = [gate.glance(noisy(big, seed, 8.0, 1), seed).suspect for seed in range(20)]
    assert suspects == [None] * 20


def test_light_that_goes_up_does_not() -> None:
    gate = Gate("normal", None)
    _captioned(gate, scene(2))
    assert gate.glance(scene(2) + np.uint8(40), 1.0).suspect is None


def test_another_scene_goes_through_if_the_encoder_sees_it_too() -> None:
    gate = Gate("normal", None)
    _captioned(gate, scene(1))
    glance = gate.glance(scene(3), 1.0)
    assert glance.suspect == "changed"
    assert glance.difference > 1
    verdict = gate.judge(glance, _seen(1.5))
    assert (verdict.reason, verdict.same_scene) == ("changed", False)
    assert verdict.difference == pytest.approx((1 - np.cos(1.5)) / 0.22, rel=1e-5)


def test_what_only_looks_different_is_remembered_and_not_asked_again() -> None:
    gate = Gate("normal", None)
    _captioned(gate, scene(1))
    verdict = gate.judge(gate.glance(scene(3), 1.0), _seen(0.1))
    assert (verdict.reason, verdict.same_scene) == (None, True)
    assert gate.glance(noisy(scene(3), 0), 2.0).suspect is None
    assert gate.glance(noisy(scene(1), 0), 3.0).suspect is None
    assert gate.glance(scene(5), 4.0).suspect == "changed"


def test_a_new_scene_forgets_the_old_one() -> None:
    gate = Gate("normal", None)
    _captioned(gate, scene(1))
    _captioned(gate, scene(3), 1.5, 1.0)
    assert gate.glance(scene(3), 2.0).suspect is None
    assert gate.glance(scene(1), 2.0).suspect == "changed"


def test_an_old_caption_is_refreshed() -> None:
    gate = Gate("normal", 10.0)
    _captioned(gate, scene(1))
    assert gate.glance(scene(1), 9.9).suspect is None
    glance = gate.glance(scene(1), 10.0)
    assert glance.suspect == "refresh"
    verdict = gate.judge(glance, _seen(0.0))
    assert (verdict.reason, verdict.same_scene) == ("refresh", True)
    gate.captioned(glance, verdict, _seen(0.0), 10.0)
    assert gate.glance(scene(1), 19.9).suspect is None


def test_small_changes_count_by_sensitivity() -> None:
    changed = scene(1, 480, 640).copy()
    changed[100:220, 100:200] = 0
    found = {}
    names: tuple[Sensitivity, ...] = ("low", "normal", "high")
    for sensitivity in names:
        gate = Gate(sensitivity, None)
        _captioned(gate, scene(1, 480, 640))
        glance = gate.glance(changed, 1.0)
        found[sensitivity] = glance.suspect, gate.judge(glance, _seen(0.6)).reason
    assert found == {"low": ("changed", None), "normal": ("changed", None), "high": ("changed", "changed")}


def test_a_frame_that_shows_nothing_is_not_captioned() -> None:
    gate = Gate("high", 1.0)
    assert gate.glance(np.zeros((48, 64, 3), np.uint8), 0.0).suspect is None
    assert gate.glance(noisy(np.full((480, 640, 3), 90, np.uint8), 0, 4.0), 0.0).suspect is None


def test_without_a_gate_everything_goes_through_and_the_scene_is_still_told() -> None:
    gate = Gate("normal", None, everything=True)
    _captioned(gate, scene(1))
    glance = gate.glance(scene(1), 1.0)
    same, other = gate.judge(glance, _seen(0.0)), gate.judge(glance, _seen(1.5))
    assert (same.reason, same.same_scene, other.reason, other.same_scene) == ("every", True, "every", False)


def test_a_thumbnail_averages_noise_away() -> None:
    grey = np.full((480, 640, 3), 100, np.uint8)
    assert float(np.abs(thumbnail(noisy(grey, 1, 10.0)) - 100).max()) < 5
