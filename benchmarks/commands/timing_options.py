"""Options of the commands that time bundles in turns."""

import argparse
from pathlib import Path


def add_timing_options(parser: argparse.ArgumentParser) -> None:
    """Add `--pictures`, `--rounds` and `--warm-up`: what is captioned, how often, and for how long beforehand."""
    parser.add_argument(
        "--pictures", type=Path, default=Path("examples"), help="folder of pictures (default: examples)"
    )
    parser.add_argument("--rounds", type=int, default=200, help="pictures captioned by each (default: 200)")
    parser.add_argument(
        "--warm-up", type=float, default=3.0, metavar="S", help="seconds beforehand that do not count (default: 3)"
    )
