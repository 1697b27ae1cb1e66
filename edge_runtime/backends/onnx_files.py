"""Which files an ONNX graph names, read from its bytes alone: a device has no `onnx` package, and a stranger's graph may name any file.

Protocol Buffers: a message is a row of fields, each a number and a wire type (0 varint, 1 eight bytes, 2 bytes with their
length, 5 four bytes); see protobuf.dev/programming-guides/encoding. The numbers below are those of `onnx.proto`.
"""

from collections.abc import Iterator

from edge_runtime.errors import BundleError

_INSIDE: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
"""Kind of message -> number of a field -> kind of the message in it; what else there is names no file."""
_VARINT, _BYTES = 0, 2
_FIXED = {1: 8, 5: 4}
"""Wire type -> bytes."""
_MAX_FIELDS = 300_000
_MAX_DEPTH = 64
_ORT_FORMAT = b"ORTM"


def check_files(content: bytes, source: str, weights: str | None, size: int, max_length: int) -> None:
    """Refuse a graph that reads another file than its weights, or loops for longer than a sentence is.

    Args:
        content: The graph.
        source: What to call it in an error.
        weights: The file of its weights as the manifest names it; None where it has none.
        size: Bytes of that file.
        max_length: Words of the longest sentence, which its loops go round for at the most.

    Raises:
        BundleError: It does, or is not a graph.
    """
    if content[4:8] == _ORT_FORMAT:
        raise BundleError(f"{source}: in ONNX Runtime's own format, not ONNX; export the bundle again")
    # Weights are stepped over by their lengths: a search for words in them would take longer than this walk.
    walk = _Walk(content, source, weights, size)
    walk.message("model", 0, len(content), 0)
    walk.check_loops(max_length)


class _Walk:
    def __init__(self, content: bytes, source: str, weights: str | None, size: int) -> None:
        self._content, self._source = content, source
        self._weights, self._size = weights, size
        self._left = _MAX_FIELDS
        self._loops: list[bytes] = []
        self._numbers: dict[bytes, int] = {}

    def message(self, kind: str, begin: int, end: int, depth: int) -> None:
        """Look at every message inside one."""
        if depth > _MAX_DEPTH:
            raise BundleError(f"{self._source}: nested deeper than {_MAX_DEPTH}; do not use this bundle")
        if kind == "tensor":
            self._tensor(begin, end)
            return
        inside = _INSIDE[kind]
        inputs: list[bytes] = []
        loops = False
        for number, wire, first, last in self._fields(begin, end):
            if wire != _BYTES:
                continue
            if number in inside:
                self.message(inside[number], first, last, depth + 1)
            elif kind == "node" and number == 1:
                inputs.append(self._content[first:last])
            elif kind == "node" and number == 4:
                kind_of_node = self._content[first:last]
                loops = loops or kind_of_node == b"Loop"
                if kind_of_node == b"EPContext":
                    raise BundleError(
                        f"{self._source}: made for one processor, and names a file; do not use this bundle"
                    )
        if loops:
            self._loops.append(inputs[0] if inputs else b"")

    def check_loops(self, most: int) -> None:
        """Hold what was seen of loops against the longest sentence: each must say beforehand how often it goes round at the most."""
        for trips in self._loops:
            if not 0 <= self._numbers.get(trips, -1) <= most:
                raise BundleError(
                    f"{self._source}: a loop that may go round more often than the {most} words of the longest sentence; "
                    "do not use this bundle"
                )

    def _tensor(self, begin: int, end: int) -> None:
        name, number = b"", -1
        place = {b"offset": 0, b"length": 0}
        apart = False
        for field, wire, first, last in self._fields(begin, end):
            if field == 8 and wire == _BYTES:
                name = self._content[first:last]
            elif field == 9 and wire == _BYTES and last - first == 8:
                number = int.from_bytes(self._content[first:last], "little", signed=True)
            elif (field == 7 and wire == _BYTES and first < last) or (field == 7 and wire == _VARINT):
                number = _varint(self._content, first, last, self._source)[0]
            elif field == 13 and wire == _BYTES:
                apart = True
                self._entry(first, last, place)
        if name:
            self._numbers[name] = max(number, self._numbers.get(name, -1)) if number >= 0 else 1 << 63
        if apart and sum(place.values()) > self._size:
            raise BundleError(f"{self._source}: reads beyond the end of its weights; export the bundle again")

    def _entry(self, begin: int, end: int, place: dict[bytes, int]) -> None:
        """A fact of a tensor that lies in a file: which one, and where in it."""
        key = value = b""
        for number, wire, first, last in self._fields(begin, end):
            if wire == _BYTES and number == 1:
                key = self._content[first:last]
            elif wire == _BYTES and number == 2:
                value = self._content[first:last]
        if key == b"location" and (self._weights is None or value != self._weights.encode()):
            named = ascii(value[:80].decode(errors="replace"))
            raise BundleError(
                f"{self._source}: reads the file {named}, which the manifest does not name as its weights; do not use this bundle"
            )
        if key in place:
            if not value.isdigit() or len(value) > 18:
                raise BundleError(f"{self._source}: a place in its weights is no number; export the bundle again")
            place[key] = int(value)

    def _fields(self, begin: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Number, wire type, and where the content begins and ends, of every field of a message."""
        content, at = self._content, begin
        while at < end:
            self._left -= 1
            if self._left < 0:
                raise BundleError(f"{self._source}: more than {_MAX_FIELDS:,} fields; do not use this bundle")
            key, at = _varint(content, at, end, self._source)
            wire = key & 7
            if wire == _BYTES:
                length, at = _varint(content, at, end, self._source)
                last = at + length
            elif wire == _VARINT:
                last = _varint(content, at, end, self._source)[1]
            elif wire in _FIXED:
                last = at + _FIXED[wire]
            else:
                raise _no_graph(self._source)
            if last > end:
                raise _no_graph(self._source)
            yield key >> 3, wire, at, last
            at = last


def _varint(content: bytes, at: int, end: int, source: str) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while at < end and shift < 70:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise _no_graph(source)


def _no_graph(source: str) -> BundleError:
    return BundleError(f"{source}: not a graph that can be run (it is damaged); export the bundle again")
