"""`python -m export`: a run folder becomes a bundle."""

import argparse

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import log
from export.bundling.variants import DEFAULT_VARIANTS
from export.commands.making import add_making_options, making_options, tell_outcome


def build_parser() -> argparse.ArgumentParser:
    """Return all options."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export",
        description="Make a bundle of a run.",
    )
    add_making_options(parser, "python -m train fit")
    parser.add_argument("--name", help="of the model (default: made of encoder and data)")
    parser.add_argument(
        "--variant",
        action="append",
        dest="variants",
        metavar="V",
        help="BACKEND-PRECISION or BACKEND-ENCODER+DECODER, with onnx or litert and fp32, fp16, int8-dynamic or int8; repeat it "
        f"(default: {', '.join(DEFAULT_VARIANTS)})",
    )
    parser.add_argument("--default-variant", metavar="V", help="default: the first int8 one")
    parser.add_argument("--test", action="store_true", help="score the test split too, for a model that ships")
    parser.add_argument(
        "--outside", action="append", default=[], help="what the model card says it does not know; repeat it"
    )
    parser.add_argument("--license", default="unspecified", help="of the weights, for the manifest")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from export.bundling.export import Export, ExportOptions

    options = ExportOptions(
        name=arguments.name,
        variants=arguments.variants or list(DEFAULT_VARIANTS),
        default_variant=arguments.default_variant,
        test=arguments.test,
        outside=arguments.outside,
        license=arguments.license,
        **making_options(arguments),
    )
    return tell_outcome("export", options, Export(options, log).run())
