"""Unpickling that never runs code from the file, and costs no more than the file is long.

A pickle is a small program: it names the callables that rebuild its objects, asks for memory by number, hashes what it was told to,
and says things over again from a memo. Here the opcodes are read by `pickletools` and carried out one by one, on plain data alone:
a name is resolved from a table that the caller gives; keys and members of sets are text, numbers or nothing, whose hashes cost nothing;
the memo is a dictionary, whatever number it is asked for; and no object is built that takes more room than its opcodes do.
"""

import io
import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

from train.errors import UnsafePickleError

Allowed = Mapping[tuple[str, str], Any]

MAX_OPCODES = 20_000_000
"""Of one pickle; COCO's training captions take 3 million."""
_MAX_STACK = 2_000_000
"""Values that wait to be put into a container."""
_MAX_NUMBER = 2**80
_KEYS = (str, bytes, int, float, bool, type(None))
_VALUES = frozenset(
    (
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING"),
        *("SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES"),
        *("BINBYTES8", "BYTEARRAY8"),
    )
)
_PYTHON_2_TEXT = frozenset(("STRING", "BINSTRING", "SHORT_BINSTRING"))
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class PickleError(ValueError):
    """A pickle that is damaged, or builds what plain data never is."""


@dataclass(frozen=True)
class _Named:
    """A callable of the table, with the name that the pickle calls it by."""

    name: str
    value: Any


class _Mark:
    """Where the values of a container begin on the stack."""


class _Bounded:
    """A file that is never asked for more than it holds: lengths in a pickle are only claims.

    Args:
        file: Binary file, positioned at the pickle.
    """

    def __init__(self, file: IO[bytes]) -> None:
        place = file.tell()
        self._left = file.seek(0, io.SEEK_END) - place
        file.seek(place)
        self._file = file
        self.tell = file.tell

    def read(self, count: int) -> bytes:
        data = self._file.read(min(max(count, 0), self._left))
        self._left -= len(data)
        return data

    def readline(self) -> bytes:
        data = self._file.readline(min(self._left, 1 << 24))
        self._left -= len(data)
        return data


