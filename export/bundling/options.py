"""What is asked of whoever makes a decoder's graphs, for a bundle of its own or for one that is there."""

from dataclasses import dataclass
from pathlib import Path

from export.calibration.ranges import Method
from train.datasets.loading import DatasetSource


@dataclass(frozen=True)
class MakingOptions:
    """What an export and a language that is added are both asked for.

    Attributes:
        run: Run folder.
        out: Bundle to make, which may be one that is there.
        source: Data set; the run's own where None.
        encoder_weights: Weights file of the encoder; the run's random or the ImageNet weights where None.
        calibration: Training pictures that the activation ranges are taken from.
        method: How, or None to take each graph's best one.
        seed: Of their choice.
        max_words: Words to keep, the most frequent ones; all where None.
        beam: Hypotheses kept by default; the run's where None.
        length_penalty: Likewise.
        say_once: See `TrainedRun.search`.
        dev_pictures: Dev pictures that are captioned at the most, None for all.
        keep_going: Whether to write a bundle that falls short of the bars.
        data_note: What the model card says of the data.
    """

    run: Path
    out: Path
    source: DatasetSource | None = None
    encoder_weights: Path | None = None
    calibration: int = 256
    method: Method | None = None
    seed: int = 0
    max_words: int | None = None
    beam: int | None = None
    length_penalty: float | None = None
    say_once: bool = False
    dev_pictures: int | None = None
    keep_going: bool = False
    data_note: str = ""
