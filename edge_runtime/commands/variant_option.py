"""`--variant` and `--variants` are one option, whichever of them a command documents."""

import argparse
from typing import Any


def add_plural(parser: argparse.ArgumentParser, spelling: str = "--variants", **more: Any) -> None:
    """Accept the other spelling of `--variant`, without a line in the help.

    Args:
        parser: Of a command that has the option already.
        spelling: The other one.
        more: What the option itself has for `nargs` and `type`.
    """
    parser.add_argument(spelling, dest="variant", help=argparse.SUPPRESS, default=argparse.SUPPRESS, **more)


def add_variants(parser: argparse.ArgumentParser) -> None:
    """The option of a command that measures several variants: all of the bundle's where none is named.

    Args:
        parser: Of the command; the names are its `variants`.
    """
    parser.add_argument(
        "--variant",
        "--variants",
        dest="variants",
        nargs="+",
        default=[],
        metavar="V",
        help="default: all of the bundle's",
    )
