"""What a decoder's graphs pass on: the tensors of the picture, and those that go from word to word."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edge_runtime.bundle.json_facts import build
from edge_runtime.errors import BundleError

RESERVED = ("image", "token", "log_probs", "tokens", "token_log_probs", "length", "said")
"""Names of other tensors of a bundle's graphs."""
NEXT = "next_"
"""What the name of a state begins with where a step hands it on."""

_MOST_TENSORS = 16
"""Tensors of the context, and of the state, at the most."""
_MOST_AXES = 4
"""Axes of a tensor at the most, besides the first."""
_LONGEST_NAME = 64
"""Characters of a name at the most."""
MAX_CONTEXT = 8_000_000
"""Numbers of all context tensors together at the most; 32 MB."""
MAX_STATE = 500_000
"""Numbers of all state tensors of one hypothesis together at the most; 2 MB, and 100 MB for the widest beam."""


@dataclass(frozen=True)
class TensorSpec:
    """A float32 tensor that a decoder reads or hands on.

    Attributes:
        name: In the graphs; what a step hands on is called `next_` and this.
        shape: Lengths of its axes after the first one, which counts pictures (context) or hypotheses (state).
    """

    name: str
    shape: tuple[int, ...]

    @property
    def numbers(self) -> int:
        """Return how many numbers one row of it holds."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class DecoderSpec:
    """A kind of decoder and its tensors, in the order in which the encoder's graph gives them.

    Attributes:
        kind: `attention`, `lstm`, `transformer`, or another name of `train.decoders.registry`.
        context: What depends on the picture alone and stays the same from word to word, as keys and values. The last one is what is read
            of the picture: by it live captioning tells one scene from another.
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

    @property
    def tensors(self) -> tuple[TensorSpec, ...]:
        """Context and state, as the encoder gives them."""
        return (*self.context, *self.state)

    @property
    def names(self) -> tuple[str, ...]:
        """Return names of the encoder's outputs, in their order."""
        return tuple(tensor.name for tensor in self.tensors)

    @property
    def step_outputs(self) -> tuple[str, ...]:
        """Return names of a step's outputs, in their order: the words' log-probabilities, and the state for the next step."""
        return ("log_probs", *(NEXT + tensor.name for tensor in self.state))

    def impossible(self) -> Iterator[str]:
        """Yield what no reader of this version can honour, a phrase each; a stranger may have written this."""
        if not _is_name(self.kind):
            yield "a decoder's kind that is no name"
        for part, tensors, most in (("context", self.context, MAX_CONTEXT), ("state", self.state, MAX_STATE)):
            if not 1 <= len(tensors) <= _MOST_TENSORS:
                yield f"{len(tensors)} tensors of the decoder's {part}, where 1 to {_MOST_TENSORS} may be"
                return
            for tensor in tensors:
                if not _is_name(tensor.name):
                    yield f"a tensor of the decoder's {part} whose name is no name"
                elif tensor.name in RESERVED or tensor.name.startswith(NEXT):
                    yield f"a tensor of the decoder's {part} with the name '{tensor.name}', which another tensor has"
                if not _is_shape(tensor.shape):
                    yield f"the decoder's '{tensor.name}' of a shape that is not 1 to {_MOST_AXES} lengths from 1 upward"
                    return
            if (numbers := sum(tensor.numbers for tensor in tensors)) > most:
                yield f"{numbers:.6g} numbers in the decoder's {part}, where {most:,} is the most"
        if len(set(self.names)) < len(self.names):
            yield "two of the decoder's tensors with one name"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isidentifier() and len(value) <= _LONGEST_NAME


def _is_shape(value: object) -> bool:
    lengths = value if isinstance(value, tuple) else ()
    return 1 <= len(lengths) <= _MOST_AXES and all(type(length) is int and length >= 1 for length in lengths)


def read_decoder(content: Any, source: str) -> DecoderSpec:
    """Return the decoder of a table of the kind and two lists of tensors; what they hold is looked at by `DecoderSpec.impossible`.

    Args:
        content: The manifest's `decoder`.
        source: What to call the manifest in an error.

    Raises:
        BundleError: It is no such table.
    """
    lists = content if isinstance(content, dict) else {}
    tensors = {}
    for part in ("context", "state"):
        if not isinstance(lists.get(part), list):
            raise BundleError(f"{source}: the decoder has no list of its {part}; export the bundle again")
        tensors[part] = tuple(build(TensorSpec, tensor, source) for tensor in lists[part])
    return build(DecoderSpec, {**lists, **tensors}, source)
