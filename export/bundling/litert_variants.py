"""A network's TFLite graphs in every precision, each made when it is asked for, and once."""

from functools import cache

from export.bundling.backends import Files
from export.bundling.network import Network
from export.calibration.ranges import ranges
from export.calibration.runners import litert_runner
from export.litert import convert as litert_graphs
from export.litert import quantise as litert_quantise
from export.litert.flatbuffer import packed, unpacked
from export.litert.greedy_loop import with_greedy_search
from export.parity.graph_error import encoder_error, step_error


class LitertVariants:
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
                f"{network.named('decoder_step', precision)}.tflite",
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
            lambda graph: encoder_error(reference, litert_runner(graph, network.spec.names), inputs),
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
            lambda graph: step_error(reference, litert_runner(graph, network.spec.step_outputs), inputs),
        )
