"""What a decoder's graphs pass on: the tensors of the picture, and those that go from word to word."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TensorSpec:
    """A float32 tensor that a decoder reads or hands on.

    Attributes:
        name: In the graphs; what a step hands on is called `next_` and this.
        shape: Lengths of its axes after the first one, which counts pictures (context) or hypotheses (state).
    """

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class DecoderSpec:
    """A kind of decoder and its tensors, in the order in which the encoder's graph gives them.

    Attributes:
        kind: `attention`, `lstm`, `transformer`, or another name of `train.decoders.registry`.
        context: What depends on the picture alone and stays the same from word to word, as keys and values.
        state: What a step takes of the step before and hands on, a row for each hypothesis.
    """

    kind: str
    context: tuple[TensorSpec, ...]
    state: tuple[TensorSpec, ...]

    @classmethod
    def recurrent(cls, kind: str, regions: int, width: int) -> "DecoderSpec":
        """That of an LSTM which attends to a grid: keys and values [regions, width], states h and c [width]."""
        grid, row = (regions, width), (width,)
        return cls(
            kind,
            (TensorSpec("keys", grid), TensorSpec("values", grid)),
            (TensorSpec("state_h", row), TensorSpec("state_c", row)),
        )
