"""A bundle's variants at work: what they see of pictures, and what they say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import EncodedPicture
from edge_runtime.backends.decoding import Floats, Hypothesis, beam_search
from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import search_of
from edge_runtime.console.streams import LOG_STREAM
from edge_runtime.errors import OptionError
from edge_runtime.judging.clearness import Clearness, ClearnessProbe, picture_features
from edge_runtime.judging.judge import leads_along
from edge_runtime.pictures.preprocess import load_input

Pixels = npt.NDArray[np.uint8]

Counterparts = Callable[[Sequence[int]], Mapping[int, int]]
"""From the ids of a sentence's words to place -> id of what the word there is held against."""

_READ = "values"
"""Of the context, what is read of each place of a picture, where a decoder calls it so."""
_GROUPS = {"attention": 4}
"""Kind of decoder -> heads by which its values lie, which a bundle does not say; one otherwise."""


@dataclass(frozen=True)
class Spoken:
    """What a variant makes of a picture.

    Attributes:
        clearness: Whether it is a clear one.
        hypothesis: The sentence.
        margins: Place of a word in it -> by how much its log-probability is above its counterpart's.
        features: float32 [F], see `edge_runtime.judging.clearness.picture_features`.
    """

    clearness: Clearness
    hypothesis: Hypothesis
    margins: Mapping[int, float]
    features: Floats


class Speaker:
    """One variant of a bundle; it says a sentence about every picture, whatever the manifest says of clear ones.

    Args:
        bundle: Bundle.
        variant: Its name.
        tensor: Of the context, what is read of a picture.
        groups: Of its channels, see `edge_runtime.bundle.judge_spec.JudgeSpec`.
    """

    def __init__(self, bundle: Bundle, variant: str, tensor: str, groups: int) -> None:
        self._input = bundle.manifest.input
        self._place = [one.name for one in bundle.manifest.decoder.context].index(tensor)
        self._groups = groups
        self._backend = open_backend(bundle, bundle.variant(variant)[1], 1)
        self._search = search_of(bundle.manifest, bundle.vocabulary())

    def features(self, picture: Pixels) -> Floats:
        """Return what is seen of a picture, see `edge_runtime.judging.clearness.picture_features`.

        Args:
            picture: uint8 [H, W, 3] RGB.
        """
        return picture_features(self._encoded(picture).context[self._place], self._groups)

    def look(self, picture: Pixels, probe: ClearnessProbe) -> Clearness:
        """Return whether a picture is a clear one.

        Args:
            picture: As for `features`.
            probe: Of the bundle.
        """
        return probe.judge(self._encoded(picture).context[self._place])

    def say(self, picture: Pixels | Path, probe: ClearnessProbe, counterparts: Counterparts) -> Spoken:
        """Say a sentence, as the bundle searches for it by default.

        Args:
            picture: As for `features`, or a picture file.
            probe: Of the bundle.
            counterparts: Tells which words of a sentence are held against others.
        """
        encoded = self._encoded(picture)
        hypothesis = beam_search(encoded.step, encoded.state, self._search)
        leads = leads_along(encoded, self._search.start_id, hypothesis.ids, counterparts(hypothesis.ids))
        grid = encoded.context[self._place]
        return Spoken(probe.judge(grid), hypothesis, leads, picture_features(grid, self._groups))

    def _encoded(self, picture: Pixels | Path) -> EncodedPicture:
        return self._backend.encode(load_input(picture, self._input.height, self._input.width)[None])


def what_is_read(manifest: Manifest, heads: int | None) -> tuple[str, int]:
    """Return which tensor of the context a probe reads, and in how many groups its channels lie.

    Args:
        manifest: Of the bundle.
        heads: Groups as asked for; as the decoder's kind has them where None.

    Raises:
        OptionError: The decoder has no tensor of places and channels, or so many groups do not fit it.
    """
    grids = {tensor.name: tensor.shape for tensor in manifest.decoder.context if len(tensor.shape) == 2}
    if not grids:
        raise OptionError(
            f"{manifest.name}: its decoder reads no places of a picture, so nothing tells a clear one; calibrate a bundle of another kind"
        )
    name = _READ if _READ in grids else [*grids][-1]
    groups = _GROUPS.get(manifest.decoder.kind, 1) if heads is None else heads
    if groups < 1 or grids[name][1] % groups:
        raise OptionError(
            f"--heads {groups}: the bundle's '{name}' is {grids[name][1]} wide, which so many heads cannot share"
        )
    return name, groups


def seen_by(speakers: Mapping[str, Speaker], pictures: Iterable[Pixels], what: str, count: int) -> dict[str, Floats]:
    """Return what each speaker sees of pictures, each of which is read once; shows how far it is.

    Args:
        speakers: By name.
        pictures: uint8 [H, W, 3] RGB each, at least one.
        what: They are, for people.
        count: How many there are at the most.

    Returns:
        Name -> float32 [N, F].
    """
    from tqdm import tqdm

    found: dict[str, list[Floats]] = {name: [] for name in speakers}
    for picture in tqdm(pictures, desc=what, total=count, unit="picture", mininterval=2, file=LOG_STREAM):
        for name, speaker in speakers.items():
            found[name].append(speaker.features(picture))
    return {name: np.stack(rows) for name, rows in found.items()}
