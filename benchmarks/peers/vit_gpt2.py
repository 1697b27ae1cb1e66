"""ViT-GPT2: a vision transformer and GPT-2 with cross-attention, the captioner most often found in tutorials."""

from PIL import Image

from benchmarks.peers.base import Pixels
from benchmarks.peers.family import Family, Inputs
from benchmarks.peers.pixels import HALF, squeezed

_END = 50256


def _inputs(picture: Pixels) -> Inputs:
    return {"pixel_values": squeezed(picture, 224, Image.Resampling.BILINEAR, HALF, HALF)}


VIT_GPT2 = Family(
    name="vit-gpt2",
    folder="vit-gpt2",
    source="config.json of nlpconnect/vit-gpt2-image-captioning",
    published_m=239.2,
    classes=("VisionEncoderDecoderModel",),
    configuration={
        "model_type": "vision-encoder-decoder",
        "encoder": {
            "model_type": "vit",
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "image_size": 224,
            "patch_size": 16,
        },
        "decoder": {
            "model_type": "gpt2",
            "n_embd": 768,
            "n_layer": 12,
            "n_head": 12,
            "n_positions": 1024,
            "vocab_size": 50257,
            "add_cross_attention": True,
            "is_decoder": True,
        },
        "decoder_start_token_id": _END,
        "bos_token_id": _END,
        "eos_token_id": _END,
        "pad_token_id": _END,
    },
    inputs=_inputs,
)
