"""Unpickling that never runs code from the file.

A pickle names the callables that rebuild its objects; the plain `pickle.load` calls whichever it names. The reader here
resolves a name only from a table that its caller gives, and refuses every other one.
"""

import pickle
from collections.abc import Callable, Mapping
from typing import IO, Any

from train.errors import UnsafePickleError

Allowed = Mapping[tuple[str, str], Any]


class SafeUnpickler(pickle.Unpickler):
    """An unpickler that resolves only the names in `allowed`.

    Args:
        file: Binary file, positioned at the pickle.
        allowed: (module, name) -> the object to use for it.
        source: What to call the file in an error.
        persistent: Resolves persistent ids, for formats that keep bulk data outside the pickle.
    """

    def __init__(
        self,
        file: IO[bytes],
        allowed: Allowed,
        source: str,
        persistent: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__(file)
        self._allowed = allowed
        self._source = source
        self._persistent = persistent

    def find_class(self, module: str, name: str) -> Any:
        """Return the allowed object for a name.

        Raises:
            UnsafePickleError: The name is not in the table.
        """
        try:
            return self._allowed[(module, name)]
        except KeyError:
            raise UnsafePickleError(
                f"{self._source}: the pickle asks for '{module}.{name}', which could run code, so it was refused; "
                "save the data again as plain dict, list and str"
            ) from None

    def persistent_load(self, pid: Any) -> Any:
        """Resolve a persistent id, or refuse it where the format has none."""
        if self._persistent is None:
            raise UnsafePickleError(f"{self._source}: the pickle refers to data outside itself, so it was refused")
        return self._persistent(pid)
