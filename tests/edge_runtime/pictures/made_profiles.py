"""ICC profiles of a matrix and a gamma, which nobody needs to ship (ICC.1:2004, section 8.3)."""

import struct

import numpy as np
import numpy.typing as npt

PRIMARIES = {
    "srgb": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), (0.3127, 0.3290), 2.2),
    "display-p3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.3127, 0.3290), 2.2),
    "adobe": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), (0.3127, 0.3290), 2.2),
    "prophoto": ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), (0.3457, 0.3585), 1.8),
}
"""Red, green, blue, white as x and y of CIE 1931, and the gamma."""

_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D50 = np.array([0.9642, 1.0, 0.8249])


def profile(name: str) -> bytes:
    """A profile by the name of its space."""
    *primaries, white, gamma = PRIMARIES[name]
    columns = _to_d50(np.array([_xyz(*point) for point in primaries]).T, _xyz(*white))
    tags = {b"desc": _text(name), b"cprt": b"text\0\0\0\0none\0", b"wtpt": _values(_D50)}
    for letter, column in zip(b"rgb", columns.T, strict=True):
        tags[bytes([letter]) + b"XYZ"] = _values(column)
        tags[bytes([letter]) + b"TRC"] = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for kind, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += kind + struct.pack(">II", at + len(body), len(data))
        body += data
    header = struct.pack(">I4sI4s4s4s", at + len(body), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp").ljust(44, b"\0") + _numbers(_D50)
    return header.ljust(128, b"\0") + table + body


def _xyz(x: float, y: float) -> npt.NDArray[np.float64]:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _to_d50(primaries: npt.NDArray[np.float64], white: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    matrix = primaries * np.linalg.solve(primaries, white)
    gain = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
    found: npt.NDArray[np.float64] = np.linalg.inv(_BRADFORD) @ gain @ _BRADFORD @ matrix
    return found


def _numbers(values: npt.NDArray[np.float64]) -> bytes:
    return struct.pack(">3i", *(round(value * 65536) for value in values))


def _values(values: npt.NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + _numbers(values)


def _text(words: str) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(words) + 1) + words.encode() + b"\0" + b"\0" * 78
