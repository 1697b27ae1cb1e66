"""GIT, base size: CLIP's vision transformer and one short text transformer over pictures and words. arXiv 2205.14100."""

from PIL import Image

from benchmarks.peers.base import Pixels
from benchmarks.peers.family import Family, Inputs
from benchmarks.peers.pixels import CLIP_DEVIATION, CLIP_MEAN, cropped


def _inputs(picture: Pixels) -> Inputs:
    return {"pixel_values": cropped(picture, 224, Image.Resampling.BICUBIC, CLIP_MEAN, CLIP_DEVIATION)}


GIT = Family(
    name="git-base",
    folder="git-base",
    source="config.json of microsoft/git-base",
    published_m=176.6,
    classes=("GitForCausalLM",),
    configuration={
        "model_type": "git",
        "vocab_size": 30522,
        "hidden_size": 768,
        "num_hidden_layers": 6,
        "num_attention_heads": 12,
        "intermediate_size": 3072,
        "max_position_embeddings": 1024,
        "bos_token_id": 101,
        "eos_token_id": 102,
        "pad_token_id": 0,
        "tie_word_embeddings": False,
        "vision_config": {
            "hidden_size": 768,
            "intermediate_size": 3072,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "image_size": 224,
            "patch_size": 16,
        },
    },
    inputs=_inputs,
)
