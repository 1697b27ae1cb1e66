"""Weights files that ask for more than they are, without Keras: a network is a name and some shapes here."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

from train.encoders.keras_weights import read_keras_weights
from train.errors import WeightsError

_NETWORK: Any = SimpleNamespace(
    name="net",
    weights=[SimpleNamespace(shape=(4,))],
    layers=[SimpleNamespace(name="a", weights=[SimpleNamespace(shape=(4,))])],
)


def _write(file: Path, fill: Callable[[h5py.Group], object], names: object = ("w",)) -> Path:
    with h5py.File(file, "w") as root:
        root.attrs["layer_names"] = ["a"]
        group = root.create_group("a")
        group.attrs["weight_names"] = names
        fill(group)
    return file


def test_a_plain_file(tmp_path: Path) -> None:
    file = _write(tmp_path / "w.h5", lambda group: group.create_dataset("w", data=np.arange(4, dtype="f4")))
    assert read_keras_weights(file, _NETWORK)["a"][0].tolist() == [0, 1, 2, 3]


def test_a_zip_that_unpacks_to_far_more_than_the_network(tmp_path: Path) -> None:
    file = tmp_path / "w.keras"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("model.weights.h5", "w") as member:
        for _ in range(80):
            member.write(bytes(2**20))
    assert file.stat().st_size < 2**17
    with pytest.raises(WeightsError, match="unpacks to 80 MB, at most 64 MB go for net"):
        read_keras_weights(file, _NETWORK)


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (
            lambda group: group.create_dataset("w", (4,), "f4", maxshape=(None,), chunks=(2**28,), compression="gzip"),
            "unpacks to more than 256 MB",
        ),
        (lambda group: group.create_dataset("w", (4,), "S1000000"), "holds what is no finite number"),
        (lambda group: group.create_dataset("w", data=np.full(4, np.nan, "f4")), "holds what is no finite number"),
    ],
)
def test_arrays_that_are_not_read(tmp_path: Path, fill: Callable[[h5py.Group], object], message: str) -> None:
    with pytest.raises(WeightsError, match=message):
        read_keras_weights(_write(tmp_path / "w.h5", fill), _NETWORK)


def test_another_file_is_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["w"] = np.zeros(4, "f4")

    def link(group: h5py.Group) -> None:
        group["w"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "w")

    with pytest.raises(WeightsError, match=r"not a readable Keras weights file|points to another file"):
        read_keras_weights(_write(tmp_path / "w.h5", link), _NETWORK)


def test_names_by_the_ten_thousand(tmp_path: Path) -> None:
    file = _write(tmp_path / "w.h5", lambda group: None, np.full(10_001, b"w"))
    with pytest.raises(WeightsError, match="more than 10000 names"):
        read_keras_weights(file, _NETWORK)
