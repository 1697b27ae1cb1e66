from typing import Any

import keras
import numpy as np
import onnx
import pytest
import tensorflow as tf

from edge_runtime.backends.decoding import Floats, Search, State, greedy_tokens
from export.calibration.runners import onnx_runner
from export.errors import ExportError
from export.litert import convert as litert_graphs
from export.litert.greedy_loop import with_greedy_search
from export.onnx import convert as graphs
from export.onnx.compaction import compacted, shared_weights
from export.onnx.greedy_loop import looped
from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig


@pytest.fixture(scope="module")
def decoder() -> AttentionDecoder:
    keras.utils.set_random_seed(0)
    return AttentionDecoder(DecoderConfig(vocabulary_size=20, channels=6, width=16, embedding=8, heads=2))


def _odd_encoder() -> keras.Model:
    """An encoder with an operator that neither format has."""
    image = keras.Input((32, 32, 3), dtype="uint8")
    grid = keras.layers.AveragePooling2D(16)(keras.layers.Rescaling(1.0)(image))
    grid = keras.layers.Conv2D(6, 1)(grid)
    return keras.Model(image, keras.layers.Lambda(lambda x: tf.math.igamma(tf.abs(x) + 1.0, tf.abs(x) + 1.0))(grid))


@pytest.mark.parametrize(("module", "kind"), [(graphs, "ONNX"), (litert_graphs, "LiteRT")])
def test_an_unsupported_operator_is_one_sentence(module: object, kind: str, decoder: AttentionDecoder) -> None:
    with pytest.raises(ExportError, match=f"an operator of this network has no {kind} form") as error:
        module.encoder_graph(_odd_encoder(), decoder)  # type: ignore[attr-defined]
    assert "\n" not in str(error.value)
    assert "leave out" in str(error.value)


def test_a_greedy_loop_ends_at_the_end_or_at_its_length(decoder: AttentionDecoder) -> None:
    step = graphs.step_graph(decoder, 4)
    rng = np.random.default_rng(0)
    feeds = {name: rng.normal(size=(1, 4, 16)).astype(np.float32) for name in ("keys", "values")}
    feeds |= {name: rng.normal(size=(1, 16)).astype(np.float32) for name in ("state_h", "state_c")}
    run = onnx_runner(looped(step, Search(1, 2, 9)).SerializeToString())
    tokens, log_probs = run(feeds)
    assert tokens.shape == log_probs.shape
    assert 1 <= len(tokens) <= 9
    assert len(tokens) == 9 or tokens[-1] == 2
    said_first = int(tokens[0])
    ends = onnx_runner(looped(step, Search(1, said_first, 9)).SerializeToString())(feeds)
    assert ends[0].tolist() == [said_first]


@pytest.mark.parametrize("again", [None, frozenset[int](), frozenset({5, 7})])
def test_both_loops_say_what_the_steps_say(decoder: AttentionDecoder, again: frozenset[int] | None) -> None:
    from ai_edge_litert.interpreter import Interpreter

    # No word ends it, so that there is time for a word to come again.
    search = Search(1, 0, 12, repeatable=again)
    rng = np.random.default_rng(1)
    feeds = {name: rng.normal(size=(1, 4, 16)).astype(np.float32) for name in ("keys", "values")}
    feeds |= {name: rng.normal(size=(1, 16)).astype(np.float32) for name in ("state_h", "state_c")}
    step = onnx_runner(graphs.step_graph(decoder, 4).SerializeToString())

    def stepped(tokens: Any, state: State) -> tuple[Floats, State]:
        log_probs, *after = step({**feeds, "token": tokens, "state_h": state[0], "state_c": state[1]})
        return log_probs, tuple(after)

    wanted = list(greedy_tokens(stepped, (feeds["state_h"], feeds["state_c"]), search))
    said = [token for token, _ in wanted]
    repeated = {token for token in said if said.count(token) > 1}
    assert repeated if again is None else repeated <= again
    tokens, log_probs = onnx_runner(looped(graphs.step_graph(decoder, 4), search).SerializeToString())(feeds)
    assert tokens.tolist() == said
    np.testing.assert_allclose(log_probs, [log_prob for _, log_prob in wanted], atol=1e-4)
    content = with_greedy_search(litert_graphs.step_graph(decoder, 4), search, decoder.spec(4).names)
    found = Interpreter(model_content=content).get_signature_runner("greedy")(**feeds)
    assert found["tokens"][: int(found["length"][0])].tolist() == said


def test_shared_weights_stand_once(decoder: AttentionDecoder) -> None:
    content = compacted(graphs.step_graph(decoder, 4))

    def shared() -> tuple[bytes, bytes, bytes]:
        step = onnx.load_from_string(content)
        return shared_weights(step, looped(step, Search(1, 2, 9)), "w")

    first, second, weights = shared()
    assert len(weights) > 4000
    assert len(first) + len(second) < len(content)
    assert shared() == (first, second, weights)
