"""A captions pickle: a mapping of file names to lists of captions, as the original study kept it."""

import io
from pathlib import Path
from typing import Any

from train.datasets.base import CaptionTable
from train.datasets.safe_pickle import SafeUnpickler, plain_dict, plain_list
from train.datasets.text_file import read_bytes
from train.errors import DatasetError

_SPARE = 1_000_000
_TIMES = 20
"""A pickle may say something again without writing it again; captions may take so many times its bytes, and some to spare."""
_ROW = 16
"""What a row costs beside its characters."""


def _default_dict(*arguments: Any) -> dict[Any, Any]:
    return plain_dict(*arguments[1:])


def _nothing(*_: Any) -> None:
    """What stands for a name that is never called in a pickle of captions but may stand in one, as the maker of a default."""


_PLAIN: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): plain_dict,
    ("collections", "defaultdict"): _default_dict,
    **{(module, "dict"): plain_dict for module in ("builtins", "__builtin__")},
    **{
        (module, name): plain_list
        for module in ("builtins", "__builtin__")
        for name in ("list", "tuple", "set", "frozenset")
    },
    **{(module, name): _nothing for module in ("builtins", "__builtin__") for name in ("str", "bytes", "int")},
}


def read_pickle(path: Path) -> CaptionTable:
    """Read a captions pickle without running anything that it names.

    Raises:
        UnsafePickleError: It holds anything but plain containers and text.
        DatasetError: It is damaged, or not a mapping of names to captions.
    """
    data = read_bytes(path, "--captions")
    try:
        content = SafeUnpickler(io.BytesIO(data), _PLAIN, str(path)).load()
    except DatasetError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise DatasetError(
            f"{path}: not a readable pickle ({str(error)[:100]}); write it again with pickle.dump"
        ) from None
    if not isinstance(content, dict):
        raise DatasetError(f"{path}: holds a {type(content).__name__}; it must map file names to lists of captions")
    table = CaptionTable(path)
    left = _SPARE + _TIMES * len(data)
    for name, captions in content.items():
        if not isinstance(name, str):
            table.leave_out(f"a {type(name).__name__}", "the picture's name is not text")
            continue
        rows = [captions] if isinstance(captions, str) else captions
        if not isinstance(rows, list | tuple | set):
            table.leave_out(name, "the captions are not a list of text")
            continue
        for caption in rows:
            left -= _ROW + len(name) + (len(caption) if isinstance(caption, str) else 0)
            if left < 0:
                raise DatasetError(
                    f"{path}: says the same captions over and over, more than {_TIMES} times its size; write each once"
                )
            table.add(name, caption)
    return table
