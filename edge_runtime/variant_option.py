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
