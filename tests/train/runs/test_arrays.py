from pathlib import Path
from typing import Any

import numpy as np

from train.runs.folder import read_arrays, write_arrays


def test_what_is_written_is_read_and_nothing_else(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {"0": np.arange(3, dtype=np.float32), "1": np.zeros((2, 1), np.int64)}
    write_arrays(tmp_path / "a.npz", arrays)
    found = read_arrays(tmp_path / "a.npz")
    assert {name: array.tolist() for name, array in found.items()} == {"0": [0, 1, 2], "1": [[0], [0]]}
