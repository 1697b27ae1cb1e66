"""What the live loop logs to stderr: a line a message, beside the captions on the same terminal."""

import contextlib
import logging
from dataclasses import dataclass
from typing import TextIO

from edge_runtime.console.options import Options, option
from edge_runtime.console.terminal import plain
from edge_runtime.sinks.line import beside_captions

LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True)
class LogOptions(Options):
    """What is logged.

    Attributes:
        level: From which on.
    """

    table = "log"

    level: str = option("info", "what is logged to stderr", choices=LEVELS, flag="log-level")


class _OneLine(logging.Formatter):
    """A message is one line, whatever a file's name holds."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        record.message = plain(record.message)
        return super().formatMessage(record)


class _BesideCaptions(logging.StreamHandler[TextIO]):
    """On a terminal a caption may stand in the last line, which stays there."""

    def emit(self, record: logging.LogRecord) -> None:
        terminal = self.stream is not None and not self.stream.closed and self.stream.isatty()
        with beside_captions() if terminal else contextlib.nullcontext():
            super().emit(record)


def set_up_log(level: str) -> None:
    """Send what the loop logs to stderr.

    Args:
        level: From which on, one of `LEVELS`.
    """
    log = logging.getLogger("edge_runtime")
    handler = _BesideCaptions()
    handler.setFormatter(_OneLine("edge-caption: %(message)s"))
    log.handlers[:] = [handler]
    log.setLevel(level.upper())
    log.propagate = False
