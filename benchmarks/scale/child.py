"""Runs one measurement of `measuring.py` in a process of its own, whose memory is its alone."""

import json
from dataclasses import dataclass
from typing import Any

from edge_runtime.machine.isolated import run_isolated
from export.errors import ExportError


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
        outcome = run_isolated("-m", "benchmarks.scale.measuring", json.dumps(asked), patience=None)
        if outcome.problem is not None:
            raise ExportError(f"the measurement of {task} failed ({outcome.problem}); is there enough memory?")
        found: dict[str, Any] = json.loads(outcome.out)
        return found
