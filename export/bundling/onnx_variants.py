"""A network's ONNX graphs in every precision, each made when it is asked for, and once."""

from functools import cache, cached_property

import onnx

from export.bundling.backends import Files
from export.bundling.network import Network
from export.calibration.ranges import Observed, ranges
from export.calibration.runners import onnx_runner
from export.onnx import quantise
from export.onnx.compaction import compacted, shared_weights
from export.onnx.fp16 import half
from export.onnx.greedy_loop import looped
from export.onnx.rounded_weights import gemm_to_matmul, rounded
from export.parity.graph_error import encoder_error, step_error


class OnnxVariants:
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
        weights = f"{network.named('decoder', precision)}.weights"
        step, greedy, content = shared_weights(onnx.load_from_string(step), loop, weights)
        return {
            "decoder_step": (f"{network.named('decoder_step', precision)}.onnx", step),
            "decoder_greedy": (f"{network.named('decoder_greedy', precision)}.onnx", greedy),
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
