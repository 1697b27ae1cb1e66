"""What a captioner gives: a sentence, and what the encoder saw."""

from dataclasses import dataclass

import numpy as np

from edge_runtime.backends.base import Backend, EncodedPicture
from edge_runtime.backends.decoding import Floats
from edge_runtime.bundle.languages import ENGLISH
from edge_runtime.judging.clearness import Clearness
from edge_runtime.judging.judge import UNSURE


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
        """Return every figure by name, to the microsecond."""
        figures = {"load": self.load, "preprocess": self.preprocess, "encode": self.encode, "decode": self.decode}
        return {name: round(value, 3) for name, value in {**figures, "total": self.total}.items()}


@dataclass(frozen=True)
class Caption:
    """A sentence about a picture.

    Attributes:
        text: The sentence, as its language has it (English in lower case, without a full stop); empty where none is said.
        tokens: The model's own words, before they are reworded: `text` may speak otherwise of people, see `Captioner.load`. They are
            there also where the sentence is too unsure to be said; none where the picture is no clear one.
        token_log_probs: Natural log-probability of each word, then of the end where it was reached.
        log_prob: Their sum: natural log-probability of the words; 0 where there are none.
        timings: Where the time went.
        variant: Which form of the model said it.
        confidence: 0 to 1, the chance that a person would call the sentence right; None where the bundle does not know.
        abstained: Why there is no sentence, in a word: the kind of picture that is none to speak of, such as `black`, `blurred` or
            `page`, or `unsure`. Empty where there is a sentence.
        hedged: Whether the sentence should be shown as a guess: the bundle says below which confidence.
        language: BCP 47 tag of the sentence's.
        guess: What stands before a guess in that language.
    """

    text: str
    tokens: tuple[str, ...]
    token_log_probs: tuple[float, ...]
    log_prob: float
    timings: Timings
    variant: str
    confidence: float | None = None
    abstained: str = ""
    hedged: bool = False
    language: str = "en"
    guess: str = ENGLISH.guess

    @property
    def shown(self) -> str:
        """Return what people are shown: the sentence, as a guess where it is one, or that there is no clear picture."""
        if self.is_unsure:
            return "not sure what this is"
        if self.abstained:
            return f"no clear picture ({self.abstained})"
        return f"{self.guess}{self.text}" if self.hedged and self.text else self.text

    @property
    def is_unsure(self) -> bool:
        """Return whether there is no sentence because its confidence lies below what was asked for."""
        return self.abstained == UNSURE


@dataclass(frozen=True)
class Encoded:
    """A picture that the encoder has seen.

    Attributes:
        picture: The encoder's outputs.
        preprocess_ms: Milliseconds from what was given to the encoder's input.
        encode_ms: Milliseconds of the encoder.
        clearness: What is thought of the picture; None where the bundle has no probe.
        by: The backend whose decoder the picture is bound to.
        groups: Of channels in the last tensor of the decoder's context, which lie one behind the other, as heads of attention do.
    """

    picture: EncodedPicture
    preprocess_ms: float
    encode_ms: float
    clearness: Clearness | None = None
    by: Backend | None = None
    groups: int = 1

    @property
    def features(self) -> Floats:
        """Return what is seen, as the last tensor of the decoder's context holds it, float32, flat and 1 long.

        The product of two pictures' is their cosine.
        """
        flat = self.picture.context[-1].ravel()
        return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-9), np.float32)

    @property
    def heads(self) -> Floats:
        """Return what each head of attention sees at each spatial position, float32 [heads, R, D / heads]."""
        context = self.picture.context[-1]
        return np.asarray(np.reshape(context, (self.groups, -1, context.shape[-1] // self.groups)), np.float32)

    @property
    def summary(self) -> Floats:
        """Return what is seen whatever its place, float32 [D], 1 long: the mean of the spatial positions of the decoder's context.

        The product of two pictures' is their cosine.
        """
        mean = self.heads.mean(1).ravel()
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
