"""The tiny bundle with a judge: pictures nearly black or white are no clear ones, and "dark" and "bright" stand for the sexes of a person.

Its encoder's values are b = mean pixel / 255 - 0.5 at every place, so the log-odds of black are -20 b - 8 and those of white 20 b - 8,
against 0 for a picture.
"""

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.tiny_bundle import WIDTH

WORDING = {
    "nouns": [["dark", "bright", "odd", "any"], ["bright", "dark", "odd", "any"]],
    "pronouns": [["picture", "picture", "frame", "frame", "any"]],
    **{table: [] for table in ("modifiers", "animals", "animal_pronouns", "verbs", "function_words")},
    "phrases": [["an odd frame", "some frame"]],
}
CONFIDENCE = {
    "weights": {"mean_log_prob": 2.0, "clear": 0.1},
    "bias": 1.0,
    "least_clear": 0.0,
    "hedge_below": 0.4,
    "sex_margin": 0.0,
}


def matrix() -> npt.NDArray[np.float32]:
    """Probe of three kinds, then mean 0 and deviation 1 of every feature."""
    found = np.zeros((5, 2 * WIDTH + 1), np.float32)
    found[1, :WIDTH], found[1, -1] = -20 / WIDTH, -8
    found[2, :WIDTH], found[2, -1] = 20 / WIDTH, -8
    found[4, :-1] = 1
    return found


def as_npy(array: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def judged_bundle(
    tiny: Path,
    folder: Path,
    probe: bytes | None = None,
    confidence: dict[str, Any] | None = None,
    wording: dict[str, Any] | None = None,
    judge: dict[str, Any] | None = None,
) -> Path:
    """Write the tiny bundle with a judge; what is given replaces or adds to what it says."""
    shutil.copytree(tiny, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    content = as_npy(matrix()) if probe is None else probe
    (folder / "judge.npy").write_bytes(content)
    manifest["files"]["judge"] = {
        "path": "judge.npy",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    manifest["judge"] = {"tensor": "values", "groups": 4, "kinds": ["picture", "black", "white"], **(judge or {})}
    manifest["wording"] = {**WORDING, **(wording or {})}
    for variant in manifest["variants"].values():
        variant["confidence"] = {**CONFIDENCE, **(confidence or {})}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder
