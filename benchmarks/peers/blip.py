"""BLIP, base size: a vision transformer at 384 x 384 and a BERT-shaped decoder. Li et al. 2022, arXiv 2201.12086."""

from PIL import Image

from benchmarks.peers.base import Pixels
from benchmarks.peers.family import Family, Inputs
from benchmarks.peers.pixels import CLIP_DEVIATION, CLIP_MEAN, squeezed


def _inputs(picture: Pixels) -> Inputs:
    return {"pixel_values": squeezed(picture, 384, Image.Resampling.BICUBIC, CLIP_MEAN, CLIP_DEVIATION)}


BLIP = Family(
    name="blip-base",
    folder="blip-base",
    source="config.json of Salesforce/blip-image-captioning-base",
    published_m=247.4,
    classes=("BlipForConditionalGeneration",),
    configuration={
        "model_type": "blip",
        "text_config": {
            "vocab_size": 30524,
            "hidden_size": 768,
            "intermediate_size": 3072,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "max_position_embeddings": 512,
            "bos_token_id": 30522,
            "eos_token_id": 2,
            "sep_token_id": 102,
            "pad_token_id": 0,
        },
        "vision_config": {
            "hidden_size": 768,
            "intermediate_size": 3072,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "image_size": 384,
            "patch_size": 16,
        },
    },
    inputs=_inputs,
    note="the published count has the word vectors twice, which input and output share",
)
