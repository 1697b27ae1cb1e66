"""SmolVLM with 256 million parameters, called the smallest vision language model by its authors. arXiv 2504.05299."""

from dataclasses import replace

import numpy as np
from PIL import Image

from benchmarks.peers.base import Pixels
from benchmarks.peers.family import Family, Inputs
from benchmarks.peers.pixels import HALF, squeezed, tiled

_SIDE, _LONGEST = 512, 2048
_PICTURE = 49190
_PLACES = 64
"""Tokens of a square: (512 / 16 / 4) squared."""
_WORD = 100
"""Stands for any word: which one it is makes no difference to the time."""
_BEFORE, _AFTER = [_WORD] * 4, [_WORD] * 14
"""What the chat template writes around a picture: the speaker; the question, the end of the turn, the next speaker."""


def _split(picture: Pixels) -> Inputs:
    tiles, rows, columns = tiled(picture, _SIDE, _LONGEST)
    # A square is announced by two tokens; a row of them ends in one; the whole picture stands between four.
    square = [_WORD, _WORD, *[_PICTURE] * _PLACES]
    ids = [*_BEFORE, *(square * columns + [_WORD]) * rows, *square, _WORD, _WORD, *_AFTER]
    return {"pixel_values": tiles, "input_ids": np.array([ids], np.int64)}


def _whole(picture: Pixels) -> Inputs:
    pixels = squeezed(picture, _SIDE, Image.Resampling.LANCZOS, HALF, HALF)[None]
    ids = [*_BEFORE, _WORD, _WORD, *[_PICTURE] * _PLACES, _WORD, *_AFTER]
    return {"pixel_values": pixels, "input_ids": np.array([ids], np.int64)}


_CONFIGURATION = {
    "model_type": "idefics3",
    "image_token_id": _PICTURE,
    "scale_factor": 4,
    "tie_word_embeddings": False,
    "text_config": {
        "model_type": "llama",
        "vocab_size": 49280,
        "hidden_size": 576,
        "intermediate_size": 1536,
        "num_hidden_layers": 30,
        "num_attention_heads": 9,
        "num_key_value_heads": 3,
        "max_position_embeddings": 8192,
        "rms_norm_eps": 1e-5,
        "rope_theta": 100000.0,
        "tie_word_embeddings": False,
        "pad_token_id": 2,
    },
    "vision_config": {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "image_size": _SIDE,
        "patch_size": 16,
    },
}

SMOLVLM = Family(
    name="smolvlm-256m",
    folder="smolvlm-256m",
    source="config.json of HuggingFaceTB/SmolVLM-256M-Instruct, its parts google/siglip-base-patch16-512 and SmolLM2-135M",
    published_m=256.5,
    classes=("Idefics3ForConditionalGeneration", "SmolVLMForConditionalGeneration"),
    configuration=_CONFIGURATION,
    inputs=_split,
    prompt="Describe the picture in one short sentence.",
    chat=True,
    note="the picture in squares of 512 pixels, as its processor does unless told otherwise",
)

SMOLVLM_WHOLE = replace(
    SMOLVLM,
    name="smolvlm-256m, one square",
    inputs=_whole,
    processing={"do_image_splitting": False},
    note="the whole picture as one square of 512 pixels: the least that it can be given",
)
