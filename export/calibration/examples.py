"""Inputs to calibrate graphs on: pictures for the encoder, and for the decoder the steps that it takes on them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx

from edge_runtime.decoding import Search, State, greedy_tokens
from edge_runtime.pictures.preprocess import load_input
from export.calibration.ranges import Feeds
from export.onnx.session import graph_session


def pictures(images: Path, names: Iterable[str], size: int) -> Iterator[Feeds]:
    """The encoder's input of each picture: `image` uint8 [1, size, size, 3]."""
    for name in names:
        yield {"image": load_input(images / name, size, size)[None]}


def steps(
    encoder: onnx.ModelProto, step: onnx.ModelProto, encoder_inputs: Iterable[Feeds], search: Search
) -> Iterator[Feeds]:
    """The decoder's inputs at every step of a greedy sentence, those of one picture together.

    Args:
        encoder: Float encoder graph.
        step: Float step graph.
        encoder_inputs: Pictures.
        search: Start, end and length of a sentence.
    """
    encode, decode = graph_session(encoder), graph_session(step)
    for inputs in encoder_inputs:
        keys, values, state_h, state_c = encode.run(None, dict(inputs))
        seen: list[tuple[npt.NDArray[np.int32], State]] = []

        def one(
            tokens: npt.NDArray[np.int32],
            state: State,
            seen: list[tuple[npt.NDArray[np.int32], State]] = seen,
            grid: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]] = (keys, values),
        ) -> tuple[npt.NDArray[np.float32], State]:
            seen.append((tokens.copy(), state))
            feeds = {"token": tokens, "state_h": state[0], "state_c": state[1], "keys": grid[0], "values": grid[1]}
            log_probs, state_h, state_c = decode.run(None, feeds)
            return log_probs, (state_h, state_c)

        for _ in greedy_tokens(one, (state_h, state_c), search):
            pass
        yield {
            "token": np.concatenate([tokens for tokens, _ in seen]),
            "state_h": np.concatenate([state[0] for _, state in seen]),
            "state_c": np.concatenate([state[1] for _, state in seen]),
            "keys": keys,
            "values": values,
        }
