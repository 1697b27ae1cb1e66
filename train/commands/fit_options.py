"""The options of `python -m train fit`, and what goes of them."""

import argparse
from pathlib import Path

from edge_runtime.bundle.manifest import MAX_BEAM
from train.datasets.coverage import MAX_UNKNOWN
from train.datasets.options import check_counts
from train.decoders.registry import DECODERS, decoder_class
from train.encoders.registry import ENCODERS
from train.errors import RunError
from train.option_types import file_or_folder, number, whole_number

FEATURES = Path("features")
_MOST = {
    "width": 4096, "embedding": 4096, "heads": 64, "members": 16, "max_length": 200, "batch": 4096, "beam": MAX_BEAM,
    "captions_per_picture": 100, "samples": 100, "views": 100,
}  # fmt: skip
"""Beyond these a network is none that any machine trains."""


def add_encoder_options(parser: argparse.ArgumentParser) -> None:
    """The options that name an encoder and its features."""
    group = parser.add_argument_group("encoder")
    group.add_argument("--encoder", default="efficientnet_lite0", help=f"one of: {', '.join(sorted(ENCODERS))}")
    group.add_argument(
        "--encoder-weights",
        type=file_or_folder,
        metavar="FILE|none",
        help="weights file, or none for random weights (default: ImageNet weights, installed or downloaded)",
    )
    group.add_argument(
        "--features", type=file_or_folder, default=FEATURES, help="folder of feature caches (default: features)"
    )
    group.add_argument("--size", type=whole_number, help="input height and width in pixels (default: the encoder's)")


def add_fit_options(parser: argparse.ArgumentParser) -> None:
    """The options of a training run."""
    parser.add_argument(
        "--run", type=file_or_folder, required=True, help="run folder; an interrupted run goes on from its checkpoint"
    )
    parser.add_argument("--limit", type=whole_number, metavar="N", help="a trial on at most N pictures of each split")
    group = parser.add_argument_group("decoder")
    group.add_argument(
        "--decoder",
        choices=tuple(DECODERS),
        default="attention",
        help="LSTM and attention over the picture's grid, LSTM beside the pooled feature, or a small Transformer (default: attention)",
    )
    group.add_argument("--width", type=whole_number, default=256, help="of LSTM and attention (default: 256)")
    group.add_argument("--embedding", type=whole_number, default=128, help="of word vectors (default: 128)")
    group.add_argument("--heads", type=whole_number, default=4, help="of the attention (default: 4)")
    group.add_argument(
        "--members", type=whole_number, default=1, help="decoders that choose each word together; see join (default: 1)"
    )
    group.add_argument("--dropout", type=number, default=0.4)
    group.add_argument("--region-dropout", type=number, default=0.1, help="share of grid places hidden (default: 0.1)")
    group.add_argument("--word-dropout", type=number, default=0.1, help="share of words before hidden (default: 0.1)")
    group.add_argument(
        "--min-count", type=whole_number, default=5, help="times a word stands in the training captions (default: 5)"
    )
    group.add_argument(
        "--max-unknown",
        type=number,
        default=MAX_UNKNOWN,
        metavar="SHARE",
        help=f"share of the captions' words that may be unknown, 1 for any (default: {MAX_UNKNOWN})",
    )
    group.add_argument("--max-length", type=whole_number, default=18, help="words of a caption (default: 18)")
    group = parser.add_argument_group("training")
    group.add_argument("--epochs", type=whole_number, default=20)
    group.add_argument("--batch", type=whole_number, default=16, help="pictures a step (default: 16)")
    group.add_argument("--captions-per-picture", type=whole_number, default=5)
    group.add_argument("--learning-rate", type=number, default=1.5e-3)
    group.add_argument("--weight-decay", type=number, default=0.01)
    group.add_argument("--clip-norm", type=number, default=5.0, help="of the gradients (default: 5)")
    group.add_argument("--label-smoothing", type=number, default=0.1)
    group.add_argument("--warmup", type=number, default=1.0, help="epochs (default: 1)")
    group.add_argument(
        "--average", type=number, default=0.998, help="weight of the past in the averaged weights, 0 for none"
    )
    group.add_argument("--no-mirror", action="store_true", help="do not train on mirrored pictures")
    group.add_argument(
        "--beam", type=whole_number, default=3, help="of the captions that choose the best epoch (default: 3)"
    )
    group.add_argument("--length-penalty", type=number, default=0.7)
    group.add_argument(
        "--say-once",
        action="store_true",
        help="no word is said twice in a sentence but 'a', 'in', 'with' and their like, nor drawn twice where captions are drawn",
    )
    group.add_argument(
        "--patience", type=whole_number, default=4, help="epochs without a better dev CIDEr (default: 4)"
    )
    group.add_argument("--seed", type=whole_number, default=0)
    group = parser.add_argument_group("training on CIDEr itself")
    group.add_argument("--objective", choices=("cross-entropy", "self-critical"), default="cross-entropy")
    group.add_argument("--samples", type=whole_number, default=5, help="captions drawn for each picture (default: 5)")
    group.add_argument(
        "--cross-entropy-share",
        type=number,
        default=0.1,
        help="weight of cross-entropy beside the reward (default: 0.1)",
    )
    group.add_argument(
        "--bleu-weight", type=number, default=0.0, help="weight of BLEU-4 beside CIDEr-D in the reward (default: 0)"
    )
    group = parser.add_argument_group("training the encoder too")
    group.add_argument(
        "--start-from", type=file_or_folder, metavar="RUN", help="begin with the weights of this run or bundle"
    )
    group.add_argument(
        "--new-decoder",
        action="store_true",
        help="take only the encoder of what is started from; the decoder is drawn by the seed",
    )
    group.add_argument(
        "--encoder-rate",
        type=number,
        default=0.0,
        metavar="R",
        help="its learning rate as a multiple (default: 0, frozen)",
    )
    group.add_argument(
        "--freeze", nargs="*", default=[], metavar="PREFIX", help="its layers whose names begin so do not learn"
    )
    group.add_argument(
        "--train-from",
        default="",
        metavar="PREFIX",
        help="its layers before the first one whose name begins so do not learn, and what they say is cached: a third of the time",
    )
    group.add_argument("--views", type=whole_number, default=6, help="cached views of each picture (default: 6)")
    group.add_argument(
        "--cut",
        type=number,
        help="share of each side that a cut of a picture keeps at the least (default: 0.65)",
    )
    group = parser.add_argument_group("learning from other networks")
    group.add_argument(
        "--teachers",
        nargs="+",
        type=file_or_folder,
        default=[],
        metavar="RUN",
        help="runs or bundles whose word scores, together, are taught",
    )
    group.add_argument(
        "--teacher-share",
        type=number,
        default=0.7,
        help="weight of what they say; the rest is the true word's (default: 0.7)",
    )


