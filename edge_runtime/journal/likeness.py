"""Scenes that look alike, found among a million.

Every scene's features are kept as float16. When 4,096 more have come, they are also kept as a sketch: 256 bits, each the side of a
plane through the middle of all on which the features lie (Charikar 2002, "Similarity estimation techniques from rounding
algorithms"). Bits that differ grow with the angle. A search counts them for all, a block of 4,096 at a time and without touching
anything else, and compares the features themselves of the nearest thousands, and of those that have no sketch yet.
docs/decisions/036 has the figures.
"""

import json
import sqlite3
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.decoding import Floats

BLOCK = 4096
"""Slots of a block of sketches, and of features that are read at once."""
BITS = 256
_WORDS = BITS // 64
_REREAD = 3000
"""Scenes of the nearest sketches whose features are compared."""
_FURTHEST = BITS + 1
"""Of what is out of the question."""


@dataclass(frozen=True)
class Near:
    """A scene and how much it is alike.

    Attributes:
        key: Of the scene.
        likeness: Cosine of the features, -1 to 1.
    """

    key: int
    likeness: float


class Likeness:
    """Features in a journal.

    Args:
        connection: To the journal.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._next: int | None = None
        self._packed = 0

    def keep(self, key: int, features: Floats, slot: int | None = None) -> int | None:
        """Keep a scene's features; within a transaction.

        Args:
            key: Of the scene.
            features: float [D], 1 long; empty where there are none.
            slot: Where they were kept before.

        Returns:
            Where they are kept; None where there are none.
        """
        if self._next is None:
            self._packed = self._end_of_sketches()
            (last,) = self._connection.execute("SELECT max(slot) FROM vector").fetchone()
            self._next = max(-1 if last is None else last + 1, self._packed)
        if slot is not None and (slot < self._packed or not features.size):
            # A sketch that does not fit any more finds nothing in its slot.
            self._connection.execute("DELETE FROM vector WHERE slot = ?", (slot,))
            slot = None
        if not features.size:
            return None
        if slot is None:
            slot, self._next = self._next, self._next + 1
        numbers = np.asarray(features, "<f2").tobytes()
        self._connection.execute(
            "INSERT OR REPLACE INTO vector (slot, key, numbers) VALUES (?, ?, ?)", (slot, key, numbers)
        )
        return slot

    def pack(self) -> None:
        """Make sketches of what has come since the last ones, where it is a whole block; within a transaction."""
        while self._next is not None and self._next >= self._packed + BLOCK:
            self._pack(self._packed)
            self._packed += BLOCK

    def forget(self) -> None:
        """Read again from the database what is known of it: a transaction begins, or was taken back."""
        self._next = None

    def drop_before(self, slot: int) -> None:
        """Drop the sketches of blocks that lie before a slot as a whole."""
        self._connection.execute("DELETE FROM sketch WHERE first + ? <= ?", (BLOCK, slot))

    def near(self, features: Floats, limit: int, keys: range) -> list[Near]:
        """Return the scenes that are the most alike, the best first.

        Args:
            features: float32 [D], 1 long.
            limit: Most that are wanted.
            keys: Of the scenes that count.
        """
        query = np.asarray(features, np.float32)
        slots = self._candidates(query, max(_REREAD, 4 * limit), keys)
        found: list[tuple[npt.NDArray[np.int64], Floats]] = []
        for at in range(0, len(slots), BLOCK):
            listed = json.dumps(slots[at : at + BLOCK].tolist())
            rows = self._connection.execute(
                "SELECT key, numbers, slot FROM vector WHERE slot IN (SELECT value FROM json_each(?))", (listed,)
            ).fetchall()
            found.append(_scored(rows, query, keys))
        last = self._end_of_sketches()
        while rows := self._connection.execute(
            "SELECT key, numbers, slot FROM vector WHERE slot >= ? ORDER BY slot LIMIT ?", (last, BLOCK)
        ).fetchall():
            last = rows[-1][2] + 1
            found.append(_scored(rows, query, keys))
        if not found:
            return []
        all_keys = np.concatenate([part for part, _ in found])
        cosines = np.concatenate([part for _, part in found])
        best = np.argsort(-cosines, kind="stable")[:limit]
        return [Near(int(all_keys[index]), float(np.clip(cosines[index], -1, 1))) for index in best]

    def dimensions(self) -> int | None:
        """Return of how many numbers the newest features are; None where there are none."""
        row = self._connection.execute("SELECT length(numbers) / 2 FROM vector ORDER BY slot DESC LIMIT 1").fetchone()
        return None if row is None else int(row[0])

    def some(self, keys: range, most: int) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return keys and features, float32 [n, D], of scenes spread evenly over a range, as they came.

        Args:
            keys: Of the scenes that count; of those, the ones with as many numbers as the newest have.
            most: Scenes.
        """
        ends = [
            self._connection.execute(
                f"SELECT slot FROM event WHERE key >= ? AND key < ? AND slot IS NOT NULL ORDER BY key {order} LIMIT 1",  # noqa: S608
                (keys.start, keys.stop),
            ).fetchone()
            for order in ("", "DESC")
        ]
        if None in ends:
            return _matrix([], self.dimensions() or 0)
        first, last = sorted(slot for (slot,) in ends)
        chosen = np.unique(np.linspace(first, last, min(most, last - first + 1), dtype=np.int64))
        rows = self._connection.execute(
            "SELECT key, numbers FROM vector WHERE slot IN (SELECT value FROM json_each(?)) AND key >= ? AND key < ? ORDER BY key",
            (json.dumps(chosen.tolist()), keys.start, keys.stop),
        ).fetchall()
        return _matrix(rows, self.dimensions() or 0)

    def _candidates(self, query: Floats, most: int, keys: range) -> npt.NDArray[np.int64]:
        """Return the slots whose sketches differ the least from the query's."""
        space = self._connection.execute(
            "SELECT centre, planes FROM space WHERE dimensions = ?", (query.size,)
        ).fetchone()
        if space is None:
            return np.zeros(0, np.int64)
        bits = _sketches(query[None], *_space(space, query.size))[:, 0]
        (oldest,) = self._connection.execute("SELECT min(slot) FROM vector").fetchone()
        timed = keys.start > 0 or keys.stop < _ALL_KEYS.stop
        firsts, parts = [], []
        # Without times the keys are not read at all: they lie behind the bits.
        for first, stored, stored_keys in self._connection.execute(
            f"SELECT first, bits, {'keys' if timed else 'NULL'} FROM sketch WHERE dimensions = ? AND first > ? ORDER BY first",  # noqa: S608
            (query.size, (oldest or 0) - BLOCK),
        ):
            different = _different(np.frombuffer(stored, "<u8").reshape(_WORDS, BLOCK), bits)
            if timed:
                times = np.frombuffer(stored_keys, "<i8")
                different[(times < keys.start) | (times >= keys.stop)] = _FURTHEST
            firsts.append(first)
            parts.append(different)
        if not parts:
            return np.zeros(0, np.int64)
        every = np.concatenate(parts)
        counts = np.cumsum(np.bincount(every, minlength=_FURTHEST + 1)[:_FURTHEST])
        # All of the last distance that is taken, for to choose among them would cost more.
        within = int(np.searchsorted(counts, most))
        places = np.flatnonzero(every <= min(within, BITS))[: 4 * most]
        return np.asarray(firsts, np.int64)[places // BLOCK] + places % BLOCK

    def _pack(self, first: int) -> None:
        rows = self._connection.execute(
            "SELECT key, numbers, slot FROM vector WHERE slot >= ? AND slot < ?", (first, first + BLOCK)
        ).fetchall()
        for dimensions in {len(numbers) // 2 for _, numbers, _ in rows}:
            fitting = [row for row in rows if len(row[1]) == 2 * dimensions]
            keys, features = _matrix([row[:2] for row in fitting], dimensions)
            slots = np.array([slot - first for _, _, slot in fitting])
            sketches = np.zeros((_WORDS, BLOCK), "<u8")
            sketches[:, slots] = _sketches(features, *self._made_space(features))
            all_keys = np.full(BLOCK, -1, "<i8")
            all_keys[slots] = keys
            self._connection.execute(
                "INSERT OR REPLACE INTO sketch (first, dimensions, bits, keys) VALUES (?, ?, ?, ?)",
                (first, dimensions, sketches.tobytes(), all_keys.tobytes()),
            )

    def _made_space(self, features: Floats) -> tuple[Floats, Floats]:
        """Return the centre and the planes for features of a length; the first ones that come decide where the middle is."""
        dimensions = features.shape[1]
        row = self._connection.execute(
            "SELECT centre, planes FROM space WHERE dimensions = ?", (dimensions,)
        ).fetchone()
        if row is None:
            normals = np.random.default_rng(dimensions).standard_normal((max(dimensions, BITS), BITS))
            # Planes at right angles to each other tell more than planes by chance (Ji et al. 2012, "Super-bit LSH").
            planes = np.linalg.qr(normals)[0][:dimensions]
            row = (features.mean(0).astype("<f4").tobytes(), planes.astype("<f4").tobytes())
            self._connection.execute("INSERT INTO space VALUES (?, ?, ?)", (dimensions, *row))
        return _space(row, dimensions)

    def _end_of_sketches(self) -> int:
        (last,) = self._connection.execute("SELECT max(first) FROM sketch").fetchone()
        return 0 if last is None else int(last) + BLOCK


_ALL_KEYS = range(0, 2**63 - 1)


def _space(row: tuple[bytes, bytes], dimensions: int) -> tuple[Floats, Floats]:
    return np.frombuffer(row[0], "<f4"), np.frombuffer(row[1], "<f4").reshape(dimensions, BITS)


def _sketches(features: Floats, centre: Floats, planes: Floats) -> npt.NDArray[np.uint64]:
    """Return sketches as uint64 [BITS / 64, n], for features float32 [n, D]."""
    packed = np.packbits((features - centre) @ planes > 0, axis=1)
    return np.ascontiguousarray(packed.view("<u8").T)


def _different(sketches: npt.NDArray[np.uint64], query: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint16]:
    """Return in how many bits sketches [W, n] differ from one [W]: uint16 [n]."""
    total = np.zeros(sketches.shape[1], np.uint16)
    for words, one in zip(sketches, query, strict=True):
        total += _bit_count(words ^ one)
    return total


def _bit_count(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint8]:
    count = getattr(np, "bitwise_count", None)
    if count is not None:
        found: npt.NDArray[np.uint8] = count(words)
        return found
    # NumPy 1.26 has none: pairs of bits are added, then fours, then bytes (Warren, "Hacker's Delight", section 5-1).
    one, two, four, rest = (np.uint64(shift) for shift in (1, 2, 4, 56))
    pairs = words - ((words >> one) & np.uint64(0x5555555555555555))
    fours = (pairs & np.uint64(0x3333333333333333)) + ((pairs >> two) & np.uint64(0x3333333333333333))
    each = (fours + (fours >> four)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    counted: npt.NDArray[np.uint8] = ((each * np.uint64(0x0101010101010101)) >> rest).astype(np.uint8)
    return counted


def _scored(rows: list[tuple[int, bytes, int]], query: Floats, keys: range) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the keys and cosines of features as they are kept, of those that count."""
    found, features = _matrix([row[:2] for row in rows], query.size)
    counting = (found >= keys.start) & (found < keys.stop)
    lengths = np.maximum(np.linalg.norm(features, axis=1), 1e-9)  # half precision has made them not quite 1
    return found[counting], (features @ query / lengths)[counting]


def _matrix(rows: list[tuple[int, bytes]], dimensions: int) -> tuple[npt.NDArray[np.int64], Floats]:
    fitting = [row for row in rows if len(row[1]) == 2 * dimensions]
    keys = np.array([key for key, _ in fitting], np.int64)
    numbers = np.frombuffer(b"".join(numbers for _, numbers in fitting), "<f2")
    return keys, numbers.astype(np.float32).reshape(len(fitting), dimensions)
