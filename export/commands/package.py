"""`python -m export package`: a bundle into the package that carries it."""

import argparse

from edge_runtime.bundle.installed import PACKAGES
from edge_runtime.console.arguments import Parser
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import file_or_folder


def build_parser() -> argparse.ArgumentParser:
    """Return options of `package`."""
    from export.bundling.packaging import VARIANTS

    parser: argparse.ArgumentParser = Parser(
        prog="python -m export package",
        description="A bundle into the source of the package that carries it.",
    )
    parser.add_argument("bundle", type=file_or_folder, help="folder or zip")
    parser.add_argument("--size", choices=sorted(PACKAGES), required=True, help="name by which --bundle finds it")
    parser.add_argument(
        "--to", type=file_or_folder, metavar="FOLDER", help="of its pyproject.toml (default: packages/SIZE)"
    )
    parser.add_argument(
        "--variants",
        nargs="+",
        default=list(VARIANTS),
        metavar="NAME",
        help=f"the first one is the default (default: {' '.join(VARIANTS)})",
    )
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from pathlib import Path

    from export.bundling.packaging import PackageOptions, package

    project = arguments.to or Path("packages") / arguments.size
    print(plain(str(package(PackageOptions(arguments.bundle, project, arguments.size, arguments.variants)))))
    return 0
