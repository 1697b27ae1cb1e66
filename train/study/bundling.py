"""A system's bundle, made by `python -m export` in a process of its own: nothing of `train` may import `export`."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from edge_runtime.console import EXIT_PARTLY
from train.errors import RunError

_CHECKOUT = Path(__file__).resolve().parents[2]
_LEAD = "export: "


def export_bundle(
    run: Path, out: Path, variant: str, weights: Path | None, options: list[str], say: Callable[[str], None]
) -> list[str]:
    """Export a run as a bundle of one variant, whether or not it comes up to the export's bars.

    Args:
        run: Run folder.
        out: Bundle.
        variant: Its only one.
        weights: Weights file of the encoder, where the run was given one.
        options: More options of `python -m export`.
        say: Receives its lines as they come.

    Returns:
        What falls short of the bars, a sentence each.

    Raises:
        RunError: The export failed.
    """
    command = [
        sys.executable,
        "-P",  # a file in the current folder must not pass for a library; the checkout is named below
        "-m",
        "export",
        "--run",
        str(run),
        "--out",
        str(out),
        "--variant",
        variant,
        "--keep-going",
    ]
    if weights is not None:
        command += ["--encoder-weights", str(weights)]
    path = os.pathsep.join(filter(None, (str(_CHECKOUT), os.environ.get("PYTHONPATH"))))
    said: list[str] = []
    last = ""
    with subprocess.Popen(
        [*command, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        for line in process.stderr or ():
            say(line.rstrip())
            last = line.strip() or last
            if line.startswith(_LEAD):
                said.append(line.removeprefix(_LEAD).strip())
    if process.returncode not in (0, EXIT_PARTLY):
        reason = said[-1] if said else last.rpartition("error: ")[2] or f"status {process.returncode}"
        raise RunError(f"{run}: it was trained but cannot be exported ({reason}); the same command tries again")
    return said
