"""The systems of the study: an encoder with its weights, and a decoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from train.encoders.base import EncoderSpec
from train.encoders.registry import NO_WEIGHTS, EncoderWeights, encoder_spec, find_weights
from train.errors import RunError
from train.runs.config import RunConfig


@dataclass(frozen=True)
class Recipe:
    """How every system is trained: plainly, as the tutorials do, without smoothing, averaging, mirroring or choice of an epoch.

    Attributes:
        epochs: Passes, all of which are made.
        batch: Pictures a step.
        captions_per_picture: Captions of each that are trained on in a pass.
        learning_rate: Of Adam; it falls to a hundredth by a cosine.
        width: Of the LSTM.
        embedding: Of word vectors.
        dropout: See `train.decoders.base.DecoderConfig`.
        min_count: Times that a word stands in the training captions; rarer ones are `<unk>`.
        padded_length: Places that a caption is padded or cut to, its end included.
        beam: Hypotheses kept when captions are searched for.
        length_penalty: See `edge_runtime.decoding.Search`.
        size: Height and width of the pictures in pixels.
        seed: Of weights, order and dropout.
    """

    epochs: int
    batch: int
    captions_per_picture: int
    learning_rate: float
    width: int
    embedding: int
    dropout: float
    min_count: int
    padded_length: int
    beam: int
    length_penalty: float
    size: int
    seed: int

    def config(self, system: "System", captions_sha256: str, split_sha256: str, train_pictures: int) -> RunConfig:
        """The configuration of a system's run folder."""
        return RunConfig(
            encoder=system.spec.name, encoder_sha256=system.weights.sha256, decoder=system.decoder,
            image_size=self.size, captions_sha256=captions_sha256, split_sha256=split_sha256,
            train_pictures=train_pictures, width=self.width, embedding=self.embedding, dropout=self.dropout,
            min_count=self.min_count, max_length=self.padded_length - 1, epochs=self.epochs, batch=self.batch,
            captions_per_picture=self.captions_per_picture, learning_rate=self.learning_rate, beam=self.beam,
            length_penalty=self.length_penalty, seed=self.seed, patience=self.epochs, heads=4, region_dropout=0.0,
            word_dropout=0.0, label_smoothing=0.0, weight_decay=0.0, warmup=0.0, average=0.0, clip_norm=5.0,
            encoder_rate=0.0, freeze=[], mirror=False, start_from="",
        )  # fmt: skip


@dataclass(frozen=True)
class System:
    """A system of the study.

    Attributes:
        spec: Its encoder.
        weights: The encoder's.
        file: Weights file that was named, or None.
        decoder: A key of `train.decoders.registry.DECODERS`.
    """

    spec: EncoderSpec
    weights: EncoderWeights
    file: Path | None
    decoder: str

    @property
    def name(self) -> str:
        """`resnet50-lstm`: of its folders, and of its rows."""
        return f"{self.spec.name}-{self.decoder}"

    @property
    def random(self) -> bool:
        """Whether its encoder has never seen a picture, so that no figure of quality means anything."""
        return self.weights.file is None


def find_systems(encoders: Sequence[str], decoders: Sequence[str], weights: Sequence[str], seed: int) -> list[System]:
    """The systems named, each encoder with each decoder.

    Args:
        encoders: Names in the registry.
        decoders: Keys of `train.decoders.registry.DECODERS`.
        weights: `NAME=FILE` or `NAME=none`, for encoders that do not have their ImageNet weights.
        seed: Of random weights.

    Raises:
        UnknownEncoderError: There is none of that name.
        WeightsError: Its weights cannot be had.
        RunError: Weights for an encoder that is not among them.
    """
    files: dict[str, Path] = {}
    for text in weights:
        name, equals, file = text.partition("=")
        if not equals or not file or name not in encoders:
            raise RunError(
                f"--weights {text}: must be ENCODER=FILE or ENCODER=none, of one of --encoders {' '.join(encoders)}"
            )
        files[name] = NO_WEIGHTS if file == str(NO_WEIGHTS) else Path(file)
    found = []
    for name in dict.fromkeys(encoders):
        spec = encoder_spec(name)
        own = find_weights(spec, files.get(name), seed)
        found += [System(spec, own, own.file and files.get(name), decoder) for decoder in dict.fromkeys(decoders)]
    return found
