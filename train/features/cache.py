"""Encoder features on disk, computed once: what makes a pass over the captions cost minutes instead of hours.

A cache is a folder named by the digest of everything its numbers depend on: encoder, weights, input size, view and the
content of every picture. It holds `grid.npy` (float16, memory-mapped) and `cache.json`, which says how far it has got, so
that an interrupted computation goes on where it stopped.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import PictureError
from edge_runtime.files import write_whole
from edge_runtime.pictures.preprocess import load_input
from edge_runtime.streams import LOG_STREAM
from train.encoders.base import EncoderSpec
from train.encoders.registry import EncoderWeights, build_encoder
from train.errors import FeatureCacheError

if TYPE_CHECKING:
    import keras

View = Literal["plain", "flip"]
"""How the encoder is shown each picture: as it is, or mirrored left to right."""

_BATCH = 32
_SAVE_EVERY = 16
_FORMAT = 1


@dataclass(frozen=True)
class FeatureCache:
    """Features of a set of pictures.

    Attributes:
        grid: float16 [pictures, positions, channels], memory-mapped and read-only.
        rows: File name -> row of `grid`; a picture that could not be read is not in it.
        unreadable: File name -> why it could not be read.
        folder: Where the cache lies.
    """

    grid: npt.NDArray[np.float16]
    rows: dict[str, int]
    unreadable: dict[str, str]
    folder: Path


def cache_features(
    images: Path,
    names: Sequence[str],
    spec: EncoderSpec,
    weights: EncoderWeights,
    folder: Path,
    size: int | None = None,
    view: View = "plain",
    log: Callable[[str], None] = lambda line: None,
) -> FeatureCache:
    """Compute the features of pictures, or what is still missing of them.

    Args:
        images: Folder of the pictures.
        names: File names in it.
        spec: The encoder.
        weights: Its weights.
        folder: Folder of all caches; this one gets a folder of its own in it.
        size: Input height and width in pixels; the encoder's own where None.
        view: How the pictures are shown.
        log: Receives lines about the work.

    Returns:
        The complete cache.

    Raises:
        FeatureCacheError: The folder cannot be written, or a picture cannot be read at all.
    """
    size = size or spec.size
    names = sorted(set(names))
    key = _digest(images, names, spec, weights, size, view)
    home = folder / f"{spec.name}-{size}-{view}-{key[:12]}"
    positions = spec.regions(size)
    try:
        home.mkdir(parents=True, exist_ok=True)
        state = _read_state(home, key)
        if state["done"] < len(names):
            log(f"features: {len(names) - state['done']} of {len(names)} pictures to go ({view}, {home.name})")
            encoder = build_encoder(spec, weights, size)
            _fill(home, encoder, images, names, size, view, positions, spec.channels, state)
    except OSError as error:
        raise FeatureCacheError(
            f"{home}: cannot be written ({error.strerror}); choose another --features folder"
        ) from None
    unreadable: dict[str, str] = state["unreadable"]
    for name, why in unreadable.items():
        log(f"features: left out {name}: {why}")
    grid = np.load(home / "grid.npy", mmap_mode="r")
    rows = {name: row for row, name in enumerate(names) if name not in unreadable}
    return FeatureCache(grid, rows, unreadable, home)


def encode_pictures(encoder: "keras.Model", images: Path, names: Sequence[str]) -> FeatureCache:
    """Features of pictures by an encoder in training, in memory; see `FeatureCache`.

    Args:
        encoder: From uint8 [B, H, W, 3] RGB to [B, h, w, C].
        images: Folder of the pictures.
        names: File names in it, each a readable picture.
    """
    import tensorflow as tf

    _, height, width, _ = encoder.input_shape
    _, rows, columns, channels = encoder.output_shape
    encode = tf.function(lambda pictures: encoder(pictures, training=False))
    grid = np.empty((len(names), rows * columns, channels), np.float16)
    for start in range(0, len(names), _BATCH):
        pictures = np.stack([load_input(images / name, height, width) for name in names[start : start + _BATCH]])
        grid[start : start + len(pictures)] = (
            encode(tf.constant(pictures)).numpy().reshape(len(pictures), *grid.shape[1:])
        )
    return FeatureCache(grid, {name: row for row, name in enumerate(names)}, {}, images)


def _digest(
    images: Path, names: Sequence[str], spec: EncoderSpec, weights: EncoderWeights, size: int, view: str
) -> str:
    digest = hashlib.sha256(f"{_FORMAT}\0{spec.name}\0{weights.sha256}\0{size}\0{view}".encode())
    for name in names:
        try:
            content = hashlib.blake2b((images / name).read_bytes(), digest_size=16).digest()
        except OSError as error:
            raise FeatureCacheError(f"{images / name}: cannot be read ({error.strerror}); check --images") from None
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()


def _read_state(home: Path, key: str) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads((home / "cache.json").read_text())
        if state["key"] == key and (home / "grid.npy").exists():
            return state
    except (FileNotFoundError, ValueError, KeyError):
        pass
    return {"key": key, "done": 0, "unreadable": {}}


def _fill(
    home: Path,
    encoder: "keras.Model",
    images: Path,
    names: Sequence[str],
    size: int,
    view: View,
    positions: int,
    channels: int,
    state: dict[str, Any],
) -> None:
    import tensorflow as tf
    from tqdm import tqdm

    mode: Any = "r+" if state["done"] else "w+"
    grid = np.lib.format.open_memmap(home / "grid.npy", mode, np.float16, (len(names), positions, channels))

    def forward(batch: tf.Tensor) -> tf.Tensor:
        features = encoder(batch[:, :, ::-1] if view == "flip" else batch, training=False)
        return tf.cast(tf.reshape(features, (-1, positions, channels)), tf.float16)

    encode = tf.function(forward, input_signature=[tf.TensorSpec((None, size, size, 3), tf.uint8)])

    bar = tqdm(
        total=len(names),
        initial=state["done"],
        desc=f"features ({view})",
        unit="picture",
        mininterval=2,
        file=LOG_STREAM,
    )
    for count, (start, batch) in enumerate(_batches(images, names, size, state), 1):
        grid[start : start + len(batch)] = encode(batch).numpy()
        state["done"] = start + len(batch)
        bar.update(len(batch))
        if count % _SAVE_EVERY == 0:
            _save(home, grid, state)
    _save(home, grid, state)
    bar.close()


def _batches(
    images: Path, names: Sequence[str], size: int, state: dict[str, Any]
) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Batches of decoded pictures, the next one being read while the network works on this one."""

    def read(name: str) -> npt.NDArray[np.uint8]:
        try:
            return load_input(images / name, size, size)
        except PictureError as error:
            state["unreadable"][name] = str(error)
            return np.zeros((size, size, 3), np.uint8)

    with ThreadPoolExecutor(2) as pool:
        start = state["done"]
        waiting: list[Any] = []
        for group in _groups(names[start:]):
            waiting.append([pool.submit(read, name) for name in group])
            if len(waiting) > 2:
                batch = np.stack([future.result() for future in waiting.pop(0)])
                yield start, batch
                start += len(batch)
        for futures in waiting:
            batch = np.stack([future.result() for future in futures])
            yield start, batch
            start += len(batch)


def _groups(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _BATCH):
        yield names[start : start + _BATCH]


def _save(home: Path, grid: "np.memmap[Any, Any]", state: dict[str, Any]) -> None:
    grid.flush()
    write_whole(home / "cache.json", json.dumps(state).encode())
