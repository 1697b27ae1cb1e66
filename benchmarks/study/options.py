"""The options of `python -m benchmarks study`."""

import argparse
from pathlib import Path

from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.validation import file_or_folder, number, whole_number
from export.bundling.variants import VariantName
from export.calibration.ranges import METHODS
from train.datasets.options import add_data_options, check_counts
from train.decoders.registry import DECODERS
from train.encoders.registry import ENCODERS
from train.errors import RunError

_STUDY_SIZE = 224
_LENGTHS = [20, 25, 34, 40]


def add_study_options(parser: argparse.ArgumentParser) -> None:
    """Add them all."""
    parser.add_argument(
        "--out", type=file_or_folder, required=True, metavar="DIR", help="folder of runs, bundles and the report"
    )
    add_data_options(parser)
    group = parser.add_argument_group("systems")
    group.add_argument(
        "--encoders",
        nargs="+",
        default=["resnet50", "xception"],
        metavar="E",
        help=f"of: {', '.join(sorted(ENCODERS))}",
    )
    group.add_argument("--decoders", nargs="+", default=["lstm"], choices=tuple(DECODERS), help="default: lstm")
    group.add_argument(
        "--weights",
        nargs="+",
        default=[],
        metavar="E=FILE|none",
        help="an encoder's weights file, or none for random weights",
    )
    group.add_argument(
        "--ours", metavar="BUNDLE", help="a bundle to stand beside them; 'default' for the one that ships"
    )
    group.add_argument(
        "--features", type=file_or_folder, default=Path("features"), help="folder of feature caches (default: features)"
    )
    group = parser.add_argument_group("training")
    group.add_argument(
        "--size",
        type=whole_number,
        default=_STUDY_SIZE,
        help="pixels a side that pictures are resized to (default: 224)",
    )
    group.add_argument(
        "--padded-length", type=whole_number, metavar="N", help="places of every caption (default: the longest one's)"
    )
    group.add_argument(
        "--min-count", type=whole_number, default=5, help="times a word stands in the training captions (default: 5)"
    )
    group.add_argument("--epochs", type=whole_number, default=10, help="all of them are run (default: 10)")
    group.add_argument("--batch", type=whole_number, default=16, help="pictures a step (default: 16)")
    group.add_argument("--captions-per-picture", type=whole_number, default=5)
    group.add_argument("--learning-rate", type=number, default=1e-3)
    group.add_argument("--width", type=whole_number, default=256, help="of the LSTM (default: 256)")
    group.add_argument("--embedding", type=whole_number, default=256, help="of word vectors (default: 256)")
    group.add_argument("--dropout", type=number, default=0.4)
    group.add_argument("--seed", type=whole_number, default=0)
    group = parser.add_argument_group("measuring")
    group.add_argument(
        "--lengths", type=whole_number, nargs="+", default=_LENGTHS, metavar="N",
        help="further padded lengths to tell loss and accuracy at (default: 20 25 34 40)",
    )  # fmt: skip
    group.add_argument(
        "--beam", type=whole_number, default=3, help="hypotheses kept, for every system alike (default: 3)"
    )
    group.add_argument("--length-penalty", type=number, default=0.7)
    group.add_argument(
        "--timed", type=whole_number, default=12, metavar="N", help="captions that are timed (default: 12)"
    )
    group.add_argument("--sample", metavar="FILE", help="picture of the page (default: the first test picture)")
    group.add_argument("--variant", default="onnx-int8", help="of the exported bundles (default: onnx-int8)")
    group.add_argument("--calibration-method", choices=METHODS, help="of the export (default: each graph's best one)")


def check_study_options(arguments: argparse.Namespace) -> None:
    """Refuse options outside their ranges, and a folder that cannot be written, before hours of training.

    Raises:
        RunError: One is.
        ExportError: There is no such variant.
    """
    VariantName.parse(arguments.variant)
    positive = (
        "epochs",
        "batch",
        "captions_per_picture",
        "width",
        "embedding",
        "min_count",
        "lengths",
        "beam",
        "timed",
    )
    check_counts(arguments, *positive)
    if arguments.beam > MAX_BEAM:
        raise RunError(f"--beam {arguments.beam}: must be at most {MAX_BEAM}")
    if arguments.padded_length is not None and arguments.padded_length < 2:
        raise RunError(f"--padded-length {arguments.padded_length}: must be at least 2, a word and its end")
    if not 32 <= arguments.size <= 1024:
        raise RunError(f"--size {arguments.size}: must be 32 to 1024")
    if not 0 <= arguments.dropout < 1:
        raise RunError(f"--dropout {arguments.dropout}: must be from 0 to below 1")
    if not 0 < arguments.learning_rate < float("inf"):
        raise RunError(f"--learning-rate {arguments.learning_rate}: must be above 0")
    for name in ("seed", "length_penalty"):
        if not 0 <= getattr(arguments, name) < 2**31:
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be at least 0")
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"{arguments.out}: cannot be written ({error.strerror}); choose another --out") from None
