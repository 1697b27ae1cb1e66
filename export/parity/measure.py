"""How far the graphs are from the trained network, in numbers and in sentences."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import Backend
from edge_runtime.backends.decoding import Floats, Search
from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle.languages import ENGLISH, Sentences
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.captioner import Captioner
from edge_runtime.console.streams import LOG_STREAM
from edge_runtime.pictures.preprocess import load_input
from export.parity.bars import MIN_SAME_CAPTIONS, variant_failures
from train.decoders.base import CaptionDecoder
from train.scoring.evaluate import SplitScorer, caption_files
from train.scoring.metrics import CaptionScorer

if TYPE_CHECKING:
    import keras

COSINE_PICTURES = 200


def keras_captions(
    encoder: "keras.Model",
    decoder: CaptionDecoder,
    vocabulary: Vocabulary,
    images: Path,
    names: Sequence[str],
    search: Search,
    sentences: Sentences = ENGLISH,
) -> dict[str, str]:
    """Return sentences of the trained network itself, from picture files."""
    import tensorflow as tf
    from tqdm import tqdm

    from train.scoring.generate import FeatureCaptioner

    _, height, width, _ = encoder.input_shape
    _, rows, columns, channels = encoder.output_shape
    captioner = FeatureCaptioner(decoder, vocabulary)
    encode = tf.function(lambda pictures: encoder(pictures, training=False))

    found: dict[str, str] = {}
    for start in tqdm(range(0, len(names), 40), desc="Keras", unit="batch", mininterval=2, file=LOG_STREAM):
        group = names[start : start + 40]
        pictures = np.stack([load_input(images / name, height, width) for name in group])
        features = encode(tf.constant(pictures)).numpy().reshape(len(group), rows * columns, channels)
        for name, hypothesis in zip(group, captioner.search(features, search), strict=True):
            found[name] = sentences.said(vocabulary.decode(hypothesis.ids))
    return found


def captions(
    bundle: Path,
    variant: str,
    images: Path,
    names: Mapping[str, Any] | Sequence[str],
    beam: int,
    language: str | None = None,
    abstains: bool = True,
) -> dict[str, str]:
    """Return sentences of one of a bundle's variants, from picture files.

    Args:
        bundle: The bundle.
        variant: Name.
        images: Folder of the pictures.
        names: File names in it.
        beam: Hypotheses kept.
        language: Tag of one that it speaks; its own where None.
        abstains: Whether a picture that is no clear one has none.
    """
    captioner = Captioner.load(bundle, variant, abstains=abstains, language=language)
    return caption_files(captioner, images, dict.fromkeys(names), beam)


def scores_on_test(
    folder: Path, variants: Iterable[str], images: Path, scorer: SplitScorer, names: Iterable[str], beam: int
) -> dict[str, dict[str, Any]]:
    """Return scores of each variant on the test split, by title.

    Args:
        folder: The bundle.
        variants: Names.
        images: Folder of the pictures.
        scorer: Of the split.
        names: Its pictures.
        beam: Hypotheses kept.
    """
    names = list(names)
    return {
        f"{name}, test, beam {beam}": scorer.score(captions(folder, name, images, names, beam)) for name in variants
    }


def measure(
    folder: Path, reference: str, images: Path, dev: Mapping[str, Sequence[str]], beam: int
) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Return what each variant of a bundle loses against one of them.

    Args:
        folder: The bundle.
        reference: The float variant that the others are held against.
        images: Folder of the pictures.
        dev: Captions by picture.
        beam: Hypotheses kept.

    Returns:
        The figures, as the manifest stores them, and each variant's sentences.
    """
    bundle = Bundle(folder)
    said = {name: captions(folder, name, images, dev, beam) for name in bundle.manifest.variants}
    scorer = CaptionScorer(dev, bundle.manifest.language)
    looked_at = list(dev)[:COSINE_PICTURES]
    names = [name for name in said if name != reference]
    cosines = mean_cosines(bundle, [reference, *names], images, looked_at)
    figures: dict[str, Any] = {
        name: {
            "cider": round(scorer.score(said[name], meteor=False).cider, 4),
            "same_captions": round(share_of_same(said[reference], said[name]), 4),
            "cosine": cosines[name],
        }
        for name in names
    }
    cider = round(scorer.score(said[reference], meteor=False).cider, 4)
    found = {"pictures": len(dev), "beam": beam, "reference": reference, "cider": cider, "variants": figures}
    return found, said


def mean_cosines(
    bundle: Bundle, variants: Sequence[str], images: Path, names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return cosine of the encoder's outputs to the first variant's, the mean over pictures, by variant and output.

    Args:
        bundle: The bundle.
        variants: Names; the first one is the reference.
        images: Folder of the pictures.
        names: File names in it.
    """
    spec = bundle.manifest.input
    backends = [open_backend(bundle, bundle.manifest.variants[name], 1) for name in variants]
    tensors = bundle.manifest.decoder.names
    sums = np.zeros((len(variants), len(tensors)))
    for name in names:
        image = load_input(images / name, spec.height, spec.width)[None]
        outputs = [encoder_outputs(backend, image) for backend in backends]
        sums += [[cosine(a, b) for a, b in zip(outputs[0], other, strict=True)] for other in outputs]
    means = np.round(sums / len(names), 5).tolist()
    return {name: dict(zip(tensors, row, strict=True)) for name, row in zip(variants, means, strict=True)}


def encoder_outputs(backend: Backend, image: npt.NDArray[np.uint8]) -> tuple[Floats, ...]:
    """Return the decoder's context and first state of a picture, in the manifest's order."""
    encoded = backend.encode(image)
    return (*encoded.context, *encoded.state)


def cosine(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    """Return cosine of two arrays, taken as vectors; 1 where both are zero, as a state that begins so is."""
    x, y = a.ravel().astype(np.float64), b.ravel().astype(np.float64)
    if not x.any() and not y.any():
        return 1.0
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


def mean_cosine(one: Sequence[Floats] | Floats, other: Sequence[Floats] | Floats) -> float:
    """Return cosine of an output to the same of another graph or machine, the mean over pictures.

    Args:
        one: A picture each.
        other: The same pictures.
    """
    return float(np.mean([cosine(a, b) for a, b in zip(one, other, strict=True)]))


def share_of_same(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Return share of pictures that both give the same sentence."""
    return sum(one[name] == other[name] for name in one) / len(one)


def failures(parity: Mapping[str, Any]) -> list[str]:
    """Return what falls short of the bars, a sentence each.

    Args:
        parity: As stored in the manifest.
    """
    found = []
    if not (same := parity["reference_same_captions_as_keras"]) >= MIN_SAME_CAPTIONS:
        found.append(
            f"fp32 gives Keras' caption on {same:.1%} of the pictures, at least {MIN_SAME_CAPTIONS:.0%} are asked for"
        )
    for name, figures in parity["variants"].items():
        found += variant_failures(name, figures["cosine"].values(), figures["cider"], parity["cider"])
    return found
