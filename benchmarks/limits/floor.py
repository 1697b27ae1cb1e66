"""The floor of a caption: its graphs on raw sessions, inputs ready, nothing of ours around them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.tensors import GREEDY_SIGNATURE, encoder_tensors, greedy_tensors
from edge_runtime.bundle.manifest import Variant
from edge_runtime.bundle.reader import Bundle

Image = npt.NDArray[np.uint8]
"""uint8 [1, H, W, 3]."""


class RawPass:
    """One pass of the encoder and of the greedy loop, on sessions opened as the backend opens them.

    Args:
        bundle: The bundle.
        variant: One of its variants, with a greedy loop.
        threads: Of the encoder.

    Attributes:
        encode: From an image to the four arrays that the loop reads; run it before `decode`.
        decode: From those arrays to the loop's tokens, as the runtime gives them.

    Raises:
        BackendNotInstalledError: What runs the variant is not installed.
        BundleError: A graph cannot be run.
    """

    def __init__(self, bundle: Bundle, variant: Variant, threads: int) -> None:
        self.encode: Callable[[Image], Any]
        self.decode: Callable[[Any], Any]
        if variant.backend == "onnx":
            self._onnx(bundle, variant, threads)
        else:
            self._litert(bundle, variant, threads)

    def _onnx(self, bundle: Bundle, variant: Variant, threads: int) -> None:
        from edge_runtime.backends.onnx import open_session

        manifest, files = bundle.manifest, variant.files
        encoder = open_session(bundle, files["encoder"], threads, encoder_tensors(manifest))
        loop = open_session(bundle, files["decoder_greedy"], 1, greedy_tensors(manifest), files.get("decoder_weights"))
        names = [*encoder_tensors(manifest).outputs]
        self.encode = lambda image: encoder.run(None, {"image": image})
        self.decode = lambda grid: loop.run(None, dict(zip(names, grid, strict=True)))

    def _litert(self, bundle: Bundle, variant: Variant, threads: int) -> None:
        from edge_runtime.backends.litert_graph import open_interpreter

        source, files = str(bundle.path), variant.files
        encoder = open_interpreter(bundle.read(files["encoder"]), source, threads)
        encoder.allocate_tensors()
        place = encoder.get_input_details()[0]["index"]
        found = {details["name"]: details["index"] for details in encoder.get_output_details()}
        names = [*encoder_tensors(bundle.manifest).outputs]
        decoder = open_interpreter(bundle.read(files["decoder_step"]), source, 1)
        loop = decoder.get_signature_runner(GREEDY_SIGNATURE)

        def encode(image: Image) -> Any:
            encoder.set_tensor(place, image)
            encoder.invoke()
            return [encoder.get_tensor(found[name]) for name in names]

        self.encode = encode
        self.decode = lambda grid: loop(**dict(zip(names, grid, strict=True)))
