"""A backend: ONNX's own reference evaluator, in NumPy: slow, and right, to hold what a faster one says against it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import EncodedPicture
from edge_runtime.backends.decoding import Floats, State
from edge_runtime.backends.onnx_files import check_files
from edge_runtime.backends.outputs import Outputs
from edge_runtime.bundle.manifest import BundleFile, Variant
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import BackendNotInstalledError, BundleError


class ReferenceBackend:
    """A variant whose graphs are ONNX with their weights inside.

    Args:
        bundle: The bundle.
        variant: One of its variants.
        threads: Of the encoder; NumPy takes as many as it likes.
        sharing: Backend of another language, whose encoder is used.

    Raises:
        BackendNotInstalledError: The package `onnx` is not installed.
        BundleError: A graph is missing, altered, or none that can be run.
    """

    def __init__(
        self, bundle: Bundle, variant: Variant, threads: int, sharing: "ReferenceBackend | None" = None
    ) -> None:
        del threads
        self._names = bundle.manifest.decoder
        # What the graphs give is held against the manifest: a stranger's bundle ends in a sentence, not a traceback.
        self._checked = Outputs(bundle.manifest, str(bundle.path))
        self._encoder = sharing._encoder if sharing else _opened(bundle, variant.files["encoder"])
        self._decoder = _opened(bundle, variant.files["decoder_step"])

    def encode(self, image: npt.NDArray[np.uint8]) -> EncodedPicture:
        """Run the encoder; see `Backend.encode`."""
        return self.bind(*self._checked.encoded(self._run(self._encoder, self._names.names, {"image": image})))

    def bind(self, context: tuple[Floats, ...], state: State) -> EncodedPicture:
        """Return a picture as this decoder reads it; see `Backend.bind`."""
        picture = {tensor.name: array for tensor, array in zip(self._names.context, context, strict=True)}

        def step(tokens: npt.NDArray[np.int32], state: State) -> tuple[Floats, State]:
            before = {tensor.name: array for tensor, array in zip(self._names.state, state, strict=True)}
            found = self._run(self._decoder, self._names.step_outputs, {"token": tokens, **picture, **before})
            return self._checked.stepped(found, len(tokens))

        return EncodedPicture(step, state, context)

    def _run(self, graph: Any, outputs: tuple[str, ...], feeds: dict[str, Any]) -> list[Floats]:
        try:
            found: list[Floats] = graph.run(list(outputs), feeds)
        except Exception as error:  # its errors have no common base but this
            raise self._checked.failed(error) from None
        return found


def _opened(bundle: Bundle, file: BundleFile) -> Any:
    try:
        import onnx
        from onnx.reference import ReferenceEvaluator
    except ModuleNotFoundError:
        raise BackendNotInstalledError("this variant needs the package onnx; run: pip install onnx") from None
    content = bundle.read(file)  # held against its SHA-256
    source = f"{bundle.path}/{file.path}"
    # A graph may name any file of this machine as its weights; here it may name none.
    check_files(content, source, None, 0, bundle.manifest.max_length)
    try:
        return ReferenceEvaluator(onnx.load_model_from_string(content))
    except Exception as error:  # onnx's and protobuf's errors have no common base but this
        reason = str(error).partition("\n")[0]
        raise BundleError(f"{source}: not a graph that can be run ({reason}); export the bundle again") from None
