"""Python code run in a process of its own: what crashes there, in a library's machine code too, crashes nothing here."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_PACKAGES = Path(__file__).parents[2]
"""Where this very package is found from; a checkout that is not installed is found by nothing else."""
_PATIENCE = 120.0
"""Seconds; a slow card takes its time to load a library."""


class Outcome(NamedTuple):
    """What came of it: `out` is what was printed, `problem` why there is nothing, in one line."""

    out: str
    problem: str | None


def run_isolated(*arguments: str, patience: float | None = _PATIENCE) -> Outcome:
    """Run this Python with arguments: `-c CODE ...` or `-m MODULE ...`.

    Args:
        arguments: Of Python.
        patience: Seconds that it may take; None for ever.
    """
    # Behind what the user puts first, as this Python itself has it: an installed package lies among all others.
    search = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(_PACKAGES)]))
    try:
        # -P: a file in the current folder must not pass for a library.
        process = subprocess.run(
            [sys.executable, "-P", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience,
            env={**os.environ, "PYTHONPATH": search},
        )
    except subprocess.TimeoutExpired:
        return Outcome("", f"no answer within {patience:.0f} s")
    if process.returncode == 0:
        return Outcome(process.stdout.strip(), None)
    if process.returncode < 0:
        return Outcome("", _signalled(-process.returncode))
    lines = process.stderr.strip().splitlines()
    return Outcome("", lines[-1].strip() if lines else f"it ended with status {process.returncode}")


def _signalled(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    if number == signal.SIGILL:
        return f"it was ended by {name}: it is built for another processor than this one"
    if number == signal.SIGKILL:
        return f"it was ended by {name}: there is too little memory"
    return f"it was ended by {name}"
