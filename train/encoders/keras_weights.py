"""Reads the arrays of a Keras weights file as data: nothing that the file names is imported, built or run.

Three forms: `.h5` as `keras.applications` publishes them (layers in the order of the model), `.weights.h5` of Keras 3 (layers
counted by class), and `.keras` (a zip with such a `.weights.h5`), in which the network may be a layer of another one.
See `keras/src/legacy/saving/legacy_h5_format.py` and `keras/src/saving/saving_lib.py`.
"""

import math
import re
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from train.errors import WeightsError

if TYPE_CHECKING:
    import h5py
    import keras

Arrays = list[npt.NDArray[Any]]
_Stored = list[tuple[str, "list[h5py.Dataset]"]]

_MEMBER = "model.weights.h5"
_TIMES, _SPARE = 16, 2**26
"""A zip's member may have so many times the bytes of the network (an optimiser's memory, double precision), and some to spare."""
_MAX_CHUNK = 2**28
"""Bytes that HDF5 unpacks at once."""
_MAX_NAMES = 10_000


def read_keras_weights(file: Path, model: "keras.Model") -> dict[str, Arrays]:
    """Read the arrays of every layer of a network.

    Args:
        file: Of this network, with or without its classifier.
        model: The network; its layers must stand in the order in which Keras builds them.

    Returns:
        Layer name -> float32 arrays in the order and of the shapes of `layer.weights`.

    Raises:
        WeightsError: Not such a file, damaged, or of another network.
    """
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                _check_member(archive.getinfo(_MEMBER).file_size, file, model)
                with archive.open(_MEMBER) as member:
                    return _read(member, file, model)
        with file.open("rb") as stream:
            return _read(stream, file, model)
    except WeightsError:
        raise
    # h5py says of a damaged file whatever its C library came upon.
    except (
        OSError,
        RuntimeError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise WeightsError(
            f"{file}: not a readable Keras weights file ({str(error).strip(chr(39))}); fetch the file again, "
            "or name a .h5, .weights.h5 or .keras file"
        ) from None


def _check_member(size: int, file: Path, model: "keras.Model") -> None:
    """Refuse a member that unpacks to far more than the network has."""
    most = _TIMES * 4 * sum(math.prod(weight.shape) for weight in model.weights) + _SPARE
    if size > most:
        raise WeightsError(
            f"{file}: its '{_MEMBER}' unpacks to {size >> 20} MB, at most {most >> 20} MB go for {model.name}; name its own weights"
        )


def _read(stream: Any, file: Path, model: "keras.Model") -> dict[str, Arrays]:
    import h5py

    layers = [layer for layer in model.layers if layer.weights]
    with h5py.File(stream, "r") as root:
        stored = _in_order(root) or _counted_by_class(root, model)
        found = {}
        for place, layer in enumerate(layers):
            wanted = [tuple(weight.shape) for weight in layer.weights]
            name, datasets = stored[place] if place < len(stored) else ("", [])
            shapes = [dataset.shape for dataset in datasets]
            if shapes != wanted:
                has = f"has {_list(shapes)} ('{name}')" if shapes else "has none"
                raise WeightsError(
                    f"{file}: layer '{layer.name}' needs the shapes {_list(wanted)}, the file {has}; name the weights of {model.name}"
                )
            found[layer.name] = [_array(dataset, root, file, layer.name) for dataset in datasets]
    return found


def _array(dataset: "h5py.Dataset", root: "h5py.File", file: Path, layer: str) -> npt.NDArray[Any]:
    # The numbers of a dataset may lie in another file of this machine; what is read here is this file alone.
    if dataset.external or dataset.is_virtual or dataset.file.filename != root.filename:
        raise WeightsError(f"{file}: layer '{layer}' points to another file; name a file that holds its weights itself")
    if dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
        raise WeightsError(f"{file}: layer '{layer}' holds what is no finite number; fetch the file again")
    # A chunk is unpacked whole, however small the array in it is.
    if dataset.chunks and math.prod(dataset.chunks) * dataset.dtype.itemsize > _MAX_CHUNK:
        raise WeightsError(f"{file}: layer '{layer}' unpacks to more than {_MAX_CHUNK >> 20} MB; fetch the file again")
    array = np.asarray(dataset[()])
    if not np.isfinite(array).all():
        raise WeightsError(f"{file}: layer '{layer}' holds what is no finite number; fetch the file again")
    return array.astype(np.float32)


def _in_order(root: "h5py.File") -> _Stored:
    """Return layers of the older form, or nothing where the file is not of it."""
    group = root.get("model_weights", root)
    stored = []
    for name in _names(group, "layer_names"):
        weights = [group[name][weight] for weight in _names(group[name], "weight_names")]
        if weights:
            stored.append((name, weights))
    return stored


def _names(group: "h5py.Group", attribute: str) -> list[str]:
    """Return a list of names, which Keras cuts into numbered parts where it is long."""
    parts = [_texts(group, attribute)] if attribute in group.attrs else []
    while f"{attribute}{len(parts)}" in group.attrs:
        parts.append(_texts(group, f"{attribute}{len(parts)}"))
    return [name for part in parts for name in part]


def _texts(group: "h5py.Group", attribute: str) -> list[str]:
    if math.prod(group.attrs.get_id(attribute).shape) > _MAX_NAMES:
        raise ValueError(f"more than {_MAX_NAMES} names in '{attribute}'")
    return [name.decode() if isinstance(name, bytes) else str(name) for name in group.attrs[attribute]]


def _counted_by_class(root: "h5py.File", model: "keras.Model") -> _Stored:
    """Return layers of the newer form, those of the model in its order; what else stands beside them is a head."""
    import h5py

    groups: dict[str, dict[str, list[h5py.Dataset]]] = {}

    def visit(path: str, item: Any) -> None:
        # A layer is a group with a group `vars` that holds its arrays by number.
        if path.endswith("/vars") and isinstance(item, h5py.Group) and len(item):
            above, _, name = path.removesuffix("/vars").rpartition("/")
            groups.setdefault(above, {})[name] = [item[str(place)] for place in range(len(item))]

    root.visititems(visit)
    wanted = _counted_names(model)
    beside = max(groups.values(), key=lambda group: sum(name in group for name in wanted), default={})
    return [(name, beside.get(name, [])) for name in wanted]


def _counted_names(model: "keras.Model") -> list[str]:
    """Return what Keras calls the layers with weights: class and number, in the order of the model."""
    counts: dict[str, int] = {}
    names = []
    for layer in model.layers:
        kind = snake_case(type(layer).__name__)
        number = counts[kind] = counts.get(kind, -1) + 1
        if layer.weights:
            names.append(f"{kind}_{number}" if number else kind)
    return names


def snake_case(name: str) -> str:
    """Return a class name as Keras writes it in layer names: `BatchNormalization` -> `batch_normalization`."""
    return re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def _list(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(str(shape) for shape in shapes)
