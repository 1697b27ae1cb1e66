"""One picture in, one sentence out."""

import os
import time
from collections.abc import Generator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import Backend, EncodedPicture
from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle import Bundle
from edge_runtime.decoding import Hypothesis, Search, beam_search, greedy_tokens
from edge_runtime.errors import OptionError
from edge_runtime.manifest import MAX_BEAM, Manifest
from edge_runtime.preprocess import ChannelOrder, Picture, load_input
from edge_runtime.tuned import tuned_variant
from edge_runtime.vocabulary import Vocabulary

MAX_THREADS = 64
"""Threads that may be asked for."""
_USUAL_THREADS = 4
"""Threads unless asked otherwise, at the most: what the boards have, and what the encoder can share."""


@dataclass(frozen=True)
class Timings:
    """Where the time went, in milliseconds.

    Attributes:
        load: Opening the bundle, once a captioner.
        preprocess: From what was given to the encoder's input; reading and decoding a file is part of it.
        encode: The encoder.
        decode: The search for the sentence.
    """

    load: float
    preprocess: float
    encode: float
    decode: float

    @property
    def total(self) -> float:
        """Preprocess, encode and decode."""
        return self.preprocess + self.encode + self.decode

    def to_dict(self) -> dict[str, float]:
        """Every figure by name, to the microsecond."""
        figures = {"load": self.load, "preprocess": self.preprocess, "encode": self.encode, "decode": self.decode}
        return {name: round(value, 3) for name, value in {**figures, "total": self.total}.items()}


@dataclass(frozen=True)
class Caption:
    """A sentence about a picture.

    Attributes:
        text: The sentence, lower case, without a full stop.
        tokens: Its words as the model says them.
        token_log_probs: Natural log-probability of each word, then of the end where it was reached.
        log_prob: Their sum: natural log-probability of the sentence.
        timings: Where the time went.
        variant: Which form of the model said it.
    """

    text: str
    tokens: tuple[str, ...]
    token_log_probs: tuple[float, ...]
    log_prob: float
    timings: Timings
    variant: str


class Captioner:
    """Captions pictures with a bundle that stays loaded; may be used from several threads at once.

    Make one with `Captioner.load()`.

    Attributes:
        manifest: The facts of the model.
        variant: Name of the variant in use.
        threads: Threads of the encoder.
    """

    def __init__(
        self, manifest: Manifest, variant: str, vocabulary: Vocabulary, backend: Backend, threads: int, load_ms: float
    ) -> None:
        self.manifest = manifest
        self.variant = variant
        self.threads = threads
        self._vocabulary = vocabulary
        self._backend = backend
        self._load_ms = load_ms

    @classmethod
    def load(
        cls, bundle: str | Path | None = None, variant: str | None = None, threads: int | None = None
    ) -> "Captioner":
        """Open a bundle.

        Args:
            bundle: Folder or zip; the default bundle where None.
            variant: One of the bundle's variants; where None, the one that `edge-caption bundle tune` found the fastest on this
                machine, or else the bundle's default one.
            threads: 1 to 64; as many as this machine has for us, 4 at the most, where None.

        Raises:
            BundleNotFoundError, BundleError: The bundle is missing, altered or not usable.
            UnknownVariantError: The bundle does not hold the variant.
            BackendNotInstalledError: The package that runs the variant is missing.
            OptionError: A thread count outside 1 to 64.
        """
        begun = time.perf_counter()
        if threads is None:
            threads = min(_USUAL_THREADS, available_cores())
        if not isinstance(threads, int) or not 1 <= threads <= MAX_THREADS:
            raise OptionError(f"threads {threads}: must be 1 to {MAX_THREADS}")
        opened = Bundle(bundle)
        name, chosen = opened.variant(variant or tuned_variant(opened, threads))
        backend = open_backend(opened, chosen, threads)
        vocabulary = opened.vocabulary()
        load_ms = (time.perf_counter() - begun) * 1e3
        return cls(opened.manifest, name, vocabulary, backend, threads, load_ms)

    def caption(self, picture: Picture, beam: int | None = None, channel_order: ChannelOrder = "RGB") -> Caption:
        """Caption a picture.

        Args:
            picture: A path, the bytes of an encoded picture, a Pillow picture, or an array uint8 or uint16 [H, W],
                [H, W, 3] or [H, W, 4].
            beam: Hypotheses kept, 1 to 50, 1 being greedy; the bundle's default where None.
            channel_order: Of an array: "RGB", or "BGR" for OpenCV's frames.

        Raises:
            PictureNotFoundError, PictureError: There is no picture, or not one that can be captioned.
            OptionError: A beam outside 1 to 50.
        """
        search = self._search(beam)
        clock = [time.perf_counter()]
        encoded = self._encode(picture, channel_order, clock)
        hypothesis = _greedy(encoded) if search.beam_width == 1 else None
        hypothesis = hypothesis or beam_search(encoded.step, encoded.state, search)
        clock.append(time.perf_counter())
        return self._caption(hypothesis, clock)

    def stream(self, picture: Picture, channel_order: ChannelOrder = "RGB") -> Generator[str, None, Caption]:
        """Caption a picture word by word, greedily.

        Args:
            picture: As for `caption`.
            channel_order: As for `caption`.

        Yields:
            Each word as soon as it is known.

        Returns:
            The whole caption, as the generator's value.

        Raises:
            PictureNotFoundError, PictureError: There is no picture, or not one that can be captioned.
        """
        clock = [time.perf_counter()]
        encoded = self._encode(picture, channel_order, clock)
        ids: list[int] = []
        log_probs: list[float] = []
        search = self._search(1)
        for token, log_prob in greedy_tokens(encoded.step, encoded.state, search):
            log_probs.append(log_prob)
            if token != search.end_id:
                ids.append(token)
                yield self._vocabulary.words[token]
        clock.append(time.perf_counter())
        return self._caption(Hypothesis(tuple(ids), tuple(log_probs)), clock)

    def _encode(self, picture: Picture, channel_order: ChannelOrder, clock: list[float]) -> EncodedPicture:
        spec = self.manifest.input
        image: npt.NDArray[np.uint8] = load_input(picture, spec.height, spec.width, channel_order)[None]
        clock.append(time.perf_counter())
        encoded = self._backend.encode(image)
        clock.append(time.perf_counter())
        return encoded

    def _search(self, beam: int | None) -> Search:
        manifest = self.manifest
        width = manifest.decode.beam_width if beam is None else beam
        if not isinstance(width, int) or not 1 <= width <= MAX_BEAM:
            raise OptionError(f"beam {width}: must be 1 to {MAX_BEAM}")
        ids = manifest.special_ids
        return Search(ids.start, ids.end, manifest.max_length, width, manifest.decode.length_penalty)

    def _caption(self, hypothesis: Hypothesis, clock: list[float]) -> Caption:
        words = tuple(self._vocabulary.decode(hypothesis.ids))
        spans = [(after - before) * 1e3 for before, after in pairwise(clock)]
        timings = Timings(self._load_ms, *spans)
        return Caption(Vocabulary.join(words), words, hypothesis.log_probs, hypothesis.log_prob, timings, self.variant)


def _greedy(encoded: EncodedPicture) -> Hypothesis | None:
    """The greedy search in one call, where the variant has a graph for it."""
    return encoded.greedy() if encoded.greedy else None


def available_cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
