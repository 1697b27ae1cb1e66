"""Which layers lose most in eight bits: one is quantised at a time, all others stay in float."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import onnx

from edge_runtime.console.streams import LOG_STREAM
from export.bundling.network import Network
from export.calibration.ranges import Method, ranges
from export.calibration.runners import onnx_runner
from export.onnx import quantise
from export.onnx.compaction import compacted
from export.onnx.rounded_weights import gemm_to_matmul, rounded, weighted_layers
from export.parity.graph_error import encoder_error, step_error


@dataclass(frozen=True)
class LayerLoss:
    """A layer as measured.

    Attributes:
        graph: `encoder` or `decoder_step`.
        layer: Name of its node.
        error: Of the encoder 1 - cosine of its worst output, of the decoder the divergence of the next word in nats; the means over
            held-out pictures when this layer alone is quantised.
        share: Of the sum over all layers of its graph.
        weights: Values it holds.
    """

    graph: str
    layer: str
    error: float
    share: float
    weights: int


@dataclass(frozen=True)
class SensitivityReport:
    """Every layer, the most damaging first, and what all of them lose together.

    Attributes:
        layers: Ranked within each graph.
        together: Graph -> error with every layer quantised.
        method: How the ranges were taken.
    """

    layers: list[LayerLoss]
    together: dict[str, float]
    method: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def to_markdown(self) -> str:
        """Tables, the ten most damaging layers of each graph named."""
        lines = [f"# What each layer loses in eight bits ({self.method} ranges)"]
        for graph, together in self.together.items():
            ranked = [layer for layer in self.layers if layer.graph == graph]
            unit = "1 - cosine" if graph == "encoder" else "nats a word"
            lines += ["", f"## {graph}: {len(ranked)} layers; all together {together:.6f} ({unit})", ""]
            lines += [f"| rank | layer | {unit} | share | weights |", "|---|---|---|---|---|"]
            lines += [
                f"| {rank} | {layer.layer} | {layer.error:.6f} | {layer.share:.1%} | {layer.weights} |"
                for rank, layer in enumerate(ranked, 1)
            ]
        return "\n".join(lines) + "\n"


def sensitivity(network: Network, method: Method, say: Callable[[str], None]) -> SensitivityReport:
    """Quantise one layer at a time.

    Args:
        network: What is looked into.
        method: How ranges are taken.
        say: Receives lines of news.
    """
    encoder, step = network.encoder_graph, network.step_graph
    observed = quantise.observe_graph(encoder, network.pictures(), [method])
    taken = ranges(observed, method)
    pictures = list(network.pictures(held_out=True))
    encoder_layers, encoder_all = _ranked(
        "encoder",
        encoder,
        lambda excluded: quantise.static_encoder(
            rounded(encoder, network.encoder_layers, observed, excluded), taken, excluded
        ),
        _judge(encoder, pictures, encoder_error),
        say,
    )
    step_seen = quantise.observe_graph(gemm_to_matmul(step), network.step_inputs(), [method])
    step_taken = ranges(step_seen, method)
    step_layers, step_all = _ranked(
        "decoder_step",
        step,
        lambda excluded: quantise.static_step(
            rounded(step, network.step_layers, step_seen, excluded), step_taken, excluded
        ),
        _judge(step, network.step_inputs(held_out=True), step_error),
        say,
    )
    return SensitivityReport(
        [*encoder_layers, *step_layers], {"encoder": encoder_all, "decoder_step": step_all}, method
    )


def _judge(model: onnx.ModelProto, inputs: Sequence[Any], error: Callable[..., float]) -> Callable[[bytes], float]:
    run = onnx_runner(compacted(model))
    reference = [run(feeds) for feeds in inputs]
    return lambda graph: error(reference, onnx_runner(graph), inputs)


def _ranked(
    graph: str,
    model: onnx.ModelProto,
    build: Callable[[set[str]], onnx.ModelProto],
    judge: Callable[[bytes], float],
    say: Callable[[str], None],
) -> tuple[list[LayerLoss], float]:
    from tqdm import tqdm

    layers = weighted_layers(model)
    errors = {}
    for name in tqdm(layers, desc=f"{graph}, a layer at a time", unit="layer", mininterval=2, file=LOG_STREAM):
        errors[name] = judge(compacted(build({other for other in layers if other != name})))
    together = judge(compacted(build(set())))
    total = sum(errors.values()) or 1.0
    found = [
        LayerLoss(graph, name, round(error, 8), round(error / total, 4), layers[name]) for name, error in errors.items()
    ]
    say(f"{graph}: {len(found)} layers, all together {together:.6f}")
    return sorted(found, key=lambda layer: -layer.error), together
