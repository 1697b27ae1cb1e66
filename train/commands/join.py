"""The command `python -m train join`: decoders that were trained apart, on one encoder, as one run."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge_runtime.terminal import plain
from edge_runtime.validation import file_or_folder
from train.errors import RunError

if TYPE_CHECKING:
    from train.runs.bundle_start import BundleStart
    from train.runs.folder import RunFolder

_SAME = 1e-4
"""Largest difference between weights of encoders that count as one, relative to the largest weight."""


def add_join(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `python -m train`."""
    parser = commands.add_parser(
        "join", help="several decoders of one encoder as one run, whose words they choose together", allow_abbrev=False
    )
    parser.add_argument(
        "members",
        nargs="+",
        type=file_or_folder,
        metavar="RUN",
        help="run folders, the first one no bundle; or a bundle",
    )
    parser.add_argument("--run", type=file_or_folder, required=True, help="run folder to write")
    parser.add_argument(
        "--encoder-weights",
        type=file_or_folder,
        metavar="FILE",
        help="weights file of the encoder, where the runs were given one",
    )
    parser.set_defaults(action=_run)


def _run(arguments: argparse.Namespace) -> int:
    from train.runs.warm_start import find_start

    members = [find_start(path) for path in arguments.members]
    count = join(members, arguments.run, arguments.encoder_weights)
    print(f"{plain(str(arguments.run))}\t{count} decoders on one encoder")
    return 0


def join(members: "Sequence[RunFolder | BundleStart]", out: Path, encoder_weights: Path | None = None) -> int:
    """Write a run whose decoder is the ensemble of others.

    Args:
        members: Runs or bundles, the first one a run; of one encoder, one size and the same words.
        out: Run folder to write.
        encoder_weights: Weights file of the encoder; the run's random or the ImageNet weights where None.

    Returns:
        Members.

    Raises:
        RunError: Fewer than two, of several sizes, words or encoders, or the folder cannot be written.
    """
    from train.decoders.attention import AttentionDecoder
    from train.decoders.ensemble import EnsembleDecoder
    from train.decoders.registry import build_decoder
    from train.encoders.registry import build_encoder, encoder_spec, weights_of_run
    from train.runs.folder import RunFolder

    first = members[0]
    if len(members) < 2 or not isinstance(first, RunFolder):
        raise RunError("join: pass two runs or more; a bundle may stand at any place but the first")
    config, vocabulary = first.config(), first.read_vocabulary()
    if config.members > 1:
        raise RunError(f"{first.path}: is an ensemble already; pass the runs that it was made of")
    joined = RunFolder(out)
    joined.check_new()
    spec = encoder_spec(config.encoder)
    weights = weights_of_run(spec, config.encoder_sha256, encoder_weights)
    decoders: list[AttentionDecoder] = []
    encoders: list[list[Any]] = []
    for member in members:
        if member.read_vocabulary().words != vocabulary.words:
            raise RunError(f"{member.path}: its words are not those of {first.path}; join decoders of the same words")
        encoder = build_encoder(spec, weights, config.image_size)
        decoder = build_decoder(config.decoder, config.decoder_sizes(vocabulary, spec.channels))
        if not isinstance(decoder, AttentionDecoder):
            raise RunError(f"{first.path}: a decoder of kind '{config.decoder}'; only attention decoders are joined")
        try:
            member.fill(decoder, encoder)
        except (ValueError, KeyError):
            raise RunError(f"{member.path}: its decoder has other sizes than that of {first.path}") from None
        decoders.append(decoder)
        encoders.append(encoder.get_weights())
        if not _alike(encoders[0], encoders[-1]):
            raise RunError(
                f"{member.path}: its encoder is not that of {first.path}; train decoders on one encoder (--new-decoder --freeze)"
            )
    whole = EnsembleDecoder.of(decoders)
    arrays = [*whole.get_weights(), *(encoders[0] if config.trains_encoder else [])]
    joined.write_made(replace(config, members=len(decoders)), first, [member.path for member in members], arrays)
    return len(decoders)


def _alike(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two encoders' weights are the same, but for what folding and unfolding a normalisation rounds off."""
    return all(np.abs(a - b).max() <= _SAME * max(1.0, float(np.abs(a).max())) for a, b in zip(one, other, strict=True))
