"""A trained network, its float graphs, and what they are calibrated on: made when they are asked for, and once."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

from edge_runtime.backends.decoding import Search
from edge_runtime.bundle.decoder_spec import DecoderSpec
from export.calibration import examples
from export.calibration.equalisation import equalised, value_extents
from export.calibration.gptq import Layer
from export.calibration.moments import layers
from export.calibration.ranges import METHODS, Feeds, Method, Observed
from export.calibration.runners import onnx_runner
from export.onnx import convert as graphs
from export.onnx.compaction import compacted
from export.onnx.rounded_weights import gemm_to_matmul
from train.decoders.base import CaptionDecoder
from train.decoders.ensemble import Attention

if TYPE_CHECKING:
    import keras

HELD_OUT = 24
"""Calibration pictures that the methods are compared on instead of measured with, at the most; a quarter where there are few."""
_MOMENT_PICTURES = 64
"""Calibration pictures that suffice where every place of the grid counts."""
_BATCH = 16
"""Pictures that the Keras network is given at once."""


def held_out(pictures: int) -> int:
    """Of so many calibration pictures, those that the methods are compared on; none of a single one."""
    return min(HELD_OUT, pictures // 4)


@dataclass(frozen=True)
class SharedEncoder:
    """The encoder of a bundle that is there, when a decoder of another language is added to it.

    Attributes:
        graph: Float ONNX graph, its end being the decoder's view of the picture.
        language: Tag of the decoder's language, which is part of the names of its files.
    """

    graph: onnx.ModelProto
    language: str


class Network:
    """A trained network and what its graphs are calibrated on.

    Args:
        encoder: From uint8 [B, H, W, 3] RGB to [B, h, w, C].
        decoder: Its decoder.
        regions: Places of the grid.
        images: Folder of the calibration pictures.
        names: Their file names.
        search: Start, end and length of a sentence.
        method: How ranges are taken, or None to take each graph's best one.
        say: Receives lines of news.
        shared: The encoder whose pictures the decoder reads instead; then the decoder's graphs alone are made.
    """

    def __init__(
        self,
        encoder: "keras.Model",
        decoder: CaptionDecoder,
        regions: int,
        images: Path,
        names: Sequence[str],
        search: Search,
        method: Method | None,
        say: Callable[[str], None],
        shared: SharedEncoder | None = None,
    ) -> None:
        self.encoder, self.regions, self.search = encoder, regions, search
        self._trained, self._shared = decoder, shared
        self.methods: Sequence[Method] = METHODS if method is None else (method,)
        self.say = say
        self.chosen: dict[str, dict[str, Any]] = {}
        self._images, self._names = images, names
        self._held_out = held_out(len(names))

    @cached_property
    def decoder(self) -> CaptionDecoder:
        """Return the decoder, the channels of its values equalised where they enter a product with others.

        This is all that an export does for one kind of decoder alone. Others are exported as they are: the picture's share of
        the plain LSTM's dense layer enters no product, and what a Transformer's attention reads has a product of its own.
        What a shared encoder gives was equalised when its bundle was made.
        """
        if self._shared is not None or not isinstance(self._trained, Attention):
            return self._trained
        pictures = [feeds["image"] for feeds in itertools.islice(self.pictures(), _MOMENT_PICTURES)]
        batches = [np.concatenate(pictures[at : at + _BATCH]) for at in range(0, len(pictures), _BATCH)]
        grids = [self.encoder(batch, training=False).numpy() for batch in batches]
        features = np.concatenate([grid.reshape(-1, grid.shape[-1]) for grid in grids])
        return equalised(self._trained, value_extents(self._trained, features))

    @property
    def spec(self) -> DecoderSpec:
        """Return what the decoder's graphs pass on."""
        return self._trained.spec(self.regions)

    def named(self, part: str, precision: str) -> str:
        """Return what a decoder's file is called, but for its ending: `decoder_step.int8`, or `decoder_step.de.int8` beside others."""
        return ".".join([part, *([self._shared.language] if self._shared else []), precision])

    @cached_property
    def encoder_graph(self) -> onnx.ModelProto:
        """Return float ONNX graph of the encoder."""
        return self._shared.graph if self._shared else graphs.encoder_graph(self.encoder, self.decoder)

    @cached_property
    def step_graph(self) -> onnx.ModelProto:
        """Return float ONNX graph of a decoder step."""
        return graphs.step_graph(self.decoder, self.regions)

    def pictures(self, held_out: bool = False) -> Iterator[Feeds]:
        """Return the encoder's inputs to measure with, or those held out to compare on."""
        measured = len(self._names) - self._held_out
        names = self._names[measured:] if held_out else self._names[:measured]
        return examples.pictures(self._images, names, self.encoder.input_shape[1])

    @cached_property
    def encoder_layers(self) -> list[Layer]:
        """Return the encoder's layers and what they read; of a part of the pictures, since every place of each counts."""
        plain = gemm_to_matmul(self.encoder_graph)
        return layers(plain, itertools.islice(self.pictures(), _MOMENT_PICTURES))

    @cached_property
    def step_layers(self) -> list[Layer]:
        """Return the step's layers and what they read."""
        return layers(gemm_to_matmul(self.step_graph), self.step_inputs())

    @cached_property
    def steps(self) -> list[Feeds]:
        """Return the decoder's inputs, those of each picture together; the held-out ones last."""
        pictures = [*self.pictures(), *self.pictures(held_out=True)]
        return list(examples.steps(self.encoder_graph, self.step_graph, pictures, self.search))

    def step_inputs(self, held_out: bool = False) -> list[Feeds]:
        """Return the decoder's inputs to measure with, or those held out to compare on."""
        measured = len(self.steps) - self._held_out
        return self.steps[measured:] if held_out else self.steps[:measured]

    @cached_property
    def held_out_pictures(self) -> tuple[list[Feeds], list[Sequence[Any]]]:
        """Return held-out inputs of the encoder, and what the float graph gives for them."""
        inputs = list(self.pictures(held_out=True))
        run = onnx_runner(compacted(self.encoder_graph))
        return inputs, [run(feeds) for feeds in inputs]

    @cached_property
    def held_out_steps(self) -> tuple[list[Feeds], list[Sequence[Any]]]:
        """Return held-out inputs of the step, and what the float graph gives for them."""
        inputs = self.step_inputs(held_out=True)
        run = onnx_runner(compacted(self.step_graph))
        return inputs, [run(feeds) for feeds in inputs]

    def best(
        self,
        graph: str,
        observed: Mapping[str, Observed],
        build: Callable[[Method], bytes],
        error: Callable[[bytes], float],
    ) -> bytes:
        """Return a static graph by the method asked for, or by the one that errs least on what was held out.

        Args:
            graph: Its name in the report.
            observed: What its tensors were seen to hold.
            build: From a method to the graph.
            error: From the graph to its error.
        """
        built = {method: build(method) for method in self.methods}
        errors = {method: error(content) for method, content in built.items()}
        chosen = min(errors, key=lambda method: errors[method])
        self.chosen[graph] = {"method": chosen, "errors": {name: round(value, 6) for name, value in errors.items()}}
        self.say(f"calibration: {graph} {self.chosen[graph]}")
        return built[chosen]
