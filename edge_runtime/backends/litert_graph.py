"""A TFLite graph in LiteRT's interpreter: whose tensors are known by name, whose errors are ours, and which keeps quiet."""

import contextlib
import os
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.tensors import GraphTensors, check_tensors
from edge_runtime.errors import BackendNotInstalledError, BundleError

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

_stderr = threading.Lock()
_MAX_HELD = 1 << 20
"""Bytes of LiteRT's lines that are passed on at the most."""


class LitertGraph:
    """An interpreter whose tensors are known by name.

    Args:
        content: The graph.
        source: What to call it in an error.
        threads: Threads of a run.
        outputs: Names of the tensors that a run gives, in its order; all of them where None.

    Attributes:
        lock: For whoever fills, runs and reads; an interpreter has one set of tensors.

    Raises:
        BackendNotInstalledError: LiteRT is not installed.
        BundleError: The graph cannot be run.
    """

    def __init__(self, content: bytes, source: str, threads: int, outputs: Sequence[str] | None = None) -> None:
        self.lock = threading.Lock()
        self._interpreter = open_interpreter(content, source, threads)
        self._source = source
        self._inputs = {details["name"]: details for details in self._interpreter.get_input_details()}
        self._outputs = {details["name"]: details for details in self._interpreter.get_output_details()}
        self._places = {name: details["index"] for name, details in self._inputs.items()}
        self._read = [self._outputs[name]["index"] for name in outputs or self._outputs]
        self._shapes: Mapping[str, tuple[int, ...]] | None = None

    def expect(self, wanted: GraphTensors) -> None:
        """Hold its tensors against what they must be; a run gives the outputs in the order of these.

        Raises:
            BundleError: One is missing, unknown or of another kind.
        """
        inputs, outputs = ({n: _kind(d) for n, d in table.items()} for table in (self._inputs, self._outputs))
        check_tensors(self._source, inputs, outputs, wanted)
        self._read = [self._outputs[name]["index"] for name in wanted.outputs]

    def allocate(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Lay out its memory.

        Args:
            shapes: Of the inputs whose shape is not the graph's own.

        Raises:
            BundleError: It cannot be run so.
        """
        with _quiet():
            try:
                for name, shape in shapes.items():
                    self._interpreter.resize_tensor_input(self._places[name], shape)
                self._interpreter.allocate_tensors()
            except (RuntimeError, ValueError, MemoryError) as error:
                raise _unusable(self._source, error) from None
        self._shapes = dict(shapes)

    def fill(self, names: Sequence[str], tensors: Sequence[npt.NDArray[Any]]) -> None:
        """Fill inputs."""
        for name, values in zip(names, tensors, strict=True):
            self._interpreter.set_tensor(self._places[name], values)

    def invoke(self) -> list[npt.NDArray[np.float32]]:
        """Run, and read the outputs."""
        with in_our_words(self._source):
            self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._read]

    def run(self, tensors: Mapping[str, npt.NDArray[Any]]) -> list[npt.NDArray[np.float32]]:
        """Fill, run and read, alone."""
        with self.lock:
            self.fill([*tensors], [*tensors.values()])
            return self.invoke()

    def run_any(self, tensors: Mapping[str, npt.NDArray[Any]]) -> list[npt.NDArray[np.float32]]:
        """`run` with inputs of any length, for which its memory is laid out anew where they differ from those before."""
        shapes = {name: values.shape for name, values in tensors.items()}
        if shapes != self._shapes:
            self.allocate(shapes)
        return self.run(tensors)

    def signature(self, name: str, wanted: GraphTensors) -> Callable[..., dict[str, npt.NDArray[Any]]]:
        """Return another function of the same file.

        Raises:
            BundleError: It has none of this name, or with other tensors.
        """
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


def open_interpreter(content: bytes, source: str, threads: int) -> "Interpreter":
    """Return a graph, opened as the backend does it.

    Args:
        content: The graph.
        source: What to call it in an error.
        threads: Threads of a run.

    Raises:
        BackendNotInstalledError: LiteRT is not installed.
        BundleError: The graph cannot be run.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError:
        raise BackendNotInstalledError("this variant needs LiteRT; run: pip install 'edge-caption[litert]'") from None
    except ImportError as error:
        raise BackendNotInstalledError(f"LiteRT cannot be loaded ({error}); install what it misses") from None
    check_inside(content, source)
    try:
        with _quiet():
            return Interpreter(model_content=content, num_threads=threads)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise _unusable(source, error) from None


def _unusable(source: str, error: Exception) -> BundleError:
    reason = str(error).partition("\n")[0]
    return BundleError(f"{source}: not a graph that can be run ({reason}); export the bundle again")


@contextlib.contextmanager
def in_our_words(source: str) -> Iterator[None]:
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
