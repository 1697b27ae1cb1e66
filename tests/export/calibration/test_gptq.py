from typing import Any

import numpy as np
import pytest

from export.calibration.gptq import compensated, compensation, output_shift
from export.onnx.pair_safe import pair_safe_scales


def _problem(outputs: int = 24, inputs: int = 40) -> tuple[Any, Any, Any]:
    """Weights, their scales, and second moments of inputs that go together, as features do."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(1, outputs, inputs)).astype(np.float32)
    mixed = rng.normal(size=(500, 8)) @ rng.normal(size=(8, inputs)) + 0.3 * rng.normal(size=(500, inputs)) + 1
    return weights, pair_safe_scales(weights[0])[None], (mixed.T @ mixed / 500)[None]


def _loss(weights: Any, scales: Any, moments: Any, steps: Any) -> float:
    error = steps * scales[:, :, None] - weights
    return float(np.einsum("goi,gij,goj->", error, moments, error))


def test_compensated_rounding_loses_much_less_than_the_nearest_step() -> None:
    weights, scales, moments = _problem()
    nearest = np.clip(np.rint(weights / scales[:, :, None]), -127, 127)
    better = compensated(weights, scales, compensation(moments), pair_safe=False)
    assert _loss(weights, scales, moments, better) < 0.3 * _loss(weights, scales, moments, nearest)


def test_inputs_that_do_not_go_together_are_rounded_to_the_nearest() -> None:
    weights, scales, _ = _problem()
    steps = compensated(weights, scales, compensation(np.eye(weights.shape[2])[None]), pair_safe=False)
    assert (steps == np.clip(np.rint(weights / scales[:, :, None]), -127, 127)).all()


@pytest.mark.parametrize("inputs", [1, 2, 7, 40])
def test_neighbours_stay_within_sixteen_bits(inputs: int) -> None:
    weights, scales, moments = _problem(inputs=inputs)
    steps = compensated(weights, scales, compensation(moments), pair_safe=True).astype(int)
    even = np.pad(steps, ((0, 0), (0, 0), (0, inputs % 2)))
    assert np.abs(even[:, :, 0::2] + even[:, :, 1::2]).max() <= 128


def test_an_input_that_is_always_zero_does_no_harm() -> None:
    weights, scales, moments = _problem()
    moments[:, 3], moments[:, :, 3] = 0, 0
    assert np.abs(compensated(weights, scales, compensation(moments), pair_safe=True)).max() <= 127


def test_groups_are_rounded_apart() -> None:
    weights, scales, moments = _problem()
    grouped = compensated(
        weights.transpose(1, 0, 2),
        scales.T,
        compensation(np.repeat(moments, weights.shape[1], 0)),
        pair_safe=False,
    )
    assert (grouped[:, 0] == compensated(weights, scales, compensation(moments), pair_safe=False)[0]).all()


@pytest.mark.parametrize("inputs", [1, 40, 200])
def test_the_factor_is_the_upper_one_of_the_inverse(inputs: int) -> None:
    _, _, moments = _problem(inputs=inputs)
    factor = compensation(moments)[0]
    assert (np.tril(factor, -1) == 0).all()
    damped = moments[0] + np.eye(inputs) * 0.01 * np.trace(moments[0]) / inputs
    assert factor.T @ factor @ damped == pytest.approx(np.eye(inputs), abs=1e-8)


def test_the_shift_of_an_output() -> None:
    errors = np.array([[[1.0, 0.0], [1.0, 2.0]]], np.float32)
    assert output_shift(errors, np.array([10.0, 1.0]), depthwise=False).tolist() == [22.0]
    assert output_shift(errors.transpose(2, 1, 0), np.array([10.0, 1.0]), depthwise=True).tolist() == [20.0, 2.0]
