"""A captioner in a process of its own: its memory is its own, its threads do not meet those of another, and it may die alone."""

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.peers.base import Loaded, Peer, PeerMissingError, Pixels, Said
from edge_runtime.bench.interleaved import timed
from edge_runtime.errors import EdgeCaptionError
from edge_runtime.machine.device import memory, peak_memory

_PATIENCE = 10.0
"""Seconds after which a process that was told to end is ended."""


@dataclass(frozen=True)
class TimedCaption:
    """A caption and its time.

    Attributes:
        milliseconds: From the decoded picture to the sentence.
        said: What was said.
    """

    milliseconds: float
    said: Said


class Worker:
    """A process that holds one captioner.

    Args:
        peer: The captioner, not loaded yet.
        threads: That its libraries may use.

    Raises:
        PeerMissingError: There is too little memory for another one.
    """

    def __init__(self, peer: Peer, threads: int) -> None:
        free = memory()
        if free is not None and free.available < peer.needs_mb * 1_000_000:
            raise PeerMissingError(
                f"{peer.name}: {free.available / 1e6:.0f} MB of memory are free, {peer.needs_mb} are needed; "
                "measure fewer at once with --peers"
            )
        context = multiprocessing.get_context("spawn")
        self._name = peer.name
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, peer, threads), daemon=True)
        with _safe_path():
            self._process.start()
        theirs.close()

    def load(self) -> tuple[Loaded, float]:
        """Load the captioner: what it is, and the seconds that took, its imports included.

        Raises:
            PeerMissingError: It cannot run here.
        """
        loaded: Loaded
        loaded, milliseconds = timed(lambda: self._ask("load"))
        return loaded, milliseconds / 1e3

    def caption(self, picture: Pixels, words: int) -> TimedCaption:
        """Caption a picture; see `Peer.caption`.

        Raises:
            PeerMissingError: It cannot.
        """
        answer: TimedCaption = self._ask("caption", picture, words)
        return answer

    def peak_memory_mb(self) -> float | None:
        """Megabytes that the process has held at the most; None where nothing tells."""
        peak: int | None = self._ask("memory")
        return round(peak / 1e6, 1) if peak else None

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _ask(self, *question: Any) -> Any:
        try:
            self._connection.send(question)
            fine, answer = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(_PATIENCE)
            raise PeerMissingError(
                f"{self._name}: its process ended (status {self._process.exitcode}), likely for want of memory; "
                "measure fewer at once with --peers"
            ) from None
        if not fine:
            raise PeerMissingError(answer)
        return answer


@contextlib.contextmanager
def _safe_path() -> Iterator[None]:
    """A Python that is started meanwhile takes no library from the current folder, as with `-P`."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def _serve(connection: Connection, peer: Peer, threads: int) -> None:
    """Answer questions until the other side closes."""
    # Ctrl-C is the command's to handle, which then closes the connection.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ |= {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "TF_CPP_MIN_LOG_LEVEL": "2"}
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    os.environ |= {"HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
    while True:
        try:
            question = connection.recv()
        except EOFError:
            return
        try:
            connection.send((True, _answer(peer, question)))
        except ModuleNotFoundError as error:
            remedy = f"the package '{error.name}' is not installed; run: pip install 'edge-caption[{peer.extra}]'"
            connection.send((False, f"{peer.name}: {remedy}"))
        except EdgeCaptionError as error:
            connection.send((False, str(error)))
        except Exception as error:  # other people's code, of a version that nobody here has seen
            said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            remedy = f"check its weights, or run: pip install --upgrade 'edge-caption[{peer.extra}]'"
            connection.send((False, f"{peer.name}: does not run with the packages installed here ({said}); {remedy}"))


def _answer(peer: Peer, question: tuple[Any, ...]) -> Any:
    match question:
        case ("load",):
            return peer.load()
        case ("caption", picture, words):
            said, milliseconds = timed(lambda: peer.caption(picture, words))
            return TimedCaption(milliseconds, said)
        case _:
            return peak_memory()
