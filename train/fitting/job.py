"""A training as it is asked for: what, on which data, and where everything lies."""

from dataclasses import dataclass
from pathlib import Path

from train.datasets.coverage import MAX_UNKNOWN
from train.datasets.loading import DatasetSource
from train.errors import RunError
from train.features.augmentation import CUT
from train.runs.config import RunConfig
from train.runs.fields import POSITIVE, SHARE


@dataclass(frozen=True)
class Job:
    """A training as it is asked for.

    Attributes:
        run: Its run folder.
        config: What is asked for; the facts of the data are not known yet.
        source: Where pictures and captions lie.
        features: Folder of feature caches.
        encoder_weights: Weights file of the encoder; the ImageNet weights where None.
        start_from: Run or bundle whose weights are begun with.
        teachers: Runs and bundles whose word scores are taught.
        limit: Pictures of each split at the most, for a trial.
        max_unknown: Share of the captions' words that may be unknown to the vocabulary.

    Raises:
        RunError: Options that do not go together, or lie outside their bounds.
    """

    run: Path
    config: RunConfig
    source: DatasetSource
    features: Path
    encoder_weights: Path | None = None
    start_from: Path | None = None
    teachers: tuple[Path, ...] = ()
    limit: int | None = None
    max_unknown: float = MAX_UNKNOWN

    def __post_init__(self) -> None:
        config = self.config
        if self.limit is not None and (wrong := POSITIVE.wrong(self.limit)):
            raise RunError(f"--limit {self.limit}: {wrong}")
        if wrong := SHARE.wrong(self.max_unknown):
            raise RunError(f"--max-unknown {self.max_unknown}: {wrong}")
        if config.new_decoder and (self.start_from is None or not config.trains_encoder):
            raise RunError(
                "--new-decoder: goes with --start-from and an --encoder-rate above 0, whose encoder it takes"
            )
        if config.new_words and (self.start_from is None or config.new_decoder):
            raise RunError("--new-words: goes with --start-from, without --new-decoder, whose words are new anyway")
        if config.shared_picture and self.start_from is None:
            raise RunError("--shared-picture: goes with --start-from, whose decoder's part of a picture it keeps")
        if config.cut != CUT and (not config.trains_encoder or config.train_from):
            raise RunError(
                "--cut: goes with an --encoder-rate above 0, without --train-from, whose cached views are cut alike"
            )
        if config.source_weights and config.objective == "self-critical":
            raise RunError(
                "--source-weights does not go with --objective self-critical: rewards are told by the first source alone; leave it out"
            )
        if self.teachers and (not config.trains_encoder or config.objective != "cross-entropy"):
            raise RunError("--teachers: goes with an --encoder-rate above 0, without --objective")
