"""Runs one measurement of `measuring.py` in a process of its own, whose memory is its alone."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from export.errors import ExportError

_PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Child:
    """What every measurement is told.

    Attributes:
        bundle: Folder or zip; the default bundle where None.
        variant: Form of the model.
        threads: Of the encoder.
    """

    bundle: str | None
    variant: str
    threads: int

    def run(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Run a measurement.

        Args:
            task: One of `measuring.TASKS`.
            arguments: Its own.

        Returns:
            What it found; numbers that were keys are text, as in JSON.

        Raises:
            ExportError: It failed.
        """
        asked = {
            "task": task,
            "bundle": self.bundle,
            "variant": self.variant,
            "threads": self.threads,
            "arguments": arguments,
        }
        command = [sys.executable, "-m", "benchmarks.scale.measuring"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=_PROJECT
        )
        try:
            out, errors = process.communicate(json.dumps(asked))
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode:
            last = (errors.strip().splitlines() or [f"status {process.returncode}"])[-1]
            raise ExportError(f"the measurement of {task} failed ({last}); is there enough memory?")
        found: dict[str, Any] = json.loads(out)
        return found
