"""`python -m edge_runtime.bench.cold_start JSON`: a process that loads a bundle, captions a picture, and says what that took.

Run by `edge-caption bench` in processes of their own: nothing is loaded when one starts, and what it holds is the bundle's alone.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.bench.interleaved import Configuration
from edge_runtime.console.terminal import plain
from edge_runtime.errors import EdgeCaptionError
from edge_runtime.machine.isolated import run_isolated

_MORE = 5
"""Further captions, after which memory has reached its peak."""


@dataclass(frozen=True)
class Start:
    """A process that has captioned.

    Attributes:
        cold_ms: From before the interpreter is started to the first sentence.
        load_ms: Of it, opening the bundle.
        memory_bytes: Memory held at the most, the interpreter's and the libraries' too; None where nothing tells.
        problem: Why there was no sentence; empty where there was one.
    """

    cold_ms: float = 0.0
    load_ms: float = 0.0
    memory_bytes: int | None = None
    problem: str = ""


def start(bundle: Path | None, configuration: Configuration, picture: Path) -> Start:
    """Start a process that captions one picture.

    Args:
        bundle: Folder or zip; the default bundle where None.
        configuration: How it is run.
        picture: A file.
    """
    asked = {
        "begun": time.monotonic(),
        "bundle": str(bundle) if bundle is not None else None,
        "variant": configuration.variant,
        "threads": configuration.threads,
        "beam": configuration.beam,
        "language": configuration.language,
        "picture": str(picture),
    }
    outcome = run_isolated("-m", "edge_runtime.bench.cold_start", json.dumps(asked))
    if outcome.problem is not None:
        return Start(problem=outcome.problem)
    return Start(**json.loads(outcome.out.splitlines()[-1]))


def main(arguments: Sequence[str]) -> int:
    """Print a `Start` as JSON, or one sentence to stderr."""
    from edge_runtime.captioner import Captioner
    from edge_runtime.machine.device import peak_memory

    asked = json.loads(arguments[0])
    try:
        bundle, variant, threads = asked["bundle"], asked["variant"], asked["threads"]
        captioner = Captioner.load(bundle, variant, threads, abstains=False, language=asked["language"])
        caption = captioner.caption(asked["picture"], asked["beam"])
        # The monotonic clock is the whole system's, so the parent's reading can be taken from ours.
        cold_ms = (time.monotonic() - asked["begun"]) * 1e3
        for _ in range(_MORE):
            captioner.caption(asked["picture"], asked["beam"])
    except EdgeCaptionError as error:
        print(plain(str(error)), file=sys.stderr)
        return 1
    found = {"cold_ms": cold_ms, "load_ms": caption.timings.load, "memory_bytes": peak_memory()}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
