"""How far the graphs are from the trained network, in numbers and in sentences."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.decoding import Search
from edge_runtime.preprocess import load_input
from edge_runtime.vocabulary import Vocabulary
from export.graphs import ENCODER_OUTPUTS
from train.decoder import AttentionDecoder

if TYPE_CHECKING:
    import keras

MIN_SAME_CAPTIONS = 0.99
MIN_COSINE = 0.97
MAX_CIDER_LOST = 0.010
"""CIDEr that int8 may lose; where CIDEr is above 1, as on small or uniform data, that share of it."""


def keras_captions(
    encoder: "keras.Model",
    decoder: AttentionDecoder,
    vocabulary: Vocabulary,
    images: Path,
    names: Sequence[str],
    search: Search,
) -> dict[str, str]:
    """Sentences of the trained network itself, from picture files."""
    import tensorflow as tf
    from tqdm import tqdm

    from train.generate import FeatureCaptioner

    _, height, width, _ = encoder.input_shape
    _, rows, columns, channels = encoder.output_shape
    captioner = FeatureCaptioner(decoder, vocabulary)
    encode = tf.function(lambda pictures: encoder(pictures, training=False))

    found: dict[str, str] = {}
    for start in tqdm(range(0, len(names), 40), desc="Keras", unit="batch", mininterval=2):
        group = names[start : start + 40]
        pictures = np.stack([load_input(images / name, height, width) for name in group])
        features = encode(tf.constant(pictures)).numpy().reshape(len(group), rows * columns, channels)
        for name, hypothesis in zip(group, captioner.search(features, search), strict=True):
            found[name] = Vocabulary.join(vocabulary.decode(hypothesis.ids))
    return found


def mean_cosines(
    reference: bytes, other: bytes, images: Path, names: Sequence[str], height: int, width: int
) -> dict[str, float]:
    """Cosine between two encoder graphs' outputs, the mean over pictures, by output.

    Args:
        reference: The float graph.
        other: The graph that is held against it.
        images: Folder of the pictures.
        names: File names in it.
        height: Of the input, in pixels.
        width: Of the input, in pixels.
    """
    import onnxruntime

    sessions = [onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"]) for graph in (reference, other)]
    sums = np.zeros(len(ENCODER_OUTPUTS))
    for name in names:
        image = load_input(images / name, height, width)[None]
        one, two = (session.run(ENCODER_OUTPUTS, {"image": image}) for session in sessions)
        sums += [_cosine(a, b) for a, b in zip(one, two, strict=True)]
    return {output: round(float(value), 5) for output, value in zip(ENCODER_OUTPUTS, sums / len(names), strict=True)}


def _cosine(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    x, y = a.ravel().astype(np.float64), b.ravel().astype(np.float64)
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


def share_of_same(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Share of pictures that both give the same sentence."""
    return sum(one[name] == other[name] for name in one) / len(one)


def failures(parity: Mapping[str, Any]) -> list[str]:
    """What falls short of the bars, a sentence each.

    Args:
        parity: As stored in the manifest.
    """
    found = []
    if not (same := parity["fp32_same_captions_as_keras"]) >= MIN_SAME_CAPTIONS:
        found.append(
            f"fp32 gives Keras' caption on {same:.1%} of the pictures, at least {MIN_SAME_CAPTIONS:.0%} are asked for"
        )
    if not (lowest := min(parity["int8_cosine"].values())) >= MIN_COSINE:
        found.append(f"int8 features keep a cosine of {lowest:.4f}, at least {MIN_COSINE} is asked for")
    allowed = MAX_CIDER_LOST * max(1.0, parity["fp32_cider"])
    if not (lost := parity["fp32_cider"] - parity["int8_cider"]) <= allowed:
        found.append(f"int8 loses {lost:.4f} CIDEr, at most {allowed:.4f} is asked for")
    return found
