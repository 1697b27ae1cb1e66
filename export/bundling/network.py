"""Every precision of a network's graphs, made when it is asked for and once."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import onnx

from edge_runtime.backends.decoding import Search
from edge_runtime.bundle.decoder_spec import DecoderSpec
from export.calibration import examples
from export.calibration.equalisation import equalised, value_extents
from export.calibration.gptq import Layer
from export.calibration.moments import layers
from export.calibration.ranges import METHODS, Feeds, Method, Observed, ranges
from export.calibration.runners import litert_runner, onnx_runner
from export.litert import convert as litert_graphs
from export.litert import quantise as litert_quantise
from export.litert.flatbuffer import packed, unpacked
from export.litert.greedy_loop import with_greedy_search
from export.onnx import convert as graphs
from export.onnx import quantise
from export.onnx.compaction import compacted, shared_weights
from export.onnx.fp16 import half
from export.onnx.greedy_loop import looped
from export.onnx.rounded_weights import gemm_to_matmul, rounded
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

Files = Mapping[str, tuple[str, bytes]]
"""Graph name -> (file name, content)."""


def held_out(pictures: int) -> int:
    """Of so many calibration pictures, those that the methods are compared on; none of a single one."""
    return min(HELD_OUT, pictures // 4)


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
    ) -> None:
        self.encoder, self.regions, self.search = encoder, regions, search
        self._trained = decoder
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
        """
        if not isinstance(self._trained, Attention):
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

    @cached_property
    def encoder_graph(self) -> onnx.ModelProto:
        """Return float ONNX graph of the encoder."""
        return graphs.encoder_graph(self.encoder, self.decoder)

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
        """Return a static form by the method asked for, or by the one that errs least on what was held out.

        Args:
            graph: Its name in the report.
            observed: What its tensors were seen to hold.
            build: From a method to the graph.
            error: From the graph to its error.
        """
        forms = {method: build(method) for method in self.methods}
        errors = {method: error(form) for method, form in forms.items()}
        chosen = min(errors, key=lambda method: errors[method])
        self.chosen[graph] = {"method": chosen, "errors": {name: round(value, 6) for name, value in errors.items()}}
        self.say(f"calibration: {graph} {self.chosen[graph]}")
        return forms[chosen]


def encoder_error(reference: Sequence[Sequence[Any]], run: Callable[[Feeds], Sequence[Any]], inputs: Any) -> float:
    """1 - cosine of the worst output, the mean over inputs."""
    from export.parity.measure import cosine

    found = [
        [cosine(a, b) for a, b in zip(run(feeds), outs, strict=True)]
        for feeds, outs in zip(inputs, reference, strict=True)
    ]
    return float(1 - np.mean(found, axis=0).min())


def step_error(reference: Sequence[Sequence[Any]], run: Callable[[Feeds], Sequence[Any]], inputs: Any) -> float:
    """Return divergence of Kullback and Leibler of the next word's distribution, the mean over steps, in nats."""
    found = []
    for feeds, outs in zip(inputs, reference, strict=True):
        true, other = outs[0].astype(np.float64), run(feeds)[0].astype(np.float64)
        found.append((np.exp(true) * (true - other)).sum(1).mean())
    return float(np.mean(found))


class Forms(Protocol):
    """The forms of one backend, by precision, see `export.bundling.variants.PRECISIONS`."""

    @property
    def encoder(self) -> Callable[[str], Files]:
        """Return the encoder's file."""
        ...

    @property
    def decoder(self) -> Callable[[str], Files]:
        """Return the decoder's files."""
        ...


