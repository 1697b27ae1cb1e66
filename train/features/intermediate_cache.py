"""The intermediate-feature cache: what the frozen first stages of an encoder say of several augmented views of each picture.

The large maps of an encoder's first stages cost most of a training step and gain the least from training. They are computed once,
for a few views of every picture, so that a pass trains the last stages at a third of the price.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from edge_runtime.console.streams import LOG_STREAM
from edge_runtime.pictures.preprocess import load_input
from train.errors import FeatureCacheError, RunError
from train.features.augmentation import augment

if TYPE_CHECKING:
    import keras

_BATCH = 32
_FORMAT = 1
_SEED = 0
"""Of the augmentation: the same for every run, so that runs of several seeds share a cache."""


class Seeing(Protocol):
    """Who looks at pictures: several networks together, see `train.objectives.teachers.Teachers`."""

    @property
    def weights(self) -> Sequence[Any]:
        """Return all weights, by which a cache is known."""
        ...

    @property
    def widths(self) -> Sequence[int]:
        """Return of each network how many numbers it keeps of a picture."""
        ...

    def seen(self, pictures: Any) -> Sequence[Any]:
        """Return what each network keeps of pictures uint8 [P, H, W, 3]: float32 [P, width] each."""
        ...


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
    shown = _Shown(images, names, mirrored, views, lower.input_shape[1:3])
    kind = f"stage-{lower.output_shape[1]}"
    return _cached(
        lambda pictures: lower(pictures, training=False),
        lower.output_shape[1:],
        lower.weights,
        shown,
        kind,
        folder,
        log,
    )


def cache_seen_views(
    teachers: Seeing,
    size: int,
    images: Path,
    names: Sequence[str],
    mirrored: npt.NDArray[np.bool_],
    views: int,
    folder: Path,
    log: Callable[[str], None],
) -> list[npt.NDArray[np.float16]]:
    """Compute what teachers see of the views that `cache_augmented_views` shows a student, or what is still missing of it.

    Args:
        teachers: Who looks.
        size: Of the student's pictures, height and width.
        images: Folder of the pictures.
        names: As for `cache_augmented_views`.
        mirrored: As there.
        views: As there.
        folder: As there.
        log: As there.

    Returns:
        For each teacher float16 [views, pictures, width], memory-mapped and read-only.

    Raises:
        FeatureCacheError: The folder cannot be written.
    """
    import tensorflow as tf

    ends = np.cumsum(teachers.widths)
    grid = _cached(
        lambda pictures: tf.concat(teachers.seen(pictures), 1),
        (int(ends[-1]),),
        teachers.weights,
        _Shown(images, names, mirrored, views, (size, size)),
        "taught",
        folder,
        log,
    )
    return [grid[..., end - width : end] for end, width in zip(ends, teachers.widths, strict=True)]


@dataclass(frozen=True)
class _Shown:
    """The views that are looked at.

    Attributes:
        images: Folder of the pictures.
        names: File names in it.
        mirrored: Which of them may be mirrored.
        views: Views of each.
        size: Height and width at which they are cut.
    """

    images: Path
    names: Sequence[str]
    mirrored: npt.NDArray[np.bool_]
    views: int
    size: tuple[int, int]


def _cached(
    look: Callable[[Any], Any],
    shape: tuple[int, ...],
    weights: Sequence[Any],
    shown: _Shown,
    kind: str,
    folder: Path,
    log: Callable[[str], None],
) -> npt.NDArray[np.float16]:
    """Return what is seen of every view, float16 [views, pictures, ...]: from the cache as far as it goes."""
    whole = (shown.views, len(shown.names), *shape)
    home = folder / f"{kind}-{shown.views}-{_digest(weights, shown, whole)[:12]}"
    file, place = home / "views.npy", home / "done.json"
    try:
        home.mkdir(parents=True, exist_ok=True)
        done = json.loads(place.read_text())["batches"] if place.exists() and file.exists() else 0
        grid = np.lib.format.open_memmap(file, "r+" if done else "w+", np.float16, whole)
        _fill(look, shown, grid, place, done, log)
    except OSError as error:
        raise FeatureCacheError(
            f"{home}: cannot be written ({error.strerror}); choose another --features folder"
        ) from None
    found: npt.NDArray[np.float16] = np.load(file, mmap_mode="r")
    return found


def _fill(
    look: Callable[[Any], Any],
    shown: _Shown,
    grid: Any,
    place: Path,
    done: int,
    log: Callable[[str], None],
) -> None:
    import tensorflow as tf
    from tqdm import tqdm

    names, mirrored = shown.names, shown.mirrored
    encode = tf.function(lambda pictures, view: look(augment(pictures, view)))
    starts = range(0, len(names), _BATCH)
    if done < len(starts):
        log(f"{grid.shape[0]} views of {len(names)} pictures are looked at once ({place.parent.name})")
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
        pictures = np.stack([load_input(shown.images / names[row], *shown.size) for row in rows])
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


def _digest(weights: Sequence[Any], shown: _Shown, shape: tuple[int, ...]) -> str:
    digest = hashlib.sha256(f"{_FORMAT}\0{(None, *shown.size, 3)}\0{shape}\0{_SEED}".encode())
    digest.update("\0".join(shown.names).encode() + shown.mirrored.tobytes())
    for weight in weights:
        digest.update(np.asarray(weight).tobytes())
    return digest.hexdigest()
