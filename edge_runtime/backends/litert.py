"""Runs a bundle's TFLite graphs with LiteRT and its XNNPACK kernels on the CPU."""

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import EncodedPicture
from edge_runtime.backends.tensors import (
    GREEDY_SIGNATURE,
    Wanted,
    check_tensors,
    encoder_tensors,
    greedy_signature_tensors,
    step_tensors,
)
from edge_runtime.bundle import Bundle
from edge_runtime.decoding import Floats, Hypothesis, State
from edge_runtime.errors import BackendNotInstalledError, BundleError
from edge_runtime.manifest import BundleFile, Variant

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

_stderr = threading.Lock()


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
        self._encoder = _Graph(bundle, variant.files["encoder"], threads, encoder_tensors(bundle.manifest))
        self._decoder_file = bundle, variant.files["decoder_step"]
        self._decoders: dict[int, _Step] = {}
        self._lock = threading.Lock()
        self._greedy = _Greedy(*self._decoder_file)

    def encode(self, image: npt.NDArray[np.uint8]) -> EncodedPicture:
        """Run the encoder; see `Backend.encode`."""
        keys, values, state_h, state_c = self._encoder.run({"image": image})
        grid = (keys, values)

        def step(tokens: npt.NDArray[np.int32], state: State) -> tuple[Floats, State]:
            return self._decoder(_padded(len(tokens)))(tokens, state, grid)

        def greedy() -> Hypothesis:
            return self._greedy(keys=keys, values=values, state_h=state_h, state_c=state_c)

        return EncodedPicture(step, (state_h, state_c), keys, values, greedy)

    def _decoder(self, hypotheses: int) -> "_Step":
        """The decoder for a number of hypotheses, made when it is first asked for: resizing one would cost more than a step."""
        with self._lock:
            if hypotheses not in self._decoders:
                bundle, file = self._decoder_file
                self._decoders[hypotheses] = _Step(bundle, file, hypotheses)
            return self._decoders[hypotheses]


def _padded(hypotheses: int) -> int:
    """The next power of two: a beam that shrinks and grows needs few decoders."""
    return 1 << (hypotheses - 1).bit_length()


class _Step:
    """One step of the decoder for a fixed number of hypotheses; rows that are not used repeat others."""

    def __init__(self, bundle: Bundle, file: BundleFile, hypotheses: int) -> None:
        self._graph = _Graph(bundle, file, 1, step_tensors(bundle.manifest), hypotheses)
        self._picture: tuple[Floats, Floats] | None = None
        self._rows = hypotheses

    def __call__(
        self, tokens: npt.NDArray[np.int32], state: State, picture: tuple[Floats, Floats]
    ) -> tuple[Floats, State]:
        graph, count = self._graph, len(tokens)
        if count < self._rows:
            tokens = np.resize(tokens, self._rows)
            state = tuple(np.resize(array, (self._rows, array.shape[1])) for array in state)
        with graph.lock:
            if picture is not self._picture:
                # Inputs stay in place from step to step.
                graph.set(keys=picture[0], values=picture[1])
                self._picture = picture
            graph.set(token=tokens, state_h=state[0], state_c=state[1])
            log_probs, state_h, state_c = graph.invoke()
        return log_probs[:count], (state_h[:count], state_c[:count])


class _Greedy:
    """The whole greedy search in one call; an interpreter with a signature's runner can do nothing else."""

    def __init__(self, bundle: Bundle, file: BundleFile) -> None:
        manifest = bundle.manifest
        self._graph = _Graph(bundle, file, 1, step_tensors(manifest), 1)
        self._runner = self._graph.signature(GREEDY_SIGNATURE, greedy_signature_tensors(manifest))
        self._end_id = manifest.special_ids.end

    def __call__(self, **picture: Floats) -> Hypothesis:
        with self._graph.lock:
            found = self._runner(**picture)
        length = int(found["length"][0])
        tokens, log_probs = (found[name][:length].tolist() for name in ("tokens", "token_log_probs"))
        return Hypothesis(tuple(token for token in tokens if token != self._end_id), tuple(log_probs))


class _Graph:
    """An interpreter whose tensors are known by name."""

    def __init__(
        self, bundle: Bundle, file: BundleFile, threads: int, wanted: Wanted, hypotheses: int | None = None
    ) -> None:
        self.lock = threading.Lock()
        self._interpreter = open_interpreter(bundle, file, threads)
        self._source = f"{bundle.path}/{file.path}"
        inputs = {details["name"]: details for details in self._interpreter.get_input_details()}
        outputs = {details["name"]: details for details in self._interpreter.get_output_details()}
        kinds_in, kinds_out = ({name: _kind(d) for name, d in table.items()} for table in (inputs, outputs))
        check_tensors(self._source, kinds_in, kinds_out, wanted)
        self._inputs = {name: details["index"] for name, details in inputs.items()}
        self._outputs = [outputs[name]["index"] for name in wanted.outputs]
        with _quiet():
            if hypotheses is not None:
                for name, (_, shape) in wanted.inputs.items():
                    if shape[0] is None:
                        self._interpreter.resize_tensor_input(self._inputs[name], [hypotheses, *shape[1:]])
            try:
                self._interpreter.allocate_tensors()
            except (RuntimeError, ValueError) as error:
                raise _unusable(bundle, file, error) from None

    def set(self, **tensors: npt.NDArray[Any]) -> None:
        """Fill inputs."""
        for name, values in tensors.items():
            self._interpreter.set_tensor(self._inputs[name], values)

    def invoke(self) -> list[Floats]:
        """Run, and read every output."""
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]

    def run(self, tensors: dict[str, npt.NDArray[Any]]) -> list[Floats]:
        """Fill, run and read, alone."""
        with self.lock:
            self.set(**tensors)
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
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError:
        raise BackendNotInstalledError("this variant needs LiteRT; run: pip install 'edge-caption[litert]'") from None
    except ImportError as error:
        raise BackendNotInstalledError(f"LiteRT cannot be loaded ({error}); install what it misses") from None
    content = bundle.read(file)
    try:
        with _quiet():
            return Interpreter(model_content=content, num_threads=threads)
    except (RuntimeError, ValueError) as error:
        raise _unusable(bundle, file, error) from None


def _unusable(bundle: Bundle, file: BundleFile, error: Exception) -> BundleError:
    reason = str(error).partition("\n")[0]
    return BundleError(f"{bundle.path}/{file.path}: not a graph that can be run ({reason}); export the bundle again")


def _kind(details: dict[str, Any]) -> tuple[str, tuple[int | None, ...]]:
    shape = tuple(None if length < 0 else int(length) for length in details["shape_signature"])
    return np.dtype(details["dtype"]).name, shape


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hold back the lines that LiteRT writes to stderr by itself about every delegate it makes; others are passed on."""
    with _stderr, tempfile.TemporaryFile() as held:
        try:
            sys.stderr.flush()
            saved = os.dup(2)
        except (AttributeError, OSError, ValueError):  # there is no stderr
            yield
            return
        try:
            os.dup2(held.fileno(), 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            held.seek(0)
            for line in held.read().splitlines(keepends=True):
                if not line.startswith(b"INFO:"):
                    os.write(2, line)
