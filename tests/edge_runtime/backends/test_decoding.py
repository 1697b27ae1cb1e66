import itertools
from typing import Any

import numpy as np
import pytest

from edge_runtime.backends.decoding import BeamSearch, Floats, Search, State, beam_search, greedy_search, greedy_tokens

START, END = 0, 1


def _markov(seed: int, words: int = 6) -> Any:
    """A step whose log-probabilities depend on the two tokens before, and the table it reads."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(words, words, words)) * 2
    scores[:, :, START] = -1e4
    table = (scores - np.log(np.exp(scores).sum(-1, keepdims=True))).astype(np.float32)

    def step(tokens: Any, state: State) -> tuple[Floats, State]:
        before = state[0][:, 0].astype(int)
        return table[before, tokens], (tokens[:, None].astype(np.float32),)

    return step, table


def _state() -> State:
    return (np.zeros((1, 1), np.float32),)


def _all_sentences(
    table: Floats, limit: int, alpha: float, again: frozenset[int] | None = None
) -> tuple[float, tuple[int, ...]]:
    """The best sentence of all, by looking at every one of them that says only what may be said again more than once."""
    best: tuple[float, tuple[int, ...]] = (-np.inf, ())
    for length in range(limit + 1):
        for ids in itertools.product(range(2, table.shape[0]), repeat=length):
            if again is not None and any(ids.count(token) > 1 for token in ids if token not in again):
                continue
            tokens = (*ids, END) if length < limit else ids
            before, last, total = START, START, 0.0
            for token in tokens:
                total += float(table[before, last, token])
                before, last = last, token
            best = max(best, (total / len(tokens) ** alpha, ids))
    return best


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("again", [frozenset[int](), frozenset({3})])
def test_what_was_said_is_not_said_again(seed: int, again: frozenset[int]) -> None:
    step, table = _markov(seed)
    found = beam_search(step, _state(), Search(START, END, 5, 3000, 0.7, again))
    _, ids = _all_sentences(table, 5, 0.7, again)
    assert found.ids == ids
    greedy = greedy_search(step, _state(), Search(START, END, 5, 1, 0.7, again))
    assert all(greedy.ids.count(token) == 1 for token in greedy.ids if token not in again)
    before, last = START, START
    for token, log_prob in zip(greedy.ids, greedy.log_probs, strict=False):
        assert log_prob == pytest.approx(table[before, last, token])
        before, last = last, token


def test_nothing_left_to_say_ends_the_search() -> None:
    """Two words and no end: the sentence is both of them, and the beam is empty then."""
    scores = np.log(np.array([[1e-30, 1e-30, 0.6, 0.4]], np.float32))

    def step(tokens: Any, state: State) -> tuple[Floats, State]:
        return np.repeat(scores, len(tokens), 0), state

    found = beam_search(step, _state(), Search(START, END, 9, 2, 0.0, frozenset()))
    assert set(found.ids) == {2, 3}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("alpha", [0.0, 0.7, 1.0])
def test_a_wide_beam_finds_the_best_of_all_sentences(seed: int, alpha: float) -> None:
    step, table = _markov(seed)
    found = beam_search(step, _state(), Search(START, END, 4, 700, alpha))
    score, ids = _all_sentences(table, 4, alpha)
    length = len(found.log_probs)
    assert found.ids == ids
    assert found.log_prob / length**alpha == pytest.approx(score, rel=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_a_beam_of_one_is_greedy(seed: int) -> None:
    step, _ = _markov(seed)
    search = Search(START, END, 8)
    assert beam_search(step, _state(), search) == greedy_search(step, _state(), search)


def test_a_wider_beam_is_never_worse_on_average() -> None:
    narrow = wide = 0.0
    for seed in range(40):
        step, _ = _markov(seed)
        narrow += beam_search(step, _state(), Search(START, END, 8, 1)).log_prob
        wide += beam_search(step, _state(), Search(START, END, 8, 5)).log_prob
    assert wide > narrow


def test_greedy_tokens_end_with_the_end() -> None:
    def step(tokens: Any, state: State) -> tuple[Floats, State]:
        log_probs = np.full((1, 4), -9.0, np.float32)
        log_probs[0, {START: 2, 2: 3, 3: END}[int(tokens[0])]] = -0.5
        return log_probs, state

    assert list(greedy_tokens(step, _state(), Search(START, END, 9))) == [(2, -0.5), (3, -0.5), (END, -0.5)]
    cut = greedy_search(step, _state(), Search(START, END, 2))
    assert (cut.ids, cut.log_probs) == ((2, 3), (-0.5, -0.5))


def test_no_sentence_is_longer_than_asked() -> None:
    def step(tokens: Any, state: State) -> tuple[Floats, State]:
        log_probs = np.tile(np.array([-50, -20, -0.1, -3.0], np.float32), (len(tokens), 1))
        return log_probs, (state[0],)

    for width in (1, 2, 5):
        found = beam_search(step, _state(), Search(START, END, 5, width, 1.0))
        assert found.ids == (2, 2, 2, 2, 2)


def test_rows_tell_where_each_hypothesis_came_from() -> None:
    beam = BeamSearch(Search(START, END, 5, 2))
    assert beam.advance(np.array([[-9, -9, -1, -2]], np.float32)) == [0, 0]
    assert beam.tokens.tolist() == [2, 3]
    rows = beam.advance(np.array([[-9, -9, -8, -8], [-9, -9, -1, -1.5]], np.float32))
    assert rows == [1, 1]
    assert beam.tokens.tolist() == [2, 3]