class OnnxForms:
    """ONNX graphs; a decoder has a step graph, a greedy loop over it, and one file of weights for both.

    Args:
        network: What is exported.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.encoder = cache(self._encoder)
        self.decoder = cache(self._decoder)

    def _encoder(self, precision: str) -> Files:
        network, model = self._network, self._network.encoder_graph
        if precision == "int8":
            content = self._static_encoder()
        elif precision == "int8-dynamic":
            weights = rounded(model, network.encoder_layers, self._encoder_seen)
            content = compacted(quantise.dynamic_encoder(weights))
        else:
            content = compacted(half(model) if precision == "fp16" else model)
        return {"encoder": (f"encoder.{precision}.onnx", content)}

    def _decoder(self, precision: str) -> Files:
        network, model = self._network, self._network.step_graph
        if precision == "int8":
            step = self._static_step()
        elif precision == "int8-dynamic":
            step = compacted(quantise.dynamic_step(rounded(model, network.step_layers, {})))
        else:
            step = compacted(half(model) if precision == "fp16" else model)
        loop = looped(onnx.load_from_string(step), network.search)
        weights = f"decoder.{precision}.weights"
        step, greedy, content = shared_weights(onnx.load_from_string(step), loop, weights)
        return {
            "decoder_step": (f"decoder_step.{precision}.onnx", step),
            "decoder_greedy": (f"decoder_greedy.{precision}.onnx", greedy),
            "decoder_weights": (weights, content),
        }

    @cached_property
    def _encoder_seen(self) -> dict[str, Observed]:
        return quantise.observe_graph(self._network.encoder_graph, self._network.pictures(), self._network.methods)

    def _static_encoder(self) -> bytes:
        network, observed = self._network, self._encoder_seen
        weights = rounded(network.encoder_graph, network.encoder_layers, observed)
        inputs, reference = network.held_out_pictures
        return network.best(
            "onnx encoder",
            observed,
            lambda method: compacted(quantise.static_encoder(weights, ranges(observed, method))),
            lambda graph: encoder_error(reference, onnx_runner(graph), inputs),
        )

    def _static_step(self) -> bytes:
        network = self._network
        observed = quantise.observe_graph(gemm_to_matmul(network.step_graph), network.step_inputs(), network.methods)
        weights = rounded(network.step_graph, network.step_layers, observed)
        inputs, reference = network.held_out_steps
        return network.best(
            "onnx decoder_step",
            observed,
            lambda method: compacted(quantise.static_step(weights, ranges(observed, method))),
            lambda graph: step_error(reference, onnx_runner(graph), inputs),
        )


class LitertForms:
    """TFLite graphs of built-in operators.

    Args:
        network: What is exported.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.encoder = cache(self._encoder)
        self.decoder = cache(self._decoder)

    def _encoder(self, precision: str) -> Files:
        network = self._network
        graph = litert_graphs.encoder_graph(network.encoder, network.decoder, half=precision == "fp16")
        content = self._small_encoder(graph, precision) if "int8" in precision else packed(unpacked(graph))
        return {"encoder": (f"encoder.{precision}.tflite", content)}

    def _decoder(self, precision: str) -> Files:
        network = self._network
        graph = litert_graphs.step_graph(network.decoder, network.regions, half=precision == "fp16")
        content = self._small_step(graph, precision) if "int8" in precision else packed(unpacked(graph))
        return {
            "decoder_step": (
                f"decoder_step.{precision}.tflite",
                with_greedy_search(content, network.search, network.spec.names),
            )
        }

    def _small_encoder(self, graph: bytes, precision: str) -> bytes:
        network = self._network
        observed = litert_quantise.observe_graph(graph, network.pictures(), network.methods)
        weights = litert_quantise.rounded(graph, network.encoder_layers, observed)
        if precision == "int8-dynamic":
            return litert_quantise.dynamic(weights)
        inputs, reference = network.held_out_pictures
        return network.best(
            "litert encoder",
            observed,
            lambda method: litert_quantise.static_encoder(weights, ranges(observed, method)),
            lambda form: encoder_error(reference, litert_runner(form, network.spec.names), inputs),
        )

    def _small_step(self, graph: bytes, precision: str) -> bytes:
        network = self._network
        weights = litert_quantise.rounded(graph, network.step_layers, {})
        if precision == "int8-dynamic":
            return litert_quantise.dynamic_step(weights)
        observed = litert_quantise.observe_graph(graph, network.step_inputs(), network.methods)
        inputs, reference = network.held_out_steps
        return network.best(
            "litert decoder_step",
            observed,
            lambda method: litert_quantise.static_step(weights, ranges(observed, method)),
            lambda form: step_error(reference, litert_runner(form, network.spec.step_outputs), inputs),
        )


def forms(backend: str, network: Network) -> Forms:
    """Return the forms of a backend of `export.bundling.variants.BACKENDS`."""
    return OnnxForms(network) if backend == "onnx" else LitertForms(network)
