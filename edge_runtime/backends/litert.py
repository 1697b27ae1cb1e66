"""Runs a bundle's TFLite graphs with LiteRT and its XNNPACK kernels on the CPU."""

import threading

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import EncodedPicture
from edge_runtime.backends.decoding import Floats, Hypothesis, State
from edge_runtime.backends.litert_graph import LitertGraph, in_our_words
from edge_runtime.backends.outputs import Outputs
from edge_runtime.backends.tensors import (
    GREEDY_SIGNATURE,
    GraphTensors,
    encoder_tensors,
    greedy_signature_tensors,
    step_tensors,
)
from edge_runtime.bundle.decoder_spec import DecoderSpec
from edge_runtime.bundle.manifest import BundleFile, Manifest, Variant
from edge_runtime.bundle.reader import Bundle


class LitertBackend:
    """A LiteRT variant.

    An interpreter has one set of tensors: a lock lets one thread at a time into each, and results are copied out.

    Args:
        bundle: The bundle.
        variant: One of its LiteRT variants.
        threads: Threads of the encoder; the decoder's steps are too small to share and keep to one.
        sharing: Backend of the same variant in another language, whose encoder is used; one is opened where None.

    Raises:
        BackendNotInstalledError: LiteRT is not installed.
        BundleError: A graph is missing, altered, or not as the manifest says.
    """

    def __init__(self, bundle: Bundle, variant: Variant, threads: int, sharing: "LitertBackend | None" = None) -> None:
        manifest = bundle.manifest
        self._outputs = Outputs(manifest, str(bundle.path))
        self._encoder: LitertGraph = (
            sharing._encoder
            if sharing
            else _File(bundle, variant.files["encoder"]).graph(threads, encoder_tensors(manifest))
        )
        # Decoders are made when they are asked for, from what was read now: the bundle may be another one by then.
        self._decoder_file = _File(bundle, variant.files["decoder_step"])
        self._tensors, self._spec = step_tensors(manifest), manifest.decoder
        self._decoders: dict[int, _Step] = {}
        self._lock = threading.Lock()
        self._greedy = _Greedy(self._decoder_file, manifest)

    def encode(self, image: npt.NDArray[np.uint8]) -> EncodedPicture:
        """Run the encoder; see `Backend.encode`."""
        return self.bind(*self._outputs.encoded(self._encoder.run({"image": image})))

    def bind(self, context: tuple[Floats, ...], state: State) -> EncodedPicture:
        """Return a picture as this decoder reads it; see `Backend.bind`."""
        checked = self._outputs

        def step(tokens: npt.NDArray[np.int32], state: State) -> tuple[Floats, State]:
            return checked.stepped(self._decoder(_padded(len(tokens)))(tokens, state, context), len(tokens))

        def greedy() -> Hypothesis:
            return checked.sentence(*self._greedy(dict(zip(self._spec.names, (*context, *state), strict=True))))

        return EncodedPicture(step, state, context, greedy)

    def _decoder(self, hypotheses: int) -> "_Step":
        """Return the decoder for a number of hypotheses, made when it is first asked for: resizing one would cost more than a step."""
        with self._lock:
            if hypotheses not in self._decoders:
                self._decoders[hypotheses] = _Step(self._decoder_file, self._spec, self._tensors, hypotheses)
            return self._decoders[hypotheses]


def _padded(hypotheses: int) -> int:
    """Return the next power of two: a beam that shrinks and grows needs few decoders."""
    return 1 << (hypotheses - 1).bit_length()


class _File:
    """A graph of a bundle, read once and kept."""

    def __init__(self, bundle: Bundle, file: BundleFile) -> None:
        self.source = f"{bundle.path}/{file.path}"
        self._content = bundle.read(file)

    def graph(self, threads: int, wanted: GraphTensors, hypotheses: int = 1) -> LitertGraph:
        """It opened, its tensors as wanted, for a fixed number of hypotheses where it has any."""
        found = LitertGraph(self._content, self.source, threads)
        found.expect(wanted)
        found.allocate(
            {name: tuple(n or hypotheses for n in shape) for name, (_, shape) in wanted.inputs.items() if None in shape}
        )
        return found


class _Step:
    """One step of the decoder for a fixed number of hypotheses; rows that are not used repeat others."""

    def __init__(self, file: _File, spec: DecoderSpec, tensors: GraphTensors, hypotheses: int) -> None:
        self._graph = file.graph(1, tensors, hypotheses)
        self._context = tuple(tensor.name for tensor in spec.context)
        self._states = tuple(tensor.name for tensor in spec.state)
        self._picture: tuple[Floats, ...] | None = None
        self._rows = hypotheses

    def __call__(self, tokens: npt.NDArray[np.int32], state: State, picture: tuple[Floats, ...]) -> list[Floats]:
        graph, count = self._graph, len(tokens)
        if count < self._rows:
            tokens = np.resize(tokens, self._rows)
            state = tuple(np.resize(array, (self._rows, *array.shape[1:])) for array in state)
        with graph.lock:
            if picture is not self._picture:
                # Inputs stay in place from step to step.
                graph.fill(self._context, picture)
                self._picture = picture
            graph.fill(("token", *self._states), (tokens, *state))
            found = graph.invoke()
        return [array[:count] for array in found]


class _Greedy:
    """The whole greedy search in one call; an interpreter with a signature's runner can do nothing else."""

    def __init__(self, file: _File, manifest: Manifest) -> None:
        self._graph = file.graph(1, step_tensors(manifest))
        self._runner = self._graph.signature(GREEDY_SIGNATURE, greedy_signature_tensors(manifest))
        self._source = file.source

    def __call__(self, picture: dict[str, Floats]) -> tuple[list[int], list[float]]:
        """Return tokens and their log-probabilities, from context and first state by name."""
        with self._graph.lock, in_our_words(self._source):
            found = self._runner(**picture)
        length = max(0, int(found["length"].ravel()[0]))
        return found["tokens"].ravel()[:length].tolist(), found["token_log_probs"].ravel()[:length].tolist()
