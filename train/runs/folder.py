"""A run folder: everything that one training leaves behind and needs to go on.

config.json        what was asked for; a run resumes only under the same
dataset.json       where the pictures and captions lie
vocabulary.txt     the words of the training split
checkpoint.npz     weights, their running average, optimiser, the state of the training, history
best.npz           the decoder that scored best on dev
log.csv  tensorboard/  curves.png
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.files import replacing, write_whole
from train.datasets.loading import DatasetSource
from train.decoders.base import CaptionDecoder
from train.decoders.registry import build_decoder
from train.errors import RunError
from train.runs.config import RunConfig

if TYPE_CHECKING:
    import keras

CONFIG = "config.json"
_NAMED = 3
"""Differences that a message names."""


class RunFolder:
    """Paths and files of a run.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def vocabulary(self) -> Path:
        """Return the words, one a line."""
        return self.path / "vocabulary.txt"

    @property
    def checkpoint(self) -> Path:
        """Return the newest checkpoint."""
        return self.path / "checkpoint.npz"

    @property
    def best(self) -> Path:
        """Return weights of the best decoder on dev."""
        return self.path / "best.npz"

    @property
    def digest(self) -> str:
        """Return SHA-256 of the best weights.

        Raises:
            RunError: There are none.
        """
        try:
            return hashlib.sha256(self.best.read_bytes()).hexdigest()
        except OSError as error:
            raise RunError(f"{self.best}: cannot be read ({error.strerror}); check the path") from None

    @property
    def encoder_was_trained(self) -> bool:
        """Return whether its encoder has learnt too."""
        return self.config().trains_encoder

    def prepare(self, config: RunConfig, source: DatasetSource, vocabulary: Vocabulary) -> None:
        """Make the folder, or check that it belongs to this configuration.

        Raises:
            RunError: It holds a run of another configuration, or cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            file = self.path / CONFIG
            if file.exists():
                different = self.config().differences(config)
                if "split_sha256" in different:
                    raise RunError(
                        f"{self.path}: holds a run on another split or other captions; choose another --run, or pass the same data"
                    )
                if different:
                    pairs = list(different.items())[:_NAMED]
                    names = ", ".join(f"{name} ({found}, now {wanted})" for name, (found, wanted) in pairs)
                    raise RunError(
                        f"{self.path}: holds a run with another {names}; choose another --run, or ask for the same"
                    )
            else:
                (self.path / "dataset.json").write_text(source.to_json() + "\n")
                vocabulary.write(self.vocabulary)
                write_whole(file, config.to_json().encode())
        except OSError as error:
            raise RunError(f"{self.path}: cannot be written ({error.strerror}); choose another --run") from None

    def config(self) -> RunConfig:
        """Return the configuration of a run.

        Raises:
            RunError: No run, or one of another version.
        """
        file = self.path / CONFIG
        try:
            text = file.read_text()
        except FileNotFoundError:
            raise RunError(
                f"{self.path}: no run in this folder ({CONFIG} is missing); train one with: python -m train fit"
            ) from None
        except UnicodeDecodeError as error:
            raise RunError(f"{file}: not JSON ({error}); train the run again") from None
        return RunConfig.from_json(text, file)

    def source(self) -> DatasetSource:
        """Return where the run's pictures and captions lie."""
        try:
            return DatasetSource.from_json((self.path / "dataset.json").read_text())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"{self.path}/dataset.json: cannot be read ({error}); train the run again") from None

    def read_vocabulary(self) -> Vocabulary:
        """Return the run's words."""
        if not self.vocabulary.is_file():
            raise RunError(f"{self.path}: vocabulary.txt is missing; train the run again")
        return Vocabulary.read(self.vocabulary)

    def load_decoder(
        self, channels: int, encoder: "keras.Model | None" = None, words: int | None = None
    ) -> CaptionDecoder:
        """Return the best decoder of the run; see `fill` for the encoder.

        Args:
            channels: Depth of the encoder's grid.
            encoder: See `fill`.
            words: Words to keep, the first of the vocabulary, which are the most frequent ones; all where None.

        Raises:
            RunError: The run has not finished an epoch yet.
        """
        config = self.config()
        decoder = build_decoder(config.decoder, config.decoder_sizes(self.read_vocabulary(), channels))
        self.fill(decoder, encoder)
        return decoder if words is None else decoder.with_words(words)

    def fill(self, decoder: CaptionDecoder, encoder: "keras.Model | None") -> None:
        """Set a decoder's, and a trained encoder's, weights to the best ones of the run.

        Args:
            decoder: Of this run's configuration.
            encoder: Of this run's kind, or None; left as it is where the run did not train it.

        Raises:
            RunError: The run has not finished an epoch yet.
        """
        stored = self.read_best()
        count = len(decoder.weights)
        decoder.set_weights([stored[str(index)] for index in range(count)])
        if encoder is not None and self.config().trains_encoder:
            encoder.set_weights([stored[str(count + index)] for index in range(len(encoder.weights))])

    def fill_encoder(self, encoder: "keras.Model") -> None:
        """Set a trained encoder's weights to the best ones of the run, whatever its decoder is.

        Args:
            encoder: Of this run's kind; left as it is where the run did not train it.

        Raises:
            ValueError: It is of another kind.
            RunError: The run has not finished an epoch yet.
        """
        if self.config().trains_encoder:
            stored = self.read_best()
            first = len(stored) - len(encoder.weights)
            encoder.set_weights([stored[str(first + index)] for index in range(len(encoder.weights))])

    def read_best(self) -> dict[str, npt.NDArray[Any]]:
        """Return the weights that scored best: the decoder's, then a trained encoder's, named by their place.

        Raises:
            RunError: The run has not finished an epoch yet, or the file is damaged.
        """
        if not self.best.is_file():
            raise RunError(f"{self.path}: no finished epoch yet (best.npz is missing); let the training go on")
        return read_arrays(self.best)

    def check_new(self) -> None:
        """Check that the folder holds no run.

        Raises:
            RunError: It does.
        """
        if (self.path / CONFIG).exists():
            raise RunError(f"{self.path}: holds a run already; choose another --run")

    def write_made(
        self, config: RunConfig, first: "RunFolder", members: Sequence[Path], arrays: Sequence[npt.NDArray[Any]]
    ) -> None:
        """Write a run that was made of others.

        Args:
            config: Of the run.
            first: The member whose data and words it has.
            members: Where all of them lie.
            arrays: See `read_best`.

        Raises:
            RunError: The folder cannot be written.
        """
        self.prepare(config, first.source(), first.read_vocabulary())
        write_arrays(self.best, {str(index): array for index, array in enumerate(arrays)})
        (self.path / "members.json").write_text(json.dumps([str(member) for member in members], indent=2) + "\n")


def write_arrays(path: Path, arrays: dict[str, npt.NDArray[Any]]) -> None:
    """Write arrays beside the file and put them in its place, so that it is never half-written."""
    with replacing(path, sync=True) as file:
        # NumPy before 2.1 would take allow_pickle for one more array.
        np.savez(file, **arrays)  # type: ignore[arg-type]


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read what `write_arrays` wrote.

    Raises:
        RunError: Damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise RunError(f"{path}: damaged ({error}); delete it, and train the run again") from None
