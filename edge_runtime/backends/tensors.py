"""The inputs and outputs that a bundle's graphs must have, whatever runs them."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge_runtime.bundle.decoder_spec import NEXT, TensorSpec
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.errors import BundleError

Kind = tuple[str, tuple[int | None, ...]]
"""Type as NumPy names it, and shape; None where any length goes."""

GREEDY_SIGNATURE = "greedy"
"""Of a LiteRT step graph: the whole greedy search."""


@dataclass(frozen=True)
class GraphTensors:
    """Tensors of a graph.

    Attributes:
        inputs: Name -> kind.
        outputs: Name -> kind, in the order in which a backend reads them.
    """

    inputs: Mapping[str, Kind]
    outputs: Mapping[str, Kind]


def encoder_tensors(manifest: Manifest) -> GraphTensors:
    """Of the encoder: `image` -> the decoder's context and first state."""
    spec = manifest.input
    return GraphTensors(
        {"image": ("uint8", (1, spec.height, spec.width, 3))},
        {tensor.name: _floats(1, tensor) for tensor in manifest.decoder.tensors},
    )


def step_tensors(manifest: Manifest) -> GraphTensors:
    """Of a decoder step: `token`, state, context -> `log_probs`, and the state for the next step under `next_` names."""
    decoder = manifest.decoder
    return GraphTensors(
        {
            "token": ("int32", (None,)),
            **{tensor.name: _floats(None, tensor) for tensor in decoder.state},
            **{tensor.name: _floats(1, tensor) for tensor in decoder.context},
        },
        {
            "log_probs": ("float32", (None, manifest.sizes.vocabulary)),
            **{NEXT + tensor.name: _floats(None, tensor) for tensor in decoder.state},
        },
    )


def _floats(rows: int | None, tensor: TensorSpec) -> Kind:
    return "float32", (rows, *tensor.shape)


def greedy_tensors(manifest: Manifest) -> GraphTensors:
    """Of a greedy loop: context and first state -> `tokens` and their `token_log_probs`, the end's included."""
    found = encoder_tensors(manifest).outputs
    return GraphTensors(found, {"tokens": ("int32", (None,)), "token_log_probs": ("float32", (None,))})


def greedy_signature_tensors(manifest: Manifest) -> GraphTensors:
    """Of the same as a signature of a LiteRT step graph: of the longest sentence, `length` tokens are said."""
    most = (manifest.max_length,)
    kinds: dict[str, Kind] = {
        "tokens": ("int32", most),
        "token_log_probs": ("float32", most),
        "length": ("int32", (1,)),
    }
    return GraphTensors(encoder_tensors(manifest).outputs, kinds)


def check_tensors(graph: str, inputs: Mapping[str, Kind], outputs: Mapping[str, Kind], wanted: GraphTensors) -> None:
    """Hold a graph's tensors against what they must be.

    Args:
        graph: What to call the graph in an error.
        inputs: As found.
        outputs: As found.
        wanted: As they must be.

    Raises:
        BundleError: One is missing, unknown or of another kind.
    """
    for found, asked in ((inputs, wanted.inputs), (outputs, wanted.outputs)):
        if dict(found) != dict(asked):
            name = next(name for name in sorted({*found, *asked}) if found.get(name) != asked.get(name))
            raise BundleError(
                f"{graph}: '{name}' is {found.get(name)}, the manifest says {asked.get(name)}; export the bundle again"
            )
