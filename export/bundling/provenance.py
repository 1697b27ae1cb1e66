"""What a bundle's manifest tells of how a trained run became part of it."""

import importlib.metadata
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from export.bundling.network import held_out
from export.bundling.trained_run import TrainedRun
from train.datasets.base import Split

_PACKAGES = (
    *("tensorflow", "tensorflow-cpu", "keras", "tf2onnx", "onnx", "onnxruntime", "ai-edge-litert"),
    *("litert-quantizer", "numpy", "pillow"),
)


def provenance(
    run: TrainedRun, note: str, pictures: int, seed: int, chosen: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return data, training, calibration and package versions.

    Args:
        run: The trained run.
        note: What is to be said of the data; their counts where empty.
        pictures: That the graphs were calibrated on.
        seed: Of their choice.
        chosen: Graph -> how its ranges were taken.
    """
    counts: dict[Split, int] = {split: len(names) for split, names in run.dataset.splits.items()}
    return {
        "data": note or f"{run.dataset.source.name}: {counts}",
        "pictures": counts,
        "captions_sha256": run.config.captions_sha256,
        "training": run.config.told(),
        "calibration": {"pictures": pictures, "held_out": held_out(pictures), "seed": seed, "graphs": chosen},
        "commit": _commit(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _commit() -> str:
    """Return the commit of this checkout, or 'unknown' outside one."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
