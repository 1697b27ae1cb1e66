"""From a step function to a sentence: greedy and beam search, with no backend named.

A step takes one token a hypothesis and the decoder's state, and returns log-probabilities of the next token and the new
state. Training, export and the device search with the functions of this module, so what was measured is what runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import BundleError

Floats = npt.NDArray[np.float32]
State = tuple[Floats, ...]
"""What a decoder remembers of the words so far, each array [hypotheses, ...] as `DecoderSpec.state` lists them."""


class DecoderStep(Protocol):
    """One step of a decoder that is bound to one picture."""

    def __call__(self, tokens: npt.NDArray[np.int32], state: State) -> tuple[Floats, State]:
        """Advance every hypothesis by one token.

        Args:
            tokens: int32 [B], the token before.
            state: Arrays [B, ...].

        Returns:
            Log-probabilities float32 [B, V] of the next token, and the new state.
        """
        ...


@dataclass(frozen=True)
class Search:
    """How a sentence is searched for.

    Attributes:
        start_id: The token that a sentence begins after.
        end_id: The token that ends it.
        max_length: Words at the most.
        beam_width: Hypotheses kept; 1 is greedy.
        length_penalty: Exponent of the length that a finished hypothesis' log-probability is divided by (Wu et al. 2016,
            arXiv 1609.08144, without its offset); 0 takes the most probable sentence, which is a short one.
        repeatable: Tokens that a sentence may hold more than once, every other one once at the most; all of them where None.
    """

    start_id: int
    end_id: int
    max_length: int
    beam_width: int = 1
    length_penalty: float = 0.0
    repeatable: frozenset[int] | None = None

    def said_once(self, ids: Sequence[int]) -> list[int]:
        """Return those of a sentence's tokens that it may not say again."""
        return [] if self.repeatable is None else [token for token in ids if token not in self.repeatable]


@dataclass(frozen=True)
class Hypothesis:
    """A finished sentence.

    Attributes:
        ids: Its words' ids, without start and end.
        log_probs: Natural log-probability of each word, and of the end where it was reached.
    """

    ids: tuple[int, ...]
    log_probs: tuple[float, ...]

    @property
    def log_prob(self) -> float:
        """Return natural log-probability of the sentence."""
        return sum(self.log_probs)


def greedy_tokens(step: DecoderStep, state: State, search: Search) -> Iterator[tuple[int, float]]:
    """Yield the most probable token after each one, with its log-probability, as they come; the end token comes last if reached."""
    tokens = np.array([search.start_id], np.int32)
    said: list[int] = []
    for _ in range(search.max_length):
        log_probs, state = step(tokens, state)
        if said:
            log_probs = log_probs.copy()
            log_probs[0, said] = -np.inf
        best = int(log_probs.argmax())
        if not np.isfinite(log_probs[0, best]):
            raise _not_finite()
        said += search.said_once([best])
        yield best, float(log_probs[0, best])
        if best == search.end_id:
            return
        tokens[0] = best


def forced_log_prob(step: DecoderStep, state: State, search: Search, ids: Sequence[int]) -> float:
    """Return natural log-probability of a sentence that is given.

    Args:
        step: Bound to a picture.
        state: Arrays [1, ...].
        search: Where sentences start.
        ids: Its tokens, the end included where it ends.
    """
    total = 0.0
    tokens = np.array([search.start_id], np.int32)
    for token in ids:
        log_probs, state = step(tokens, state)
        total += float(log_probs[0, token])
        tokens[0] = token
    if not np.isfinite(total):
        raise _not_finite()
    return total


def greedy_search(step: DecoderStep, state: State, search: Search) -> Hypothesis:
    """Return the sentence of the most probable token at each place."""
    found = list(greedy_tokens(step, state, search))
    ids = tuple(token for token, _ in found if token != search.end_id)
    return Hypothesis(ids, tuple(log_prob for _, log_prob in found))


