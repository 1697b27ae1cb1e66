"""Runs a bundle's TFLite graphs with LiteRT and its XNNPACK kernels on the CPU."""

import contextlib
import os
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import EncodedPicture
from edge_runtime.backends.outputs import Outputs
from edge_runtime.backends.tensors import (
    GREEDY_SIGNATURE,
    Wanted,
    check_tensors,
    encoder_tensors,
    greedy_signature_tensors,
    step_tensors,
)
from edge_runtime.bundle.decoder_spec import DecoderSpec
from edge_runtime.bundle.manifest import BundleFile, Manifest, Variant
from edge_runtime.bundle.reader import Bundle
from edge_runtime.decoding import Floats, Hypothesis, State
from edge_runtime.errors import BackendNotInstalledError, BundleError

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

_stderr = threading.Lock()
_MAX_HELD = 1 << 20
"""Bytes of LiteRT's lines that are passed on at the most."""


class LitertBackend:
    """A LiteRT variant.

    An interpreter has one set of tensors: a lock lets one thread at a time into each, and results are copied out.

    Args:
        bundle: The bundle.
        variant: One of its LiteRT variants.
        threads: Threads of the encoder; the decoder's steps are too small to share and keep to one.

    Raises:
        BackendNotInstalledError: LiteRT is not installed.
        BundleError: A graph is missing, altered, or not as the manifest says.
    """

    def __init__(self, bundle: Bundle, variant: Variant, threads: int) -> None:
        manifest = bundle.manifest
        self._outputs = Outputs(manifest, str(bundle.path))
        self._encoder = _Graph(_File(bundle, variant.files["encoder"]), threads, encoder_tensors(manifest))
        # Decoders are made when they are asked for, from what was read now: the bundle may be another one by then.
        self._decoder_file = _File(bundle, variant.files["decoder_step"])
        self._tensors, self._spec = step_tensors(manifest), manifest.decoder
        self._decoders: dict[int, _Step] = {}
        self._lock = threading.Lock()
        self._greedy = _Greedy(self._decoder_file, manifest)

    def encode(self, image: npt.NDArray[np.uint8]) -> EncodedPicture:
        """Run the encoder; see `Backend.encode`."""
        checked = self._outputs
        context, first = checked.encoded(self._encoder.run({"image": image}))

        def step(tokens: npt.NDArray[np.int32], state: State) -> tuple[Floats, State]:
            return checked.stepped(self._decoder(_padded(len(tokens)))(tokens, state, context), len(tokens))

        def greedy() -> Hypothesis:
            return checked.sentence(*self._greedy(dict(zip(self._spec.names, (*context, *first), strict=True))))

        return EncodedPicture(step, first, context, greedy)

    def _decoder(self, hypotheses: int) -> "_Step":
        """The decoder for a number of hypotheses, made when it is first asked for: resizing one would cost more than a step."""
        with self._lock:
            if hypotheses not in self._decoders:
                self._decoders[hypotheses] = _Step(self._decoder_file, self._spec, self._tensors, hypotheses)
            return self._decoders[hypotheses]


def _padded(hypotheses: int) -> int:
    """The next power of two: a beam that shrinks and grows needs few decoders."""
    return 1 << (hypotheses - 1).bit_length()


class _File:
    """A graph of a bundle, read once and kept."""

    def __init__(self, bundle: Bundle, file: BundleFile) -> None:
        self.source = f"{bundle.path}/{file.path}"
        self.content = bundle.read(file)


class _Step:
    """One step of the decoder for a fixed number of hypotheses; rows that are not used repeat others."""

    def __init__(self, file: _File, spec: DecoderSpec, tensors: Wanted, hypotheses: int) -> None:
        self._graph = _Graph(file, 1, tensors, hypotheses)
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
                graph.set(self._context, picture)
                self._picture = picture
            graph.set(("token", *self._states), (tokens, *state))
            found = graph.invoke()
        return [array[:count] for array in found]


class _Greedy:
    """The whole greedy search in one call; an interpreter with a signature's runner can do nothing else."""

    def __init__(self, file: _File, manifest: Manifest) -> None:
        self._graph = _Graph(file, 1, step_tensors(manifest), 1)
        self._runner = self._graph.signature(GREEDY_SIGNATURE, greedy_signature_tensors(manifest))
        self._source = file.source

    def __call__(self, picture: dict[str, Floats]) -> tuple[list[int], list[float]]:
        """Tokens and their log-probabilities, from context and first state by name."""
        with self._graph.lock, _in_our_words(self._source):
            found = self._runner(**picture)
        length = max(0, int(found["length"].ravel()[0]))
        return found["tokens"].ravel()[:length].tolist(), found["token_log_probs"].ravel()[:length].tolist()


