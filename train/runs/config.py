"""What a run was asked for, each field written down once: for the command line, its checks, `config.json` and a bundle's provenance."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_runtime.backends.decoding import Search
from edge_runtime.bundle.languages import canonical_tag
from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.bundle.vocabulary import Vocabulary
from train.datasets.function_words import check_function_words, function_words
from train.datasets.languages import is_english
from train.datasets.sources import is_source_word, parse_weights
from train.decoders.registry import DECODERS, decoder_class
from train.encoders.registry import ENCODERS
from train.errors import RunError
from train.features.augmentation import CUT
from train.runs.fields import (
    NOT_NEGATIVE,
    PART,
    POSITIVE,
    RATE,
    SHARE,
    Bounds,
    declared,
    default_of,
    fact,
    option,
    option_of,
)

if TYPE_CHECKING:
    from train.decoders.base import DecoderConfig

FORMAT = 1
"""Of `config.json`."""

OBJECTIVES = ("cross-entropy", "self-critical")
ENCODER, DECODER, TRAINING, CIDER = "encoder", "decoder", "training", "training on CIDEr itself"
WHOLE, DISTILLATION = "training the encoder too", "learning from other networks"
GROUPS = (ENCODER, DECODER, TRAINING, CIDER, WHOLE, DISTILLATION)
"""Of options, in their order."""

_SHOWN = 40
"""Characters of a wrong value that are shown."""


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """What a run was asked for; a field's help says what it is. A run goes on only under the same."""

    encoder: str = option("efficientnet_lite0", ENCODER, f"one of: {', '.join(sorted(ENCODERS))}")
    encoder_sha256: str = fact("", "SHA-256 of the encoder's first weights, or what tells random ones apart")
    image_size: int = option(
        0,
        ENCODER,
        "input height and width in pixels (default: the encoder's)",
        name="--size",
        bounds=Bounds(32, 1024, both=True),
    )

    captions_sha256: str = fact("", "SHA-256 of the file of captions")
    split_sha256: str = fact("", "SHA-256 of the splits and their captions", later=True)
    train_pictures: int = fact(0, "pictures of the training split")
    sources: list[str] = fact([], "who wrote the training captions, the first one first, where several did", later=True)  # noqa: RUF009

    decoder: str = option(
        "attention",
        DECODER,
        "LSTM and attention over the picture's grid, LSTM beside the pooled feature, or a small Transformer",
        choices=DECODERS,
        later=True,
        told=1,
    )
    width: int = option(256, DECODER, "of the decoder's state", bounds=Bounds(1, 4096))
    embedding: int = option(128, DECODER, "of word vectors", bounds=Bounds(1, 4096))
    heads: int = option(4, DECODER, "of the attention", bounds=Bounds(1, 64))
    layers: int = option(2, DECODER, "of a Transformer, one on the other", bounds=Bounds(1, 12), later=True)
    members: int = option(
        1, DECODER, "decoders that choose each word together; see join", bounds=Bounds(1, 16), later=True
    )
    dropout: float = option(0.4, DECODER, "share of units that are left out of a step", bounds=PART, told=7)
    region_dropout: float = option(0.1, DECODER, "share of the grid's spatial positions hidden", bounds=PART)
    word_dropout: float = option(0.1, DECODER, "share of words before hidden", bounds=PART)
    language: str = option("en", DECODER, "of the captions, a BCP 47 tag: pt-BR, zh-Hans", metavar="TAG", later=True)
    min_count: int = option(5, DECODER, "times a word stands in the training captions", bounds=POSITIVE)
    max_length: int = option(18, DECODER, "words of a caption", bounds=Bounds(1, 200))

    epochs: int = option(20, TRAINING, "passes over the pictures at the most", bounds=POSITIVE, told=2)
    batch: int = option(16, TRAINING, "pictures a step", bounds=Bounds(1, 4096), told=4)
    captions_per_picture: int = option(5, TRAINING, "captions of each picture in a pass", bounds=Bounds(1, 100), told=5)
    source_weights: list[str] = option(  # noqa: RUF009
        [],
        TRAINING,
        "shares of the training that captions of each source get, 1 together (default: every caption counts alike)",
        metavar="NAME=SHARE",
        later=True,
    )
    learning_rate: float = option(1.5e-3, TRAINING, "at its highest", bounds=RATE, told=3)
    weight_decay: float = option(0.01, TRAINING, "of AdamW", bounds=NOT_NEGATIVE)
    clip_norm: float = option(5.0, TRAINING, "of the gradients", bounds=RATE)
    label_smoothing: float = option(
        0.1, TRAINING, "share of a word's probability that is spread over all words", bounds=PART, told=6
    )
    warmup: float = option(1.0, TRAINING, "epochs", bounds=NOT_NEGATIVE)
    average: float = option(0.998, TRAINING, "weight of the past in the averaged weights, 0 for none", bounds=PART)
    mirror: bool = option(True, TRAINING, "do not train on mirrored pictures", name="--no-mirror")
    beam: int = option(3, TRAINING, "of the captions that choose the best epoch", bounds=Bounds(1, MAX_BEAM))
    length_penalty: float = option(0.7, TRAINING, "of the same captions", bounds=NOT_NEGATIVE)
    say_once: bool = option(
        False,
        TRAINING,
        "no word is said twice in a sentence but 'a', 'in', 'with' and their like, nor drawn twice where captions are drawn",
        later=True,
    )
    patience: int = option(4, TRAINING, "epochs without a better dev CIDEr", bounds=POSITIVE)
    seed: int = option(0, TRAINING, "of the weights, the order and every chance", bounds=NOT_NEGATIVE, told=8)

    objective: str = option("cross-entropy", CIDER, "what is minimised", choices=OBJECTIVES, later=True)
    samples: int = option(5, CIDER, "captions drawn for each picture", bounds=Bounds(2, 100), later=True)
    cross_entropy_share: float = option(
        0.1, CIDER, "weight of cross-entropy beside the reward", bounds=NOT_NEGATIVE, later=True
    )
    bleu_weight: float = option(
        0.0, CIDER, "weight of BLEU-4 beside CIDEr-D in the reward", bounds=NOT_NEGATIVE, later=True
    )
    truth_weight: float = option(
        0.0, CIDER, "taken from the reward for each object that no reference names", bounds=NOT_NEGATIVE, later=True
    )

    start_from: str = fact("", "digest of the run or bundle whose weights are begun with")
    new_decoder: bool = option(
        False,
        WHOLE,
        "take only the encoder of what is started from; the decoder is drawn by the seed",
        later=True,
    )
    new_words: bool = option(
        False,
        WHOLE,
        "say the words of this data; those that what is started from says too keep what was learnt of them",
        later=True,
    )
    shared_picture: bool = option(
        False,
        WHOLE,
        "keep what the decoder makes of a picture as what is started from has it, so that a language joins that bundle",
        later=True,
    )
    encoder_rate: float = option(
        0.0, WHOLE, "its learning rate as a multiple, 0 to leave it as it is", metavar="R", bounds=NOT_NEGATIVE
    )
    freeze: list[str] = option([], WHOLE, "its layers whose names begin so do not learn", metavar="PREFIX")  # noqa: RUF009
    train_from: str = option(
        "",
        WHOLE,
        "its layers before the first one whose name begins so do not learn, and what they say is cached: a third of the time",
        metavar="PREFIX",
        later=True,
    )
    views: int = option(6, WHOLE, "cached augmented views of each picture", bounds=Bounds(1, 100), later=True)
    cut: float = option(
        CUT, WHOLE, "share of each side that a cut of a picture keeps at the least", bounds=SHARE, later=True
    )

    teachers: list[str] = fact([], "digests of the runs and bundles whose word scores are taught", later=True)  # noqa: RUF009
    teacher_share: float = option(
        0.7, DISTILLATION, "weight of what they say; the rest is the true word's", bounds=SHARE, later=True
    )

    @property
    def trains_encoder(self) -> bool:
        """Return whether the encoder learns too."""
        return self.encoder_rate > 0

    @cached_property
    def shares(self) -> dict[str, float]:
        """Return the share of the training that each source gets; none where every caption counts alike.

        Raises:
            RunError: See `train.datasets.sources.parse_weights`.
        """
        return parse_weights(self.source_weights)

    def search(self, vocabulary: Vocabulary, beam: int | None = None) -> Search:
        """Return how this run searches for sentences.

        Args:
            vocabulary: Its words.
            beam: Hypotheses kept; the run's own number where None.
        """
        again = frozenset(vocabulary.encode(function_words(vocabulary.words, self.language))) if self.say_once else None
        return Search(
            Vocabulary.start_id, Vocabulary.end_id, self.max_length, beam or self.beam, self.length_penalty, again
        )

    def decoder_sizes(self, vocabulary: Vocabulary, channels: int) -> "DecoderConfig":
        """Return sizes of this run's decoder."""
        from train.decoders.base import DecoderConfig

        return DecoderConfig(
            len(vocabulary),
            channels,
            self.width,
            self.embedding,
            self.heads,
            self.dropout,
            self.region_dropout,
            self.members,
            self.layers,
            length=self.max_length + 1,
            unsaid=sum(map(is_source_word, vocabulary.words)),
        )

    def check(self) -> None:
        """Refuse values that do not go; a run that was made already is not checked again.

        Raises:
            RunError: One lies outside its bounds, is none of the choices, or does not go with the language.
            OptionError: The language is no tag.
        """
        for known in fields(self):
            rules, value = declared(known), getattr(self, known.name)
            if rules.choices and value not in rules.choices:
                raise RunError(f"{option_of(known)} {value}: must be one of {', '.join(rules.choices)}")
            if rules.bounds is not None and (wrong := rules.bounds.wrong(value)):
                raise RunError(f"{option_of(known)} {value}: {wrong}")
        _ = self.shares  # refuses what it cannot read
        if canonical_tag(self.language) != self.language:
            raise RunError(f"--language {self.language}: must be written {canonical_tag(self.language)}")
        if self.say_once:
            check_function_words(self.language)
        if self.truth_weight and not is_english(self.language):
            raise RunError(
                f"--truth-weight {self.truth_weight:g}: knows the English names of objects alone; leave it out"
            )
        if self.width % self.heads and decoder_class(self.decoder).has_heads:
            raise RunError(f"--width {self.width}: must be a multiple of --heads {self.heads}")

    def told(self) -> dict[str, Any]:
        """Return what a bundle's manifest tells of the training: field -> value."""
        told = sorted((place, known.name) for known in fields(self) if (place := declared(known).told))
        return {name: getattr(self, name) for _, name in told}

    def to_json(self) -> str:
        """As `config.json` holds it."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, file: Path) -> "RunConfig":
        """As `config.json` has it, of this release or of an earlier one, which knew fewer fields.

        Args:
            text: What the file holds.
            file: Where it lies, for messages.

        Raises:
            RunError: It is not JSON, of another format, or a field is missing, not known or of another kind.
        """
        try:
            found = json.loads(text)
        except ValueError as error:
            raise RunError(f"{file}: not JSON ({error}); train the run again") from None
        if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
            raise RunError(f"{file.parent}: a run of another version of edge-caption; train it again with this one")
        known = {one.name: one for one in fields(cls)}
        wrong = [f"'{name}' is not known" for name in found if name not in known]
        wrong += [
            f"'{name}' is missing" for name, one in known.items() if name not in found and not declared(one).later
        ]
        wrong += [
            f"'{name}' is {json.dumps(value)[:_SHOWN]}, of another kind"
            for name, value in found.items()
            if name in known and not _is_alike(value, default_of(known[name]))
        ]
        if wrong:
            raise RunError(f"{file}: {wrong[0]}; train the run again")
        return cls(**found)

    def differences(self, other: "RunConfig") -> Mapping[str, tuple[Any, Any]]:
        """Return the fields in which another configuration is unlike: name -> the value here, and there."""
        pairs = ((known.name, (getattr(self, known.name), getattr(other, known.name))) for known in fields(self))
        return {name: pair for name, pair in sorted(pairs) if pair[0] != pair[1]}


def _is_alike(value: Any, default: Any) -> bool:
    """Return whether a value of JSON is of the kind of a field's default."""
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return type(value) is type(default) or (type(default) is float and type(value) is int)
