"""The decoders that can be asked for by name."""

from train.decoder import AttentionDecoder
from train.errors import RunError
from train.lstm_decoder import LstmDecoder
from train.recurrent_decoder import DecoderConfig, RecurrentDecoder

DECODERS: dict[str, type[RecurrentDecoder]] = {"attention": AttentionDecoder, "lstm": LstmDecoder}


def build_decoder(kind: str, config: DecoderConfig) -> RecurrentDecoder:
    """A decoder with its first weights.

    Args:
        kind: A key of `DECODERS`.
        config: Its sizes.

    Raises:
        RunError: There is no such kind.
    """
    if kind not in DECODERS:
        raise RunError(f"unknown decoder '{kind}'; choose one of: {', '.join(sorted(DECODERS))}")
    return DECODERS[kind](config)
