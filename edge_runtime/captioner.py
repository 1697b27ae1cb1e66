"""One picture in, one sentence out."""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import Backend, EncodedPicture
from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle.manifest import MAX_BEAM, Manifest
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.tuned_variant import tuned_variant
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.decoding import Floats, Hypothesis, Search, beam_search, forced_log_prob, greedy_tokens
from edge_runtime.errors import OptionError
from edge_runtime.machine.device import available_cores
from edge_runtime.pictures.preprocess import ChannelOrder, Picture, load_input

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


@dataclass(frozen=True)
class Encoded:
    """A picture that the encoder has seen.

    Attributes:
        picture: The encoder's outputs.
        preprocess_ms: Milliseconds from what was given to the encoder's input.
        encode_ms: Milliseconds of the encoder.
    """

    picture: EncodedPicture
    preprocess_ms: float
    encode_ms: float

    @property
    def features(self) -> Floats:
        """What is seen, as the last tensor of the decoder's context holds it, float32, flat and 1 long.

        The product of two pictures' is their cosine.
        """
        flat = self.picture.context[-1].ravel()
        return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-9), np.float32)


class Captioner:
    """Captions pictures with a bundle that stays loaded; may be used from several threads at once.

    Make one with `Captioner.load()`. Do not fork a process that has loaded one: the runtimes' threads do not come along, and the
    child hangs. Start workers by `multiprocessing.get_context("spawn")` and load one in each, see docs/bundles.md.

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
        self._usual = search_of(manifest, vocabulary)

    @classmethod
    def load(
        cls,
        bundle: str | Path | Bundle | None = None,
        variant: str | None = None,
        threads: int | None = None,
        expect_digest: str | None = None,
    ) -> "Captioner":
        """Load a bundle's model.

        Args:
            bundle: Folder or zip, or a bundle that has been opened already; the default bundle where None.
            variant: One of the bundle's variants; where None, the one that `edge-caption bundle tune` found the fastest on this
                machine, or else the bundle's default one.
            threads: 1 to 64; as many as this machine has for us, 4 at the most, where None.
            expect_digest: What `edge-caption bundle info` prints as the bundle's digest; any bundle will do where None.

        Raises:
            BundleNotFoundError, BundleError: The bundle is missing, altered or not usable.
            UnknownVariantError: The bundle does not hold the variant.
            BackendNotInstalledError: The package that runs the variant is missing.
            OptionError: A thread count outside 1 to 64.
        """
        begun = time.perf_counter()
        if threads is None:
            threads = usual_threads()
        threads = _whole("threads", threads, MAX_THREADS)
        opened = bundle if isinstance(bundle, Bundle) else Bundle(bundle)
        opened.expect(expect_digest)
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
        return self.decode(self.encode(picture, channel_order), beam)

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
        return (yield from self.stream_encoded(self.encode(picture, channel_order)))

    def encode(self, picture: Picture, channel_order: ChannelOrder = "RGB") -> Encoded:
        """The first half of `caption`: what a picture shows, before any word.

        Args:
            picture: As for `caption`.
            channel_order: As for `caption`.

        Raises:
            PictureNotFoundError, PictureError: There is no picture, or not one that can be captioned.
        """
        spec = self.manifest.input
        begun = time.perf_counter()
        image: npt.NDArray[np.uint8] = load_input(picture, spec.height, spec.width, channel_order)[None]
        ready = time.perf_counter()
        encoded = self._backend.encode(image)
        return Encoded(encoded, (ready - begun) * 1e3, (time.perf_counter() - ready) * 1e3)

    def decode(self, encoded: Encoded, beam: int | None = None) -> Caption:
        """The second half of `caption`: the sentence.

        Args:
            encoded: What `encode` returned.
            beam: As for `caption`.

        Raises:
            OptionError: A beam outside 1 to 50.
        """
        search = self._search(beam)
        begun = time.perf_counter()
        picture = encoded.picture
        hypothesis = _greedy(picture) if search.beam_width == 1 else None
        hypothesis = hypothesis or beam_search(picture.step, picture.state, search)
        return self._caption(hypothesis, encoded, begun)

    def stream_encoded(self, encoded: Encoded) -> Generator[str, None, Caption]:
        """The second half of `stream`; see there.

        Args:
            encoded: What `encode` returned.
        """
        begun = time.perf_counter()
        ids: list[int] = []
        log_probs: list[float] = []
        search = self._search(1)
        for token, log_prob in greedy_tokens(encoded.picture.step, encoded.picture.state, search):
            log_probs.append(log_prob)
            if token != search.end_id:
                ids.append(token)
                yield self._vocabulary.words[token]
        return self._caption(Hypothesis(tuple(ids), tuple(log_probs)), encoded, begun)

    def score(self, encoded: Encoded, tokens: Sequence[str]) -> float:
        """How well a sentence fits a picture: log-probability / length ** length penalty, by which beams are compared as well.

        Args:
            encoded: What `encode` returned.
            tokens: Words of this vocabulary, as in `Caption.tokens`; fewer than the longest sentence has, the end is counted too.
        """
        search = self._search(1)
        ids = self._vocabulary.encode(tokens)
        if len(ids) < search.max_length:
            ids.append(search.end_id)
        log_prob = forced_log_prob(encoded.picture.step, encoded.picture.state, search, ids)
        return log_prob / float(len(ids) ** search.length_penalty)

    def score_of(self, caption: Caption) -> float:
        """`score` of a caption for the picture that it was said of."""
        return caption.log_prob / float(max(1, len(caption.token_log_probs)) ** self.manifest.decode.length_penalty)

    def _search(self, beam: int | None) -> Search:
        if beam is None:
            return self._usual
        return replace(self._usual, beam_width=_whole("beam", beam, MAX_BEAM))

    def _caption(self, hypothesis: Hypothesis, encoded: Encoded, begun: float) -> Caption:
        decode = (time.perf_counter() - begun) * 1e3
        words = tuple(self._vocabulary.decode(hypothesis.ids))
        timings = Timings(self._load_ms, encoded.preprocess_ms, encoded.encode_ms, decode)
        return Caption(Vocabulary.join(words), words, hypothesis.log_probs, hypothesis.log_prob, timings, self.variant)


def search_of(manifest: Manifest, vocabulary: Vocabulary) -> Search:
    """How sentences are searched for unless asked otherwise.

    Args:
        manifest: Of a bundle.
        vocabulary: Its words.
    """
    ids, decode = manifest.special_ids, manifest.decode
    again = None if decode.repeatable is None else frozenset(vocabulary.encode(decode.repeatable))
    return Search(ids.start, ids.end, manifest.max_length, decode.beam_width, decode.length_penalty, again)


def usual_threads() -> int:
    """Threads unless asked otherwise: as many as this machine has for us, 4 at the most."""
    return min(_USUAL_THREADS, available_cores())


def _whole(name: str, value: object, most: int) -> int:
    """A whole number of 1 to `most`, NumPy's too; True is none."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and 1 <= value <= most:
        return int(value)
    raise OptionError(f"{name} {str(value)[:40]}: must be 1 to {most}")


def _greedy(encoded: EncodedPicture) -> Hypothesis | None:
    """The greedy search in one call, where the variant has a graph for it."""
    return encoded.greedy() if encoded.greedy else None
