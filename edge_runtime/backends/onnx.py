"""Runs a bundle's ONNX graphs with ONNX Runtime on the CPU."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import EncodedPicture
from edge_runtime.backends.decoding import Floats, Hypothesis, State
from edge_runtime.backends.onnx_files import check_files
from edge_runtime.backends.onnx_runtime import onnx_runtime
from edge_runtime.backends.outputs import Outputs
from edge_runtime.backends.tensors import (
    GraphTensors,
    Kind,
    check_tensors,
    encoder_tensors,
    greedy_tensors,
    step_tensors,
)
from edge_runtime.bundle.manifest import BundleFile, Variant
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import BackendNotInstalledError, BundleError

if TYPE_CHECKING:
    import onnxruntime

_TYPES = {"tensor(uint8)": "uint8", "tensor(int32)": "int32", "tensor(float)": "float32"}


class OnnxBackend:
    """An ONNX variant.

    Args:
        bundle: The bundle.
        variant: One of its ONNX variants.
        threads: Threads of the encoder; the decoder's steps are too small to share and keep to one.
        sharing: Backend of the same variant in another language, whose encoder is used; one is opened where None.

    Raises:
        BackendNotInstalledError: ONNX Runtime is not installed.
        BundleError: A graph is missing, altered, or not as the manifest says.
    """

    def __init__(self, bundle: Bundle, variant: Variant, threads: int, sharing: "OnnxBackend | None" = None) -> None:
        manifest, files = bundle.manifest, variant.files
        self._outputs = Outputs(manifest, str(bundle.path))
        self._names = manifest.decoder.names
        self._states = tuple(tensor.name for tensor in manifest.decoder.state)
        self._encoder: onnxruntime.InferenceSession = (
            sharing._encoder if sharing else open_session(bundle, files["encoder"], threads, encoder_tensors(manifest))
        )
        weights = files.get("decoder_weights")
        self._decoder = open_session(bundle, files["decoder_step"], 1, step_tensors(manifest), weights)
        self._greedy = None
        if "decoder_greedy" in files:
            self._greedy = open_session(bundle, files["decoder_greedy"], 1, greedy_tensors(manifest), weights)

    def encode(self, image: npt.NDArray[np.uint8]) -> EncodedPicture:
        """Run the encoder; see `Backend.encode`."""
        return self.bind(*self._outputs.encoded(self._run(self._encoder, {"image": image})))

    def bind(self, context: tuple[Floats, ...], state: State) -> EncodedPicture:
        """Return a picture as this decoder reads it; see `Backend.bind`."""
        checked, decoder, states = self._outputs, self._decoder, self._states
        first = dict(zip(self._names, (*context, *state), strict=True))
        feeds: dict[str, Any] = dict(first)

        def step(tokens: npt.NDArray[np.int32], state: State) -> tuple[Floats, State]:
            feeds["token"] = tokens
            for name, array in zip(states, state, strict=True):
                feeds[name] = array
            return checked.stepped(self._run(decoder, feeds), len(tokens))

        loop = self._greedy
        if loop is None:
            return EncodedPicture(step, state, context)

        def greedy() -> Hypothesis:
            tokens, log_probs = (array.ravel().tolist() for array in self._run(loop, first))
            return checked.sentence(tokens, log_probs)

        return EncodedPicture(step, state, context, greedy)

    def _run(self, session: "onnxruntime.InferenceSession", feeds: dict[str, Any]) -> list[Any]:
        try:
            found: list[Any] = session.run(None, feeds)
        except Exception as error:  # onnxruntime's own errors have no common base but this
            raise self._outputs.failed(error) from None
        return found


def open_session(
    bundle: Bundle,
    file: BundleFile,
    threads: int,
    wanted: GraphTensors,
    weights: BundleFile | None = None,
    profile: str | None = None,
) -> "onnxruntime.InferenceSession":
    """Return a graph, opened as the backend does it.

    Args:
        bundle: The bundle.
        file: The graph, one of its files.
        threads: Threads of a run.
        wanted: Its inputs and outputs.
        weights: The file of its weights, where they are apart.
        profile: The beginning of two paths, which get the times of its operators, and with `.onnx` the graph as it is run; none
            are taken where None.

    Raises:
        BackendNotInstalledError: ONNX Runtime is not installed.
        BundleError: The graph is missing, altered, or not as wanted.
    """
    try:
        onnxruntime = onnx_runtime()
    except ModuleNotFoundError:
        raise BackendNotInstalledError("this variant needs ONNX Runtime; run: pip install onnxruntime") from None
    except ImportError as error:
        raise BackendNotInstalledError(f"ONNX Runtime cannot be loaded ({error}); install what it misses") from None

    content = bundle.read(file)
    check_files(
        content,
        f"{bundle.path}/{file.path}",
        weights.path if weights else None,
        weights.bytes if weights else 0,
        bundle.manifest.max_length,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # What is wrong with a graph is said by the error alone.
    options.log_severity_level = 4
    # Waiting threads sleep: the rest of the machine keeps its cores (docs/decisions/005 and 007).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if profile is not None:
        options.enable_profiling = True
        options.profile_file_prefix = profile
        options.optimized_model_filepath = profile + ".onnx"
    if weights is not None:
        # A graph names the file of its weights; they are given from memory, so that a bundle may be a zip.
        held = bundle.read(weights)
        options.add_external_initializers_from_files_in_memory([weights.path], [held], [len(held)])
    try:
        session = onnxruntime.InferenceSession(
            content,
            options,
            providers=["CPUExecutionProvider"],
            enable_fallback=False,  # which prints on stdout
        )
    except Exception as error:  # onnxruntime's own errors have no common base but this
        reason = str(error).partition("\n")[0]
        raise BundleError(
            f"{bundle.path}/{file.path}: not a graph that can be run ({reason}); export the bundle again"
        ) from None
    inputs, outputs = (
        {node.name: _kind(node) for node in nodes} for nodes in (session.get_inputs(), session.get_outputs())
    )
    check_tensors(f"{bundle.path}/{file.path}", inputs, outputs, wanted)
    if [*outputs] != [*wanted.outputs]:
        raise BundleError(f"{bundle.path}/{file.path}: its outputs stand in another order; export the bundle again")
    return session


def _kind(node: Any) -> Kind:
    shape = tuple(length if isinstance(length, int) else None for length in node.shape)
    return _TYPES.get(node.type, node.type), shape
