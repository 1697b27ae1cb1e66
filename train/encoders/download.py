"""ImageNet weights that Keras publishes, fetched once into Keras's own cache."""

import contextlib
import io
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from train.errors import WeightsError

_SERVER = "https://storage.googleapis.com/tensorflow/keras-applications/"
_PATIENCE = 10.0
"""Seconds without a byte after which a download has failed."""


@dataclass(frozen=True)
class Download:
    """A file of weights of `keras.applications`.

    Attributes:
        path: On the server, below its folder of applications.
        digest: MD5 by which Keras checks the file, or None where Keras knows none.
    """

    path: str
    digest: str | None

    def fetch(self, encoder: str) -> Path:
        """Return the file, from Keras's cache or else from the network.

        Args:
            encoder: Whose weights they are, for the messages.

        Raises:
            WeightsError: It cannot be had; the message says how to do without the network.
        """
        import keras

        name = self.path.rpartition("/")[2]
        try:
            with _words_on_stderr(), _impatient():
                found = keras.utils.get_file(
                    name, _SERVER + self.path, cache_subdir="models", file_hash=self.digest, hash_algorithm="md5"
                )
        # Keras raises a plain Exception for a failed download, a ValueError for a damaged one.
        except Exception as error:
            raise WeightsError(
                f"{encoder}: its ImageNet weights cannot be downloaded ({_reason(error)}); download {_SERVER}{self.path} on a "
                "machine with a network and pass --encoder-weights FILE, or pass --encoder-weights none to train from random weights"
            ) from None
        return Path(found)


def _reason(error: Exception) -> str:
    cause = error.__context__ if isinstance(error.__context__, URLError) else error
    return str(getattr(cause, "reason", None) or getattr(cause, "strerror", None) or cause).rstrip(".")


@contextlib.contextmanager
def _words_on_stderr() -> Iterator[None]:
    """Keras prints its progress to stdout, where data goes: a person sees it on stderr, a file gets none of it."""
    with contextlib.redirect_stdout(sys.stderr if sys.stderr.isatty() else io.StringIO()):
        yield


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