class BeamSearch:
    """A beam search of one picture, told the log-probabilities of its next tokens step by step.

    A hypothesis that ends leaves the beam; the search is done when no running one can still overtake the best finished one.

    Args:
        search: How to search.

    Attributes:
        tokens: int32 [hypotheses], the last token of each running hypothesis: what to step from next.
        done: Whether the search has ended.
        best: The hypothesis of the highest log-probability / length ** length_penalty so far, the end counted in the length.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._beams = [Hypothesis((), ())]
        self._said: list[list[int]] = [[]]
        """Of each hypothesis, what it may not say again."""
        self._totals: Floats = np.zeros(1, np.float32)
        self._length = 0
        self._best_score = -np.inf
        self.best = self._beams[0]
        self.tokens = np.array([search.start_id], np.int32)
        self.done = False

    def advance(self, log_probs: Floats) -> list[int]:
        """Take one step.

        Args:
            log_probs: float32 [hypotheses, V], of the token after each of `tokens`.

        Returns:
            For each hypothesis that now runs, the row it came from: the rows of the state to go on with.
        """
        search = self._search
        self._length += 1
        scores = self._totals[:, None] + log_probs
        for row, said in enumerate(self._said):
            if said:
                scores[row, said] = -np.inf
        flat = scores.ravel()
        count = min(search.beam_width * 2, flat.size)
        candidates = flat.argpartition(-count)[-count:]
        values = flat[candidates].tolist()
        if not all(value < np.inf for value in values):  # what is no number is not less, and is put with the highest
            raise _not_finite()
        kept: list[tuple[int, int]] = []
        totals: list[float] = []
        for total, candidate in sorted(zip(values, candidates.tolist(), strict=True), key=_best_first):
            row, token = divmod(candidate, log_probs.shape[1])
            if len(kept) == search.beam_width or total == -np.inf:
                break
            if token == search.end_id:
                self._offer(self._extended(row, token, log_probs, ended=True), total, self._length)
            else:
                kept.append((row, token))
                totals.append(total)
        self._beams = [self._extended(row, token, log_probs) for row, token in kept]
        self._said = [self._said[row] + search.said_once((token,)) for row, token in kept]
        self._totals = np.array(totals, np.float32)
        self.tokens = np.array([token for _, token in kept], np.int32)
        self._check_done()
        return [row for row, _ in kept]

    def _extended(self, row: int, token: int, log_probs: Floats, ended: bool = False) -> Hypothesis:
        beam = self._beams[row]
        ids = beam.ids if ended else (*beam.ids, token)
        return Hypothesis(ids, (*beam.log_probs, float(log_probs[row, token])))

    def _offer(self, hypothesis: Hypothesis, total: float, length: int) -> None:
        score = total / length**self._search.length_penalty
        if score > self._best_score:
            self.best, self._best_score = hypothesis, score

    def _check_done(self) -> None:
        limit = self._search.max_length
        if self._length == limit:
            for beam, total in zip(self._beams, self._totals, strict=True):
                self._offer(beam, float(total), limit)
            self.done = True
        elif not self._beams or float(self._totals[0]) / limit**self._search.length_penalty <= self._best_score:
            self.done = True


def _best_first(candidate: tuple[float, int]) -> tuple[float, int]:
    total, place = candidate
    return -total, place


def _not_finite() -> BundleError:
    return BundleError("the bundle's decoder gives log-probabilities that are not finite; export the bundle again")


def beam_search(step: DecoderStep, state: State, search: Search) -> Hypothesis:
    """Return the best sentence that a beam finds.

    Args:
        step: Bound to a picture.
        state: Arrays [1, ...].
        search: How to search; a `beam_width` of 1 is greedy.
    """
    if search.beam_width == 1:
        return greedy_search(step, state, search)
    beam = BeamSearch(search)
    while not beam.done:
        log_probs, state = step(beam.tokens, state)
        rows = beam.advance(log_probs)
        state = tuple(array[rows] for array in state)
    return beam.best


class HeardStep:
    """A step whose last log-probabilities can be asked for.

    Args:
        step: The decoder's.
    """

    def __init__(self, step: DecoderStep) -> None:
        self._step = step
        self._log_probs: Floats = np.zeros((1, 1), np.float32)

    def __call__(self, tokens: npt.NDArray[np.int32], state: State) -> tuple[Floats, State]:
        """Take the step; see `DecoderStep`."""
        self._log_probs, state = self._step(tokens, state)
        return self._log_probs, state

    def lead(self, token: int, other: int) -> float:
        """Return how much likelier a token was than another at the last step, in nats."""
        return float(self._log_probs[0, token] - self._log_probs[0, other])
