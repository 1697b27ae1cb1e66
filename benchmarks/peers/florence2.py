"""Florence-2, base size: DaViT at 768 x 768 and a BART-shaped encoder and decoder. Xiao et al. 2023, arXiv 2311.06242."""

import numpy as np
from PIL import Image

from benchmarks.peers.base import Pixels
from benchmarks.peers.family import Family, Inputs
from benchmarks.peers.pixels import IMAGENET_DEVIATION, IMAGENET_MEAN, squeezed

_PICTURE = 51289
_PLACES = 577
"""Tokens of a picture: 24 x 24 places and their mean."""
_QUESTION = [0, *range(100, 106), 2]
"""Start, the six words of "What does the image describe?", end; which words they are makes no difference to the time."""


def _inputs(picture: Pixels) -> Inputs:
    pixels = squeezed(picture, 768, Image.Resampling.BICUBIC, IMAGENET_MEAN, IMAGENET_DEVIATION)
    return {"pixel_values": pixels, "input_ids": np.array([[_PICTURE] * _PLACES + _QUESTION], np.int64)}


FLORENCE2 = Family(
    name="florence-2-base",
    folder="florence-2-base",
    source="config.json of microsoft/Florence-2-base and florence-community/Florence-2-base",
    published_m=230.0,
    classes=("Florence2ForConditionalGeneration",),
    configuration={
        "model_type": "florence2",
        "image_token_id": _PICTURE,
        "vision_config": {
            "depths": [1, 1, 9, 1],
            "patch_size": [7, 3, 3, 3],
            "patch_stride": [4, 2, 2, 2],
            "patch_padding": [3, 1, 1, 1],
            "patch_prenorm": [False, True, True, True],
            "embed_dim": [128, 256, 512, 1024],
            "num_heads": [4, 8, 16, 32],
            "num_groups": [4, 8, 16, 32],
            "window_size": 12,
            "projection_dim": 768,
            "max_temporal_embeddings": 100,
            "max_position_embeddings": 50,
        },
        "text_config": {
            "model_type": "bart",
            "vocab_size": 51290,
            "d_model": 768,
            "encoder_layers": 6,
            "decoder_layers": 6,
            "encoder_attention_heads": 12,
            "decoder_attention_heads": 12,
            "encoder_ffn_dim": 3072,
            "decoder_ffn_dim": 3072,
            "max_position_embeddings": 1024,
        },
    },
    inputs=_inputs,
    prompt="<CAPTION>",
)
