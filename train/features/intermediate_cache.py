"""The intermediate-feature cache: what the frozen first stages of an encoder say of several augmented views of each picture.

The large maps of an encoder's first stages cost most of a training step and gain the least from training. They are computed once,
for a few views of every picture, so that a pass trains the last stages at a third of the price.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.pictures.preprocess import load_input
from edge_runtime.streams import LOG_STREAM
from train.errors import FeatureCacheError, RunError
from train.features.augmentation import augment

if TYPE_CHECKING:
    import keras

_BATCH = 32
_FORMAT = 1
_SEED = 0
"""Of the augmentation: the same for every run, so that runs of several seeds share a cache."""


def split_encoder(encoder: "keras.Model", prefix: str) -> "tuple[keras.Model, keras.Model]":
    """Cut an encoder in two that share its weights.

    Args:
        encoder: A chain of blocks; nothing but one tensor crosses the cut.
        prefix: Name prefix of the first layers of the upper part.

    Returns:
        From pictures to the cut, and from the cut to the grid.

    Raises:
        RunError: No layer is named so, or more than one tensor crosses.
    """
    import keras

    first = next((layer for layer in encoder.layers if layer.name.startswith(prefix)), None)
    if first is None or first is encoder.layers[0]:
        names = [layer.name for layer in encoder.layers if "Conv" in type(layer).__name__]
        raise RunError(
            f"--train-from {prefix}: no layer of {encoder.name} begins so; known are {', '.join(names[:40])}"
        )
    try:
        return keras.Model(encoder.input, first.input), keras.Model(first.input, encoder.output)
    except ValueError:
        raise RunError(
            f"--train-from {prefix}: {encoder.name} cannot be cut there; name the first layer of a block"
        ) from None


def cache_augmented_views(
    lower: "keras.Model",
    images: Path,
    names: Sequence[str],
    mirrored: npt.NDArray[np.bool_],
    views: int,
    folder: Path,
    log: Callable[[str], None],
) -> npt.NDArray[np.float16]:
    """Compute the augmented views, or what is still missing of them.

    Args:
        lower: From uint8 [B, H, W, 3] to [B, h, w, C].
        images: Folder of the pictures.
        names: File names in it.
        mirrored: Which of them may be mirrored; half of their views are.
        views: Views of each picture.
        folder: Folder of all caches; this one gets a folder of its own in it.
        log: Receives lines about the work.

    Returns:
        float16 [views, pictures, h, w, C], memory-mapped and read-only.

    Raises:
        FeatureCacheError: The folder cannot be written.
    """
    shape = (views, len(names), *lower.output_shape[1:])
    key = _digest(lower, names, mirrored, shape)
    home = folder / f"stage-{lower.output_shape[1]}-{views}-{key[:12]}"
    file, place = home / "views.npy", home / "done.json"
    try:
        home.mkdir(parents=True, exist_ok=True)
        done = json.loads(place.read_text())["batches"] if place.exists() and file.exists() else 0
        grid = np.lib.format.open_memmap(file, "r+" if done else "w+", np.float16, shape)
        _fill(lower, images, names, mirrored, grid, place, done, log)
    except OSError as error:
        raise FeatureCacheError(
            f"{home}: cannot be written ({error.strerror}); choose another --features folder"
        ) from None
    found: npt.NDArray[np.float16] = np.load(file, mmap_mode="r")
    return found


def _fill(
    lower: "keras.Model",
    images: Path,
    names: Sequence[str],
    mirrored: npt.NDArray[np.bool_],
    grid: Any,
    place: Path,
    done: int,
    log: Callable[[str], None],
) -> None:
    import tensorflow as tf
    from tqdm import tqdm

    _, height, width, _ = lower.input_shape
    encode = tf.function(lambda pictures, view: lower(augment(pictures, view), training=False))
    starts = range(0, len(names), _BATCH)
    if done < len(starts):
        log(f"{grid.shape[0]} views of {len(names)} pictures by the frozen stages ({place.parent.name})")
    for number in tqdm(
        range(done, len(starts)),
        initial=done,
        total=len(starts),
        unit="batch",
        file=LOG_STREAM,
        mininterval=5,
        disable=done == len(starts),
    ):
        rows = range(starts[number], min(starts[number] + _BATCH, len(names)))
        pictures = np.stack([load_input(images / names[row], height, width) for row in rows])
        for view in range(grid.shape[0]):
            turned = np.where(
                (mirrored[rows.start : rows.stop] & (view % 2 == 1))[:, None, None, None],
                pictures[:, :, ::-1],
                pictures,
            )
            grid[view, rows.start : rows.stop] = encode(
                tf.constant(turned), tf.constant([_SEED, number * 1000 + view * 16])
            ).numpy()
        if number % 8 == 7 or number == len(starts) - 1:
            grid.flush()
            place.write_text(json.dumps({"batches": number + 1}))


def _digest(lower: "keras.Model", names: Sequence[str], mirrored: npt.NDArray[np.bool_], shape: tuple[int, ...]) -> str:
    digest = hashlib.sha256(f"{_FORMAT}\0{lower.input_shape}\0{shape}\0{_SEED}".encode())
    digest.update("\0".join(names).encode() + mirrored.tobytes())
    for weight in lower.weights:
        digest.update(np.asarray(weight).tobytes())
    return digest.hexdigest()
