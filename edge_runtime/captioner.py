"""One picture in, one sentence out."""

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.base import Backend, EncodedPicture
from edge_runtime.backends.decoding import Floats as Floats
from edge_runtime.backends.decoding import (
    HeardStep,
    Hypothesis,
    Search,
    beam_search,
    forced_log_prob,
    greedy_tokens,
)
from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle.asked import Asked, whole
from edge_runtime.bundle.manifest import MAX_BEAM, Manifest
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.spoken import served_language, spoken_language
from edge_runtime.bundle.tuned_variant import tuned_variant
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from edge_runtime.judging.captions import Caption as Caption
from edge_runtime.judging.captions import Encoded as Encoded
from edge_runtime.judging.captions import Timings as Timings
from edge_runtime.judging.judge import Judge
from edge_runtime.machine.threads import MAX_THREADS as MAX_THREADS
from edge_runtime.machine.threads import usual_threads as usual_threads
from edge_runtime.pictures.preprocess import ChannelOrder, Picture, load_input


class Captioner:
    """Captions pictures with a bundle that stays loaded; may be used from several threads at once.

    Make one with `Captioner.load()`. Do not fork a process that has loaded one: the runtimes' threads do not come along, and the
    child hangs. Start workers by `multiprocessing.get_context("spawn")` and load one in each, see docs/bundles.md.

    Attributes:
        manifest: The facts of the model.
        variant: Name of the variant in use.
        threads: Threads of the encoder.
        abstains: Whether a picture that is no clear one gets no sentence.
        language: BCP 47 tag of the language that is spoken.
        language_news: A sentence, where the environment decided which language it is, or asked for another in vain; else empty.
        letters: Those that its sentences usually hold, for whoever has to draw them.
        words: All that it can say.
    """

    language_news = ""

    def __init__(
        self,
        bundle: Bundle,
        variant: str,
        vocabulary: Vocabulary,
        backend: Backend,
        judge: Judge,
        threads: int,
        load_ms: float,
    ) -> None:
        manifest = bundle.manifest
        self.manifest = manifest
        self.language = manifest.language
        self.letters = vocabulary.letters
        self.words = vocabulary.words[len(SPECIALS) :]
        self._bundle = bundle
        self.variant = variant
        self.threads = threads
        self.abstains = judge.abstains
        self._vocabulary = vocabulary
        self._backend = backend
        self._judge = judge
        self._load_ms = load_ms
        self._usual = search_of(manifest, vocabulary)

    @classmethod
    def load(
        cls,
        bundle: str | Path | Bundle | None = None,
        variant: str | None = None,
        threads: int | None = None,
        expect_digest: str | None = None,
        min_confidence: float = 0.0,
        wording: str = "sure",
        abstains: bool = True,
        language: str | None = None,
    ) -> "Captioner":
        """Load a bundle's model.

        Args:
            bundle: Folder or zip, the name of one that is installed (`small`, `large`), or a bundle that has been opened already; the
                default bundle where None.
            variant: One of the bundle's variants; where None, the one that `edge-caption bundle tune` found the fastest on this
                machine, or else the bundle's default one.
            threads: 1 to 64; as many as this machine has for us, 4 at the most, where None.
            expect_digest: What `edge-caption bundle info` prints as the bundle's digest; any bundle will do where None.
            min_confidence: Confidence below which a caption has no sentence, 0 to 1. A picture that is no clear one has none in any case.
            wording: `sure` says "person" for "man" or "woman" where the model is not sure, as far as the bundle knows; `neutral` always.
            abstains: Whether a picture that is no clear one has no sentence. Without, a made-up picture can be timed and tried.
            language: BCP 47 tag of one that the bundle speaks, or of one that it serves (`de-AT` is served by `de`); `auto` is the one that
                `LC_ALL`, `LC_MESSAGES` or `LANG` asks for, where the bundle speaks it, and else its own, as is None.

        Raises:
            BundleNotFoundError, BundleError: The bundle is missing, altered or not usable.
            UnknownVariantError: The bundle does not hold the variant, or not in the language.
            UnknownLanguageError: It does not speak the language.
            BackendNotInstalledError: The package that runs the variant is missing.
            OptionError: A thread count outside 1 to 64, a confidence outside 0 to 1, an unknown wording, or one of these asked of a
                bundle that does not know.
        """
        begun = time.perf_counter()
        if threads is None:
            threads = usual_threads()
        threads = whole("threads", threads, MAX_THREADS)
        opened = bundle if isinstance(bundle, Bundle) else Bundle(bundle)
        opened.expect(expect_digest)
        tag, news = spoken_language(opened.own, language, variant)
        spoken = opened.in_language(tag)
        name, _ = spoken.variant(variant or tuned_variant(spoken, threads))
        asked = Asked(min_confidence, wording, abstains)
        found = cls._opened(spoken, name, threads, asked, begun)
        found.language_news = news
        return found

    @classmethod
    def _opened(
        cls,
        bundle: Bundle,
        variant: str,
        threads: int,
        asked: Asked,
        begun: float,
        sharing: Backend | None = None,
    ) -> "Captioner":
        _, files = bundle.variant(variant)
        asked.check(bundle.manifest, variant)
        backend = open_backend(bundle, files, threads, sharing)
        vocabulary = bundle.vocabulary()
        judge = Judge(bundle, variant, vocabulary, asked)
        return cls(bundle, variant, vocabulary, backend, judge, threads, (time.perf_counter() - begun) * 1e3)

    def also(self, language: str) -> "Captioner":
        """Load a further language of the same bundle, with all that was asked for of this one; it uses this captioner's encoder.

        What one of them encodes the other decodes as well: `german.decode(english.encode(picture))`.

        Args:
            language: As for `load`.

        Raises:
            BundleNotFoundError, BundleError: The language's files are missing, altered or not usable.
            UnknownLanguageError: The bundle does not speak it.
            UnknownVariantError: This captioner's variant does not.
            OptionError: A confidence or a wording was asked for, and in this language the bundle does not know.
        """
        begun = time.perf_counter()
        bundle = self._bundle.in_language(served_language(self._bundle.own, language))
        return self._opened(bundle, self.variant, self.threads, self._judge.asked, begun, self._backend)

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

        A word that was said cannot be taken back: the whole caption may be found too unsure to be said (`min_confidence`), and its text
        may put articles right and persons together ("two people") where people are spoken of otherwise than the model does.

        Args:
            picture: As for `caption`.
            channel_order: As for `caption`.

        Yields:
            Each word as soon as it is known; none of a picture that is no clear one.

        Returns:
            The whole caption, as the generator's value.

        Raises:
            PictureNotFoundError, PictureError: There is no picture, or not one that can be captioned.
        """
        return (yield from self.stream_encoded(self.encode(picture, channel_order)))

    def encode(self, picture: Picture, channel_order: ChannelOrder = "RGB") -> Encoded:
        """Return the first half of `caption`: what a picture shows, before any word.

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
        clearness = self._judge.look(encoded)
        done = time.perf_counter()
        return Encoded(
            encoded, (ready - begun) * 1e3, (done - ready) * 1e3, clearness, self._backend, self._judge.groups
        )

    def decode(self, encoded: Encoded, beam: int | None = None) -> Caption:
        """Return the second half of `caption`: the sentence.

        Args:
            encoded: What `encode` returned, of this captioner or one that shares its encoder (`also`).
            beam: As for `caption`.

        Raises:
            OptionError: A beam outside 1 to 50.
        """
        search = self._search(beam)
        begun = time.perf_counter()
        if refused := self._judge.refuses(encoded.clearness):
            return self._silent(refused, encoded, begun)
        encoded = self._own(encoded)
        picture = encoded.picture
        hypothesis = _greedy(picture) if search.beam_width == 1 else None
        hypothesis = hypothesis or beam_search(picture.step, picture.state, search)
        return self._caption(hypothesis, encoded, begun)

    def stream_encoded(self, encoded: Encoded) -> Generator[str, None, Caption]:
        """Yield the second half of `stream`; see there.

        Args:
            encoded: As for `decode`.
        """
        begun = time.perf_counter()
        encoded = self._own(encoded)
        if refused := self._judge.refuses(encoded.clearness):
            return self._silent(refused, encoded, begun)
        ids: list[int] = []
        log_probs: list[float] = []
        words: list[str] = []
        leads: dict[int, float] = {}
        yielded = 0
        search, step = self._search(1), HeardStep(encoded.picture.step)
        for token, log_prob in greedy_tokens(step, encoded.picture.state, search):
            log_probs.append(log_prob)
            if token != search.end_id:
                ids.append(token)
                words.append(self._vocabulary.words[token])
                if (other := self._judge.counterpart(words, len(words) - 1)) is not None:
                    leads[len(words) - 1] = step.lead(token, other)
            said = self._judge.heard(words, leads, whole=token == search.end_id or len(words) == search.max_length)
            yield from filter(None, said[yielded:])
            yielded = len(said)
        return self._caption(Hypothesis(tuple(ids), tuple(log_probs)), encoded, begun, leads)

    def score(self, encoded: Encoded, tokens: Sequence[str]) -> float:
        """Return how well a sentence fits a picture: log-probability / length ** length penalty, by which beams are compared as well.

        Args:
            encoded: What `encode` returned.
            tokens: Words of this vocabulary, as in `Caption.tokens`; fewer than the longest sentence has, the end is counted too.
        """
        encoded, search = self._own(encoded), self._search(1)
        ids = self._vocabulary.encode(tokens)
        if len(ids) < search.max_length:
            ids.append(search.end_id)
        log_prob = forced_log_prob(encoded.picture.step, encoded.picture.state, search, ids)
        return log_prob / float(len(ids) ** search.length_penalty)

    def score_of(self, caption: Caption) -> float:
        """`score` of a caption for the picture that it was said of."""
        return caption.log_prob / float(max(1, len(caption.token_log_probs)) ** self.manifest.decode.length_penalty)

    @property
    def takes_back(self) -> bool:
        """Return whether words of `stream` may belong to a sentence that is found too unsure to be said."""
        return self._judge.takes_back

    def begun(self, words: Sequence[str]) -> str:
        """Return a sentence in the making, of the words that `stream` has yielded so far, as people are shown it."""
        return self.manifest.sentences.begun(words)

    def _search(self, beam: int | None) -> Search:
        if beam is None:
            return self._usual
        return replace(self._usual, beam_width=whole("beam", beam, MAX_BEAM))

    def _caption(
        self, hypothesis: Hypothesis, encoded: Encoded, begun: float, leads: Mapping[int, float] | None = None
    ) -> Caption:
        words = tuple(self._vocabulary.decode(hypothesis.ids))
        judged = self._judge.judge(hypothesis, words, encoded.picture, encoded.clearness, leads)
        return Caption(
            judged.text,
            words,
            hypothesis.log_probs,
            hypothesis.log_prob,
            self._timings(encoded, begun),
            self.variant,
            judged.confidence,
            judged.abstained,
            judged.hedged,
            self.language,
            self.manifest.sentences.guess,
        )

    def _silent(self, why: str, encoded: Encoded, begun: float) -> Caption:
        return Caption("", (), (), 0.0, self._timings(encoded, begun), self.variant, 0.0, why, language=self.language)

    def _own(self, encoded: Encoded) -> Encoded:
        """Return what was encoded as this decoder reads it, whoever encoded it."""
        if encoded.by is self._backend:
            return encoded
        picture = self._backend.bind(encoded.picture.context, encoded.picture.state)
        return replace(encoded, picture=picture, by=self._backend)

    def _timings(self, encoded: Encoded, begun: float) -> Timings:
        decode = (time.perf_counter() - begun) * 1e3
        return Timings(self._load_ms, encoded.preprocess_ms, encoded.encode_ms, decode)


def search_of(manifest: Manifest, vocabulary: Vocabulary) -> Search:
    """Return how sentences are searched for unless asked otherwise.

    Args:
        manifest: Of a bundle.
        vocabulary: Its words.
    """
    ids, decode = manifest.special_ids, manifest.decode
    again = None if decode.repeatable is None else frozenset(vocabulary.encode(decode.repeatable))
    return Search(ids.start, ids.end, manifest.max_length, decode.beam_width, decode.length_penalty, again)


def _greedy(encoded: EncodedPicture) -> Hypothesis | None:
    """Return the greedy search in one call, where the variant has a graph for it."""
    return encoded.greedy() if encoded.greedy else None
