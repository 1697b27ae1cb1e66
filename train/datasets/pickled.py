"""A captions pickle: a mapping of file names to lists of captions, as the original study kept it."""

import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from train.datasets.base import CaptionTable, LeftOut
from train.errors import DatasetError, UnsafePickleError
from train.safe_pickle import SafeUnpickler

_PLAIN: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    **{("builtins", kind.__name__): kind for kind in (dict, list, tuple, set, frozenset, str, bytes, int)},
    **{("__builtin__", kind.__name__): kind for kind in (dict, list, tuple, set, frozenset, str, int)},
}


def read_pickle(path: Path) -> CaptionTable:
    """Read a captions pickle without running anything that it names.

    Raises:
        UnsafePickleError: It holds anything but plain containers and text.
        DatasetError: It is damaged, or not a mapping of names to captions.
    """
    try:
        with path.open("rb") as file:
            content = SafeUnpickler(file, _PLAIN, str(path)).load()
    except UnsafePickleError:
        raise
    except (
        pickle.UnpicklingError,
        EOFError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        KeyError,
        MemoryError,
        OverflowError,
        RecursionError,
    ) as error:
        raise DatasetError(f"{path}: not a readable pickle ({error}); write it again with pickle.dump") from None
    if not isinstance(content, Mapping):
        raise DatasetError(f"{path}: holds a {type(content).__name__}; it must map file names to lists of captions")
    table = CaptionTable(path)
    for name, captions in content.items():
        if not isinstance(name, str):
            table.left_out.append(LeftOut(repr(name), "the picture's name is not text"))
        elif isinstance(captions, str):
            table.add(name, captions)
        elif isinstance(captions, list | tuple | set | frozenset):
            for caption in captions:
                table.add(name, caption)
        else:
            table.left_out.append(LeftOut(name, "the captions are not a list of text"))
    return table
