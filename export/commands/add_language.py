"""`python -m export --add-language`: a bundle that is there speaks a language more."""

import argparse

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import log
from edge_runtime.console.validation import file_or_folder
from export.commands.making import add_making_options, making_options, tell_outcome


def build_parser() -> argparse.ArgumentParser:
    """Return options of `--add-language`."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export --add-language",
        description="Add the decoder of a run in another language to a bundle that is there; all else in it stays.",
    )
    parser.add_argument(
        "--bundle", type=file_or_folder, metavar="BUNDLE", help="folder or zip (default: the one that ships)"
    )
    parser.add_argument(
        "--leave-out",
        nargs="+",
        default=[],
        metavar="V",
        help="variants that are measured like the others, and do not speak the language in the bundle",
    )
    add_making_options(parser, "python -m train fit --language TAG --start-from BUNDLE --shared-picture")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from export.bundling.add_language import AddLanguage, AddLanguageOptions

    options = AddLanguageOptions(bundle=arguments.bundle, leave_out=arguments.leave_out, **making_options(arguments))
    return tell_outcome("export --add-language", options, AddLanguage(options, log).run())
