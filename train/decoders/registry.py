"""The decoders that can be asked for by name: one file and one line each."""

from importlib import import_module
from typing import TYPE_CHECKING

from train.errors import RunError

if TYPE_CHECKING:
    from train.decoders.base import CaptionDecoder, DecoderConfig

DECODERS = {
    "attention": "train.decoders.attention:AttentionDecoder",
    "lstm": "train.decoders.lstm:LstmDecoder",
    "transformer": "train.decoders.transformer:TransformerDecoder",
}
"""Name -> module and class, a `CaptionDecoder`. They are loaded when they are used: to know their names takes no TensorFlow."""


def decoder_class(kind: str) -> "type[CaptionDecoder]":
    """Return the class of a kind of decoder.

    Raises:
        RunError: There is no such kind.
    """
    if kind not in DECODERS:
        raise RunError(f"unknown decoder '{kind}'; choose one of: {', '.join(sorted(DECODERS))}")
    module, name = DECODERS[kind].split(":")
    found: type[CaptionDecoder] = getattr(import_module(module), name)
    return found


def build_decoder(kind: str, config: "DecoderConfig") -> "CaptionDecoder":
    """Return a decoder with its first weights.

    Args:
        kind: A key of `DECODERS`.
        config: Its sizes.

    Raises:
        RunError: There is no such kind, none of several members, or its heads do not divide its width.
    """
    decoder = decoder_class(kind)
    if decoder.has_heads and config.width % config.heads:
        raise RunError(f"--width {config.width}: must be a multiple of --heads {config.heads}")
    if config.members == 1:
        return decoder(config)
    if kind != "attention":
        raise RunError(f"{config.members} members of kind '{kind}': only attention decoders are joined")
    from train.decoders.ensemble import EnsembleDecoder

    return EnsembleDecoder(config)