class SafeUnpickler:
    """Reads a pickle of plain data.

    Args:
        file: Binary file that can be positioned, at the pickle; it stands behind it afterwards.
        allowed: (module, name) -> the object to use for it; called where the pickle calls it, with what the pickle gives.
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
        self._file, self._allowed, self._source, self._persistent = _Bounded(file), allowed, source, persistent
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self.opcodes = 0

    def load(self) -> Any:
        """Return the object of the pickle.

        Raises:
            UnsafePickleError: It names what is not in the table, or data outside itself.
            PickleError: It is damaged, or no plain data; as are ValueError, TypeError, IndexError and AttributeError here.
        """
        for opcode, argument, _ in pickletools.genops(cast(IO[bytes], self._file)):
            self.opcodes += 1
            if self.opcodes > MAX_OPCODES or len(self._stack) > _MAX_STACK:
                raise PickleError("more values than are read")
            if opcode.name == "STOP":
                return self._plain(self._stack.pop())
            self._do(opcode.name, argument)
        raise PickleError("it has no end")

    def _do(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in _VALUES:
            stack.append(_value(name, argument))
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _TUPLES:
            count = _TUPLES[name]
            if len(stack) < count:
                raise PickleError("a tuple of nothing")
            stack[len(stack) - count :] = [tuple(stack[len(stack) - count :])]
        elif name in ("MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"):
            self._memo[len(self._memo) if name == "MEMOIZE" else argument] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(self._memo[argument])
        elif name in ("PROTO", "FRAME"):
            pass
        elif name == "MARK":
            stack.append(_Mark)
        elif name in ("POP", "POP_MARK"):
            stack.pop() if name == "POP" else self._behind_mark()
        elif name == "DUP":
            stack.append(stack[-1])
        else:
            self._build(name, argument)

    def _build(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in ("EMPTY_DICT", "EMPTY_LIST", "EMPTY_SET"):
            stack.append({"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_SET": set}[name]())
        elif name in ("DICT", "LIST", "TUPLE", "FROZENSET"):
            items = self._behind_mark()
            stack.append(plain_dict(_pairs(items)) if name == "DICT" else tuple(items) if name == "TUPLE" else items)
        elif name in ("APPEND", "APPENDS"):
            items = [stack.pop()] if name == "APPEND" else self._behind_mark()
            _typed(stack[-1], list).extend(items)
        elif name in ("SETITEM", "SETITEMS"):
            items = [*reversed((stack.pop(), stack.pop()))] if name == "SETITEM" else self._behind_mark()
            _typed(stack[-1], dict).update(plain_dict(_pairs(items)))
        elif name == "ADDITEMS":
            items = self._behind_mark()
            _typed(stack[-1], set).update(map(_key, items))
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            where = tuple(argument.split(" ", 1)) if name == "GLOBAL" else (*reversed((stack.pop(), stack.pop())),)
            stack.append(self._find(*where))
        elif name in ("REDUCE", "NEWOBJ"):
            arguments, called = stack.pop(), stack.pop()
            stack.append(_call(called, arguments))
        elif name in ("OBJ", "INST"):
            items = self._behind_mark()
            called = items.pop(0) if name == "OBJ" else self._find(*argument.split(" ", 1))
            stack.append(_call(called, tuple(items)))
        elif name == "BUILD":
            # What an object remembers beside its items is not read.
            stack.pop()
        elif name in ("PERSID", "BINPERSID"):
            stack.append(self._outside(argument if name == "PERSID" else stack.pop()))
        else:
            raise PickleError(f"it asks for {name}, which plain data never does")

    def _behind_mark(self) -> list[Any]:
        items: list[Any] = []
        while (item := self._stack.pop()) is not _Mark:
            items.append(item)
        items.reverse()
        return items

    def _find(self, module: Any, name: Any) -> Any:
        try:
            return _Named(f"{module}.{name}", self._allowed[(module, name)])
        except (KeyError, TypeError):
            raise UnsafePickleError(
                f"{self._source}: the pickle asks for '{str(module)[:60]}.{str(name)[:60]}', which could run code, so it was refused; "
                "save the data again as plain dict, list and str"
            ) from None

    def _outside(self, pid: Any) -> Any:
        if self._persistent is None:
            raise UnsafePickleError(f"{self._source}: the pickle refers to data outside itself, so it was refused")
        return self._persistent(tuple(item.value if isinstance(item, _Named) else item for item in _typed(pid, tuple)))

    @staticmethod
    def _plain(value: Any) -> Any:
        if isinstance(value, _Named) or value is _Mark:
            raise PickleError("it holds no data")
        return value


def _value(name: str, argument: Any) -> Any:
    if name in _PYTHON_2_TEXT:
        # Python 2 wrote bytes; what is no UTF-8 stays as Latin-1 has it.
        try:
            return argument.encode("latin-1").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            return argument
    if type(argument) is int and abs(argument) > _MAX_NUMBER:
        raise PickleError("a number that no data set holds")
    return argument


def _call(called: Any, arguments: Any) -> Any:
    if not isinstance(called, _Named) or not callable(called.value):
        raise PickleError("it calls what is no class")
    return called.value(*_typed(arguments, tuple))


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise PickleError(f"a {type(value).__name__} where a {kind.__name__} belongs")
    return value


def _key(value: Any) -> Any:
    if type(value) not in _KEYS:
        raise PickleError(f"a {type(value).__name__} as a key, which must be text")
    return value


def _pairs(items: list[Any]) -> list[tuple[Any, Any]]:
    if len(items) % 2:
        raise PickleError("a key without a value")
    return list(zip(items[::2], items[1::2], strict=True))


def plain_dict(pairs: Any = ()) -> dict[Any, Any]:
    """Return a dictionary of pairs whose keys are text, numbers or nothing.

    Raises:
        PickleError: A key is something else, or there are no pairs.
    """
    if isinstance(pairs, dict):
        return dict(pairs)
    if type(pairs) not in (list, tuple):
        raise PickleError("a dictionary of what are no pairs")
    found = {}
    for pair in pairs:
        if type(pair) not in (list, tuple) or len(pair) != 2:
            raise PickleError("a dictionary of what are no pairs")
        found[_key(pair[0])] = pair[1]
    return found


def plain_list(items: Any = ()) -> list[Any]:
    """Return what the pickle of a list, tuple or set gives its class: the items, once more.

    Raises:
        PickleError: There are none.
    """
    if type(items) not in (list, tuple, set):
        raise PickleError(f"a list of a {type(items).__name__}")
    return list(items)