def check_fit_options(arguments: argparse.Namespace) -> None:
    """Refuse options that do not go, or do not go together.

    Raises:
        RunError: One does not.
    """
    positive = (
        "width", "embedding", "heads", "min_count", "max_length", "epochs", "batch", "captions_per_picture", "beam", "patience",
        "views", "members", "limit",
    )  # fmt: skip
    check_counts(arguments, *positive)
    for name, most in _MOST.items():
        if getattr(arguments, name) > most:
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be at most {most}")
    at_least_0 = (
        "seed", "warmup", "weight_decay", "encoder_rate", "cross_entropy_share", "length_penalty", "bleu_weight",
    )  # fmt: skip
    for name in at_least_0:
        if not 0 <= getattr(arguments, name) < 2**31:
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be at least 0")
    for name in ("dropout", "region_dropout", "word_dropout", "label_smoothing", "average"):
        if not 0 <= getattr(arguments, name) < 1:
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be from 0 to below 1")
    if arguments.new_decoder and (arguments.start_from is None or not arguments.encoder_rate):
        raise RunError("--new-decoder: goes with --start-from and an --encoder-rate above 0, whose encoder it takes")
    if arguments.cut is not None and (not arguments.encoder_rate or arguments.train_from):
        raise RunError(
            "--cut: goes with an --encoder-rate above 0, without --train-from, whose cached views are cut alike"
        )
    if arguments.teachers and (
        not arguments.encoder_rate or arguments.train_from or arguments.objective != "cross-entropy"
    ):
        raise RunError("--teachers: goes with an --encoder-rate above 0, without --train-from and --objective")
    for name in ("cut", "teacher_share", "max_unknown"):
        value = getattr(arguments, name)
        if value is not None and not 0 < value <= 1:
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be above 0 and at most 1")
    if arguments.samples < 2:
        raise RunError(f"--samples {arguments.samples}: must be at least 2")
    for name in ("learning_rate", "clip_norm"):
        if not 0 < getattr(arguments, name) < float("inf"):
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be above 0")
    if arguments.width % arguments.heads and decoder_class(arguments.decoder).has_heads:
        raise RunError(f"--width {arguments.width}: must be a multiple of --heads {arguments.heads}")
