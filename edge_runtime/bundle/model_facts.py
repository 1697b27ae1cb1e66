"""What a manifest says of a model in a few numbers: its picture, its sizes, its special words, its search."""

from dataclasses import dataclass, field

from edge_runtime.bundle.json_facts import CAME_LATER


@dataclass(frozen=True)
class InputSpec:
    """The picture that the encoder takes: [1, height, width, 3].

    Attributes:
        height: Pixels.
        width: Pixels.
        layout: Order of the axes, `NHWC`.
        channel_order: `RGB`.
        dtype: `uint8`.
        value_range: Lowest and highest value.
    """

    height: int
    width: int
    layout: str = "NHWC"
    channel_order: str = "RGB"
    dtype: str = "uint8"
    value_range: tuple[int, int] = (0, 255)


@dataclass(frozen=True)
class Sizes:
    """Lengths of the graphs' axes.

    Attributes:
        regions: R, places of the picture's grid.
        width: D, of keys, values and states.
        vocabulary: V, words.
    """

    regions: int
    width: int
    vocabulary: int


@dataclass(frozen=True)
class SpecialIds:
    """Ids of the words that are not said."""

    pad: int
    start: int
    end: int
    unknown: int


@dataclass(frozen=True)
class DecodeDefaults:
    """How sentences are searched for; see `edge_runtime.backends.decoding.Search`.

    Attributes:
        beam_width: Hypotheses kept unless asked otherwise.
        length_penalty: Of the beam search.
        repeatable: Words that a sentence may say more than once, every other one once at the most; all of them where None.
    """

    beam_width: int
    length_penalty: float
    repeatable: tuple[str, ...] | None = field(default=None, metadata=CAME_LATER)
