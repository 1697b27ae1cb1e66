"""Scenes as a camera would bring them, made up: words as frequent as they are in captions, features in clusters."""

import io
from collections.abc import Iterator, Sequence

import numpy as np

from edge_runtime.backends.decoding import Floats
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.vocabulary import SPECIALS
from edge_runtime.events import SceneEvent

DIMENSIONS = 256
SOURCES = ("front door", "garden", "rtsp://192.0.2.7/stream")
_SHARES = (0.6, 0.38, 0.02)
"""Of the sources: one is rare."""
_CLUSTERS, _RANK = 3000, 64
"""Kinds of pictures, and dimensions in which they differ most."""
_FIRST = 1_700_000_000.0
_SECONDS = 20.0
"""Between scenes."""
_BATCH = 1000


def words() -> tuple[str, ...]:
    """Return the words of the default model, the most frequent first."""
    return Bundle(None).vocabulary().words[len(SPECIALS) :]


class MadeScenes:
    """An endless row of scenes, the same ones for the same seed.

    Sentences of 5 to 12 words are drawn by Zipf's law, as Mandelbrot has it: the share of a word is 1 / (rank + 2.7).

    Args:
        seed: Of the generator.
        jpeg: Of every scene; empty for none.
    """

    def __init__(self, seed: int = 0, jpeg: bytes = b"") -> None:
        self._rng = np.random.default_rng(seed)
        self._words = np.array(words())
        shares = 1 / (np.arange(len(self._words)) + 2.7)
        self._shares = shares / shares.sum()
        # The kinds of pictures are the same whatever the seed, for what is asked for is to be found.
        kinds = np.random.default_rng(1)
        self._kinds = kinds.standard_normal((_CLUSTERS, _RANK), np.float32) @ kinds.standard_normal(
            (_RANK, DIMENSIONS), np.float32
        )
        self._jpeg = jpeg

    def features(self, count: int) -> Floats:
        """Return features of pictures, float32 [count, 256], each 1 long."""
        found = self._kinds[self._rng.integers(0, _CLUSTERS, count)]
        found = found + self._rng.standard_normal(found.shape, np.float32) * (0.5 * float(self._kinds.std()))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def sentences(self, count: int) -> list[str]:
        """Return sentences."""
        lengths = self._rng.integers(5, 13, count)
        drawn = iter(self._words[self._rng.choice(len(self._words), int(lengths.sum()), p=self._shares)].tolist())
        return [" ".join(next(drawn) for _ in range(length)) for length in lengths]

    def events(self, first: int, count: int) -> Iterator[SceneEvent]:
        """Yield scenes that begin.

        Args:
            first: Number of the first one, which says when it began.
            count: Of scenes.
        """
        for at in range(first, first + count, _BATCH):
            size = min(_BATCH, first + count - at)
            batch = (self.features(size), self.sentences(size), self._rng.choice(SOURCES, size, p=_SHARES).tolist())
            for number, (features, sentence, source) in enumerate(zip(*batch, strict=True), at):
                yield scene(number, sentence, source, features, self._jpeg)


def scene(number: int, sentence: str, source: str, features: Floats, jpeg: bytes) -> SceneEvent:
    """Return the beginning of a scene.

    Args:
        number: In the row of them.
        sentence: Its words, with spaces between.
        source: Name of it.
        features: float32 [D], 1 long.
        jpeg: The frame, or nothing.
    """
    began = _FIRST + number * _SECONDS
    return SceneEvent(
        kind="new",
        id=f"{round(began * 1000):012x}-{number % 2**24:06x}",
        source=source,
        zone="",
        started_at=began,
        at=began,
        captured=began,
        age_ms=50.0,
        frame=number,
        position=number * _SECONDS,
        text=sentence,
        shown=sentence,
        words=tuple(sentence.split()),
        confidence=0.7,
        abstained="",
        hedged=False,
        language="en",
        further=(),
        features=features,
        jpeg=jpeg,
        width=640,
        height=480,
    )


def queries(count: int) -> dict[str, list[str]]:
    """Return what is searched for, by kind: frequent words among them, for which half of everything matches.

    Args:
        count: Of each kind.
    """
    rng, known = np.random.default_rng(2), words()

    def some(start: int, stop: int) -> Sequence[str]:
        return [known[index] for index in rng.integers(start, stop, count)]

    frequent, others, rare = some(0, 40), some(40, 400), some(400, len(known))
    two = list(zip(frequent, others, strict=True))
    return {
        "man, dog": [("man", "dog")[index % 2] for index in range(count)],
        "one frequent word": list(frequent),
        "one rare word": list(rare),
        "two words": [f'"{one}" AND "{other}"' for one, other in two],
        "two rare words": [f'"{one}" AND "{other}"' for one, other in zip(rare, some(400, len(known)), strict=True)],
        "either": [f'"{one}" OR "{other}"' for one, other in two],
        "one without another": [f'"{other}" NOT "{one}"' for one, other in two],
        "all without a word": [f'NOT "{one}"' for one in frequent],
        "a phrase": [f'"{one} {other}"' for one, other in two],
        "a beginning": [f"{word[:3]}*" for word in others if len(word) >= 3 and word[:3].isalpha()],
    }


def camera_jpeg() -> bytes:
    """Return a frame of 640 x 480 as a camera's JPEG: smooth patches and noise."""
    from PIL import Image

    rng = np.random.default_rng(3)
    patches = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8)).resize((640, 480), Image.Resampling.BICUBIC)
    noisy = np.clip(np.asarray(patches, np.int16) + rng.normal(0, 3, (480, 640, 3)), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=85)
    return out.getvalue()
