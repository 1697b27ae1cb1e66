"""What there is to know of a published captioner to build it without its weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.peers.base import Pixels

Inputs = dict[str, npt.NDArray[np.generic]]
"""Names and values of what a network's `generate` is given."""


@dataclass(frozen=True)
class Family:
    """A published captioner.

    Attributes:
        name: Of its row.
        folder: Folder of its weights in `--peer-weights`.
        source: Where its configuration is published.
        published_m: Millions of parameters as published.
        classes: Classes of `transformers` that run it; the first one is built with random weights.
        configuration: Its published configuration, with `model_type`.
        inputs: From a picture to the network's inputs, as its own processor makes them.
        prompt: What its processor is told when it runs with its own weights; empty for none.
        chat: Whether the prompt goes through the processor's chat template.
        processing: Further options of its processor.
        note: What its row says besides.
    """

    name: str
    folder: str
    source: str
    published_m: float
    classes: tuple[str, ...]
    configuration: Mapping[str, Any]
    inputs: Callable[[Pixels], Inputs]
    prompt: str = ""
    chat: bool = False
    processing: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
