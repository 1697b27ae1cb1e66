"""Reads the tensors of a PyTorch checkpoint in the legacy (pre-1.6, non-zip) format, without PyTorch.

The file is five pickles (magic number, protocol version, system facts, the object, the storage keys) followed by the raw
storages, each led by its element count as a little-endian int64; see `torch.serialization._legacy_load`. The pickles are
read with `SafeUnpickler`, so nothing in the file is run, and what a tensor claims to lie where is held against its storage.
"""

import math
import struct
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import EdgeCaptionError
from train.datasets.safe_pickle import SafeUnpickler, plain_dict
from train.errors import WeightsError

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_MAX_NUMBERS = 2**28
"""Of all tensors together; the largest encoder has 24 million."""
_MAX_AXES = 8
_STORAGES = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
}


class _Storage(NamedTuple):
    key: str
    dtype: np.dtype[Any]
    length: int


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _rebuild_tensor(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> _Tensor:
    if not isinstance(storage, _Storage) or not _are_counts((offset,)):
        raise ValueError("a tensor without storage")
    if not (_are_counts(shape) and _are_counts(strides) and len(shape) == len(strides) <= _MAX_AXES):
        raise ValueError("a tensor of no shape")
    return _Tensor(storage, offset, shape, strides)


def _storage(pid: Any) -> _Storage:
    _, dtype, key, _, count, *_ = pid
    if not (isinstance(dtype, np.dtype) and isinstance(key, str) and _are_counts((count,))):
        raise ValueError("a storage of no kind")
    return _Storage(key, dtype, count)


def _are_counts(values: Any) -> bool:
    """Return whether these are whole numbers from 0 on, in a tuple."""
    return isinstance(values, tuple) and all(type(value) is int and 0 <= value < 2**62 for value in values)


_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): plain_dict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    **{("torch", name): dtype for name, dtype in _STORAGES.items()},
}


def read_torch_checkpoint(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read a state dictionary.

    Args:
        path: A legacy `.pth` file that holds a mapping of names to tensors.

    Returns:
        Name -> array, in the file's own layout (convolutions are [out, in, height, width]).

    Raises:
        WeightsError: The file is missing, damaged, or not in this format.
        UnsafePickleError: The file names anything but tensors and plain containers.
    """
    try:
        with path.open("rb") as file:
            return _read(file, path)
    except FileNotFoundError:
        raise WeightsError(f"{path}: no such weights file; check the path") from None
    except EdgeCaptionError:
        raise
    except (
        OSError,
        struct.error,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        OverflowError,
    ) as error:
        raise WeightsError(
            f"{path}: not a readable legacy PyTorch checkpoint ({str(error)[:100]}); fetch the file again"
        ) from None


def _read(file: IO[bytes], path: Path) -> dict[str, npt.NDArray[Any]]:
    def load(persistent: bool = False) -> Any:
        return SafeUnpickler(file, _ALLOWED, str(path), _storage if persistent else None).load()

    if file.read(4) == b"PK\x03\x04":
        raise WeightsError(
            f"{path}: a PyTorch checkpoint of the newer (zip) form, of which the older is read; "
            "save it again with torch.save(..., _use_new_zipfile_serialization=False)"
        )
    file.seek(0)
    if load() != _MAGIC or load() != _PROTOCOL:
        raise WeightsError(f"{path}: not a legacy PyTorch checkpoint; name a .pth file that torch.save wrote")
    load()
    tensors = load(persistent=True)
    if not isinstance(tensors, dict) or not all(isinstance(tensor, _Tensor) for tensor in tensors.values()):
        raise WeightsError(f"{path}: holds more than tensors by name; save the network's state_dict() alone")
    wanted = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    for name, tensor in tensors.items():
        _check(name, tensor, wanted, path)
    if sum(math.prod(tensor.shape) for tensor in tensors.values()) > _MAX_NUMBERS:
        raise WeightsError(f"{path}: more than {_MAX_NUMBERS} numbers; name the weights of the encoder alone")
    storages = _read_storages(file, load(), wanted, path)
    return {name: _view(tensor, storages) for name, tensor in tensors.items()}


def _check(name: str, tensor: _Tensor, wanted: dict[str, _Storage], path: Path) -> None:
    """See that a tensor lies within its storage, and is no larger than it."""
    storage = wanted[tensor.storage.key]
    numbers = math.prod(tensor.shape)
    reach = sum((side - 1) * stride for side, stride in zip(tensor.shape, tensor.strides, strict=True))
    last = tensor.offset + (reach if numbers else -1)
    if storage != tensor.storage or numbers > storage.length or last >= storage.length:
        raise WeightsError(f"{path}: '{name[:60]}' reaches beyond its storage; fetch the file again")


def _read_storages(file: IO[bytes], keys: Any, wanted: dict[str, _Storage], path: Path) -> dict[str, npt.NDArray[Any]]:
    if not isinstance(keys, list) or len(set(keys)) != len(keys) or set(keys) != set(wanted):
        raise WeightsError(f"{path}: its tensors and storages do not belong together; fetch the file again")
    place = file.tell()
    left = file.seek(0, 2) - place
    file.seek(place)
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        storage = wanted[key]
        size = storage.length * storage.dtype.itemsize
        left -= 8 + size
        if count != storage.length:
            raise WeightsError(f"{path}: a storage is not of the length that its tensors name; fetch the file again")
        if left < 0:
            raise WeightsError(f"{path}: the file ends early; fetch it again")
        storages[key] = np.frombuffer(file.read(size), storage.dtype)
    return storages


def _view(tensor: _Tensor, storages: dict[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    flat = storages[tensor.storage.key][tensor.offset :]
    if not math.prod(tensor.shape):
        return np.empty(tensor.shape, flat.dtype)
    item = flat.itemsize
    return np.lib.stride_tricks.as_strided(flat, tensor.shape, [stride * item for stride in tensor.strides]).copy()