class _Graph:
    """An interpreter whose tensors are known by name."""

    def __init__(self, file: _File, threads: int, wanted: Wanted, hypotheses: int | None = None) -> None:
        self.lock = threading.Lock()
        self._interpreter = _opened(file, threads)
        self._source = file.source
        inputs = {details["name"]: details for details in self._interpreter.get_input_details()}
        outputs = {details["name"]: details for details in self._interpreter.get_output_details()}
        kinds_in, kinds_out = ({name: _kind(d) for name, d in table.items()} for table in (inputs, outputs))
        check_tensors(self._source, kinds_in, kinds_out, wanted)
        self._inputs = {name: details["index"] for name, details in inputs.items()}
        self._outputs = [outputs[name]["index"] for name in wanted.outputs]
        with _quiet():
            try:
                if hypotheses is not None:
                    for name, (_, shape) in wanted.inputs.items():
                        if shape[0] is None:
                            self._interpreter.resize_tensor_input(self._inputs[name], [hypotheses, *shape[1:]])
                self._interpreter.allocate_tensors()
            except (RuntimeError, ValueError, MemoryError) as error:
                raise _unusable(file.source, error) from None

    def set(self, names: Sequence[str], tensors: Sequence[npt.NDArray[Any]]) -> None:
        """Fill inputs."""
        for name, values in zip(names, tensors, strict=True):
            self._interpreter.set_tensor(self._inputs[name], values)

    def invoke(self) -> list[Floats]:
        """Run, and read every output."""
        with _in_our_words(self._source):
            self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]

    def run(self, tensors: dict[str, npt.NDArray[Any]]) -> list[Floats]:
        """Fill, run and read, alone."""
        with self.lock:
            self.set([*tensors], [*tensors.values()])
            return self.invoke()

    def signature(self, name: str, wanted: Wanted) -> Callable[..., dict[str, npt.NDArray[Any]]]:
        """Another function of the same file."""
        try:
            runner = self._interpreter.get_signature_runner(name)
        except ValueError:
            raise BundleError(f"{self._source}: no signature '{name}'; export the bundle again") from None
        inputs, outputs = (
            {tensor: _kind(details) for tensor, details in table.items()}
            for table in (runner.get_input_details(), runner.get_output_details())
        )
        check_tensors(f"{self._source}, signature '{name}'", inputs, outputs, wanted)
        found: Callable[..., dict[str, npt.NDArray[Any]]] = runner
        return found


def open_interpreter(bundle: Bundle, file: BundleFile, threads: int) -> "Interpreter":
    """A graph, opened as the backend does it.

    Args:
        bundle: The bundle.
        file: The graph, one of its files.
        threads: Threads of a run.

    Raises:
        BackendNotInstalledError: LiteRT is not installed.
        BundleError: The graph is missing, altered, or cannot be run.
    """
    return _opened(_File(bundle, file), threads)


def _opened(file: _File, threads: int) -> "Interpreter":
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError:
        raise BackendNotInstalledError("this variant needs LiteRT; run: pip install 'edge-caption[litert]'") from None
    except ImportError as error:
        raise BackendNotInstalledError(f"LiteRT cannot be loaded ({error}); install what it misses") from None
    check_inside(file.content, file.source)
    try:
        with _quiet():
            return Interpreter(model_content=file.content, num_threads=threads)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise _unusable(file.source, error) from None


def _unusable(source: str, error: Exception) -> BundleError:
    reason = str(error).partition("\n")[0]
    return BundleError(f"{source}: not a graph that can be run ({reason}); export the bundle again")


@contextlib.contextmanager
def _in_our_words(source: str) -> Iterator[None]:
    """LiteRT's errors of a run as ours."""
    try:
        yield
    except (RuntimeError, ValueError, MemoryError) as error:
        reason = str(error).partition("\n")[0]
        raise BundleError(f"{source}: failed while it ran ({reason}); export the bundle again") from None


def check_inside(content: bytes, source: str) -> None:
    """Refuse a graph whose buffers lie in other files.

    A FlatBuffer's root is a table; the table of its fields' places stands where the root points back to. Fields 8 and 9 of
    LiteRT's `Model` are groups of buffers outside the file.

    Raises:
        BundleError: It has some, or is no FlatBuffer.
    """
    try:
        (root,) = struct.unpack_from("<I", content, 0)
        (back,) = struct.unpack_from("<i", content, root)
        (size,) = struct.unpack_from("<H", content, root - back)
        fields = struct.unpack_from(f"<{max(0, size - 4) // 2}H", content, root - back + 4)
    except struct.error:
        raise _unusable(source, ValueError("it is damaged")) from None
    if any(fields[8:10]):
        raise BundleError(f"{source}: reads other files than itself; do not use this bundle")


def _kind(details: dict[str, Any]) -> tuple[str, tuple[int | None, ...]]:
    shape = tuple(None if length < 0 else int(length) for length in details["shape_signature"])
    return np.dtype(details["dtype"]).name, shape


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hold back the lines that LiteRT writes to stderr by itself about every delegate it makes; others are passed on.

    They are held in memory: a system may have no folder that can be written. Where there is no such memory, they are let through.
    """
    with _stderr, contextlib.ExitStack() as closing:
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
            saved = os.dup(2)
            closing.callback(os.close, saved)
            held = os.memfd_create("stderr")
            closing.callback(os.close, held)
            os.dup2(held, 2)
        except (AttributeError, OSError, ValueError):  # there is no stderr, or none of its kind of memory
            yield
            return
        try:
            yield
        finally:
            os.dup2(saved, 2)
            with contextlib.suppress(OSError):  # nobody reads stderr any more
                for line in os.pread(held, _MAX_HELD, 0).splitlines(keepends=True):
                    if not line.startswith(b"INFO:"):
                        os.write(2, line)
