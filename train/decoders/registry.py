"""The decoders that can be asked for by name."""

from train.decoders.attention import AttentionDecoder
from train.decoders.base import CaptionDecoder, DecoderConfig
from train.decoders.ensemble import EnsembleDecoder
from train.decoders.lstm import LstmDecoder
from train.errors import RunError

DECODERS: dict[str, type[CaptionDecoder]] = {"attention": AttentionDecoder, "lstm": LstmDecoder}


def build_decoder(kind: str, config: DecoderConfig) -> CaptionDecoder:
    """A decoder with its first weights.

    Args:
        kind: A key of `DECODERS`.
        config: Its sizes.

    Raises:
        RunError: There is no such kind, or none of several members.
    """
    if kind not in DECODERS:
        raise RunError(f"unknown decoder '{kind}'; choose one of: {', '.join(sorted(DECODERS))}")
    if config.members > 1:
        if kind != "attention":
            raise RunError(f"{config.members} members of kind '{kind}': only attention decoders are joined")
        return EnsembleDecoder(config)
    return DECODERS[kind](config)
