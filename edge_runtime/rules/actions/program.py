"""A program that is run without a shell, and that cannot hang."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence

from edge_runtime.console.terminal import plain
from edge_runtime.errors import ActionError

_TOLD = 200
"""Characters of what a program that failed printed last."""


def run_program(name: str, arguments: Sequence[str], timeout: float) -> None:
    """Run a program, and wait for its end. It reads nothing, and what it prints goes nowhere: stdout is for captions.

    Args:
        name: For messages.
        arguments: The program and what it is given, as it is.
        timeout: Seconds after which it is killed, with everything that it started.

    Raises:
        ActionError: It could not be run, took too long, or ended with another status than 0.
    """
    # A file, for a program that prints without end must fill no memory and wait for no reader.
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                list(arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise ActionError(f"{name}: cannot be run ({getattr(error, 'strerror', None) or error})") from None
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise ActionError(f"{name}: took longer than {timeout:g} s, and was killed") from None
        if status:
            raise ActionError(f"{name}: ended with status {status}{_told(said.fileno())}")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, OSError):
        process.kill()
    process.wait()


def _told(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    text = os.pread(descriptor, _TOLD * 4, max(0, size - _TOLD * 4)).decode("utf-8", "replace")
    last = " ".join(text.split())[-_TOLD:]
    return f" ({plain(last)})" if last else ""
