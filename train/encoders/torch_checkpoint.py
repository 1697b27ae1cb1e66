"""Reads the tensors of a PyTorch checkpoint in the legacy (pre-1.6, non-zip) format, without PyTorch.

The file is five pickles (magic number, protocol version, system facts, the object, the storage keys) followed by the raw
storages, each led by its element count as a little-endian int64; see `torch.serialization._legacy_load`. The pickles are
read with `SafeUnpickler`, so nothing in the file is run.
"""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import EdgeCaptionError
from train.errors import WeightsError
from train.safe_pickle import SafeUnpickler

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
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


def _rebuild_tensor(storage: _Storage, offset: int, shape: Any, strides: Any, *_: Any) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


def _storage(pid: Any) -> _Storage:
    _, dtype, key, _, count, *_ = pid
    return _Storage(key, dtype, count)


_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
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
        pickle.UnpicklingError,
        EOFError,
        struct.error,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
    ) as error:
        raise WeightsError(
            f"{path}: not a readable legacy PyTorch checkpoint ({error}); fetch the file again"
        ) from None


def _read(file: IO[bytes], path: Path) -> dict[str, npt.NDArray[Any]]:
    def load(persistent: bool = False) -> Any:
        return SafeUnpickler(file, _ALLOWED, str(path), _storage if persistent else None).load()

    if load() != _MAGIC or load() != _PROTOCOL:
        raise WeightsError(f"{path}: not a legacy PyTorch checkpoint; convert newer (zip) files first")
    load()
    tensors: dict[str, _Tensor] = load(persistent=True)
    dtypes = {tensor.storage.key: tensor.storage.dtype for tensor in tensors.values()}
    storages: dict[str, npt.NDArray[Any]] = {}
    for key in load():
        (count,) = struct.unpack("<q", file.read(8))
        dtype = dtypes[key]
        data = file.read(count * dtype.itemsize)
        if len(data) != count * dtype.itemsize:
            raise WeightsError(f"{path}: the file ends early; fetch it again")
        storages[key] = np.frombuffer(data, dtype)
    return {name: _view(tensor, storages) for name, tensor in tensors.items()}


def _view(tensor: _Tensor, storages: dict[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    flat = storages[tensor.storage.key][tensor.offset :]
    item = flat.itemsize
    return np.lib.stride_tricks.as_strided(flat, tensor.shape, [stride * item for stride in tensor.strides]).copy()
