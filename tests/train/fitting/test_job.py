"""What is asked of a training and does not go together is refused before anything is read."""

from pathlib import Path
from typing import Any

import pytest

from train.datasets.loading import DatasetSource
from train.errors import RunError
from train.fitting.job import Job
from train.runs.config import RunConfig

_SOURCE = DatasetSource(Path("images"), Path("captions.csv"))


def _job(config: dict[str, Any], **named: Any) -> Job:
    return Job(Path("run"), RunConfig(**config), _SOURCE, Path("features"), **named)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({}, {}),
        ({}, {"limit": 1, "max_unknown": 1.0, "start_from": Path("other")}),
        ({"encoder_rate": 0.1, "cut": 0.5, "new_decoder": True}, {"start_from": Path("other")}),
        ({"encoder_rate": 0.1}, {"teachers": (Path("one"), Path("two"))}),
    ],
)
def test_what_goes_together(config: dict[str, Any], named: dict[str, Any]) -> None:
    assert _job(config, **named).config == RunConfig(**config)


@pytest.mark.parametrize(
    ("config", "named", "message"),
    [
        ({}, {"limit": 0}, "--limit 0: must be at least 1"),
        ({}, {"max_unknown": 0.0}, "--max-unknown 0.0: must be above 0 and at most 1"),
        ({"new_decoder": True, "encoder_rate": 0.1}, {}, "--new-decoder: goes with --start-from and an --encoder-rate"),
        ({"new_decoder": True}, {"start_from": Path("r")}, "--new-decoder: goes with --start-from and an --encoder"),
        ({"shared_picture": True}, {}, "--shared-picture: goes with --start-from"),
        ({"cut": 0.5}, {}, "--cut: goes with an --encoder-rate above 0, without --train-from"),
        ({"cut": 0.5, "encoder_rate": 0.1, "train_from": "head"}, {}, "--cut: goes with an --encoder-rate above 0"),
        (
            {"objective": "self-critical", "source_weights": ["people=1"]},
            {},
            "--source-weights does not go with --objective self-critical: rewards are told by the first source alone; leave it out",
        ),
        ({}, {"teachers": (Path("r"),)}, "--teachers: goes with an --encoder-rate above 0"),
        (
            {"encoder_rate": 0.1, "objective": "self-critical"},
            {"teachers": (Path("r"),)},
            "--teachers: goes with an --encoder-rate above 0, without --objective",
        ),
    ],
)
def test_what_does_not(config: dict[str, Any], named: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError) as caught:
        _job(config, **named)
    assert str(caught.value).startswith(message)
