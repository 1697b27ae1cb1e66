"""Inputs to calibrate graphs on: pictures for the encoder, and for the decoder the steps that it takes on them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx

from edge_runtime.bundle.decoder_spec import NEXT
from edge_runtime.decoding import Search, State, greedy_tokens
from edge_runtime.pictures.preprocess import load_input
from export.calibration.ranges import Feeds
from export.onnx_session import graph_session
from export.step_tensors import passed_on


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
    context, states = passed_on(
        *({value.name: value for value in part} for part in (step.graph.input, step.graph.output))
    )
    given, outputs = ([value.name for value in model.graph.output] for model in (encoder, step))
    for inputs in encoder_inputs:
        found = dict(zip(given, encode.run(None, dict(inputs)), strict=True))
        picture = {name: found[name] for name in context}
        seen: list[Feeds] = []

        def one(
            tokens: npt.NDArray[np.int32],
            state: State,
            seen: list[Feeds] = seen,
            picture: Feeds = picture,
        ) -> tuple[npt.NDArray[np.float32], State]:
            seen.append({"token": tokens.copy(), **dict(zip(states, state, strict=True))})
            said = dict(zip(outputs, decode.run(None, {**seen[-1], **picture}), strict=True))
            return said["log_probs"], tuple(said[NEXT + name] for name in states)

        for _ in greedy_tokens(one, tuple(found[name] for name in states), search):
            pass
        yield {name: np.concatenate([taken[name] for taken in seen]) for name in ("token", *states)} | picture
