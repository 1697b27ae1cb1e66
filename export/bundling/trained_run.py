"""A run with its data set, ready to be exported or looked into."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.backends.decoding import Search
from edge_runtime.bundle.manifest import MAX_BEAM, DecodeDefaults
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from export.errors import ExportError
from train.datasets.base import Dataset, Split
from train.datasets.function_words import check_function_words
from train.datasets.loading import DatasetSource
from train.datasets.sources import is_source_word
from train.encoders.registry import EncoderWeights, build_encoder, encoder_spec, weights_of_run
from train.runs.config import RunConfig
from train.runs.folder import RunFolder

if TYPE_CHECKING:
    import keras

    from train.decoders.base import CaptionDecoder

SAFE_CALIBRATION = 200
"""Pictures from which the ranges of the activations are safe; fewer go with a warning."""
MIN_CALIBRATION = 32
"""Fewest pictures that full int8 graphs are made from: 24 to measure ranges with, 8 to choose the method on."""
_FLOAT_ALONE = "pass --variant onnx-fp32 to export without int8"


def check_search(beam: int, length_penalty: float) -> None:
    """Refuse defaults that no reader of a bundle takes.

    Raises:
        ExportError: One is outside its range.
    """
    if not 1 <= beam <= MAX_BEAM or not 0 <= length_penalty <= 10:
        raise ExportError(f"--beam {beam} --length-penalty {length_penalty}: must be 1 to {MAX_BEAM}, and 0 to 10")


class TrainedRun:
    """A run with its data set, ready to be exported or looked into.

    Args:
        run: Run folder.
        source: Data set; the run's own where None.
        encoder_weights: Weights file of the encoder; the run's random or the ImageNet weights where None.
        splits: What is read of the data set.
        max_words: Words to keep; all where None.
        say: Receives lines of news.

    Attributes:
        folder: The run folder.
        config: Its configuration.
        vocabulary: The words that are kept.
        dataset: The data set; captions of dev and test are by its first source alone.

    Raises:
        RunError, DatasetError: The run or its data cannot be read.
        WeightsError: The encoder weights cannot be read, or are not the run's.
        ExportError: Fewer words are to be kept than there are.
    """

    def __init__(
        self,
        run: Path,
        source: DatasetSource | None,
        encoder_weights: Path | None,
        splits: list[Split],
        max_words: int | None,
        say: Callable[[str], None],
    ) -> None:
        self._say = say
        self.folder = RunFolder(run)
        self.config: RunConfig = self.folder.config()
        words = self.folder.read_vocabulary()
        if max_words is not None and max_words <= len(SPECIALS):
            raise ExportError(f"--max-words {max_words}: must be more than {len(SPECIALS)}, which are no words")
        said = sum(not is_source_word(word) for word in words.words)
        kept = said if max_words is None else min(max_words, said)
        self._words = None if kept == len(words) else kept
        self.vocabulary = Vocabulary(words.words[: self._words])
        dataset = (source or self.folder.source()).load()
        say(dataset.report())
        scored = [split for split in splits if split != "train"]
        self.dataset: Dataset = dataset.references(scored, say).readable(splits, say)
        spec = encoder_spec(self.config.encoder)
        self.weights: EncoderWeights = weights_of_run(spec, self.config.encoder_sha256, encoder_weights)
        if warning := self.weights.warning(spec):
            say(warning)

    def load(self) -> "tuple[keras.Model, CaptionDecoder, int]":
        """Return encoder and decoder at their best, and the places of the grid that the decoder keeps."""
        spec, size = encoder_spec(self.config.encoder), self.config.image_size
        encoder = build_encoder(spec, self.weights, size)
        decoder = self.folder.load_decoder(spec.channels, encoder, self._words)
        return encoder, decoder, decoder.places(spec.regions(size))

    def calibration(self, count: int, seed: int, integers: bool = True, otherwise: str = _FLOAT_ALONE) -> list[str]:
        """Return names of training pictures, chosen by the seed.

        Args:
            count: How many are asked for.
            seed: Of the choice.
            integers: Whether ranges of activations are taken from them, for full int8 graphs.
            otherwise: What one can do who has fewer.

        Raises:
            ExportError: Too few are asked for, or there are too few.
        """
        train = self.dataset.splits["train"]
        least = MIN_CALIBRATION if integers else 1
        float_alone = f"; {otherwise}" if integers else ""
        if count < least:
            raise ExportError(f"--calibration {count}: at least {least} pictures are needed{float_alone}")
        if len(train) < least:
            raise ExportError(
                f"{self.dataset.source}: {len(train)} training pictures, at least {least} are needed to calibrate int8 graphs{float_alone}"
                if integers
                else f"{self.dataset.source}: no training pictures, which the graphs are compared on; check the split files"
            )
        chosen = random.Random(seed).sample(sorted(train), min(count, len(train)))
        if integers and len(chosen) < SAFE_CALIBRATION:
            self._say(
                f"int8 graphs are calibrated on {len(chosen)} pictures, fewer than the {SAFE_CALIBRATION} that are safe: "
                "pictures unlike these may be captioned worse than in float"
            )
        return chosen

    def search(self, beam: int | None, length_penalty: float | None, say_once: bool = False) -> Search:
        """Return how sentences are searched for; the run's own way where None.

        Args:
            beam: Hypotheses kept.
            length_penalty: Of the beam search.
            say_once: Whether words but function words are said once at the most; so it is too where the run says so.

        Raises:
            ExportError: A number outside its range.
            RunError: No function words of the run's language are known.
        """
        if say_once:
            check_function_words(self.config.language)
        penalty = self.config.length_penalty if length_penalty is None else length_penalty
        config = replace(self.config, length_penalty=penalty, say_once=say_once or self.config.say_once)
        search = config.search(self.vocabulary, beam)
        check_search(search.beam_width, search.length_penalty)
        return search

    def defaults(self, search: Search) -> DecodeDefaults:
        """Return what a bundle says of a search."""
        again = search.repeatable
        words = None if again is None else tuple(self.vocabulary.decode(sorted(again)))
        return DecodeDefaults(search.beam_width, search.length_penalty, words)
