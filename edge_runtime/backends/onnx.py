"""Runs a bundle's ONNX graphs with ONNX Runtime on the CPU."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import EncodedPicture
from edge_runtime.bundle import Bundle
from edge_runtime.decoding import Floats, State
from edge_runtime.errors import BackendNotInstalledError, BundleError
from edge_runtime.manifest import BundleFile, Variant

if TYPE_CHECKING:
    import onnxruntime

_ENCODER_OUTPUTS = ("keys", "values", "state_h", "state_c")
_STEP_OUTPUTS = ("log_probs", "next_state_h", "next_state_c")


class OnnxBackend:
    """An ONNX variant.

    Args:
        bundle: The bundle.
        variant: One of its ONNX variants.
        threads: Threads of the encoder; the decoder's steps are too small to share and keep to one.

    Raises:
        BundleError: A graph is missing, altered, or not as the manifest says.
    """

    def __init__(self, bundle: Bundle, variant: Variant, threads: int) -> None:
        sizes, spec = bundle.manifest.sizes, bundle.manifest.input
        regions, width = sizes.regions, sizes.width
        self._encoder = _session(
            bundle,
            variant.files["encoder"],
            threads,
            {"image": ("tensor(uint8)", (1, spec.height, spec.width, 3))},
            {
                "keys": (1, regions, width),
                "values": (1, regions, width),
                "state_h": (1, width),
                "state_c": (1, width),
            },
        )
        self._decoder = _session(
            bundle,
            variant.files["decoder_step"],
            1,
            {
                "token": ("tensor(int32)", (None,)),
                "state_h": ("tensor(float)", (None, width)),
                "state_c": ("tensor(float)", (None, width)),
                "keys": ("tensor(float)", (1, regions, width)),
                "values": ("tensor(float)", (1, regions, width)),
            },
            {"log_probs": (None, sizes.vocabulary), "next_state_h": (None, width), "next_state_c": (None, width)},
        )

    def encode(self, image: npt.NDArray[np.uint8]) -> EncodedPicture:
        """Run the encoder; see `Backend.encode`."""
        keys, values, state_h, state_c = self._encoder.run(_ENCODER_OUTPUTS, {"image": image})
        feeds: dict[str, Any] = {"keys": keys, "values": values}
        decoder = self._decoder

        def step(tokens: npt.NDArray[np.int32], state: State) -> tuple[Floats, State]:
            feeds["token"], feeds["state_h"], feeds["state_c"] = tokens, *state
            log_probs, state_h, state_c = decoder.run(_STEP_OUTPUTS, feeds)
            return log_probs, (state_h, state_c)

        return EncodedPicture(step, (state_h, state_c))


def _session(
    bundle: Bundle,
    file: BundleFile,
    threads: int,
    inputs: dict[str, tuple[str, tuple[int | None, ...]]],
    outputs: dict[str, tuple[int | None, ...]],
) -> "onnxruntime.InferenceSession":
    try:
        import onnxruntime
    except ModuleNotFoundError:
        raise BackendNotInstalledError("this variant needs ONNX Runtime; run: pip install onnxruntime") from None

    content = bundle.read(file)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    # Waiting threads sleep: as fast on two cores (docs/decisions/005), and the rest of the machine keeps its cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no common base but this
        reason = str(error).partition("\n")[0]
        raise BundleError(
            f"{bundle.path}/{file.path}: not a graph that can be run ({reason}); export the bundle again"
        ) from None
    found_in = {node.name: (node.type, _shape(node.shape)) for node in session.get_inputs()}
    found_out = {node.name: (node.type, _shape(node.shape)) for node in session.get_outputs()}
    wanted_out = {name: ("tensor(float)", shape) for name, shape in outputs.items()}
    for found, wanted in ((found_in, inputs), (found_out, wanted_out)):
        if found != wanted:
            name = next(name for name in sorted({*found, *wanted}) if found.get(name) != wanted.get(name))
            raise BundleError(
                f"{bundle.path}/{file.path}: '{name}' is {found.get(name)}, the manifest says {wanted.get(name)}; "
                "export the bundle again"
            )
    return session


def _shape(shape: list[Any]) -> tuple[int | None, ...]:
    return tuple(length if isinstance(length, int) else None for length in shape)
